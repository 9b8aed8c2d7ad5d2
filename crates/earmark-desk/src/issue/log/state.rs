//! How all other rows stood when a head was signed, so that one that is changed behind the program's back is noticed.
//!
//! Before a head is signed, every row that is no entry's is digested, and the batch binds the list of digests. Rows that
//! never change must stay as they are. Rows that live on may change when the history has a newer line about
//! their subject: the program writes none without the other.
//!
//! Digests are keyed and rows are named by digests too, so that the list tells nothing, of the erased least of all.

use std::collections::{BTreeMap, HashSet, VecDeque};

use earmark_model::{Digest, UnixMillis};
use earmark_seal::SecretKey;
use earmark_store::{NewAct, STATE_BLOBS, TableRows};
use serde_json::{Value, json};

use super::due_work;
use crate::desk::Desk;
use crate::error::DeskError;
use crate::history;
use crate::setting;

/// How the rows of a table are looked after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    /// A row never changes, but for these columns.
    Frozen(&'static [&'static str]),
    /// A row changes, these columns aside, only with a line of history about its subject: noun, and the column that
    /// names it.
    Living(&'static [&'static str], &'static str, &'static str),
}

/// Every table that is not the log's own. Due work is not here: it changes with every look of a worker and is of no
/// account once it is done; what waits for an instant must be there ([`due_work`]).
const RULES: [(&str, Rule); 29] = [
    ("acceptance", Rule::Living(&[], "partner", "partner")),
    ("act", Rule::Frozen(&[])),
    ("agreement", Rule::Frozen(&[])),
    ("assent", Rule::Frozen(&[])),
    ("asset", Rule::Frozen(&[])),
    ("bundle", Rule::Frozen(&[])),
    ("code", Rule::Frozen(&["positions"])),
    ("contact", Rule::Living(&[], "partner", "partner")),
    ("contact_key", Rule::Living(&[], "partner", "partner")),
    ("delivery", Rule::Living(&[], "disclosure", "disclosure")),
    ("disclosure", Rule::Living(&[], "disclosure", "id")),
    ("grave", Rule::Living(&[], "", "subject")),
    ("holder", Rule::Frozen(&[])),
    ("kept_blob", Rule::Frozen(&[])),
    ("key_life", Rule::Living(&[], "partner", "partner")),
    ("look_sample", Rule::Frozen(&[])),
    ("material", Rule::Living(&[], "disclosure", "disclosure")),
    ("matter", Rule::Frozen(&["looks"])),
    (
        "message",
        Rule::Living(&["sent", "lease", "tries", "next_try", "failed", "reply"], "recipient", "recipient"),
    ),
    ("participant", Rule::Frozen(&[])),
    ("partner", Rule::Living(&[], "partner", "slug")),
    ("policy_set", Rule::Frozen(&[])),
    ("question", Rule::Living(&[], "disclosure", "disclosure")),
    ("recipient", Rule::Frozen(&[])),
    ("report", Rule::Frozen(&[])),
    ("revision", Rule::Frozen(&["index_blob"])),
    ("roster", Rule::Living(&[], "partner", "partner")),
    ("sighting", Rule::Frozen(&[])),
    ("stage_instant", Rule::Living(&[], "disclosure", "disclosure")),
];

/// Tables that the log's own verification replays.
const ELSEWHERE: [&str; 8] =
    ["checkpoint", "copy", "cosignature", "entry", "plan", "statement", "tail", "witness"];

/// Living rows that come without a line of history about their subject: what is told, and what is asked for. Of all
/// others one that is new has one.
const UNANNOUNCED: [&str; 2] = ["grave", "message"];

/// How a row stood.
struct Stood {
    /// What names the row, keyed.
    key: String,
    /// What names its subject in the history, keyed.
    subject: String,
    /// All of it, keyed.
    row: String,
    /// What people call it; not kept.
    name: String,
    /// Whether it may change with a line of history.
    lives: bool,
    /// Whether a line of history says that it came.
    announced: bool,
}

/// Keyed digests of short texts.
struct Keyed(SecretKey);

impl Keyed {
    fn open(desk: &Desk) -> Result<Self, DeskError> {
        Ok(Self(desk.other_key("blinding")?.derive("log state")))
    }

    /// 128 bits are enough against whoever lacks the key.
    fn digest(&self, what: &str, document: &Value) -> String {
        let digest = Digest(*self.0.derive(&format!("{what} {document}")).expose()).to_string();
        digest.chars().take(32).collect()
    }

