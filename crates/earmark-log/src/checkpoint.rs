//! Checkpoints: the signed heads of a log, after C2SP's `tlog-checkpoint`.
//!
//! ```text
//! log.example/engine                             the log's name, its origin
//! 256                                            how many entries
//! CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=   the root over them
//!
//! — log.example/engine Az3g...                   the log's Ed25519 key
//! — log.example/engine 8Bq2...                   the log's ML-DSA-44 key
//! — partner.example/w1 jWbP...                   a witness
//! ```

use std::fmt;

use crate::note::{Note, NoteError, NoteSignature};
use crate::{Hash, VerifierKey};

/// What a log says of itself at one size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's name.
    pub origin: String,
    /// How many entries there are.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
    /// Further lines, which Earmark does not write.
    pub extensions: Vec<String>,
}

/// A note is no checkpoint, or not one to be trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// It is no signed note.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The text is no checkpoint's.
    #[error("line {0} of the checkpoint is malformed")]
    Line(usize),
    /// It is another log's.
    #[error("this is a checkpoint of `{found}`, not of `{wanted}`")]
    Origin {
        /// What it says.
        found: String,
        /// What was expected.
        wanted: String,
    },
    /// A known key's signature does not fit.
    #[error("the signature of `{0}` does not fit")]
    Signature(String),
    /// A key that must sign did not.
    #[error("the checkpoint is not signed by the {kind} key of `{name}`")]
    Unsigned {
        /// The key's name.
        name: String,
        /// The key's kind.
        kind: &'static str,
    },
    /// Fewer witnesses than asked for.
    #[error("{found} of the witnesses signed, and {wanted} are asked for")]
    Witnesses {
        /// How many signed.
        found: usize,
        /// How many are asked for.
        wanted: usize,
    },
}

/// Whom to believe: a log's keys, all of which must have signed, and witnesses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trust {
    /// The log's own keys, of one name: its origin.
    pub log: Vec<VerifierKey>,
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

impl Checkpoint {
    /// Reads a checkpoint's text.
    ///
    /// # Errors
    /// [`CheckpointError::Line`], the first line that is wrong.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let lines: Vec<&str> = text.strip_suffix('\n').ok_or(CheckpointError::Line(1))?.split('\n').collect();
        let [origin, size, root, extensions @ ..] = lines.as_slice() else {
            return Err(CheckpointError::Line(lines.len()));
        };
        if origin.is_empty() {
            return Err(CheckpointError::Line(1));
        }
        let number: u64 = size.parse().map_err(|_| CheckpointError::Line(2))?;
        if number.to_string() != *size {
            return Err(CheckpointError::Line(2));
        }
        let root = root.parse().map_err(|_| CheckpointError::Line(3))?;
        if let Some(empty) = extensions.iter().position(|line| line.is_empty()) {
            return Err(CheckpointError::Line(empty + 4));
        }
        let extensions = extensions.iter().map(ToString::to_string).collect();
        Ok(Self { origin: (*origin).to_owned(), size: number, root, extensions })
    }

    /// Checks a signed checkpoint.
    ///
    /// Every signature by a key of `trust` must fit, and all of the log's keys must have signed.
    ///
    /// # Errors
    /// [`CheckpointError`], the first reason why it is not to be trusted.
    pub fn open(note: &Note, trust: &Trust) -> Result<Opened, CheckpointError> {
        let checkpoint = Self::parse(note.text())?;
        let mut opened = Opened { checkpoint, signed: None, witnesses: Vec::new(), strangers: Vec::new() };
        let mut missing: Vec<&VerifierKey> = trust.log.iter().collect();
        for signature in &note.signatures {
            let made = |key: &&VerifierKey| key.name() == signature.name && key.id() == signature.id;
            let unfit = || CheckpointError::Signature(signature.name.clone());
            if let Some(key) = trust.log.iter().find(made) {
                let signed = key.verify(&opened.checkpoint, &signature.bytes).ok_or_else(unfit)?;
                opened.signed = opened.signed.or(signed.at);
                missing.retain(|other| *other != key);
            } else if let Some(key) = trust.witnesses.iter().find(made) {
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
        if let Some(key) = trust.log.first()
            && key.name() != opened.checkpoint.origin
        {
            let (found, wanted) = (opened.checkpoint.origin, key.name().to_owned());
            return Err(CheckpointError::Origin { found, wanted });
        }
        if opened.witnesses.len() < trust.quorum {
            return Err(CheckpointError::Witnesses { found: opened.witnesses.len(), wanted: trust.quorum });
        }
        Ok(opened)
    }
}

impl fmt::Display for Checkpoint {
    /// The note's text, with its last line end.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, self.root)?;
        for line in &self.extensions {
            writeln!(f, "{line}")?;
        }
        Ok(())
    }
}
