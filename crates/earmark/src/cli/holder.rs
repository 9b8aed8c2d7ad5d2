//! `earmark holder`.

use earmark_desk::desk::Desk;
use earmark_desk::error::{DeskError, Kind};
use earmark_desk::program::holder;

use super::output::{Output, printing};

/// Holders: who is known to have an unmarked or foreign version.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What to do
    #[command(subcommand)]
    pub action: Action,
}

/// What can be done with holders.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Action {
    /// Record somebody who has an unmarked or foreign version
    Add {
        /// Who: the finder, a broker, the build system, partners served before protection
        name: String,
        /// Of which asset [default: any]
        #[arg(long)]
        asset: Option<String>,
        /// What is known about it
        #[arg(long, default_value = "")]
        note: String,
    },
    /// List the recorded holders
    List,
}

/// Acts on holders.
pub(crate) async fn run(desk: &Desk, args: &Args, output: Output) -> Result<(), DeskError> {
    match &args.action {
        Action::Add { name, asset, note } => {
            let asset = match asset {
                Some(text) => Some(text.parse().map_err(|source: earmark_model::IdError| {
                    DeskError::new(Kind::Malformed, source.to_string())
                })?),
                None => None,
            };
            let added = holder::add(desk, name, asset, note).await?;
            output
                .answer(&added, || format!("recorded: {name} is known to have a version\n"))
                .map_err(printing)
        }
        Action::List => {
            let holders = holder::list(desk).await?;
            let line = |one: &earmark_desk::program::holder::Holder| {
                let asset = one.holder.asset.as_ref().map_or("any asset", |asset| asset.as_str());
                format!("{}\t{}\t{asset}\t{}\n", one.id, one.holder.who, one.holder.note)
            };
            output.answer(&holders, || holders.iter().map(line).collect()).map_err(printing)
        }
    }
}
