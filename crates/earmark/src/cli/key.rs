//! `earmark key`.

use std::path::PathBuf;

use earmark_desk::desk::Desk;
use earmark_desk::error::DeskError;
use earmark_desk::issue::log::rotation::{self, Rotated};
use earmark_desk::issue::signing;

use super::output::{Output, printing};

/// Keys: what partners check bundles with, and making others.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What to do
    #[command(subcommand)]
    pub action: Action,
}

/// What can be done with keys.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Action {
    /// Print the public keys that the signatures of bundles are checked with
    Show,
    /// Sign with other keys from now on, log and bundles; the old ones say so. Takes two people
    Rotate {
        /// Why, in one line
        #[arg(long)]
        why: String,
        /// The folder for the new keys of bundles, signed by the old ones: hand it to partners
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
}

/// Shows keys, or makes others.
pub(crate) async fn run(desk: &Desk, args: &Args, output: Output) -> Result<(), DeskError> {
    if let Action::Rotate { why, out } = &args.action {
        let rotated = rotation::rotate(desk, why, out).await?;
        return output.answer(&rotated, || text(&rotated)).map_err(printing);
    }
    let keys = signing::public_keys(desk)?;
    let text = || {
        format!(
            "For `ssh-keygen -Y verify -n {} -I {}`, a line of an allowed signers file ({}):\n\n{}\n\
             For `minisign -V`, a public key file:\n\n{}",
            keys.namespace, keys.principal, keys.ssh_fingerprint, keys.allowed_signers, keys.minisign
        )
    };
    output.answer(&keys, text).map_err(printing)
}

fn text(rotated: &Rotated) -> String {
    if let Some(waits) = &rotated.waiting {
        return super::disclosure::waits_text(waits);
    }
    let mut text = "the log and bundles are signed with new keys; publish the log now\n".to_owned();
    for file in &rotated.files {
        text += &format!("{}\n", file.display());
    }
    if let Some(kit) = &rotated.recovery_kit {
        text += &format!(
            "print {} and delete it: the old recovery kit brings back the old keys\n",
            kit.display()
        );
    }
    text
}
