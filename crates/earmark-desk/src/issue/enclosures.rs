//! What lies beside the material in a bundle: `COPY.md`, and `VARIES.md` where an author declared fields.

use std::sync::Arc;

use earmark_model::Entry;
use earmark_papers::{CopyNote, copy_md};
use earmark_store::Plan;

use super::protect;
use super::writing::paper;
use crate::desk::Desk;
use crate::error::{DeskError, Kind};

/// A paper and its text.
pub(super) type Enclosure = (Entry, Arc<Vec<u8>>);

/// `COPY.md`: this copy is individually marked.
#[must_use]
pub(super) fn copy_note(desk: &Desk, plan: &Plan, varies: bool) -> Enclosure {
    let note = CopyNote {
        program: desk.name().to_owned(),
        asset: plan.plan.asset.to_string(),
        revision: plan.plan.created.rfc3339(),
        contact: None,
        varies,
    };
    enclosure("COPY.md", copy_md(&note))
}

/// `VARIES.md` of a plan, the same for every recipient; none where nothing is declared.
///
/// # Errors
/// When the blob is missing.
pub(super) async fn varies(desk: &Desk, plan: &Plan) -> Result<Option<Enclosure>, DeskError> {
    let report: protect::Answer = serde_json::from_str(&plan.plan.report)
        .map_err(|source| DeskError::because(Kind::Bug, "the recorded report cannot be read", source))?;
    let Some(digest) = report.varies else { return Ok(None) };
    let digest = digest
        .parse()
        .map_err(|source| DeskError::because(Kind::Bug, "the recorded report cannot be read", source))?;
    let bytes = desk.get_blob(digest).await?;
    Ok(Some((paper("VARIES.md", &bytes), Arc::new(bytes))))
}

fn enclosure(name: &str, text: String) -> Enclosure {
    let bytes = text.into_bytes();
    (paper(name, &bytes), Arc::new(bytes))
}
