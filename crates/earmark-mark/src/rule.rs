use std::fmt;

use earmark_model::{Layer, RuleClass};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::language::Language;

/// The name of a rule of the catalog: a letter for the family, three digits; never reused.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RuleCode(pub [u8; 4]);

/// What the catalog says of a rule.
#[derive(Debug, Clone, Copy)]
pub struct RuleInfo {
    /// Its code.
    pub code: RuleCode,
    /// A few words for people.
    pub name: &'static str,
    /// The language whose files it marks.
    pub language: Language,
    /// What destroys it.
    pub layer: Layer,
    /// How its safety is shown.
    pub class: RuleClass,
    /// Of a hundred sites, how many are expected to be read rightly after formatting, comment
    /// stripping and renaming.
    pub survival: u8,
    /// The forms in catalog order; empty where forms are ordered by their content.
    pub forms: &'static [&'static str],
}

impl RuleCode {
    /// The code as text; a code that is no ASCII shows as `????`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("????")
    }

    /// Reads a code of a letter and three digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes: [u8; 4] = text.as_bytes().try_into().ok()?;
        let well = bytes[0].is_ascii_uppercase() && bytes[1..].iter().all(u8::is_ascii_digit);
        well.then_some(Self(bytes))
    }
}

impl fmt::Display for RuleCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for RuleCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for RuleCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.serialize_str(self.as_str())
        } else {
            self.0.serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for RuleCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            let text = String::deserialize(deserializer)?;
            Self::parse(&text)
                .ok_or_else(|| serde::de::Error::custom("a rule code is a letter and three digits"))
        } else {
            <[u8; 4]>::deserialize(deserializer).map(Self)
        }
    }
}
