//! `earmark backup` and `earmark restore`.

use std::path::PathBuf;

use earmark_desk::backup;
use earmark_desk::desk::Desk;
use earmark_desk::error::DeskError;

use super::key_argument::key_text;
use super::output::{Output, grouped, printing};
use super::place::Place;
use crate::wiring;

/// Save the whole vault in one sealed file.
///
/// Rows, blobs and keys as they are at one moment; others may go on working. The recovery kit opens it.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The file to make; nothing is overwritten
    pub file: PathBuf,
    /// Seal it to this age recipient or SSH public key, or the one in this file, too
    #[arg(long = "seal-to", value_name = "KEY_OR_FILE")]
    pub seal_to: Vec<String>,
}

/// Make a vault again from a backup.
///
/// The vault is made in the folder that `--vault` names, or `./vault`, which must not exist or be empty; with `--ledger`
/// its rows go into that database, which must be empty, else into a file of the vault.
#[derive(Debug, clap::Args)]
pub(crate) struct RestoreArgs {
    /// The backup
    pub file: PathBuf,
    /// The vault's recovery kit, which opens it [default: the identity in EARMARK_IDENTITY]
    #[arg(long, value_name = "FILE")]
    pub kit: Option<PathBuf>,
}

/// Saves the vault.
pub(crate) async fn run(desk: &Desk, args: &Args, output: Output) -> Result<(), DeskError> {
    let keys: Vec<String> = args.seal_to.iter().map(|key| key_text(key)).collect::<Result<_, _>>()?;
    let saved = backup::save(desk, &args.file, &keys).await?;
    output
        .answer(&saved, || {
            format!(
                "{}: {} bytes, {} rows, {} blobs, {} keys, as of {}\n",
                saved.file.display(),
                grouped(saved.bytes),
                grouped(saved.what.rows),
                grouped(saved.what.blobs),
                saved.what.keys,
                saved.made
            )
        })
        .map_err(printing)
}

/// Makes the vault again; says whether the check of it found anything wrong.
pub(crate) async fn restore(place: &Place, args: &RestoreArgs, output: Output) -> Result<bool, DeskError> {
    let (dir, restored, report) = wiring::restore(place, &args.file, args.kit.as_deref()).await?;
    let faults: Vec<String> =
        report.findings.iter().filter(|one| one.is_fault()).map(ToString::to_string).collect();
    let mut answer = serde_json::to_value(&restored).unwrap_or_default();
    if let Some(answer) = answer.as_object_mut() {
        answer.insert("vault".to_owned(), serde_json::json!(dir));
        answer.insert("sound".to_owned(), serde_json::json!(report.is_sound()));
        answer.insert("faults".to_owned(), serde_json::json!(faults));
    }
    output
        .answer(&answer, || {
            let mut text = format!(
                "the vault of {} as of {} is in {}: {} rows, {} blobs, {} keys\n",
                restored.name,
                restored.made,
                dir.display(),
                grouped(restored.rows),
                grouped(restored.blobs),
                restored.keys
            );
            for fault in &faults {
                text += &format!("wrong, and so it was when it was saved: {fault}\n");
            }
            text
        })
        .map_err(printing)?;
    Ok(!report.is_sound())
}
