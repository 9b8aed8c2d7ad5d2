//! Codewords as a JSON object from recipient to symbols, read so that a recipient cannot occur twice.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::word::Word;

/// One codeword per recipient, in order of the recipients' ids as bytes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Codewords(pub BTreeMap<String, Word>);

impl Codewords {
    /// Adds a recipient's symbols.
    pub fn insert(&mut self, recipient: &str, symbols: &[u8]) {
        self.0.insert(recipient.to_owned(), Word::from_symbols(symbols));
    }
}

impl Serialize for Codewords {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(to)
    }
}

impl<'de> Deserialize<'de> for Codewords {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Codewords;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object from recipients to their symbols")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Codewords, A::Error> {
                let mut words = BTreeMap::new();
                while let Some((recipient, word)) = map.next_entry::<String, Word>()? {
                    if let Some(_before) = words.insert(recipient.clone(), word) {
                        return Err(A::Error::custom(format_args!("`{recipient}` has two codewords")));
                    }
                }
                Ok(Codewords(words))
            }
        }
        from.deserialize_map(Each)
    }
}
