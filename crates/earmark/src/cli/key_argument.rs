//! A key among the arguments: its text, or the file that it is in.

use std::fs;
use std::path::Path;

use earmark_desk::error::{DeskError, Kind};

/// A key as given, or the content of the file that it names.
pub(crate) fn key_text(given: &str) -> Result<String, DeskError> {
    let path = Path::new(given);
    if !path.is_file() {
        return Ok(given.to_owned());
    }
    let bytes = fs::read(path).map_err(|source| DeskError::io("read", path, source))?;
    String::from_utf8(bytes).map_err(|_| {
        DeskError::new(Kind::Malformed, format!("`{given}` is no text"))
            .hint("export an OpenPGP certificate with `gpg --armor --export`")
    })
}
