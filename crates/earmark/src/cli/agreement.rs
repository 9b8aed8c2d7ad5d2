//! `earmark agreement`.

use std::path::PathBuf;

use earmark_desk::desk::Desk;
use earmark_desk::error::DeskError;
use earmark_desk::program::agreement::{self, Listed};

use super::output::{Output, printing};

/// Agreements: what partners accept before they receive.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What to do
    #[command(subcommand)]
    pub action: Action,
}

/// What can be done with agreements.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Action {
    /// Add an agreement, or its next version
    ///
    /// The folder holds `agreement.toml` (name, version, and a table of clauses: name = meaning) and `text.md`.
    Add {
        /// The folder
        folder: PathBuf,
    },
    /// List the agreements, and who has not accepted the latest version
    List,
    /// Print the text of an agreement
    Show {
        /// Its name
        name: String,
        /// Which version of it [default: the latest]
        #[arg(long, value_name = "VERSION")]
        number: Option<u32>,
    },
}

/// Acts on agreements.
pub(crate) async fn run(desk: &Desk, args: &Args, output: Output) -> Result<(), DeskError> {
    match &args.action {
        Action::Add { folder } => {
            let added = agreement::add(desk, folder).await?;
            output.answer(&added, || format!("{} version {}\n", added.name, added.version)).map_err(printing)
        }
        Action::List => {
            let listed = agreement::list(desk).await?;
            output.answer(&listed, || listed.iter().map(line).collect()).map_err(printing)
        }
        Action::Show { name, number } => {
            let shown = agreement::show(desk, name, *number).await?;
            output.answer(&shown, || shown.body.clone()).map_err(printing)
        }
    }
}

fn line(one: &Listed) -> String {
    let missing: Vec<&str> = one.missing.iter().map(|slug| slug.as_str()).collect();
    let missing = if missing.is_empty() {
        "accepted by all".to_owned()
    } else {
        format!("not yet: {}", missing.join(", "))
    };
    format!("{}\tversion {}\t{}\t{missing}\n", one.name, one.version, one.clauses.join(", "))
}
