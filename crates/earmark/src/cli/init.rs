//! `earmark init`.

use std::path::PathBuf;

use earmark_desk::desk::RECOVERY_KIT;
use earmark_desk::error::{DeskError, Kind};

use super::output::{Output, printing};
use super::place::Place;
use crate::wiring;

/// Make a vault: keys, ledger, blobs and recovery kit.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The folder to make; it must not exist or be empty
    pub dir: PathBuf,
    /// The name of the sharing program
    #[arg(long)]
    pub name: String,
    /// Seal the program key to this age recipient; opening the vault then needs the identity
    #[arg(long, value_name = "AGE_RECIPIENT")]
    pub seal_to: Option<String>,
}

/// Makes the vault and says where the recovery kit is.
pub(crate) async fn run(place: &Place, args: &Args, output: Output) -> Result<(), DeskError> {
    if args.name.trim().is_empty() || args.name.chars().any(char::is_control) {
        return Err(DeskError::new(Kind::Malformed, "the program needs a name, in one line"));
    }
    let desk = wiring::init(&args.dir, &args.name, args.seal_to.as_deref(), place.ledger.as_deref()).await?;
    let kit = desk.folder().join("keys").join(RECOVERY_KIT);
    let answer = serde_json::json!({
        "vault": desk.folder(),
        "name": desk.name(),
        "recovery_kit": kit,
        "sealed": args.seal_to.is_some(),
    });
    output
        .answer(&answer, || {
            format!(
                "The vault of {} is in {}\nPrint the recovery kit {}, lock the page away, and delete the file.\n",
                desk.name(),
                desk.folder().display(),
                kit.display()
            )
        })
        .map_err(printing)
}
