//! What everybody may read, as static files of a CSAF provider: the advisories of all public disclosures and what lists
//! them.

use std::fs;
use std::path::Path;

use earmark_papers::{CsafVersion, ProviderError, provider_files};
use earmark_store::{InstantState, Stage};
use serde::Serialize;

use super::writing::write_file;
use crate::desk::Desk;
use crate::error::{DeskError, Kind};
use crate::program::advisory::{self, Wanted};

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fed {
    /// The advisories, by disclosure.
    pub advisories: Vec<String>,
    /// All files, as paths in the folder.
    pub files: Vec<String>,
}

/// Writes the advisories of all disclosures that are public into `out`, which is served at `address`; drills have none.
/// Lists are written last, so that whoever reads meanwhile finds what they name.
///
/// # Errors
/// Malformed for an address that is none, refused while the publisher's is not known, or when the disk refuses.
pub async fn publish(desk: &Desk, address: &str, out: &Path) -> Result<Fed, DeskError> {
    let wanted = Wanted { version: CsafVersion::V2_0, public: true, namespace: None };
    let (mut names, mut documents) = (Vec::new(), Vec::new());
    for disclosure in desk.ledger().disclosures().await?.into_iter().filter(|one| !one.exercise) {
        let instants = desk.ledger().stage_instants(&disclosure.id).await?;
        if instants.iter().any(|one| one.stage == Stage::Public && one.state == InstantState::Released) {
            documents.push(advisory::csaf(desk, disclosure.id.as_str(), &wanted).await?.document);
            names.push(disclosure.id.to_string());
        }
    }
    let files = provider_files(address, &documents).map_err(|source| {
        let kind = if matches!(source, ProviderError::Address(_)) { Kind::Malformed } else { Kind::Refused };
        DeskError::because(kind, "the advisories cannot be published so", source)
    })?;
    let is_list = |path: &str| path.matches('/').count() < 2;
    for lists in [false, true] {
        for (path, bytes) in files.iter().filter(|(path, _)| is_list(path) == lists) {
            let place = out.join(path);
            let folder = place.parent().unwrap_or(out);
            fs::create_dir_all(folder).map_err(|source| DeskError::io("make", folder, source))?;
            write_file(&place, bytes)?;
        }
    }
    Ok(Fed { advisories: names, files: files.into_keys().collect() })
}
