//! Replaying the whole log: the ledger's rows, the heads that were signed, the files that were published.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use earmark_log::{Audit, Checkpoint, Note, Opening, Tree, Trust, audit, own_keys};
use earmark_model::{Digest, UnixMillis};
use earmark_store::{EntryKind, SignedHead, StoreError};
use serde::Serialize;
use serde_json::Value;

use super::handover;
use super::identity::own_trust;
use super::partner_keys;
use super::publish::{notes, read_head};
use super::rows::{Row, Rows};
use super::state;
use crate::desk::Desk;
use crate::error::{DeskError, Kind};
use crate::issue::documents;

/// A row that was erased on a lawful ground.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Erased {
    /// The entry whose row is gone.
    pub entry: u64,
    /// The entry that says so.
    pub said_by: u64,
    /// The ground.
    pub basis: String,
    /// When.
    pub at: String,
}

/// What a verification found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// Whether nothing is wrong.
    pub sound: bool,
    /// The log's name.
    pub origin: String,
    /// The published folder that was read, if there was one.
    pub folder: Option<PathBuf>,
    /// Whether the ledger's rows were replayed.
    pub ledger: bool,
    /// Where the keys came from: `vault`, `given`, or `log` (the log's own word for who it is).
    pub keys_from: &'static str,
    /// Entries under the newest head.
    pub size: u64,
    /// Entries that no head covers yet.
    pub unpublished: u64,
    /// Heads that were signed.
    pub checkpoints: u64,
    /// Cosignatures of witnesses under them.
    pub cosignatures: u64,
    /// What was lawfully erased.
    pub erased: Vec<Erased>,
    /// What could not be looked at, and why; nothing of it is wrong.
    pub remarks: Vec<String>,
    /// What is wrong, a line for each.
    pub faults: Vec<String>,
}

/// Replays this vault's log: every row, every head, and the folder that it was published in.
///
/// Without `folder` the vault's own `log/` is read, if it is there.
///
/// # Errors
/// When ledger, keys or folder cannot be read at all; what is wrong in them is no error but a fault.
pub async fn vault(desk: &Desk, folder: Option<&Path>) -> Result<Answer, DeskError> {
    match replay(desk, folder).await {
        // A row that nobody can have written is a changed row.
        Err(error) if is_damage(&error) => {
            let faults = vec![error.to_string()];
            Ok(Answer { ledger: true, keys_from: "vault", faults, ..Answer::default() })
        }
        other => other,
    }
}

fn is_damage(error: &DeskError) -> bool {
    let source = error.source.as_deref().and_then(|source| source.downcast_ref());
    matches!(source, Some(StoreError::Damaged(_)))
}

async fn replay(desk: &Desk, folder: Option<&Path>) -> Result<Answer, DeskError> {
    let trust = own_trust(desk).await?;
    let origin = trust.log.first().map(|key| key.name().to_owned()).unwrap_or_default();
    let mut answer = Answer { origin, ledger: true, keys_from: "vault", ..Answer::default() };
    let rows = Rows::read(desk).await?;
    let heads = desk.ledger().heads().await?;
    answer.size = heads.last().map_or(0, |head| head.size);
    answer.checkpoints = heads.len() as u64;
    check_sequence(desk, &rows, &mut answer).await?;
    check_rows(desk, &rows, &mut answer).await?;
    check_heads(desk, &rows, &heads, &trust, &mut answer).await?;
    check_batches(&rows, &heads, &mut answer)?;
    answer.faults.extend(handover::check(desk, &rows).await?);
    let newest = rows.documents(EntryKind::Batch).last();
    let state = newest.as_ref().and_then(|(_, batch)| batch.get("state")).and_then(Value::as_str);
    answer.faults.extend(state::check(desk, state).await?);
    let (key_faults, unrecorded) = partner_keys::check(desk, &rows).await?;
    answer.faults.extend(key_faults);
    if unrecorded > 0 {
        answer.remarks.push(format!(
            "{unrecorded} changes of keys are not recorded yet; the next issue or checkpoint records them"
        ));
    }
    let own = desk.folder().join("log");
    match folder.map(Path::to_owned).or_else(|| own.is_dir().then_some(own)) {
        Some(folder) => check_folder(desk, &rows, &trust, &folder, &mut answer).await?,
        None if heads.is_empty() => answer.remarks.push("nothing was published yet".to_owned()),
        None => answer.remarks.push("no published folder was read; name it with `--log DIR`".to_owned()),
    }
    answer.sound = answer.faults.is_empty();
    Ok(answer)
}

