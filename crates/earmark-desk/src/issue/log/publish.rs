//! Signing the next head, and writing the log where everybody can fetch it.

use std::path::PathBuf;

use earmark_log::{Checkpoint, Folder, FolderError, Note, NoteSignature, Tree, VerifierKey};
use earmark_model::{Digest, UnixMillis};
use earmark_store::{Entry, EntryKind, NewStatement, SignedHead, StoreError};
use serde::Serialize;
use serde_json::json;

use super::handover;
use super::identity::{Rhythm, Settings, fix, own_trust, rhythm, signers};
use super::partner_keys;
use super::rows::{Rows, digest_of, statement_digest};
use super::state;
use super::statements;
use crate::desk::Desk;
use crate::error::{DeskError, Kind};

/// How often a head is reckoned again because entries came between.
const TRIES: usize = 20;

/// Where and how to publish.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The folder; without one, `log/` in the vault.
    pub out: Option<PathBuf>,
    /// What is fixed with the first head.
    pub settings: Settings,
    /// Sign a head now, though none is due.
    pub now: bool,
}

/// What was published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// The log's name.
    pub origin: String,
    /// The folder.
    pub folder: PathBuf,
    /// Entries under the newest head.
    pub size: u64,
    /// The root over them.
    pub root: String,
    /// Whether a head was signed just now.
    pub signed: bool,
    /// When the newest head was signed.
    pub signed_at: String,
    /// When the next one is due.
    pub next_due: String,
    /// Heads in all.
    pub checkpoints: u64,
    /// Files written or replaced.
    pub files_written: u64,
    /// The keys to check it with, to be handed over on another way than the log.
    pub keys: Vec<String>,
}

/// Whether the next head is due.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn is_due(desk: &Desk) -> Result<bool, DeskError> {
    let cadence_millis = rhythm(desk).await?.cadence_millis;
    let last = desk.ledger().heads().await?.pop();
    Ok(last.is_none_or(|head| head.signed.0.saturating_add(cadence_millis) <= desk.now().0))
}

/// Signs the next head if it is due, and brings the folder up to the newest one.
///
/// Killed at any moment and run again it ends with the same log: rows and head are one transaction, and files are only
/// ever added.
///
/// # Errors
/// When the settings contradict earlier heads, the log's key is missing, or the folder holds something else.
pub async fn publish(desk: &Desk, request: &Request) -> Result<Answer, DeskError> {
    let _alone = desk.lock().await?;
    handover::settle(desk).await?;
    let fixed = fix(desk, &request.settings).await?;
    partner_keys::record_changes(desk).await?;
    let signed = request.now || is_due(desk).await?;
    if signed {
        sign(desk, &fixed, None).await?;
    }
    let folder = request.out.clone().unwrap_or_else(|| desk.folder().join("log"));
    let written = write(desk, &folder).await?;
    let heads = desk.ledger().heads().await?;
    let newest = heads.last().ok_or_else(|| DeskError::new(Kind::Bug, "the log has no head"))?;
    let checkpoint = read_head(newest)?.1;
    let next = UnixMillis(newest.signed.0.saturating_add(fixed.cadence_millis));
    Ok(Answer {
        origin: fixed.origin,
        folder,
        size: newest.size,
        root: checkpoint.root.to_string(),
        signed,
        signed_at: newest.signed.rfc3339(),
        next_due: next.rfc3339(),
        checkpoints: heads.len() as u64,
        files_written: written,
        keys: own_trust(desk).await?.log.iter().map(ToString::to_string).collect(),
    })
}

/// Pads the sequence, binds its rows, signs the head over all of it. With `next`, an entry says that those keys sign from
/// the next head on.
pub(super) async fn sign(
    desk: &Desk,
    rhythm: &Rhythm,
    next: Option<&[VerifierKey]>,
) -> Result<(), DeskError> {
    for _ in 0..TRIES {
        let rows = Rows::read(desk).await?;
        let state = state::take(desk).await?;
        let (length, new, head) = next_head(desk, rhythm, &rows, &state, next).await?;
        match desk.ledger().add_head(length, &new, &head).await {
            // Somebody issued meanwhile: their entries belong under this head too.
            Err(StoreError::Outdated { .. }) => {}
            other => {
                other?;
                return state::settle(desk, &state).await;
            }
        }
    }
    Err(DeskError::new(Kind::Unavailable, "entries are added faster than a checkpoint can be signed")
        .hint("run the command again when less is issued"))
}

