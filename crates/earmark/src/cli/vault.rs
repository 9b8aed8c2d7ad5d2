//! `earmark vault`.

use earmark_desk::error::DeskError;

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
    /// Check every row and blob; exit with 1 if anything is wrong
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
    let faults: Vec<String> =
        report.findings.iter().filter(|one| one.is_fault()).map(ToString::to_string).collect();
    let left: Vec<String> =
        report.findings.iter().filter(|one| !one.is_fault()).map(ToString::to_string).collect();
    let answer = serde_json::json!({ "sound": report.is_sound(), "faults": faults, "left_behind": left });
    output
        .answer(&answer, || {
            let mut text = String::new();
            for fault in &faults {
                text += &format!("wrong: {fault}\n");
            }
            for one in &left {
                text += &format!("left behind: {one}\n");
            }
            text + if report.is_sound() { "the vault is sound\n" } else { "the vault is damaged\n" }
        })
        .map_err(printing)?;
    Ok(!report.is_sound())
}
