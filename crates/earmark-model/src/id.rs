use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Why a text is no id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// The text is empty or longer than 64 characters.
    #[error("a name has 1 to 64 characters, `{0}` has {n}", n = .0.chars().count())]
    Length(String),
    /// A character outside the allowed set, or a first character that is no letter or digit.
    #[error(
        "`{0}` may hold only lower-case letters, digits, `-`, `_` and `.`, and starts with a letter or digit"
    )]
    Character(String),
}

/// A short name that is safe as a file name and in an address: lower-case letters, digits,
/// `-`, `_`, `.`; it starts with a letter or digit.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slug(String);

/// The name of an asset.
pub type AssetName = Slug;

/// Whoever a copy is made for. Never changes, never reused: `partner`, `partner/contact` or `@owner/name`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RecipientId(String);

/// The number of a position in its code: numbered once per epoch, append-only, never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PositionNumber(pub u32);

impl Slug {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl RecipientId {
    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id as a folder name: `/` becomes `+`.
    #[must_use]
    pub fn folder(&self) -> String {
        self.0.replace('/', "+")
    }
}

fn check(text: &str) -> Result<(), IdError> {
    let length = text.chars().count();
    if length == 0 || length > 64 {
        return Err(IdError::Length(text.to_owned()));
    }
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.');
    let starts_well = text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
    if starts_well && text.chars().all(allowed) { Ok(()) } else { Err(IdError::Character(text.to_owned())) }
}

impl FromStr for Slug {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        check(text)?;
        Ok(Self(text.to_owned()))
    }
}

impl FromStr for RecipientId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        match text.split_once('/') {
            Some((partner, contact)) => {
                check(if partner == "@owner" { "owner" } else { partner })?;
                check(contact)?;
            }
            None => check(text)?,
        }
        Ok(Self(text.to_owned()))
    }
}

macro_rules! text_id {
    ($id:ident) => {
        impl TryFrom<String> for $id {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }

        impl From<$id> for String {
            fn from(id: $id) -> String {
                id.0
            }
        }

        impl fmt::Display for $id {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_id!(Slug);
text_id!(RecipientId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_safe_as_a_file_name() {
        assert!("harbor-security".parse::<Slug>().is_ok());
        for bad in ["", "..", "a/b", "A", "-x", "a b", "é", &"x".repeat(65)] {
            assert!(bad.parse::<Slug>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_recipient_is_a_partner_a_person_or_the_owners_staff() {
        assert_eq!("harbor/ann".parse::<RecipientId>().map(|id| id.folder()), Ok("harbor+ann".to_owned()));
        assert!("@owner/ben".parse::<RecipientId>().is_ok());
        for bad in ["@owner", "a/b/c", "a/", "/a", "@x/y"] {
            assert!(bad.parse::<RecipientId>().is_err(), "{bad}");
        }
    }
}
