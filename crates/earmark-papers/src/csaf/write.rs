use std::collections::BTreeMap;

use earmark_model::UnixMillis;
use serde_json::{Map, Value, json};

use super::advisory::Advisory;
use super::{instant, preview};
use crate::instant::instant_words;

/// The version to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CsafVersion {
    /// The standard of November 2022.
    V2_0,
    /// The draft of its successor.
    V2_1,
}

/// How likely it is that the flaw is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likelihood {
    /// No sign of it: what the advisory says stands.
    Unproven,
    /// To be expected.
    Likely,
    /// Seen.
    Exploited,
}

/// How far its release has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Release {
    /// Nobody agreed on an instant.
    Draft,
    /// Under embargo until the instant.
    Embargoed(UnixMillis),
    /// Public since the instant.
    Public(UnixMillis),
}

/// Something that made another edition of the advisory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// When.
    pub at: UnixMillis,
    /// What, in one line that every reader may see.
    pub summary: String,
    /// Whether it happened before the advisory's file was taken in, whose own revisions tell of it where it was released.
    pub before_file: bool,
}

/// What a program says of an advisory beside its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overlay {
    /// The title.
    pub title: String,
    /// A drill.
    pub exercise: bool,
    /// The label in the words of TLP 2.0, such as `TLP:AMBER+STRICT`.
    pub label: String,
    /// CVE ids.
    pub cves: Vec<String>,
    /// A CVSS vector, for an advisory without products, which can have no scores.
    pub cvss: Option<String>,
    /// How far its release has come.
    pub release: Release,
    /// The zone in which instants are shown beside UTC.
    pub zone: String,
    /// Whether receivers may deploy protection before the public instant.
    pub deploy_early: bool,
    /// When the embargo was broken.
    pub broken: Option<UnixMillis>,
    /// How likely it is that the flaw is used, and since when that is so.
    pub likelihood: (Likelihood, UnixMillis),
    /// Since when material that helps to use the flaw has been seen outside, after the fix was out.
    pub outside: Option<UnixMillis>,
    /// Every revision, in order.
    pub revisions: Vec<Revision>,
}

/// A document as written.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// The document; its keys are sorted.
    pub document: Value,
    /// What its reader should know that it cannot say.
    pub remarks: Vec<String>,
}

/// The name that the document's file must have (CSAF 2.0, section 5.1).
#[must_use]
pub fn file_name(document: &Value) -> String {
    let id = document.pointer("/document/tracking/id").and_then(Value::as_str).unwrap_or_default();
    let mut name = String::new();
    for c in id.to_lowercase().chars() {
        let kept = c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '+' | '-');
        // A row of other characters becomes one.
        if kept {
            name.push(c);
        } else if !name.ends_with('_') {
            name.push('_');
        }
    }
    name + ".json"
}

/// Lays what the program knows over the advisory.
///
/// `tracking.current_release_date` is the public instant while that is to come, `release_date` of each vulnerability the
/// public instant, `distribution` says until when the embargo lasts. CSAF 2.0 has no AMBER+STRICT: such a document is
/// labeled RED, which is never wider, and says the label in its text as the standard's converter reads it.
#[must_use]
pub fn write_csaf(advisory: &Advisory, overlay: &Overlay, version: CsafVersion) -> Written {
    let mut document = advisory.document.clone();
    let mut remarks = Vec::new();
    let label = overlay.label.strip_prefix("TLP:").unwrap_or(&overlay.label);
    if let Some(inner) = document.get_mut("document").and_then(Value::as_object_mut) {
        let exercise = if overlay.exercise { "EXERCISE: " } else { "" };
        inner.insert("title".to_owned(), json!(format!("{exercise}{}", overlay.title)));
        inner.insert("csaf_version".to_owned(), json!("2.0"));
        let text = distribution_text(inner, overlay, label);
        let label = match label {
            "AMBER+STRICT" => "RED",
            "CLEAR" => "WHITE",
            other => other,
        };
        let mut distribution = json!({ "tlp": { "label": label } });
        if !text.is_empty() {
            distribution["text"] = json!(text);
        }
        inner.insert("distribution".to_owned(), distribution);
        let tracking = tracking(inner.get("tracking"), advisory.released(), overlay);
        inner.insert("tracking".to_owned(), tracking);
    }
    vulnerabilities(&mut document, overlay, &mut remarks);
    if version == CsafVersion::V2_1 {
        preview::to_2_1(&mut document, label, &mut remarks);
    }
    Written { document: sorted(document), remarks }
}