/// Replays a published log without its vault, trusting `keys`, or without any the log's own.
///
/// # Errors
/// When the folder cannot be read, or a key is none.
pub fn published(folder: &Path, keys: &[String]) -> Result<Answer, DeskError> {
    let trust = super::parse_trust(keys, Some(folder))?;
    let audit = read(folder, &trust)?;
    let faults: Vec<String> = audit.faults.iter().map(ToString::to_string).collect();
    let mut remarks = Vec::new();
    if keys.is_empty() {
        remarks.push(
            "the keys are those that the log itself lists: give the ones you were handed with `--key`"
                .to_owned(),
        );
    }
    remarks.extend(audit.behind.then(left_behind));
    Ok(Answer {
        sound: faults.is_empty(),
        origin: trust.log.first().map(|key| key.name().to_owned()).unwrap_or_default(),
        folder: Some(folder.to_owned()),
        ledger: false,
        keys_from: if keys.is_empty() { "log" } else { "given" },
        size: audit.entries.len() as u64,
        unpublished: 0,
        checkpoints: audit.checkpoints.len() as u64,
        cosignatures: audit.checkpoints.values().map(|(_, opened)| opened.witnesses.len() as u64).sum(),
        erased: Vec::new(),
        remarks,
        faults,
    })
}

/// What a publisher leaves that was stopped before its last step.
fn left_behind() -> String {
    "`checkpoint` is not the newest of `checkpoints/`; `earmark log publish` brings it up".to_owned()
}

fn read(folder: &Path, trust: &Trust) -> Result<Audit, DeskError> {
    audit(folder, trust).map_err(|fault| DeskError::io("read", &fault.path, fault.source))
}

/// That the sequence has no gap and counts what it has.
async fn check_sequence(desk: &Desk, rows: &Rows, answer: &mut Answer) -> Result<(), DeskError> {
    let mut next = 0;
    for entry in &rows.entries {
        if entry.log_index != next {
            answer.faults.push(format!("the ledger lacks entry {next}"));
        }
        next = entry.log_index + 1;
    }
    let counted = desk.ledger().log_length().await?;
    if counted < next {
        answer.faults.push(format!("the ledger counts {counted} entries and has {next}"));
    } else if counted > next && desk.ledger().entries(next, 1).await?.is_empty() {
        answer.faults.push(format!("the ledger counts {counted} entries and lacks those from {next} on"));
    }
    answer.unpublished = next.saturating_sub(answer.size);
    if next < answer.size {
        answer.faults.push(format!("the ledger lacks entries that a checkpoint of {} covers", answer.size));
    }
    Ok(())
}

