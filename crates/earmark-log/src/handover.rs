//! Handing a log over to other keys, so that whoever has the old ones finds the new.
//!
//! The last checkpoint of the old keys covers an entry that binds the new ones, and a proof of that entry is published
//! beside it as `handover/SIZE`: a [`LogProof`] whose extra data are the nonce. Both of the old signatures stand under the
//! new keys by that. Backwards it needs no more: the new keys' checkpoints have the whole tree under them.

use crate::key::VerifierKey;
use crate::log_proof::{LogProof, LogProofError};
use crate::note::Note;
use crate::opening::Opening;
use crate::trust::{Past, Trust};
use crate::{Checkpoint, Tree};

/// A handover does not lead from the old keys to the new.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HandoverError {
    /// It is no proof of an entry under a checkpoint of the old keys.
    #[error(transparent)]
    Proof(#[from] LogProofError),
    /// It carries no nonce of 32 bytes.
    #[error("it carries no nonce")]
    Nonce,
    /// Its checkpoint is of another size than it is published for.
    #[error("its checkpoint is of {0} entries")]
    Size(u64),
}

/// What the entry binds: canonical JSON with the keys that sign from `until` entries on.
#[must_use]
pub fn handover_document(until: u64, keys: &[VerifierKey]) -> String {
    let quoted =
        |key: &VerifierKey| format!("\"{}\"", key.to_string().replace('\\', "\\\\").replace('"', "\\\""));
    let keys: Vec<String> = keys.iter().map(quoted).collect();
    format!(r#"{{"keys":[{}],"kind":"handover","until":"{until}"}}"#, keys.join(","))
}

/// The proof of a handover as it is published: of entry `index`, which `nonce` opens, under the last checkpoint of the old
/// keys. `None` when the entry is not below it.
#[must_use]
pub fn handover_proof(tree: &Tree, index: u64, nonce: &[u8; 32], checkpoint: Note) -> Option<String> {
    Some(LogProof::new(tree, index, checkpoint, Some(nonce.to_vec()))?.to_string())
}

/// Checks that a log was handed over from the keys of `past` to the keys `new`.
///
/// # Errors
/// [`HandoverError`], the first reason why not.
pub fn check_handover(past: &Past, new: &[VerifierKey]) -> Result<(), HandoverError> {
    let proof = LogProof::parse(&past.proof)?;
    let size = Checkpoint::parse(proof.checkpoint.text()).map_err(LogProofError::from)?.size;
    if size != past.until {
        return Err(HandoverError::Size(size));
    }
    let nonce = proof.extra.as_deref().and_then(|extra| extra.try_into().ok()).ok_or(HandoverError::Nonce)?;
    let entry = Opening { nonce, document: handover_document(past.until, new) }.commitment();
    // Witnesses may have signed it, too; who they are is another matter.
    proof.check(&entry, &Trust { log: past.keys.clone(), ..Trust::default() })?;
    Ok(())
}

/// Checks every handover of a log, from its first keys to those of today.
///
/// # Errors
/// The size up to which the keys signed that do not lead on, and why.
pub fn check_handovers(trust: &Trust) -> Result<(), (u64, HandoverError)> {
    for (past, number) in trust.past.iter().zip(1..) {
        let new = trust.past.get(number).map_or(&trust.log, |next| &next.keys);
        check_handover(past, new).map_err(|why| (past.until, why))?;
    }
    Ok(())
}
