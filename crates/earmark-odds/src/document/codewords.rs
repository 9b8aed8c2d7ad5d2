//! Codewords as a JSON object from recipient to symbols, read so that a recipient cannot occur twice.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;

use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::limits::RECIPIENTS_MAX;
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
                    if words.len() == RECIPIENTS_MAX {
                        let told = format_args!("there are more than {RECIPIENTS_MAX} codewords");
                        return Err(A::Error::custom(told));
                    }
                    match words.entry(recipient) {
                        Entry::Vacant(place) => {
                            place.insert(word);
                        }
                        Entry::Occupied(place) => {
                            let told = format_args!("`{}` has two codewords", place.key()).to_string();
                            return Err(A::Error::custom(told));
                        }
                    }
                }
                Ok(Codewords(words))
            }
        }
        from.deserialize_map(Each)
    }
}