/// That every entry is explained by one row, whose document its commitment binds.
async fn check_rows(desk: &Desk, rows: &Rows, answer: &mut Answer) -> Result<(), DeskError> {
    let mut unopened = 0;
    for index in &rows.twice {
        answer.faults.push(format!("two rows claim entry {index}"));
    }
    for entry in &rows.entries {
        let index = entry.log_index;
        let kind = entry.kind.word();
        let mut wrong = |what: &str| answer.faults.push(format!("entry {index} ({kind}) {what}"));
        if let Some(tombstone) = rows.erased.get(&index) {
            if rows.of.contains_key(&index) {
                wrong("is said to be erased, and its row is there");
            }
            let (said_by, basis, at) = (tombstone.said_by, tombstone.basis.clone(), tombstone.at.clone());
            answer.erased.push(Erased { entry: index, said_by, basis, at });
            continue;
        }
        match rows.of.get(&index) {
            None => wrong("has no row that explains it, and nothing says that it was erased"),
            Some(Row::Copy(copy)) => {
                let row = &copy.copy;
                if entry.kind != EntryKind::Copy || row.issued != entry.added {
                    wrong("is not of the kind or instant of its copy");
                }
                if row.commitment.digest != entry.commitment
                    || !earmark_seal::opens(&row.commitment, &documents::recorded_copy(copy))
                {
                    wrong("does not bind its copy as the row now stands");
                }
            }
            Some(Row::Plan(plan)) => {
                let row = &plan.plan;
                if entry.kind != EntryKind::Plan || row.created != entry.added {
                    wrong("is not of the kind or instant of its plan");
                }
                if row.commitment.digest != entry.commitment {
                    wrong("does not bind its plan as the row now stands");
                }
                match documents::recorded_plan(desk, plan).await {
                    Ok(document) => {
                        let id = Digest::of(super::canonical::canonical(&document)?.as_bytes());
                        if id != row.id || !earmark_seal::opens(&row.commitment, &document) {
                            wrong("does not bind its plan as the row now stands");
                        }
                    }
                    // Without the program key nobody can say what a plan binds; its batch still binds the row.
                    Err(why) if why.kind == Kind::Unavailable && desk.program_key().is_err() => unopened += 1,
                    Err(why) => wrong(&format!("names what is not there: {why}")),
                }
            }
            Some(Row::Statement(statement)) => {
                let opening = Opening { nonce: statement.nonce, document: statement.document.clone() };
                if opening.commitment() != entry.commitment.0 {
                    wrong("does not bind its statement as the row now stands");
                }
                let document: Option<Value> = serde_json::from_str(&statement.document).ok();
                let says =
                    document.as_ref().and_then(|document| document.get("kind")).and_then(Value::as_str);
                if says != Some(kind) || matches!(entry.kind, EntryKind::Plan | EntryKind::Copy) {
                    wrong("is not of the kind that its statement says");
                }
            }
        }
    }
    // A row beyond the entries explains nothing.
    let known = |index: &u64| rows.entries.binary_search_by_key(index, |entry| entry.log_index).is_ok();
    for index in rows.of.keys().chain(rows.erased.keys()).filter(|index| !known(index)) {
        answer.faults.push(format!("a row claims entry {index}, which is not there"));
    }
    if unopened > 0 {
        let why = "the program key is sealed and no identity was given";
        answer.remarks.push(format!("{unopened} plans were not opened: {why}"));
    }
    Ok(())
}

/// That every head is signed, and is the root of the entries under it.
async fn check_heads(
    desk: &Desk,
    rows: &Rows,
    heads: &[SignedHead],
    trust: &Trust,
    answer: &mut Answer,
) -> Result<(), DeskError> {
    let mut tree = Tree::new();
    for entry in &rows.entries {
        tree.append(&entry.commitment.0);
    }
    let mut opened_heads = BTreeMap::new();
    for head in heads {
        let mut wrong =
            |what: String| answer.faults.push(format!("the checkpoint of {} entries {what}", head.size));
        let note = match read_head(head) {
            Ok((note, _)) => note,
            Err(why) => {
                wrong(format!("cannot be read: {why}"));
                continue;
            }
        };
        match trust.open(&note) {
            Err(why) => wrong(format!("is not to be trusted: {why}")),
            Ok(opened) => {
                if opened.checkpoint.size != head.size
                    || !opened.strangers.is_empty()
                    || !opened.witnesses.is_empty()
                {
                    wrong("is not as it was signed".to_owned());
                }
                if opened.signed.and_then(|at| i64::try_from(at).ok()) != Some(head.signed.0.div_euclid(1000))
                {
                    wrong("was not signed when its row says".to_owned());
                }
                if tree.root(head.size).is_ok_and(|root| root != opened.checkpoint.root) {
                    wrong("signs another root than that of the ledger's entries".to_owned());
                }
                opened_heads.insert(head.size, opened.checkpoint);
            }
        }
    }
    for one in desk.ledger().cosignatures().await? {
        let signature = earmark_log::NoteSignature::parse(&one.line);
        let fits = signature.zip(opened_heads.get(&one.size)).is_some_and(|(signature, checkpoint)| {
            let key =
                trust.witnesses.iter().find(|key| key.name() == signature.name && key.id() == signature.id);
            key.is_some_and(|key| key.verify(checkpoint, &signature.bytes).is_some())
        });
        if fits {
            answer.cosignatures += 1;
        } else {
            answer
                .faults
                .push(format!("a cosignature under {} entries does not fit or is by no witness", one.size));
        }
    }
    Ok(())
}