async fn next_head(
    desk: &Desk,
    rhythm: &Rhythm,
    rows: &Rows,
    state: &Digest,
    next: Option<&[VerifierKey]>,
) -> Result<(u64, Vec<NewStatement>, SignedHead), DeskError> {
    let length = rows.entries.len() as u64;
    let gap = rows.entries.iter().zip(0..).find(|(entry, index)| entry.log_index != *index);
    if let Some((_, index)) = gap {
        return Err(DeskError::new(Kind::Unavailable, format!("the log's sequence lacks entry {index}"))
            .hint("`earmark vault check` and `earmark log verify` say what else is wrong"));
    }
    let heads = desk.ledger().heads().await?;
    let size = ((length + u64::from(next.is_some())) / rhythm.block + 1) * rhythm.block;
    let now = desk.now();
    let mut new = Vec::new();
    let mut digests = Vec::new();
    let first = heads.last().map_or(0, |head| head.size.saturating_sub(1));
    for index in first..length {
        digests.push(rows.digest(index)?);
    }
    for index in length..size - 1 {
        let statement = match next.filter(|_| index == length) {
            Some(keys) => handover::statement(desk, size, keys)?,
            None => statements::fresh(desk, EntryKind::Padding, &json!({ "kind": "padding" }), now)?,
        };
        let row = statement_digest(&statement.document, &statement.commitment.nonce)?;
        digests.push(digest_of(&entry_of(index, &statement), &row)?);
        new.push(statement);
    }
    let before = heads.last().map(|head| Digest::of(head.note.as_bytes()).to_string());
    let batch = json!({
        "at": now.0.to_string(),
        "checkpoint": before,
        "first": first.to_string(),
        "kind": "batch",
        "rows": digests,
        "state": state.to_string(),
    });
    new.push(statements::fresh(desk, EntryKind::Batch, &batch, now)?);
    let mut tree = Tree::new();
    let old = rows.entries.iter().map(|entry| entry.commitment);
    for commitment in old.chain(new.iter().map(|statement| statement.commitment.digest)) {
        tree.append(&commitment.0);
    }
    let root =
        tree.root(size).map_err(|source| DeskError::because(Kind::Bug, "the tree is too small", source))?;
    let checkpoint = Checkpoint { origin: rhythm.origin.clone(), size, root, extensions: Vec::new() };
    let unsigned = |why: String| DeskError::new(Kind::Bug, format!("the checkpoint cannot be signed: {why}"));
    let mut note = Note::new(checkpoint.to_string()).map_err(|why| unsigned(why.to_string()))?;
    let seconds = u64::try_from(now.0.div_euclid(1000)).unwrap_or(0);
    for signer in signers(desk, &rhythm.origin)? {
        note.signatures.push(signer.sign(&checkpoint, seconds).map_err(|why| unsigned(why.to_string()))?);
    }
    Ok((length, new, SignedHead { size, note: note.to_string(), signed: now }))
}

fn entry_of(log_index: u64, new: &NewStatement) -> Entry {
    Entry { log_index, kind: new.kind, commitment: new.commitment.digest, added: new.added }
}

/// Brings a folder up to the newest head; gives how many files were written.
async fn write(desk: &Desk, folder: &std::path::Path) -> Result<u64, DeskError> {
    let (tree, entries) = tree(desk).await?;
    let notes = notes(desk).await?;
    let trust = own_trust(desk).await?;
    Folder::new(folder).extend(&tree, &entries, &notes, &trust).map_err(|source| match source {
        FolderError::Io { path, source } => DeskError::io("write", &path, source),
        FolderError::Differs(path) => DeskError::new(
            Kind::Conflict,
            format!("`{}` is there with other content", path.display()),
        )
        .hint("`earmark log verify` says whether ledger or folder was changed; or publish to another folder"),
        other => DeskError::because(Kind::Bug, "the log cannot be written", other),
    })
}

/// The tree over all entries, and what they hold.
pub(super) async fn tree(desk: &Desk) -> Result<(Tree, Vec<[u8; 32]>), DeskError> {
    let rows = Rows::read(desk).await?;
    let mut tree = Tree::new();
    let mut entries = Vec::with_capacity(rows.entries.len());
    for entry in &rows.entries {
        tree.append(&entry.commitment.0);
        entries.push(entry.commitment.0);
    }
    Ok((tree, entries))
}

/// The heads as they are published: with their cosignatures.
pub(super) async fn notes(desk: &Desk) -> Result<Vec<Note>, DeskError> {
    let cosignatures = desk.ledger().cosignatures().await?;
    let mut notes = Vec::new();
    for head in desk.ledger().heads().await? {
        let (mut note, _) = read_head(&head)?;
        let lines = cosignatures.iter().filter(|one| one.size == head.size);
        note.signatures.extend(lines.filter_map(|one| NoteSignature::parse(&one.line)));
        notes.push(note);
    }
    Ok(notes)
}

/// A kept head as note and checkpoint.
pub(super) fn read_head(head: &SignedHead) -> Result<(Note, Checkpoint), DeskError> {
    let damaged = |why: String| {
        let message = format!("the checkpoint of {} entries in the ledger is damaged: {why}", head.size);
        DeskError::new(Kind::Unavailable, message)
    };
    let note = Note::parse(&head.note).map_err(|why| damaged(why.to_string()))?;
    let checkpoint = Checkpoint::parse(note.text()).map_err(|why| damaged(why.to_string()))?;
    Ok((note, checkpoint))
}