/// The same document with the keys of every object in order, whether or not serde_json keeps them in the order they came
/// in, which other crates of a build decide.
pub(crate) fn sorted(value: Value) -> Value {
    match value {
        Value::Object(object) => {
            let by_name: BTreeMap<String, Value> = object.into_iter().collect();
            Value::Object(by_name.into_iter().map(|(name, inner)| (name, sorted(inner))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}

fn distribution_text(inner: &Map<String, Value>, overlay: &Overlay, label: &str) -> String {
    let given = inner.get("distribution").and_then(|distribution| distribution.get("text"));
    let mut lines: Vec<String> = Vec::new();
    // A line of the file about another label would contradict this one.
    let kept = given.and_then(Value::as_str).into_iter().flat_map(str::lines);
    lines.extend(kept.filter(|line| !line.contains("TLP v2.0: ")).map(str::to_owned));
    if label == "AMBER+STRICT" {
        lines.push("TLP v2.0: TLP:AMBER+STRICT".to_owned());
    }
    if overlay.exercise {
        lines.push("This is an exercise.".to_owned());
    }
    if let Some(broken) = overlay.broken {
        lines.push(format!("The embargo was broken: {}.", instant_words(broken, &overlay.zone)));
    }
    if let Release::Embargoed(until) = overlay.release {
        let deploy = if overlay.deploy_early { "may" } else { "may not" };
        if overlay.broken.is_none() {
            lines.push(format!("Embargoed until {}.", instant_words(until, &overlay.zone)));
            lines.push(format!("You {deploy} deploy protection before."));
        }
    }
    lines.join("\n")
}

fn tracking(given: Option<&Value>, released: bool, overlay: &Overlay) -> Value {
    let mut tracking = given.and_then(Value::as_object).cloned().unwrap_or_default();
    let history = if released { tracking.get("revision_history") } else { None };
    let mut history: Vec<Value> = history.and_then(Value::as_array).cloned().unwrap_or_default();
    // Lists out of order are put in order: numbers go on from the last.
    history.sort_by_key(date);
    let number = |one: &Value| Some(one.get("number")?.as_str()?.to_owned());
    let mut last = history.last().and_then(number);
    let mut latest = history.iter().map(date).max().unwrap_or(UnixMillis(i64::MIN));
    for revision in overlay.revisions.iter().filter(|one| !(released && one.before_file)) {
        let number = next_number(last.as_deref());
        latest = latest.max(revision.at);
        history.push(json!({ "date": latest.rfc3339(), "number": number, "summary": revision.summary }));
        last = Some(number);
    }
    let initial = history.iter().map(date).min().unwrap_or(latest);
    let (status, current) = match overlay.release {
        Release::Draft => ("draft", latest),
        Release::Embargoed(until) => ("interim", latest.max(until)),
        Release::Public(since) => ("final", latest.max(since)),
    };
    tracking.insert("current_release_date".to_owned(), json!(current.rfc3339()));
    if !released {
        tracking.insert("initial_release_date".to_owned(), json!(initial.rfc3339()));
    }
    let engine = json!({ "name": "Earmark", "version": env!("CARGO_PKG_VERSION") });
    tracking.insert("generator".to_owned(), json!({ "engine": engine }));
    tracking.insert("version".to_owned(), json!(last.unwrap_or_else(|| "1".to_owned())));
    tracking.insert("revision_history".to_owned(), Value::Array(history));
    tracking.insert("status".to_owned(), json!(status));
    Value::Object(tracking)
}

fn date(revision: &Value) -> UnixMillis {
    let text = revision.get("date").and_then(Value::as_str).unwrap_or_default();
    instant::parse(text).unwrap_or(UnixMillis(0))
}

/// The number after `last`: 1 after none, 8 after 7, 1.2.4 after 1.2.3 (and after 1.2.3-rc.1).
fn next_number(last: Option<&str>) -> String {
    let Some(last) = last else { return "1".to_owned() };
    let core = last.split(['-', '+']).next().unwrap_or(last);
    let (front, end) = core.rsplit_once('.').map_or(("", core), |(front, end)| (front, end));
    let next = end.parse::<u64>().unwrap_or(0).saturating_add(1);
    if front.is_empty() { next.to_string() } else { format!("{front}.{next}") }
}

fn vulnerabilities(document: &mut Value, overlay: &Overlay, remarks: &mut Vec<String>) {
    let Some(object) = document.as_object_mut() else { return };
    let vulnerabilities = object.entry("vulnerabilities").or_insert_with(|| json!([]));
    let Some(list) = vulnerabilities.as_array_mut() else { return };
    if list.is_empty() {
        list.extend(overlay.cves.iter().map(|cve| bare(Some(cve), overlay)));
        if list.is_empty() {
            list.push(bare(None, overlay));
        }
    }
    let missing: Vec<&String> = overlay
        .cves
        .iter()
        .filter(|cve| list.iter().all(|one| one.get("cve").and_then(Value::as_str) != Some(cve)))
        .collect();
    match (missing.as_slice(), list.as_mut_slice()) {
        // The id that was assigned after the file was written.
        ([cve], [Value::Object(only)]) if !only.contains_key("cve") => {
            only.insert("cve".to_owned(), json!(cve));
        }
        (missing, _) => {
            remarks.extend(missing.iter().map(|cve| format!("{cve} is in no vulnerability of the advisory")));
        }
    }
    let public = match overlay.release {
        Release::Draft => None,
        Release::Embargoed(at) | Release::Public(at) => Some(at),
    };
    for one in list.iter_mut().filter_map(Value::as_object_mut) {
        if let Some(public) = public {
            one.insert("release_date".to_owned(), json!(public.rfc3339()));
        }
        threats(one, overlay);
    }
}

fn bare(cve: Option<&str>, overlay: &Overlay) -> Value {
    let mut notes = vec![json!({ "category": "description", "text": overlay.title })];
    if let Some(vector) = &overlay.cvss {
        notes.push(json!({ "category": "other", "text": vector, "title": "CVSS" }));
    }
    let mut one = json!({ "notes": notes, "title": overlay.title });
    if let Some(cve) = cve {
        one["cve"] = json!(cve);
    }
    one
}

/// Says how likely exploitation is, in place of what the file said of it.
fn threats(vulnerability: &mut Map<String, Value>, overlay: &Overlay) {
    let (likelihood, since) = overlay.likelihood;
    let mut details = match likelihood {
        Likelihood::Unproven => return,
        Likelihood::Likely => "Exploitation is to be expected.".to_owned(),
        Likelihood::Exploited => "Exploitation was seen.".to_owned(),
    };
    if let Some(outside) = overlay.outside {
        details += &format!(
            " Material that helps to use the flaw was seen outside: {}. Whoever has not updated should do so now.",
            instant_words(outside, &overlay.zone)
        );
    }
    let mut threats = match vulnerability.remove("threats") {
        Some(Value::Array(threats)) => threats,
        _ => Vec::new(),
    };
    threats.retain(|one| one.get("category").and_then(Value::as_str) != Some("exploit_status"));
    threats.push(json!({ "category": "exploit_status", "date": since.rfc3339(), "details": details }));
    vulnerability.insert("threats".to_owned(), Value::Array(threats));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_on() {
        let next = |last| next_number(Some(last));
        assert_eq!(next_number(None), "1");
        assert_eq!(
            (next("7"), next("1.2.3"), next("1.2.3-rc.1+x")),
            ("8".into(), "1.2.4".into(), "1.2.4".into())
        );
    }

    #[test]
    fn files_are_named_as_the_standard_has_it() {
        let named = |id: &str| file_name(&json!({ "document": { "tracking": { "id": id } } }));
        assert_eq!(named("Example Company - 2019-YH3234"), "example_company_-_2019-yh3234.json");
        assert_eq!(named("RHBA-2019:0024"), "rhba-2019_0024.json");
        assert_eq!(named("2022 #01-A"), "2022_01-a.json");
        assert_eq!(named("../../etc"), "_etc.json");
    }
}
