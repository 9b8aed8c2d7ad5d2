//! `earmark issue`.

use std::path::PathBuf;

use earmark_desk::desk::Desk;
use earmark_desk::error::DeskError;
use earmark_desk::issue::copies::{self, IssuedCopy};

use super::output::{Output, printing};

/// Make one copy per recipient: a sealed bundle, or with --plain a marked tree.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The asset, or one revision of it
    #[arg(value_name = "ASSET[@REVISION]")]
    pub asset: String,
    /// `all`, or recipients separated by commas
    #[arg(long)]
    pub to: String,
    /// Where the copies go; made if needed
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Write DIR/RECIPIENT/ unsealed
    #[arg(long)]
    pub plain: bool,
    /// Before its instant too: sealed once more inside, to a key that leaves at the instant
    #[arg(long, conflicts_with = "plain")]
    pub early: bool,
}

/// Issues copies.
pub(crate) async fn run(desk: &Desk, args: &Args, output: Output) -> Result<(), DeskError> {
    let request = copies::Request {
        asset: args.asset.clone(),
        to: args.to.clone(),
        out: args.out.clone(),
        plain: args.plain,
        early: args.early,
    };
    let answer = copies::issue(desk, &request).await?;
    let line = |copy: &IssuedCopy| format!("{}\t{}\n", copy.recipient, copy.bundle.display());
    for one in &answer.denied {
        output.remark(&one.why);
    }
    output.answer(&answer, || answer.copies.iter().map(line).collect()).map_err(printing)
}
