//! The rows of the log's sequence, all of them, with what they open to.

use std::collections::{BTreeMap, HashMap};

use earmark_log::Opening;
use earmark_model::Digest;
use earmark_store::{Code, Copy, Entry, EntryKind, Plan, Statement};
use serde_json::{Value, json};

use super::canonical::canonical;
use crate::desk::Desk;
use crate::error::{DeskError, Kind};
use crate::issue::documents;

/// What explains an entry.
pub(super) enum Row {
    Plan(Box<Plan>),
    Copy(Box<Copy>),
    Statement(Statement),
}

/// What stands for a row that was erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tombstone {
    /// The entry that says so.
    pub(super) said_by: u64,
    /// The digest of the erased row.
    pub(super) row: String,
    /// On what ground.
    pub(super) basis: String,
    /// When.
    pub(super) at: String,
}

/// All rows.
pub(super) struct Rows {
    /// The entries, in order; what is missing makes their indexes jump.
    pub(super) entries: Vec<Entry>,
    /// What explains them.
    pub(super) of: BTreeMap<u64, Row>,
    /// What was erased, by the entry it explained.
    pub(super) erased: BTreeMap<u64, Tombstone>,
    /// Entries that two rows claim to explain.
    pub(super) twice: Vec<u64>,
    codes: HashMap<(String, u32), Code>,
}

impl Rows {
    pub(super) async fn read(desk: &Desk) -> Result<Self, DeskError> {
        const AT_ONCE: u64 = 10_000;
        let ledger = desk.ledger();
        let mut rows = Self {
            entries: Vec::new(),
            of: BTreeMap::new(),
            erased: BTreeMap::new(),
            twice: Vec::new(),
            codes: HashMap::new(),
        };
        // Nouns before entries: what is recorded meanwhile has its entry in view.
        let mut explained: Vec<(u64, Row)> = Vec::new();
        for plan in ledger.plans().await? {
            let key = (plan.plan.asset.to_string(), plan.plan.epoch);
            if let std::collections::hash_map::Entry::Vacant(free) = rows.codes.entry(key) {
                free.insert(ledger.code(&plan.plan.asset, plan.plan.epoch).await?);
            }
            explained.push((plan.log_index, Row::Plan(Box::new(plan))));
        }
        let copies = ledger.copies().await?;
        explained.extend(copies.into_iter().map(|copy| (copy.log_index, Row::Copy(Box::new(copy)))));
        for statement in ledger.statements().await? {
            if let Some((index, tombstone)) = tombstone(&statement) {
                rows.erased.insert(index, tombstone);
            }
            explained.push((statement.log_index, Row::Statement(statement)));
        }
        for (index, row) in explained {
            if rows.of.insert(index, row).is_some() {
                rows.twice.push(index);
            }
        }
        loop {
            let from = rows.entries.last().map_or(0, |entry| entry.log_index + 1);
            let more = ledger.entries(from, AT_ONCE).await?;
            if more.is_empty() {
                return Ok(rows);
            }
            rows.entries.extend(more);
        }
    }

    /// The entry of an index, if the sequence has no gap before it.
    pub(super) fn entry(&self, index: u64) -> Option<&Entry> {
        let entry = self.entries.get(usize::try_from(index).ok()?)?;
        (entry.log_index == index).then_some(entry)
    }

    /// The digest over every field of an entry and of the row behind it, as a batch binds it.
    pub(super) fn digest(&self, index: u64) -> Result<String, DeskError> {
        digest_of(self.entry(index).ok_or_else(|| gone(index))?, &self.row_digest(index)?)
    }

    /// The digest over every field of the row behind an entry, or what a tombstone says it was.
    ///
    /// The nonce is among the fields, so the digest tells nothing to who lacks it: neither when a batch is opened
    /// nor when it is all that is left of an erased row.
    pub(super) fn row_digest(&self, index: u64) -> Result<String, DeskError> {
        if let Some(tombstone) = self.erased.get(&index) {
            return Ok(tombstone.row.clone());
        }
        match self.of.get(&index) {
            None => sha256(&Value::Null),
            Some(Row::Statement(statement)) => statement_digest(&statement.document, &statement.nonce),
            Some(Row::Copy(copy)) => sha256(&copy_fields(copy)),
            Some(Row::Plan(plan)) => sha256(&self.plan_fields(plan)),
        }
    }