/// That the batch under each head binds every field of the rows before it, and the head before.
fn check_batches(rows: &Rows, heads: &[SignedHead], answer: &mut Answer) -> Result<(), DeskError> {
    let mut batches: BTreeMap<u64, Value> = rows.documents(EntryKind::Batch).collect();
    let mut before: Option<&SignedHead> = None;
    for head in heads {
        let index = head.size.saturating_sub(1);
        let Some(batch) = batches.remove(&index) else {
            answer
                .faults
                .push(format!("the checkpoint of {} entries has no batch that binds its rows", head.size));
            before = Some(head);
            continue;
        };
        let text = |name: &str| batch.get(name).and_then(Value::as_str);
        let first = before.map_or(0, |head| head.size.saturating_sub(1));
        let linked = text("checkpoint").map(ToOwned::to_owned)
            == before.map(|head| Digest::of(head.note.as_bytes()).to_string());
        let at = rows.entry(index).map(|entry| entry.added);
        let fits = text("first") == Some(&first.to_string())
            && text("at").and_then(|at| at.parse().ok()).map(UnixMillis) == at
            && at == Some(head.signed);
        if !linked || !fits {
            answer
                .faults
                .push(format!("the batch of entry {index} does not follow the checkpoint before it"));
        }
        let bound: Vec<&str> = batch
            .get("rows")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        if bound.len() as u64 != index.saturating_sub(first) {
            answer
                .faults
                .push(format!("the batch of entry {index} binds another number of rows than lie before it"));
        }
        for (row, bound) in (first..).zip(bound) {
            // What is missing altogether was said.
            if rows.entry(row).is_some() && rows.digest(row)? != bound {
                answer.faults.push(format!(
                    "a field of the row of entry {row} is not what the batch of entry {index} bound"
                ));
            }
        }
        before = Some(head);
    }
    for index in batches.keys() {
        answer.faults.push(format!("the batch of entry {index} has no checkpoint"));
    }
    Ok(())
}

/// That the folder holds this log and nothing else.
async fn check_folder(
    desk: &Desk,
    rows: &Rows,
    trust: &Trust,
    folder: &Path,
    answer: &mut Answer,
) -> Result<(), DeskError> {
    answer.folder = Some(folder.to_owned());
    // Witnesses and their signatures are in the ledger first, and in the folder with the next publishing.
    let listed = own_keys(folder).ok().filter(|listed| {
        listed.log == trust.log
            && listed.past == trust.past
            && listed.witnesses.iter().all(|key| trust.witnesses.contains(key))
    });
    let mut behind = listed.as_ref().is_some_and(|listed| listed.witnesses.len() < trust.witnesses.len());
    let audit = read(folder, listed.as_ref().unwrap_or(trust))?;
    answer.faults.extend(audit.faults.iter().map(ToString::to_string));
    answer.remarks.extend(audit.behind.then(left_behind));
    for (entry, index) in audit.entries.iter().zip(0..) {
        let same = rows.entry(index).is_some_and(|row| row.commitment.0.as_slice() == entry.as_slice());
        if !same {
            answer.faults.push(format!("entry {index} of the folder is not the ledger's"));
        }
    }
    let kept: BTreeMap<u64, Note> = match notes(desk).await {
        Ok(notes) => notes
            .into_iter()
            .filter_map(|note| Some((Checkpoint::parse(note.text()).ok()?.size, note)))
            .collect(),
        // Said already, for the head at fault.
        Err(_) => return Ok(()),
    };
    for (size, (note, _)) in &audit.checkpoints {
        match kept.get(size) {
            None => answer.faults.push(format!("`checkpoints/{size}` is not in the ledger")),
            Some(kept) if kept == note => {}
            Some(kept)
                if kept.text() == note.text()
                    && note.signatures.iter().all(|signature| kept.signatures.contains(signature)) =>
            {
                behind = true;
            }
            Some(_) => answer.faults.push(format!("`checkpoints/{size}` is not as the ledger has it")),
        }
    }
    if behind {
        let what = "the folder lacks a witness or its signatures";
        answer.remarks.push(format!("{what}; `earmark log publish` adds them"));
    }
    let newest = audit.checkpoints.keys().next_back().copied().unwrap_or(0);
    for size in kept.keys().filter(|size| !audit.checkpoints.contains_key(size)) {
        if *size > newest {
            answer.remarks.push(format!(
                "the folder lacks the checkpoint of {size} entries; `earmark log publish` adds it"
            ));
        } else if !audit
            .faults
            .iter()
            .any(|fault| fault.to_string().contains(&format!("`checkpoints/{size}`")))
        {
            answer.faults.push(format!("`checkpoints/{size}` is missing"));
        }
    }
    Ok(())
}
