//! What the author declared beside the asset: read and checked before anything is looked at.

use earmark_mark::{Declarations, varying_fields};
use earmark_papers::varies_md;

use super::tree::{DECLARATIONS, Tree};
use crate::error::{DeskError, Kind};

/// The declarations of a tree, if it has any, each found in its file.
///
/// # Errors
/// With the line and the entry, when the file is malformed or an entry does not fit the tree.
pub(super) fn read(tree: &Tree) -> Result<Option<Declarations>, DeskError> {
    let Some(text) = &tree.declarations else { return Ok(None) };
    let wrong =
        |source| DeskError::because(Kind::Malformed, format!("`{DECLARATIONS}` cannot be used"), source);
    let declarations = Declarations::parse(text).map_err(wrong)?;
    declarations.check(&tree.sources()).map_err(wrong)?;
    Ok(Some(declarations))
}

/// The text of `VARIES.md`, the same for every recipient; none where no field is declared.
#[must_use]
pub(super) fn varies(declarations: &Declarations, tree: &Tree) -> Option<String> {
    let fields: Vec<earmark_papers::VaryingField> = varying_fields(declarations, &tree.sources())
        .into_iter()
        .map(|field| earmark_papers::VaryingField {
            file: String::from_utf8_lossy(&field.file).into_owned(),
            field: field.name,
        })
        .collect();
    (!fields.is_empty()).then(|| varies_md(&fields))
}
