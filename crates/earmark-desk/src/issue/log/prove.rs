//! Opening one entry to somebody, and checking what was opened.

use earmark_log::{LogProof, LogProofError, Opening, Trust, hex, unhex32};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::publish::{notes, tree};
use super::rows::Rows;
use crate::desk::Desk;
use crate::error::{DeskError, Kind};

/// What a proof carries beside the way to the root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Extra {
    /// The entry itself: its commitment, in hexadecimal digits.
    commitment: String,
    /// What opens it; not there in a proof that only says "it is in the log".
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<String>,
}

/// A proof as made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Proved {
    /// The entry.
    pub entry: u64,
    /// Entries under the head that the proof ends in.
    pub size: u64,
    /// What the entry binds, unless the proof is closed.
    pub document: Option<Value>,
    /// The proof, a C2SP `tlog-proof`: write it to a file as it is.
    pub proof: String,
}

/// A proof as checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// Whether it holds.
    pub holds: bool,
    /// Why not.
    pub why: Option<String>,
    /// The log's name.
    pub origin: Option<String>,
    /// The entry.
    pub entry: u64,
    /// Entries under the head.
    pub size: Option<u64>,
    /// When the head was signed, in RFC 3339.
    pub signed_at: Option<String>,
    /// Who cosigned it.
    pub witnesses: Vec<String>,
    /// What the entry binds, if the proof opens it.
    pub document: Option<Value>,
}

/// Proves that `entry` is under the newest head and opens it, or with `closed` keeps shut what it binds.
///
/// # Errors
/// Not found when there is no such entry or its row was erased; conflict when no head covers it yet.
pub async fn prove(desk: &Desk, entry: u64, closed: bool) -> Result<Proved, DeskError> {
    let rows = Rows::read(desk).await?;
    let Some(row) = rows.entry(entry) else {
        return Err(DeskError::new(Kind::NotFound, format!("the log has no entry {entry}"))
            .hint("`earmark log list` shows the entries"));
    };
    let mut extra = Extra { commitment: row.commitment.to_string(), document: None, nonce: None };
    let mut document = None;
    if !closed {
        let opening = rows.opening(desk, entry).await?;
        if opening.commitment() != row.commitment.0 {
            return Err(DeskError::new(
                Kind::Conflict,
                format!("entry {entry} does not bind its row as it now stands"),
            )
            .hint("`earmark log verify` says what was changed"));
        }
        document = serde_json::from_str(&opening.document).ok();
        extra.nonce = Some(hex(&opening.nonce));
        extra.document = Some(opening.document);
    }
    let unpublished = || {
        DeskError::new(Kind::Conflict, format!("no checkpoint covers entry {entry} yet"))
            .hint("sign one with `earmark log publish`, before it is due with `--now`")
    };
    let head = notes(desk).await?.pop().ok_or_else(unpublished)?;
    let (tree, _) = tree(desk).await?;
    let extra = serde_json::to_vec(&extra)
        .map_err(|source| DeskError::because(Kind::Bug, "the opening cannot be written", source))?;
    let proof = LogProof::new(&tree, entry, head, Some(extra)).ok_or_else(unpublished)?;
    let size = earmark_log::Checkpoint::parse(proof.checkpoint.text()).map_or(0, |head| head.size);
    Ok(Proved { entry, size, document, proof: proof.to_string() })
}

/// Checks a proof. Needs no vault.
///
/// # Errors
/// Malformed when it is none; a proof that does not hold is an answer.
pub fn check(text: &str, trust: &Trust) -> Result<Checked, DeskError> {
    let malformed = |why: String| DeskError::new(Kind::Malformed, format!("this is no proof: {why}"));
    let proof = LogProof::parse(text).map_err(|why: LogProofError| malformed(why.to_string()))?;
    let extra = proof.extra.as_deref().ok_or_else(|| malformed("it carries no entry".to_owned()))?;
    let extra: Extra = serde_json::from_slice(extra).map_err(|why| malformed(why.to_string()))?;
    let commitment =
        unhex32(&extra.commitment).ok_or_else(|| malformed("its commitment is none".to_owned()))?;
    let mut checked = Checked {
        holds: false,
        why: None,
        origin: None,
        entry: proof.index,
        size: None,
        signed_at: None,
        witnesses: Vec::new(),
        document: None,
    };
    match proof.check(&commitment, trust) {
        Ok(opened) => {
            checked.origin = Some(opened.checkpoint.origin);
            checked.size = Some(opened.checkpoint.size);
            let millis =
                opened.signed.and_then(|at| i64::try_from(at).ok()).and_then(|at| at.checked_mul(1000));
            checked.signed_at = millis.map(|millis| earmark_model::UnixMillis(millis).rfc3339());
            checked.witnesses = opened.witnesses;
        }
        Err(why) => checked.why = Some(why.to_string()),
    }
    match (extra.document, extra.nonce) {
        (None, None) => {}
        (Some(document), Some(nonce)) => {
            let nonce = unhex32(&nonce).ok_or_else(|| malformed("its nonce is none".to_owned()))?;
            let read = serde_json::from_str(&document).map_err(|why| malformed(why.to_string()))?;
            if (Opening { nonce, document }).commitment() == commitment {
                checked.document = Some(read);
            } else {
                checked.why = Some("the document is not what the entry binds".to_owned());
            }
        }
        _ => return Err(malformed("it has half an opening".to_owned())),
    }
    checked.holds = checked.why.is_none();
    Ok(checked)
}
