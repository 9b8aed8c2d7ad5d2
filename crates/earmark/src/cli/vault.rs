//! `earmark vault`.

use earmark_desk::error::DeskError;
use earmark_desk::issue::log::verify;

use super::output::{Output, printing};
use super::place::Place;
use crate::wiring;

/// Look after the vault itself.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What to do
    #[command(subcommand)]
    pub action: Action,
}

/// What can be done with a vault.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Action {
    /// Check every row and blob, and hold the rows against the log; exit with 1 if anything is wrong
    Check {
        /// Remove what a killed process left behind
        #[arg(long)]
        collect: bool,
    },
}

/// Checks the vault; says whether anything is wrong.
pub(crate) async fn run(place: &Place, args: &Args, output: Output) -> Result<bool, DeskError> {
    let Action::Check { collect } = &args.action;
    let report = wiring::check(place, *collect).await?;
    let mut faults: Vec<String> =
        report.findings.iter().filter(|one| one.is_fault()).map(ToString::to_string).collect();
    // What is stored is one thing, that it is what was written another: the log knows.
    let mut remarks = Vec::new();
    match replay(place).await {
        Ok(replayed) => {
            faults.extend(replayed.faults);
            remarks = replayed.remarks;
        }
        // A key that is missing, say: what can be seen without it was seen.
        Err(error) => faults.push(format!("the rows cannot be held against the log: {error}")),
    }
    let sound = faults.is_empty();
    let left: Vec<String> =
        report.findings.iter().filter(|one| !one.is_fault()).map(ToString::to_string).collect();
    let answer = serde_json::json!({
        "sound": sound, "faults": faults, "left_behind": left, "remarks": remarks,
    });
    output
        .answer(&answer, || {
            let mut text = String::new();
            for fault in &faults {
                text += &format!("wrong: {fault}\n");
            }
            for one in &left {
                text += &format!("left behind: {one}\n");
            }
            for remark in &remarks {
                text += &format!("note: {remark}\n");
            }
            text + if sound { "the vault is sound\n" } else { "the vault is damaged\n" }
        })
        .map_err(printing)?;
    Ok(!sound)
}

async fn replay(place: &Place) -> Result<verify::Answer, DeskError> {
    verify::vault(&wiring::open(place).await?, None).await
}