    fn plan_fields(&self, recorded: &Plan) -> Value {
        let plan = &recorded.plan;
        let code = self.codes.get(&(plan.asset.to_string(), plan.epoch)).map(|code| {
            json!({
                "bias_commitment": code.bias.digest.to_string(),
                "bias_nonce": Digest(code.bias.nonce).to_string(),
                "bias_set": code.bias_set,
                "created": code.created.0,
            })
        });
        json!({
            "asset": plan.asset.as_str(),
            "catalog": plan.catalog,
            "code": code,
            "commitment": plan.commitment.digest.to_string(),
            "created": plan.created.0,
            "epoch": plan.epoch,
            "id": plan.id.to_string(),
            "nonce": Digest(plan.commitment.nonce).to_string(),
            "reader": plan.reader,
            "report": plan.report,
            "revision": plan.revision.to_string(),
            "rule": plan.rule,
            "site_table": plan.site_table.to_string(),
        })
    }

    /// What opens an entry's commitment.
    ///
    /// # Errors
    /// Not found when there is no such entry, or its row was erased.
    pub(super) async fn opening(&self, desk: &Desk, index: u64) -> Result<Opening, DeskError> {
        if let Some(tombstone) = self.erased.get(&index) {
            let message = format!("the row of entry {index} was lawfully erased ({})", tombstone.basis);
            return Err(DeskError::new(Kind::NotFound, message));
        }
        match self.of.get(&index) {
            None => Err(gone(index)),
            Some(Row::Statement(statement)) => {
                Ok(Opening { nonce: statement.nonce, document: statement.document.clone() })
            }
            Some(Row::Copy(copy)) => Ok(Opening {
                nonce: copy.copy.commitment.nonce,
                document: canonical(&documents::recorded_copy(copy))?,
            }),
            Some(Row::Plan(plan)) => Ok(Opening {
                nonce: plan.plan.commitment.nonce,
                document: canonical(&documents::recorded_plan(desk, plan).await?)?,
            }),
        }
    }

    /// The statements of one kind with their documents, in order.
    pub(super) fn documents(&self, kind: EntryKind) -> impl Iterator<Item = (u64, Value)> {
        self.of.iter().filter_map(move |(index, row)| {
            let Row::Statement(statement) = row else { return None };
            self.entry(*index).filter(|entry| entry.kind == kind)?;
            Some((*index, serde_json::from_str(&statement.document).ok()?))
        })
    }

    /// The plans, in order.
    pub(super) fn plans(&self) -> impl Iterator<Item = &Plan> {
        self.of.values().filter_map(|row| if let Row::Plan(plan) = row { Some(&**plan) } else { None })
    }

    /// The copies, in order.
    pub(super) fn copies(&self) -> impl Iterator<Item = &Copy> {
        self.of.values().filter_map(|row| if let Row::Copy(copy) = row { Some(&**copy) } else { None })
    }
}

fn gone(index: u64) -> DeskError {
    DeskError::new(Kind::NotFound, format!("the log has no entry {index}"))
}

fn copy_fields(recorded: &Copy) -> Value {
    let copy = &recorded.copy;
    json!({
        "bundle": copy.bundle_sha256.map(|digest| digest.to_string()),
        "commitment": copy.commitment.digest.to_string(),
        "copy": copy.copy_sha256.to_string(),
        "issued": copy.issued.0,
        "nonce": Digest(copy.commitment.nonce).to_string(),
        "plan": copy.plan.to_string(),
        "recipient": copy.recipient.as_str(),
        "sites": copy.sites,
    })
}

/// The digest over the fields of a statement's row.
pub(super) fn statement_digest(document: &str, nonce: &[u8; 32]) -> Result<String, DeskError> {
    sha256(&json!({ "document": document, "nonce": Digest(*nonce).to_string() }))
}

/// The digest over an entry's fields and the digest of the row behind it.
pub(super) fn digest_of(entry: &Entry, row: &str) -> Result<String, DeskError> {
    sha256(&json!({
        "added": entry.added.0,
        "commitment": entry.commitment.to_string(),
        "index": entry.log_index,
        "kind": entry.kind.word(),
        "row": row,
    }))
}

fn sha256(fields: &Value) -> Result<String, DeskError> {
    Ok(Digest::of(canonical(fields)?.as_bytes()).to_string())
}

/// The tombstone that a statement is, if it is one, with the entry it stands for.
fn tombstone(statement: &Statement) -> Option<(u64, Tombstone)> {
    let document: Value = serde_json::from_str(&statement.document).ok()?;
    let text = |name: &str| document.get(name)?.as_str().map(ToOwned::to_owned);
    if text("kind")? != EntryKind::Erasure.word() {
        return None;
    }
    let tombstone =
        Tombstone { said_by: statement.log_index, row: text("row")?, basis: text("basis")?, at: text("at")? };
    Some((text("erased")?.parse().ok()?, tombstone))
}