    fn subject(&self, noun: &str, subject: &str) -> String {
        self.digest("subject", &json!([noun, subject]))
    }
}

fn text<'a>(rows: &TableRows, row: &'a [Value], column: &str) -> &'a str {
    let index = rows.columns.iter().position(|name| name == column);
    index.and_then(|index| row.get(index)).and_then(Value::as_str).unwrap_or_default()
}

/// The columns of a row but those.
fn but(rows: &TableRows, row: &[Value], left_out: &[&str]) -> Value {
    let kept = rows.columns.iter().zip(row).filter(|(name, _)| !left_out.contains(&name.as_str()));
    Value::Array(kept.map(|(_, value)| value.clone()).collect())
}

/// How all rows stand now.
fn stand(keyed: &Keyed, all: &[TableRows]) -> Vec<Stood> {
    let mut stood = Vec::new();
    for rows in all {
        let table = rows.table.as_str();
        let rule = RULES.iter().find(|(name, _)| *name == table).map(|(_, rule)| *rule);
        for row in &rows.rows {
            let key: Vec<Value> = rows.key.iter().filter_map(|index| row.get(*index)).cloned().collect();
            let said: Vec<String> = key
                .iter()
                .map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
                .collect();
            let mut add = |part: &str, document: Value, subject: String, lives: bool| {
                stood.push(Stood {
                    key: keyed.digest("key", &json!([table, part, key])),
                    subject,
                    row: keyed.digest("row", &json!([table, part, key, document])),
                    name: format!("`{table}` {}", said.join(" ")),
                    lives,
                    announced: lives && !UNANNOUNCED.contains(&table),
                });
            };
            match (table, rule) {
                ("look", _) => {
                    let decision = ["reading", "verdict", "decided"];
                    add("", but(rows, row, &decision), String::new(), false);
                    // Decided once, and then for good.
                    if !text(rows, row, "verdict").is_empty() {
                        add("decided", but(rows, row, &[]), String::new(), false);
                    }
                }
                // This one names the list itself, which the batch binds.
                ("setting", _) if text(rows, row, "name") == STATE_BLOBS => {}
                ("setting", _) => {
                    let subject = keyed.subject(setting::NOUN, text(rows, row, "name"));
                    add("", but(rows, row, &[]), subject, true);
                }
                ("staff", _) => {
                    let subject = keyed.subject("staff", text(rows, row, "name"));
                    add("", but(rows, row, &[]), subject, true);
                }
                (_, Some(Rule::Frozen(left_out))) => add("", but(rows, row, left_out), String::new(), false),
                (_, Some(Rule::Living(left_out, noun, column))) => {
                    let (noun, subject) = subject_of(noun, text(rows, row, "noun"), text(rows, row, column));
                    add("", but(rows, row, left_out), keyed.subject(noun, subject), true);
                }
                (_, None) => {}
            }
        }
    }
    stood
}

/// Noun and subject in the history: a request says its noun itself, and what a person was told is the partner's.
fn subject_of<'a>(noun: &'a str, of_row: &'a str, subject: &'a str) -> (&'a str, &'a str) {
    match noun {
        "" => (of_row, subject),
        "recipient" => match subject.strip_prefix("staff:") {
            Some(name) => ("staff", name),
            None => ("partner", subject.split('/').next().unwrap_or(subject)),
        },
        noun => (noun, subject),
    }
}

/// The positions of each code, as far as a count: site keys that moved would make a trace read other symbols.
fn positions(
    keyed: &Keyed,
    all: &[TableRows],
    counts: Option<&BTreeMap<String, u64>>,
) -> BTreeMap<String, (u64, String)> {
    let mut of_code: BTreeMap<String, Vec<&Vec<Value>>> = BTreeMap::new();
    for rows in all.iter().filter(|rows| rows.table == "position") {
        for row in &rows.rows {
            of_code.entry(row.first().map(Value::to_string).unwrap_or_default()).or_default().push(row);
        }
    }
    let digest = |(code, rows): (String, Vec<&Vec<Value>>)| {
        let count = counts.map_or(rows.len() as u64, |counts| counts.get(&code).copied().unwrap_or(0));
        let mut text = String::new();
        for row in rows.into_iter().take(usize::try_from(count).unwrap_or(usize::MAX)) {
            text += &json!(row).to_string();
            text.push('\n');
        }
        let digest = keyed.digest("positions", &json!([code, Digest::of(text.as_bytes()).to_string()]));
        (code, (count, digest))
    };
    of_code.into_iter().map(digest).collect()
}

