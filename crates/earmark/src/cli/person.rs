//! `earmark person`.

use std::path::{Path, PathBuf};

use earmark_desk::desk::Desk;
use earmark_desk::error::DeskError;
use earmark_desk::issue::log::person::{self, CLASSES, Held};
use earmark_desk::issue::log::{accounts, retention};
use earmark_desk::program::legal_hold::{self, Standing};

use super::output::{Output, printing};

/// Personal data: what is held of a partner's people, erasing it, and legal hold.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What to do
    #[command(subcommand)]
    pub action: Action,
}

/// What can be done about personal data.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Action {
    /// List the classes of personal data: purpose, basis, retention, readers
    Classes,
    /// List what is held of a person
    Held {
        /// The person: PARTNER/CONTACT
        person: String,
    },
    /// Erase what is held of a person, a removed partner, or somebody who left the staff, with tombstones
    Erase {
        /// PARTNER/CONTACT, PARTNER for all its people and its name, or staff:NAME
        person: String,
        /// On what ground, in one line
        #[arg(long)]
        basis: String,
        /// Remove the mail files of the person from this outbox, too
        #[arg(long, value_name = "DIR")]
        outbox: Option<PathBuf>,
    },
    /// List what is held longer than it is needed
    Due,
    /// Erase all of that, but for what a legal hold stands on
    EraseDue {
        /// On what ground, in one line
        #[arg(long)]
        basis: String,
        /// Remove the mail files of these messages from this outbox, too
        #[arg(long, value_name = "DIR")]
        outbox: Option<PathBuf>,
    },
    /// Put a legal hold on a person, partner or member of the staff: nothing of it is erased
    Hold {
        /// PARTNER/CONTACT, PARTNER for everything of it, or staff:NAME
        subject: String,
        /// Why
        #[arg(long)]
        why: String,
    },
    /// Lift a legal hold; takes two people
    Lift {
        /// PARTNER/CONTACT, or PARTNER
        subject: String,
    },
}

/// Acts on personal data.
pub(crate) async fn run(desk: &Desk, args: &Args, output: Output) -> Result<(), DeskError> {
    match &args.action {
        Action::Classes => {
            let line = |one: &person::Class| {
                format!(
                    "{}\t{}; {}; {}; read by {}\n",
                    one.class, one.purpose, one.basis, one.retention, one.readers
                )
            };
            output.answer(&CLASSES, || CLASSES.iter().map(line).collect()).map_err(printing)
        }
        Action::Held { person } => {
            let held = person::held(desk, person).await?;
            output.answer(&held, || text(&held)).map_err(printing)
        }
        Action::Erase { person, basis, outbox } => {
            let erased = accounts::erase(desk, person, basis).await?;
            if let Some(outbox) = outbox {
                remove_mail(outbox, &erased.messages)?;
            }
            output.answer(&erased, || erased_text(&erased)).map_err(printing)
        }
        Action::Due => {
            let due = retention::due(desk).await?;
            output.answer(&due, || due.iter().map(due_line).collect()).map_err(printing)
        }
        Action::EraseDue { basis, outbox } => {
            let erased = retention::erase_due(desk, basis).await?;
            if let Some(outbox) = outbox {
                let messages: Vec<u64> = erased.iter().filter_map(|one| one.message).collect();
                remove_mail(outbox, &messages)?;
            }
            output.answer(&erased, || erased.iter().map(due_line).collect()).map_err(printing)
        }
        Action::Hold { subject, why } => said(&legal_hold::put(desk, subject, why).await?, output),
        Action::Lift { subject } => said(&legal_hold::lift(desk, subject).await?, output),
    }
}

/// What an erasure came to, in words.
pub(super) fn erased_text(erased: &person::Erased) -> String {
    let mut text = format!(
        "{}: erased, {} entries of the log and {} messages among it\n",
        erased.person,
        erased.entries.len(),
        erased.messages.len()
    );
    for table in &erased.left {
        text += &format!("still within other words: `{table}`\n");
    }
    text
}

fn due_line(one: &retention::Due) -> String {
    let what = one.message.map_or_else(|| one.class.to_owned(), |id| format!("message {id}"));
    let held = one.legal_hold.as_ref().map(|why| format!("\theld: {why}")).unwrap_or_default();
    format!("{}\t{what}\tsince {}{held}\n", one.subject, one.since)
}

fn said(standing: &Standing, output: Output) -> Result<(), DeskError> {
    let text = || match (&standing.waiting, &standing.why) {
        (Some(waits), _) => super::disclosure::waits_text(waits),
        (None, Some(why)) => format!("nothing of {} is erased: {why}\n", standing.subject),
        (None, None) => format!("no legal hold stands on {}\n", standing.subject),
    };
    output.answer(standing, text).map_err(printing)
}

/// Mail files begin with the number of their message.
fn remove_mail(outbox: &Path, messages: &[u64]) -> Result<(), DeskError> {
    let refused = |source| DeskError::io("read", outbox, source);
    for file in std::fs::read_dir(outbox).map_err(refused)? {
        let path = file.map_err(refused)?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let number = name.split_once('-').and_then(|(number, _)| number.parse().ok());
        if name.ends_with(".eml") && number.is_some_and(|number| messages.contains(&number)) {
            std::fs::remove_file(&path).map_err(|source| DeskError::io("remove", &path, source))?;
        }
    }
    Ok(())
}

fn text(held: &Held) -> String {
    let mut text = format!("{}\n", held.person);
    if let Some(why) = &held.legal_hold {
        text += &format!("a legal hold stands: {why}\n");
    }
    for item in held.items.iter().filter(|item| !item.what.is_empty()) {
        text += &format!("  {} ({}; {})\n", item.class.class, item.class.purpose, item.class.retention);
        for what in &item.what {
            text += &format!("    {what}\n");
        }
    }
    text
}
