use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::key::VerifierKey;
use crate::note::{Note, NoteSignature};

/// Keys that a log signed with before it was handed over to others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// The entries under their last checkpoint.
    pub until: u64,
    /// The keys.
    pub keys: Vec<VerifierKey>,
    /// The proof of the handover, as it is published; see [`crate::check_handover`].
    pub proof: String,
}

/// Whom to believe: a log's keys, all of which must have signed, and witnesses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trust {
    /// The log's own keys, of one name: its origin.
    pub log: Vec<VerifierKey>,
    /// Its keys before those, the oldest first. That they lead to one another is for [`crate::check_handovers`].
    pub past: Vec<Past>,
    /// The witnesses' keys.
    pub witnesses: Vec<VerifierKey>,
    /// How many differently named witnesses must have signed.
    pub quorum: usize,
}

/// A checkpoint whose signatures were checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// What it says.
    pub checkpoint: Checkpoint,
    /// When it was signed, in seconds since 1970, if a signature of the log says so.
    pub signed: Option<u64>,
    /// The names of the witnesses that signed, each once.
    pub witnesses: Vec<String>,
    /// Signatures by keys that are not known: by the specification they mean nothing.
    pub strangers: Vec<NoteSignature>,
}

impl Trust {
    /// The log's keys that sign a checkpoint of this size.
    #[must_use]
    pub fn keys_at(&self, size: u64) -> &[VerifierKey] {
        self.past.iter().find(|past| size <= past.until).map_or(&self.log, |past| &past.keys)
    }

    /// Whether a key is or was the log's.
    #[must_use]
    pub fn knows(&self, key: &VerifierKey) -> bool {
        self.log.contains(key) || self.past.iter().any(|past| past.keys.contains(key))
    }

    /// Checks a signed checkpoint.
    ///
    /// Every signature by one of these keys must fit, and all of the log's keys must have signed.
    ///
    /// # Errors
    /// [`CheckpointError`], the first reason why it is not to be trusted.
    pub fn open(&self, note: &Note) -> Result<Opened, CheckpointError> {
        let checkpoint = Checkpoint::parse(note.text())?;
        let log = self.keys_at(checkpoint.size);
        let mut opened = Opened { checkpoint, signed: None, witnesses: Vec::new(), strangers: Vec::new() };
        let mut missing: Vec<&VerifierKey> = log.iter().collect();
        for signature in &note.signatures {
            let made = |key: &&VerifierKey| key.name() == signature.name && key.id() == signature.id;
            let unfit = || CheckpointError::Signature(signature.name.clone());
            if let Some(key) = log.iter().find(made) {
                let signed = key.verify(&opened.checkpoint, &signature.bytes).ok_or_else(unfit)?;
                opened.signed = opened.signed.or(signed.at);
                missing.retain(|other| *other != key);
            } else if let Some(key) = self.witnesses.iter().find(made) {
                key.verify(&opened.checkpoint, &signature.bytes).ok_or_else(unfit)?;
                if !opened.witnesses.contains(&signature.name) {
                    opened.witnesses.push(signature.name.clone());
                }
            } else {
                opened.strangers.push(signature.clone());
            }
        }
        if let Some(key) = missing.first() {
            return Err(CheckpointError::Unsigned { name: key.name().to_owned(), kind: key.kind().word() });
        }
        if let Some(key) = log.first()
            && key.name() != opened.checkpoint.origin
        {
            let (found, wanted) = (opened.checkpoint.origin, key.name().to_owned());
            return Err(CheckpointError::Origin { found, wanted });
        }
        if opened.witnesses.len() < self.quorum {
            return Err(CheckpointError::Witnesses { found: opened.witnesses.len(), wanted: self.quorum });
        }
        Ok(opened)
    }
}