/// The number of the newest line of history.
fn newest_act(all: &[TableRows]) -> i64 {
    let acts = all.iter().filter(|rows| rows.table == "act").flat_map(|rows| &rows.rows);
    acts.filter_map(|row| row.first()?.as_i64()).max().unwrap_or(0)
}

/// Writes down how all rows stand; gives the digest that the batch binds.
pub(super) async fn take(desk: &Desk) -> Result<Digest, DeskError> {
    let keyed = Keyed::open(desk)?;
    let all = desk.ledger().all_rows(&ELSEWHERE).await?;
    let mut list = format!("acts {}\n", newest_act(&all));
    for (code, (count, digest)) in positions(&keyed, &all, None) {
        list += &format!("positions {code} {count} {digest}\n");
    }
    for Stood { key, subject, row, lives, .. } in stand(&keyed, &all) {
        let subject = if subject.is_empty() { "-" } else { &subject };
        list += &format!("{} {key} {subject} {row}\n", if lives { "living" } else { "frozen" });
    }
    let blob = desk.put_blob(list.into_bytes()).await?;
    let kept = desk.ledger().setting(STATE_BLOBS).await?.unwrap_or_default();
    // The one before stays until the head that binds this one is signed.
    let before = kept.split_whitespace().next_back().unwrap_or_default().to_owned();
    desk.ledger().set_setting(STATE_BLOBS, format!("{before} {blob}").trim()).await?;
    Ok(blob)
}

/// Lets go of the list before, when the head that binds `blob` is signed.
pub(super) async fn settle(desk: &Desk, blob: &Digest) -> Result<(), DeskError> {
    Ok(desk.ledger().set_setting(STATE_BLOBS, &blob.to_string()).await?)
}

/// Compares all rows with how they stood under the newest head that binds it; gives a line for each fault.
pub(super) async fn check(desk: &Desk, bound: Option<&str>) -> Result<Vec<String>, DeskError> {
    let all = desk.ledger().all_rows(&ELSEWHERE).await?;
    let mut faults = of_history(&all);
    faults.extend(of_seals(desk, &all));
    faults.extend(due_work::check(&all, desk.now()));
    let Some(blob) = bound.and_then(|text| text.parse::<Digest>().ok()) else { return Ok(faults) };
    let named = desk.ledger().setting(STATE_BLOBS).await?.unwrap_or_default();
    if !named.split(' ').any(|one| one == blob.to_string()) {
        faults
            .push(format!("the setting `{STATE_BLOBS}` does not name the list that the newest batch binds"));
    }
    let list = match desk.get_blob(blob).await.map(String::from_utf8) {
        Ok(Ok(list)) => list,
        _ => {
            faults.push(format!("the list of how the rows stood, `{blob}`, is missing or damaged"));
            return Ok(faults);
        }
    };
    let keyed = Keyed::open(desk)?;
    let mut then: BTreeMap<&str, (&str, &str, bool)> = BTreeMap::new();
    let (mut acts, mut counts, mut counted) = (0, BTreeMap::new(), BTreeMap::new());
    for line in list.lines() {
        match line.split(' ').collect::<Vec<_>>().as_slice() {
            ["acts", number] => acts = number.parse().unwrap_or(0),
            ["positions", code, count, digest] => {
                counts.insert((*code).to_owned(), count.parse().unwrap_or(0));
                counted.insert((*code).to_owned(), (*digest).to_owned());
            }
            [kind, key, subject, row] => {
                then.insert(*key, (*subject, *row, *kind == "living"));
            }
            _ => faults.push(format!("the list of how the rows stood, `{blob}`, is malformed")),
        }
    }
    let now = positions(&keyed, &all, Some(&counts));
    for (code, digest) in &counted {
        if now.get(code).is_none_or(|(_, found)| found != digest) {
            faults.push(format!(
                "the positions of code {code} are not what they were under the newest checkpoint"
            ));
        }
    }
    let newer = newer_subjects(&keyed, &all, acts);
    for stood in stand(&keyed, &all) {
        let Some((_, row, _)) = then.remove(stood.key.as_str()) else {
            if stood.announced && !newer.contains(&stood.subject) {
                faults.push(format!(
                    "the row {} came since the newest checkpoint, and nothing in the history says so",
                    stood.name
                ));
            }
            continue;
        };
        if row == stood.row || (stood.lives && newer.contains(&stood.subject)) {
            continue;
        }
        let why = if stood.lives { ", and nothing in the history says so" } else { "" };
        faults.push(format!("the row {} was changed since the newest checkpoint{why}", stood.name));
    }
    // What is left was there and is not now.
    let gone = then.into_values().filter(|(subject, _, _)| !newer.contains(*subject)).count();
    if gone > 0 {
        faults.push(format!("{gone} rows that were there under the newest checkpoint are gone"));
    }
    Ok(faults)
}

