use serde_json::{Map, Value, json};

use super::affected::{affected, cut};
use crate::csaf::sorted;

/// Longest prose of a record, in characters.
const PROSE: usize = 4_096;

/// Why no record was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CveError {
    /// The advisory has no such vulnerability.
    #[error("the advisory has no vulnerability with the id `{0}`")]
    NoSuchId(String),
    /// A record must name products.
    #[error("the advisory names no product that `{0}` is about, and a CVE record must")]
    NoProducts(String),
    /// A record must have a reference.
    #[error("the advisory has no reference for `{0}`, and a CVE record must")]
    NoReferences(String),
    /// The organization is no UUID.
    #[error("`{0}` is no id of an organization: a UUID of version 4 is wanted")]
    Organization(String),
}

/// Writes the CVE record of `cve` from a CSAF 2.0 document, as its CNA would publish it; `organization` is the CNA's UUID.
///
/// # Errors
/// [`CveError`]: what such a record must have and the document has not.
pub fn cve_record(document: &Value, cve: &str, organization: &str) -> Result<Value, CveError> {
    if !is_uuid4(organization) {
        return Err(CveError::Organization(crate::text::name(organization, 60)));
    }
    let all = document.get("vulnerabilities").and_then(Value::as_array);
    let found = all.into_iter().flatten().find(|one| one.get("cve").and_then(Value::as_str) == Some(cve));
    let one = found.ok_or_else(|| CveError::NoSuchId(cve.to_owned()))?;
    let text =
        |value: &Value, pointer: &str| value.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    let language = text(document, "/document/lang").unwrap_or_else(|| "en".to_owned());
    let prose = |value: &str| json!({ "lang": language, "value": cut(value, PROSE) });
    let title = text(one, "/title").or_else(|| text(document, "/document/title")).unwrap_or_default();
    let products = affected(document, one);
    if products.is_empty() {
        return Err(CveError::NoProducts(cve.to_owned()));
    }
    let references = references(document, one);
    if references.is_empty() {
        return Err(CveError::NoReferences(cve.to_owned()));
    }
    let mut descriptions: Vec<Value> =
        texts(one, "notes", "text", &["description", "summary", "details"]).map(prose).collect();
    descriptions.dedup();
    if descriptions.is_empty() {
        descriptions.push(prose(&title));
    }
    let mut cna = json!({
        "affected": products,
        "descriptions": descriptions,
        "providerMetadata": { "orgId": organization },
        "references": references,
        "title": cut(&title, 256),
    });
    if let Some(date) = text(one, "/release_date") {
        cna["datePublic"] = json!(date);
    }
    if let (Some(id), Some(name)) = (text(one, "/cwe/id"), text(one, "/cwe/name")) {
        let description =
            json!({ "cweId": id, "description": format!("{id} {name}"), "lang": "en", "type": "CWE" });
        cna["problemTypes"] = json!([{ "descriptions": [description] }]);
    }
    let lists = [
        ("metrics", metrics(one)),
        ("solutions", texts(one, "remediations", "details", &["vendor_fix"]).map(prose).collect()),
        (
            "workarounds",
            texts(one, "remediations", "details", &["workaround", "mitigation"]).map(prose).collect(),
        ),
        ("exploits", texts(one, "threats", "details", &["exploit_status"]).map(prose).collect()),
        ("credits", credits(document, one, &language)),
    ];
    for (name, list) in lists {
        let list = unique(list);
        if !list.is_empty() {
            cna[name] = json!(list);
        }
    }
    Ok(sorted(json!({
        "containers": { "cna": cna },
        "cveMetadata": { "assignerOrgId": organization, "cveId": cve, "state": "PUBLISHED" },
        "dataType": "CVE_RECORD",
        "dataVersion": "5.1",
    })))
}

/// The texts `field` of those items of a list whose category is one of these.
fn texts<'a>(
    value: &'a Value,
    list: &str,
    field: &'a str,
    categories: &'a [&str],
) -> impl Iterator<Item = &'a str> {
    value.get(list).and_then(Value::as_array).into_iter().flatten().filter_map(move |item| {
        let category = item.get("category")?.as_str()?;
        categories.contains(&category).then(|| item.get(field)?.as_str())?
    })
}

fn references(document: &Value, one: &Value) -> Vec<Value> {
    let lists = [one.get("references"), document.pointer("/document/references")];
    let mut all: Vec<Value> = Vec::new();
    for item in lists.into_iter().flatten().filter_map(Value::as_array).flatten() {
        let Some(url) = item.get("url").and_then(Value::as_str) else { continue };
        if url.len() > 2_048 || all.iter().any(|there| there["url"] == url) {
            continue;
        }
        let name = item.get("summary").and_then(Value::as_str).unwrap_or(url);
        all.push(json!({ "name": cut(name, 512), "url": url }));
    }
    all.truncate(512);
    all
}

fn metrics(one: &Value) -> Vec<Value> {
    let scores = one.get("scores").and_then(Value::as_array).into_iter().flatten();
    let metric = |score: &Value| {
        let (name, cvss) = match (score.get("cvss_v3"), score.get("cvss_v2")) {
            (Some(cvss), _) if cvss["version"] == "3.0" => ("cvssV3_0", cvss),
            (Some(cvss), _) => ("cvssV3_1", cvss),
            (None, Some(cvss)) => ("cvssV2_0", cvss),
            (None, None) => return None,
        };
        let mut metric = Map::new();
        metric.insert("format".to_owned(), json!("CVSS"));
        metric.insert(name.to_owned(), cvss.clone());
        Some(Value::Object(metric))
    };
    scores.filter_map(metric).collect()
}

fn credits(document: &Value, one: &Value, language: &str) -> Vec<Value> {
    let lists = [one.get("acknowledgments"), document.pointer("/document/acknowledgments")];
    let mut all = Vec::new();
    for item in lists.into_iter().flatten().filter_map(Value::as_array).flatten() {
        let organization = item.get("organization").and_then(Value::as_str);
        let names = item.get("names").and_then(Value::as_array);
        let names: Vec<&str> = names.into_iter().flatten().filter_map(Value::as_str).collect();
        let who: Vec<String> = match organization {
            Some(organization) if names.is_empty() => vec![organization.to_owned()],
            Some(organization) => names.iter().map(|name| format!("{name} ({organization})")).collect(),
            None => names.iter().map(|name| (*name).to_owned()).collect(),
        };
        let credit = |who: String| json!({ "lang": language, "type": "finder", "value": cut(&who, PROSE) });
        all.extend(who.into_iter().map(credit));
    }
    all
}

/// The items of a list, each once, in their order.
fn unique(list: Vec<Value>) -> Vec<Value> {
    let mut all: Vec<Value> = Vec::new();
    for item in list {
        if !all.contains(&item) {
            all.push(item);
        }
    }
    all
}

/// Whether a text is a UUID of version 4 (RFC 9562, sections 4 and 5.4).
fn is_uuid4(text: &str) -> bool {
    text.len() == 36
        && text.char_indices().all(|(at, c)| match at {
            8 | 13 | 18 | 23 => c == '-',
            14 => c == '4',
            19 => matches!(c, '8' | '9' | 'a' | 'b' | 'A' | 'B'),
            _ => c.is_ascii_hexdigit(),
        })
}
