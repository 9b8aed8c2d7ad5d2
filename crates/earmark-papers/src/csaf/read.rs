use serde_json::Value;

use super::advisory::Advisory;
use super::schema::CSAF;
use super::{CsafError, older, references};

/// Longest file that is read, in bytes: what CSAF 2.0, appendix C.1, wants every reader to take.
pub const ADVISORY_LIMIT: usize = 15_000_000;

/// Most remarks that are kept.
const REMARKS: usize = 50;

/// An advisory as read.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadAdvisory {
    /// The advisory.
    pub advisory: Advisory,
    /// What of the file it does not hold, one place each.
    pub remarks: Vec<String>,
}

/// Reads a CSAF document of version 2.0, or of the draft of 2.1 as far as 2.0 has its fields.
///
/// Fields that the standard does not know are left out and remarked on. Time and memory are bounded by the length of the
/// file, which is bounded itself; nesting deeper than 127 is refused.
///
/// # Errors
/// [`CsafError`], the first thing that is wrong.
pub fn read_csaf(bytes: &[u8]) -> Result<ReadAdvisory, CsafError> {
    read_document(parse_json(bytes)?)
}

/// The same for a document that is parsed already.
///
/// # Errors
/// As [`read_csaf`].
pub fn read_document(mut document: Value) -> Result<ReadAdvisory, CsafError> {
    let mut remarks = Vec::new();
    match document.pointer("/document/csaf_version") {
        Some(Value::String(version)) if version == "2.0" => {}
        Some(Value::String(version)) if version == "2.1" => older::to_2_0(&mut document, &mut remarks),
        Some(Value::String(other)) => {
            return Err(CsafError::Version(format!("`{}`", crate::text::name(other, 20))));
        }
        Some(_) => return Err(CsafError::Version("no text".to_owned())),
        None => return Err(CsafError::Missing { at: "/document/csaf_version".to_owned() }),
    }
    remarks.extend(check(&mut document)?);
    if remarks.len() > REMARKS {
        let more = remarks.len() - REMARKS;
        remarks.truncate(REMARKS);
        remarks.push(format!("and {more} more"));
    }
    Ok(ReadAdvisory { advisory: Advisory::of(document), remarks })
}

/// Checks shape and references of a document; takes out and names what CSAF 2.0 does not know.
pub(crate) fn check(document: &mut Value) -> Result<Vec<String>, CsafError> {
    let mut unknown = Vec::new();
    CSAF.check(document, "", &mut unknown)?;
    references::check(document)?;
    Ok(unknown.into_iter().map(|at| format!("{at}: left out, no field of CSAF 2.0")).collect())
}

/// Parses JSON of bounded length.
///
/// # Errors
/// When it is too long, none, or nested too deep.
pub fn parse_json(bytes: &[u8]) -> Result<Value, CsafError> {
    if bytes.len() > ADVISORY_LIMIT {
        return Err(CsafError::Long(bytes.len()));
    }
    // Files of Windows begin with a byte order mark, which RFC 8259 lets a reader skip.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    serde_json::from_slice(bytes).map_err(|why| CsafError::Json(why.to_string()))
}
