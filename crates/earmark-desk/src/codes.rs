//! An asset's codes: opening them from the program key, and what is known of their positions.

use earmark_mark::{PositionMap, SiteTable};
use earmark_model::{AssetName, Digest, Manifest};
use earmark_odds::bias::BiasSet;
use earmark_odds::code::{Code, TracingKey, code_id};
use earmark_store::Revision;

use crate::desk::Desk;
use crate::error::{DeskError, Kind};

/// The codes of an asset, by epoch; none when there is no such asset.
///
/// # Errors
/// When the ledger cannot be read.
pub(crate) async fn of_asset(desk: &Desk, asset: &AssetName) -> Result<Vec<earmark_store::Code>, DeskError> {
    Ok(desk.ledger().codes(asset).await?)
}

/// Opens one epoch of an asset's code.
///
/// # Errors
/// When the program key cannot be had.
pub(crate) fn open(desk: &Desk, asset_id: &str, epoch: u32, bias: BiasSet) -> Result<Code, DeskError> {
    let id = code_id(asset_id, epoch);
    Ok(Code::new(&TracingKey::from_program_key(desk.program_key()?, &id), &id, bias))
}

/// The bias set of a recorded code.
///
/// # Errors
/// When this program does not know it.
pub(crate) fn bias_set(code: &earmark_store::Code) -> Result<BiasSet, DeskError> {
    code.bias_set.parse().map_err(|_| {
        DeskError::new(Kind::Unavailable, format!("this earmark does not know the code `{}`", code.bias_set))
    })
}

/// Every key that has a position in an epoch: those the ledger numbers, and those that later revisions
/// gave to a position they inherited.
///
/// # Errors
/// When ledger or site tables cannot be read.
pub(crate) async fn known_positions(
    desk: &Desk,
    asset: &AssetName,
    epoch: u32,
) -> Result<PositionMap, DeskError> {
    let numbered = desk.ledger().positions(asset, epoch).await?;
    let k: Vec<u8> = numbered.iter().map(|position| position.k).collect();
    let mut keys: Vec<_> =
        numbered.iter().map(|position| (Digest(position.site_key), position.number)).collect();
    for plan in desk.ledger().plans_of_code(asset, epoch).await? {
        let table = read_table(desk, &plan.plan.site_table).await?;
        let sites = table.files.iter().flat_map(|file| &file.sites);
        keys.extend(sites.map(|site| (site.key, site.position)));
    }
    Ok(PositionMap::restore(keys, k))
}

/// Reads a site table from its blob.
///
/// # Errors
/// When it is missing or damaged.
pub(crate) async fn read_table(desk: &Desk, blob: &Digest) -> Result<SiteTable, DeskError> {
    let bytes = desk.get_blob(*blob).await?;
    SiteTable::from_bytes(&bytes).map_err(|source| {
        DeskError::because(Kind::Unavailable, "a site table of the vault is damaged", source)
    })
}

/// The site table in force and the manifest of a revision.
///
/// # Errors
/// When there is no such revision, or it has no plan.
pub(crate) async fn table_of(desk: &Desk, revision: &Digest) -> Result<(SiteTable, Manifest), DeskError> {
    let plans = desk.ledger().plans_of(revision).await?;
    let plan = plans.last().ok_or_else(|| {
        DeskError::new(Kind::NotFound, format!("revision `{}` has no plan", revision.short()))
    })?;
    let row = desk.ledger().revision(revision).await?;
    Ok((read_table(desk, &plan.plan.site_table).await?, desk.manifest(row.manifest).await?))
}

/// The one revision of `asset` whose digest starts with `start`.
///
/// # Errors
/// When there is none, or more than one.
pub(crate) async fn find_revision(
    desk: &Desk,
    asset: &AssetName,
    start: &str,
) -> Result<Revision, DeskError> {
    let revisions = desk.ledger().revisions_of(asset).await?;
    let mut fitting = revisions.into_iter().filter(|revision| revision.digest.to_string().starts_with(start));
    match (fitting.next(), fitting.next()) {
        (Some(one), None) if !start.is_empty() => Ok(one),
        (None, _) => {
            Err(DeskError::new(Kind::NotFound, format!("asset `{asset}` has no revision `{start}`")))
        }
        _ => Err(DeskError::new(
            Kind::Malformed,
            format!("more than one revision of `{asset}` starts with `{start}`"),
        )
        .hint("give more digits")),
    }
}
