//! `earmark key`.

use earmark_desk::desk::Desk;
use earmark_desk::error::DeskError;
use earmark_desk::issue::signing;

use super::output::{Output, printing};

/// Keys: what partners check bundles with.
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
}

/// Shows keys.
pub(crate) fn run(desk: &Desk, args: &Args, output: Output) -> Result<(), DeskError> {
    let Action::Show = args.action;
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
