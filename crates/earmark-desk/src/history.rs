//! The history: one line for everything that was done, by whom and when.
//!
//! Each line ends in a seal under a key that lies in no table: whoever can write in the database, and no more, cannot
//! write a line.

use earmark_model::Digest;
use earmark_seal::SecretKey;
use earmark_store::NewAct;
use serde_json::{Value, json};

use crate::desk::Desk;

/// The member of a line's particulars that holds its seal, always the last one.
const SEAL: &str = "seal";

/// Digits of a seal: 16 that are random, so that no two lines have one seal, and 32 of its digest.
const SEAL_DIGITS: (usize, usize) = (16, 32);

/// A line of history in the name of whoever is at the desk, now.
#[must_use]
pub fn act(desk: &Desk, noun: &str, subject: &str, act: &str, particulars: &Value) -> NewAct {
    let mut line = NewAct {
        noun: noun.to_owned(),
        subject: subject.to_owned(),
        act: act.to_owned(),
        actor: desk.actor().to_owned(),
        at: desk.now(),
        document: particulars.to_string(),
    };
    // Without the key the vault can do little else; `log verify` says that it is missing.
    if let Some(key) = desk.history_key() {
        let random = Digest(*SecretKey::generate().expose()).to_string();
        let seal = seal(key, &line, random.get(..SEAL_DIGITS.0).unwrap_or_default());
        line.document = sealed(&line.document, &seal);
    }
    line
}

fn seal(key: &SecretKey, line: &NewAct, random: &str) -> String {
    let NewAct { noun, subject, act, actor, at, document } = line;
    let bound = json!([random, noun, subject, act, actor, at.0, document]);
    let digest = Digest(*key.derive(&format!("line {bound}")).expose()).to_string();
    format!("{random}{}", digest.get(..SEAL_DIGITS.1).unwrap_or_default())
}

/// An object's text with the seal as its last member.
fn sealed(document: &str, seal: &str) -> String {
    match document.strip_suffix('}') {
        Some("{") => format!("{{\"{SEAL}\":\"{seal}\"}}"),
        Some(members) => format!("{members},\"{SEAL}\":\"{seal}\"}}"),
        None => document.to_owned(),
    }
}

/// The text before it was sealed, and the seal; `None` for a line without one.
fn unsealed(document: &str) -> Option<(String, &str)> {
    let (members, seal) = document.strip_suffix("\"}")?.rsplit_once(&format!("\"{SEAL}\":\""))?;
    let digits = SEAL_DIGITS.0 + SEAL_DIGITS.1;
    if seal.len() != digits || !seal.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let members = if members == "{" { members } else { members.strip_suffix(',')? };
    Some((format!("{members}}}"), seal))
}

/// Whether a line is as it was sealed: its seal; `None` for a line without one.
#[must_use]
pub fn sealed_as(key: &SecretKey, line: &NewAct) -> Option<(String, bool)> {
    let (document, found) = unsealed(&line.document)?;
    let random = found.get(..SEAL_DIGITS.0)?;
    let fits = seal(key, &NewAct { document, ..line.clone() }, random) == found;
    Some((found.to_owned(), fits))
}

/// The particulars of a line without its seal.
#[must_use]
pub fn particulars(line: &NewAct) -> Value {
    let mut document = serde_json::from_str(&line.document).unwrap_or(Value::Null);
    if let Some(members) = document.as_object_mut() {
        members.remove(SEAL);
    }
    document
}

/// A line of history as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Line {
    /// When, RFC 3339.
    pub at: String,
    /// By whom.
    pub actor: String,
    /// What.
    pub act: String,
    /// The particulars.
    pub particulars: Value,
}

/// The history of one subject, in order.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn of(desk: &Desk, noun: &str, subject: &str) -> Result<Vec<Line>, crate::error::DeskError> {
    let line = |one: earmark_store::Act| Line {
        particulars: particulars(&one.act),
        at: one.act.at.rfc3339(),
        actor: one.act.actor,
        act: one.act.act,
    };
    Ok(desk.ledger().acts(noun, subject).await?.into_iter().map(line).collect())
}

#[cfg(test)]
mod tests {
    use earmark_model::UnixMillis;

    use super::*;

    #[test]
    fn a_seal_fits_its_line_and_no_other() {
        let key = SecretKey::from_bytes([7; 32]);
        for document in ["{}", "{\"why\":\"x\"}", "{\"seal\":\"mine\",\"z\":{}}"] {
            let line = NewAct {
                noun: "partner".to_owned(),
                subject: "amber".to_owned(),
                act: "suspend".to_owned(),
                actor: "ann".to_owned(),
                at: UnixMillis(1),
                document: document.to_owned(),
            };
            let seal = seal(&key, &line, "0123456789abcdef");
            let whole = NewAct { document: sealed(document, &seal), ..line.clone() };
            assert_eq!(unsealed(&whole.document), Some((document.to_owned(), seal.as_str())));
            assert_eq!(sealed_as(&key, &whole), Some((seal.clone(), true)));
            let forged = NewAct { subject: "birch".to_owned(), ..whole.clone() };
            assert_eq!(sealed_as(&key, &forged).map(|(_, fits)| fits), Some(false));
            assert_eq!(sealed_as(&SecretKey::from_bytes([8; 32]), &whole).map(|(_, fits)| fits), Some(false));
            assert_eq!(sealed_as(&key, &line), None, "not sealed");
        }
    }
}
