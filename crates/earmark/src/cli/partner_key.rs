//! `earmark partner key`.

use std::fs;
use std::path::PathBuf;

use earmark_desk::desk::Desk;
use earmark_desk::error::DeskError;
use earmark_desk::issue::log::{accounts, partner_keys};
use earmark_desk::program::keys::{self, Acted, Listed};

use super::instant_argument::instant;
use super::key_argument::key_text;
use super::output::{Output, printing};

/// `partner key ...`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Action {
    /// Add a key to a partner's contact
    ///
    /// While an embargo is open a new key takes effect only after a day and with two people's yes: the second runs the
    /// same command, or `approve`.
    Add {
        /// The partner
        slug: String,
        /// An age recipient, an SSH public key, an OpenPGP certificate, or a file with one
        #[arg(allow_hyphen_values = true)]
        key: String,
        /// The contact's mail address or name [default: the partner's only contact]
        #[arg(long)]
        contact: Option<String>,
    },
    /// List a partner's keys and where each is in its life
    List {
        /// The partner
        slug: String,
    },
    /// Say yes to a key that waits for a second person
    Approve(Which),
    /// Write a sealed test message for a key's holder
    Test {
        /// Which key
        #[command(flatten)]
        which: Which,
        /// The file to write; send it to the holder
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Take the holder's answer to the test: the key is verified
    Answer {
        /// Which key
        #[command(flatten)]
        which: Which,
        /// The line that the holder read in the test
        secret: String,
    },
    /// Set when a key stops by itself
    Expire {
        /// Which key
        #[command(flatten)]
        which: Which,
        /// The instant, RFC 3339 [default: now]
        #[arg(long, value_name = "INSTANT", conflicts_with = "never")]
        at: Option<String>,
        /// Take back an end that was set
        #[arg(long)]
        never: bool,
    },
    /// Replace a key by another of the same contact
    Rotate {
        /// The key that goes
        #[command(flatten)]
        which: Which,
        /// The key that comes: as for `add`
        #[arg(allow_hyphen_values = true)]
        key: String,
    },
    /// Declare a key unsafe, at once
    Revoke {
        /// Which key
        #[command(flatten)]
        which: Which,
        /// Why
        #[arg(long)]
        why: String,
    },
    /// Erase a key that is over, with tombstones in the log
    Erase {
        /// Which key
        #[command(flatten)]
        which: Which,
        /// On what ground, in one line
        #[arg(long)]
        basis: String,
    },
}

/// A key of a partner.
#[derive(Debug, clap::Args)]
pub(crate) struct Which {
    /// The partner
    pub slug: String,
    /// The key's fingerprint, or its beginning
    pub fingerprint: String,
}

/// Acts on keys, and records in the log what became of them.
pub(crate) async fn run(desk: &Desk, action: &Action, output: Output) -> Result<(), DeskError> {
    let acted = match action {
        Action::Add { slug, key, contact } => {
            keys::add(desk, slug, contact.as_deref(), &key_text(key)?).await?
        }
        Action::List { slug } => {
            let listed = keys::list(desk, slug).await?;
            return output.answer(&listed, || listed.iter().map(line).collect()).map_err(printing);
        }
        Action::Approve(which) => keys::approve(desk, &which.slug, &which.fingerprint).await?,
        Action::Test { which, out } => return test(desk, which, out, output).await,
        Action::Answer { which, secret } => {
            keys::answer(desk, &which.slug, &which.fingerprint, secret).await?
        }
        Action::Expire { which, at, never } => {
            let at = match at {
                Some(text) => Some(instant(text)?),
                None if *never => None,
                None => Some(desk.now()),
            };
            keys::expire(desk, &which.slug, &which.fingerprint, at).await?
        }
        Action::Rotate { which, key } => {
            keys::rotate(desk, &which.slug, &which.fingerprint, &key_text(key)?).await?
        }
        Action::Erase { which, basis } => {
            let erased = accounts::erase_key(desk, &which.slug, &which.fingerprint, basis).await?;
            return output.answer(&erased, || super::person::erased_text(&erased)).map_err(printing);
        }
        Action::Revoke { which, why } => keys::revoke(desk, &which.slug, &which.fingerprint, why).await?,
    };
    partner_keys::record_changes(desk).await?;
    output.answer(&acted, || text(&acted)).map_err(printing)
}

async fn test(desk: &Desk, which: &Which, out: &PathBuf, output: Output) -> Result<(), DeskError> {
    let refused = |source| DeskError::io("write", out, source);
    if out.symlink_metadata().is_ok() {
        return Err(refused(std::io::ErrorKind::AlreadyExists.into()));
    }
    let (listed, sealed) = keys::sealed_test(desk, &which.slug, &which.fingerprint).await?;
    fs::write(out, sealed).map_err(refused)?;
    output
        .answer(&listed, || format!("send {} to the holder of {}\n", out.display(), listed.fingerprint))
        .map_err(printing)
}

fn line(key: &Listed) -> String {
    let mut text = format!("{}\t{}\t{}\t{}", key.contact, key.kind, key.fingerprint, key.status);
    match &key.effective {
        None if key.status.usable() => text += "\twaits for a second yes",
        Some(from) if !key.in_use && key.status.usable() => text += &format!("\tfrom {from}"),
        _ => {}
    }
    if let Some(until) = &key.expires {
        text += &format!("\tuntil {until}");
    }
    if key.asked.is_some() && key.answered.is_none() && key.status.usable() {
        text += "\ttest not answered";
    }
    text + "\n"
}

fn text(acted: &Acted) -> String {
    let waits = acted.waiting.as_ref().map(super::disclosure::waits_text).unwrap_or_default();
    line(&acted.key) + &waits
}
