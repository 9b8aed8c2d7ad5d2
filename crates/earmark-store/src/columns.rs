//! From columns to nouns. A value that the ledger's own constraints rule out is damage, not input.

use std::fmt::Display;
use std::str::FromStr;

use earmark_model::{Digest, UnixMillis};

use crate::StoreError;

/// 32 raw bytes.
pub(crate) fn bytes32(column: &str, bytes: Vec<u8>) -> Result<[u8; 32], StoreError> {
    let length = bytes.len();
    bytes.try_into().map_err(|_| StoreError::Damaged(format!("`{column}` has {length} bytes instead of 32")))
}

/// A SHA-256 digest.
pub(crate) fn digest(column: &str, bytes: Vec<u8>) -> Result<Digest, StoreError> {
    bytes32(column, bytes).map(Digest)
}

/// A SHA-256 digest that may be missing.
pub(crate) fn optional_digest(column: &str, bytes: Option<Vec<u8>>) -> Result<Option<Digest>, StoreError> {
    bytes.map(|bytes| digest(column, bytes)).transpose()
}

/// An id, a name or a word out of a fixed list.
pub(crate) fn word<T: FromStr<Err: Display>>(column: &str, text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|why| StoreError::Damaged(format!("`{column}`: {why}")))
}

/// A count or number.
pub(crate) fn number<T: TryFrom<i64>>(column: &str, value: i64) -> Result<T, StoreError> {
    T::try_from(value).map_err(|_| StoreError::Damaged(format!("`{column}` is out of range: {value}")))
}

/// A count for writing. The databases count to `i64::MAX`; more than that cannot come from a file system.
pub(crate) fn count(what: &'static str, value: u64) -> Result<i64, StoreError> {
    i64::try_from(value).map_err(|_| StoreError::Refused { what, rule: "count_range".to_owned() })
}

/// An instant.
pub(crate) fn instant(value: i64) -> UnixMillis {
    UnixMillis(value)
}

/// A word out of a fixed list that was none of the list's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is none of the known words")]
pub struct UnknownWord(pub String);

/// Gives an enum of plain variants its words, for the ledger, JSON and people.
macro_rules! words {
    ($name:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        impl $name {
            /// The word for the ledger, JSON and people.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::columns::UnknownWord;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    other => Err(crate::columns::UnknownWord(other.to_owned())),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.word())
            }
        }
    };
}
pub(crate) use words;
