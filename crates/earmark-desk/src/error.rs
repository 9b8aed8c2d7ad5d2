//! Refusals, and the one table from their kind to exit codes.

use std::fmt;

/// What sort of refusal an error is. One table turns it into exit code, HTTP status and page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Policy says no, or it conflicts with what is there in a way the user must settle.
    Refused,
    /// There is no such thing.
    NotFound,
    /// It is there already, and different.
    Conflict,
    /// The input is not what it should be.
    Malformed,
    /// A part is missing, not configured, full or out of reach.
    Unavailable,
    /// Our own mistake.
    Bug,
}

impl Kind {
    /// The process's exit code, as the command line's contract has it.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Refused | Self::Conflict => 3,
            Self::NotFound => 4,
            Self::Malformed => 5,
            Self::Unavailable => 6,
            Self::Bug => 70,
        }
    }
}

/// One clear error: what, where, and what to do next.
#[derive(Debug)]
pub struct DeskError {
    /// What sort of refusal.
    pub kind: Kind,
    /// What happened and where: lower case, no full stop.
    pub message: String,
    /// What to do next, each a sentence of its own.
    pub hints: Vec<String>,
    /// What it came from.
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl DeskError {
    /// An error of `kind` that says `message`.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hints: Vec::new(), source: None }
    }

    /// Adds what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Wraps `source` with what was being done; a full disk at its root says what to do.
    pub fn because(
        kind: Kind,
        message: impl Into<String>,
        source: impl std::error::Error + Send + Sync + 'static,
    ) -> Self {
        let full = fills_the_disk(&source);
        let error = Self { kind, message: message.into(), hints: Vec::new(), source: Some(Box::new(source)) };
        if full {
            error.hint("free some room and run the same command again: nothing is lost")
        } else {
            error
        }
    }

    /// A failure of the file system at `path`; a full disk says so.
    pub fn io(doing: &str, path: &std::path::Path, source: std::io::Error) -> Self {
        let kind = match source.kind() {
            std::io::ErrorKind::NotFound => Kind::NotFound,
            std::io::ErrorKind::AlreadyExists => Kind::Conflict,
            std::io::ErrorKind::IsADirectory
            | std::io::ErrorKind::NotADirectory
            | std::io::ErrorKind::InvalidData
            | std::io::ErrorKind::InvalidFilename => Kind::Malformed,
            _ => Kind::Unavailable,
        };
        let denied = source.kind() == std::io::ErrorKind::PermissionDenied;
        let error = Self::because(kind, format!("cannot {doing} `{}`", path.display()), source);
        if denied {
            error.hint("give the user who runs earmark access to it, or leave it out")
        } else {
            error
        }
    }
}

/// Whether an error comes from a disk without room.
fn fills_the_disk(error: &(dyn std::error::Error + 'static)) -> bool {
    use std::io::ErrorKind::{QuotaExceeded, StorageFull};
    let mut cause = Some(error);
    while let Some(error) = cause {
        let full = |io: &std::io::Error| matches!(io.kind(), StorageFull | QuotaExceeded);
        // Some libraries hand on the system's words and not its error.
        if error.downcast_ref().is_some_and(full) || error.to_string().contains("(os error 28)") {
            return true;
        }
        cause = error.source();
    }
    false
}

impl fmt::Display for DeskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut said = self.message.clone();
        let mut source = self.source.as_ref().map(|source| &**source as &dyn std::error::Error);
        while let Some(cause) = source {
            let text = cause.to_string();
            // Many errors repeat their cause in their own words.
            if !said.contains(&text) {
                said = format!("{said}: {text}");
            }
            source = cause.source();
        }
        f.write_str(&said)
    }
}

impl std::error::Error for DeskError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_named_and_loses_nothing() {
        let error = DeskError::io(
            "write",
            std::path::Path::new("/x"),
            std::io::Error::from(std::io::ErrorKind::StorageFull),
        );
        assert_eq!(error.kind.exit_code(), 6);
        assert!(error.to_string().starts_with("cannot write `/x`: "));
        assert_eq!(error.hints.len(), 1);
    }
}
