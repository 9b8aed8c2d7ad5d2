//! What a JSON document must look like, as a table, and a check against it that names the one place that is wrong.

use serde_json::{Map, Value};

use super::CsafError;

/// What a value must be.
#[derive(Debug)]
pub(crate) enum Shape {
    /// A text that is not empty.
    Text,
    /// An instant as RFC 3339 has it.
    Instant,
    /// A number.
    Number,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A list with at least one item.
    List(&'static Shape),
    /// An object with these fields.
    Record(&'static [Field]),
    /// An object that others define, with at least these fields.
    Holds(&'static [Field]),
}

/// A field of an object.
#[derive(Debug)]
pub(crate) struct Field {
    name: &'static str,
    needed: bool,
    shape: &'static Shape,
}

/// A field that must be there.
pub(crate) const fn must(name: &'static str, shape: &'static Shape) -> Field {
    Field { name, needed: true, shape }
}

/// A field that may be there.
pub(crate) const fn may(name: &'static str, shape: &'static Shape) -> Field {
    Field { name, needed: false, shape }
}

/// Longest text that an error repeats.
const SHOWN: usize = 60;

impl Shape {
    /// Checks `value` and takes fields out of it that the table does not know; their places go to `unknown`.
    pub(crate) fn check(
        &self,
        value: &mut Value,
        at: &str,
        unknown: &mut Vec<String>,
    ) -> Result<(), CsafError> {
        let wrong = |wanted: &str, found: &Value| {
            Err(CsafError::Shape { at: place(at), wanted: wanted.to_owned(), found: shown(found) })
        };
        match (self, value) {
            (Self::Text, Value::String(text)) if !text.is_empty() => Ok(()),
            (Self::Text, other) => wrong("a text", other),
            (Self::Instant, Value::String(text)) if super::instant::parse(text).is_some() => Ok(()),
            (Self::Instant, other) => wrong("an instant such as `2026-03-01T17:00:00Z`", other),
            (Self::Number, Value::Number(_)) => Ok(()),
            (Self::Number, other) => wrong("a number", other),
            (Self::OneOf(words), Value::String(text)) if words.contains(&text.as_str()) => Ok(()),
            (Self::OneOf(words), other) => wrong(&format!("one of `{}`", words.join("`, `")), other),
            (Self::List(shape), Value::Array(items)) if !items.is_empty() => items
                .iter_mut()
                .enumerate()
                .try_for_each(|(n, item)| shape.check(item, &format!("{at}/{n}"), unknown)),
            (Self::List(_), other) => wrong("a list with at least one item", other),
            (Self::Record(fields), Value::Object(object)) => {
                object.retain(|name, _| {
                    let known = fields.iter().any(|field| field.name == name);
                    if !known {
                        unknown.push(place(&format!("{at}/{name}")));
                    }
                    known
                });
                check_fields(fields, object, at, unknown)
            }
            (Self::Holds(fields), Value::Object(object)) => check_fields(fields, object, at, unknown),
            (Self::Record(_) | Self::Holds(_), other) => wrong("an object", other),
        }
    }
}

fn check_fields(
    fields: &[Field],
    object: &mut Map<String, Value>,
    at: &str,
    unknown: &mut Vec<String>,
) -> Result<(), CsafError> {
    for field in fields {
        let at = format!("{at}/{}", field.name);
        match object.get_mut(field.name) {
            Some(value) => field.shape.check(value, &at, unknown)?,
            None if field.needed => return Err(CsafError::Missing { at: place(&at) }),
            None => {}
        }
    }
    Ok(())
}

/// A JSON pointer for people; the whole document is `/`.
fn place(at: &str) -> String {
    crate::text::name(if at.is_empty() { "/" } else { at }, 200)
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(_) => "true or false".to_owned(),
        Value::Number(_) => "a number".to_owned(),
        Value::String(text) if text.is_empty() => "an empty text".to_owned(),
        Value::String(text) => format!("`{}`", crate::text::name(text, SHOWN)),
        Value::Array(items) if items.is_empty() => "an empty list".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}