/// The subjects of all lines of history behind the first `acts`.
fn newer_subjects(keyed: &Keyed, all: &[TableRows], acts: i64) -> HashSet<String> {
    let lines = all.iter().filter(|rows| rows.table == "act");
    let of_table = |rows: &TableRows| {
        let newer = |row: &&Vec<Value>| row.first().and_then(Value::as_i64).is_some_and(|id| id > acts);
        let subject = |row: &Vec<Value>| keyed.subject(text(rows, row, "noun"), text(rows, row, "subject"));
        rows.rows.iter().filter(newer).map(subject).collect::<Vec<_>>()
    };
    lines.flat_map(of_table).collect()
}

/// That every line of history was written by the program: its seal fits, and no other line has it. Lines from before
/// there were seals stand before all others.
fn of_seals(desk: &Desk, all: &[TableRows]) -> Vec<String> {
    let Some(key) = desk.history_key() else { return Vec::new() };
    let (mut faults, mut seals) = (Vec::new(), HashSet::new());
    for rows in all.iter().filter(|rows| rows.table == "act") {
        for row in &rows.rows {
            let cell = |column: &str| text(rows, row, column).to_owned();
            let at =
                rows.columns.iter().position(|name| name == "at").and_then(|index| row.get(index)?.as_i64());
            let line = NewAct {
                noun: cell("noun"),
                subject: cell("subject"),
                act: cell("act"),
                actor: cell("actor"),
                at: UnixMillis(at.unwrap_or_default()),
                document: cell("document"),
            };
            let why = match history::sealed_as(key, &line) {
                None if seals.is_empty() => continue,
                None => "has no seal",
                Some((_, false)) => "was changed",
                Some((seal, true)) if seals.insert(seal.clone()) => continue,
                Some(_) => "is there twice",
            };
            let number = row.first().map(Value::to_string).unwrap_or_default();
            faults.push(format!("line {number} of the history {why}"));
        }
    }
    faults
}

/// What the history itself contradicts, head or no head: policies that nobody put in force, partners that stand
/// elsewhere than they were put.
fn of_history(all: &[TableRows]) -> Vec<String> {
    let (mut used, mut standing) = (VecDeque::new(), BTreeMap::new());
    for rows in all.iter().filter(|rows| rows.table == "act") {
        for row in &rows.rows {
            let document: Value = serde_json::from_str(text(rows, row, "document")).unwrap_or_default();
            match (text(rows, row, "noun"), text(rows, row, "act")) {
                ("policy", "use") => {
                    used.push_back(document["sha256"].as_str().unwrap_or_default().to_owned());
                }
                ("partner", _) => {
                    if let Some(to) = document["to"].as_str().or(document["status"].as_str()) {
                        standing.insert(text(rows, row, "subject").to_owned(), to.to_owned());
                    }
                }
                _ => {}
            }
        }
    }
    let mut faults = Vec::new();
    for rows in all {
        for row in &rows.rows {
            if rows.table == "policy_set" {
                let files: Value = serde_json::from_str(text(rows, row, "files")).unwrap_or_default();
                let digest = Digest::of(files.to_string().as_bytes()).to_string();
                // One line for each, in their order: those of last year do not come back by themselves.
                if used.pop_front().is_none_or(|put| put != digest) {
                    let number = row.first().map(Value::to_string).unwrap_or_default();
                    faults.push(format!(
                        "the policies of change {number} are not those that were put in force"
                    ));
                }
            } else if rows.table == "partner" {
                let (slug, status) = (text(rows, row, "slug"), text(rows, row, "status"));
                if standing.get(slug).is_some_and(|to| to != status) {
                    faults.push(format!("partner `{slug}` is {status}, and its history says otherwise"));
                }
            }
        }
    }
    if !used.is_empty() {
        faults.push(format!("{} policies that were put in force are gone", used.len()));
    }
    faults
}
