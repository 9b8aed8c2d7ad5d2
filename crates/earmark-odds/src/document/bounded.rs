//! Lists that are refused as soon as they are too long, before they fill the memory.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};

/// Reads a list of at most `MOST` entries.
///
/// # Errors
/// At the first entry beyond that.
pub(super) fn at_most<'de, const MOST: usize, T, D>(from: D) -> Result<Vec<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    struct Each<T, const MOST: usize>(PhantomData<T>);
    impl<'de, T: Deserialize<'de>, const MOST: usize> Visitor<'de> for Each<T, MOST> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "a list of at most {MOST}")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<T>, A::Error> {
            let mut read = Vec::new();
            while let Some(one) = list.next_element()? {
                if read.len() == MOST {
                    return Err(A::Error::custom(format_args!("a list has more than {MOST} entries")));
                }
                read.push(one);
            }
            Ok(read)
        }
    }
    from.deserialize_seq(Each::<T, MOST>(PhantomData))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    struct Short {
        #[serde(deserialize_with = "at_most::<2, _, _>")]
        list: Vec<u8>,
    }

    #[test]
    fn a_list_that_is_too_long_is_refused_at_its_first_surplus_entry() {
        let read = |text: &str| serde_json::from_str::<Short>(text);
        assert_eq!(read(r#"{"list":[1,2]}"#).unwrap().list, [1, 2]);
        // What is wrong further back is never reached.
        let refused = read(r#"{"list":[1,2,3,"x"#).unwrap_err().to_string();
        assert!(refused.starts_with("a list has more than 2 entries"), "{refused}");
        assert!(read(r#"{"list":null}"#).is_err());
    }
}
