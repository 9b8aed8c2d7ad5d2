use crate::Hash;
use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::key::{SignerKey, VerifierKeyError};
use crate::note::{Note, NoteSignature};
use crate::proof::{ProofError, check_consistency};
use crate::trust::Trust;

/// The largest tree that a witness has seen of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The log's name.
    pub origin: String,
    /// How many entries.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
}

/// Why a witness does not sign.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WitnessError {
    /// The checkpoint is not to be trusted.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// It does not continue what was seen. Keep both checkpoints: together they convict the log.
    #[error("the log does not continue what was seen at {seen} entries: {why}")]
    Forked {
        /// The size that was seen.
        seen: u64,
        /// Why.
        why: ProofError,
    },
    /// The key cannot sign this.
    #[error(transparent)]
    Key(#[from] VerifierKeyError),
}

/// Cosigns a checkpoint if it continues what the witness has seen; gives the signature and what is now seen.
///
/// `proof` is the consistency proof from the seen size to the checkpoint's. Keep what is given back before
/// handing out the signature: a witness that forgets can be shown two logs.
///
/// # Errors
/// [`WitnessError`]; then nothing was signed.
pub fn cosign(
    note: &Note,
    trust: &Trust,
    seen: Option<&Seen>,
    proof: &[Hash],
    key: &SignerKey,
    at: u64,
) -> Result<(NoteSignature, Seen), WitnessError> {
    let Checkpoint { origin, size, root, .. } = trust.open(note)?.checkpoint;
    if let Some(seen) = seen {
        if seen.origin != origin {
            let wanted = seen.origin.clone();
            return Err(CheckpointError::Origin { found: origin, wanted }.into());
        }
        check_consistency(seen.size, seen.root, size, root, proof)
            .map_err(|why| WitnessError::Forked { seen: seen.size, why })?;
    }
    let checkpoint = Checkpoint::parse(note.text())?;
    Ok((key.sign(&checkpoint, at)?, Seen { origin, size, root }))
}
