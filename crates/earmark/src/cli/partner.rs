//! `earmark partner`.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use earmark_desk::desk::Desk;
use earmark_desk::error::{DeskError, Kind};
use earmark_desk::history;
use earmark_desk::program::import::{self, Preview};
use earmark_desk::program::keys;
use earmark_desk::program::partner::{self, NewPartner, Shown};
use earmark_desk::program::partner_source::{Reading, Source};
use earmark_desk::program::partner_table::{self, Form};
use earmark_desk::program::standing::{self, Measure};

use super::key_argument::key_text;
use super::output::{Output, printing};
use super::partner_people as people;

/// Partners: whom copies are made for.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What to do
    #[command(subcommand)]
    pub action: Action,
}

/// What can be done with partners.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Action {
    /// Add a partner, with its first contact and keys
    Add(Add),
    /// Add and change partners by a table, cards or keyring, all or none
    Import(Import),
    /// Write all partners and their people as such a file
    Export(Export),
    /// List the partners
    List,
    /// Show one partner, its contacts and keys
    Show {
        /// The partner
        slug: String,
    },
    /// Admit an applicant; takes two people
    Admit(Because),
    /// Put a partner on notice
    Caution(Because),
    /// End a caution or suspension
    Clear(Because),
    /// Let a partner receive nothing for now
    Suspend(Because),
    /// Remove a partner that was heard, or turn an applicant down
    Remove(Because),
    /// Take a removed partner back; takes two people
    Readmit(Because),
    /// What was done about a partner, by whom and why
    History {
        /// The partner
        slug: String,
    },
    /// People of a partner
    #[command(subcommand)]
    Contact(people::ContactAction),
    /// The need-to-know roster of a partner
    #[command(subcommand)]
    Roster(people::RosterAction),
    /// Record that a partner accepted an agreement
    Accept(people::Accept),
    /// Note what a partner gave back, or show it
    Contribution(people::ContributionArgs),
    /// Keys of a partner's contacts, through their lives
    #[command(subcommand)]
    Key(super::partner_key::Action),
}

/// A measure about a partner's standing.
#[derive(Debug, clap::Args)]
pub(crate) struct Because {
    /// The partner
    pub slug: String,
    /// Why
    #[arg(long)]
    pub why: String,
    /// What the partner answered when it was heard
    #[arg(long, value_name = "NOTE")]
    pub hearing: Option<String>,
}

/// `partner add`.
#[derive(Debug, clap::Args)]
pub(crate) struct Add {
    /// Short name: lower-case letters, digits, `-`, `_`, `.`; never changes, never reused
    pub slug: String,
    /// The organization's name
    #[arg(long)]
    pub name: String,
    /// The country whose law binds it, ISO 3166-1 alpha-2
    #[arg(long, value_name = "CC")]
    pub country: String,
    /// Its tier
    #[arg(long)]
    pub tier: String,
    /// Mail address of the first contact
    #[arg(long, value_name = "MAIL")]
    pub contact: Option<String>,
    /// A key of that contact: an age recipient, an SSH public key, an OpenPGP certificate, or a file with one
    #[arg(long = "key", value_name = "KEY_OR_FILE", allow_hyphen_values = true)]
    pub keys: Vec<String>,
    /// It only asked to join: it receives nothing until it is admitted
    #[arg(long)]
    pub applicant: bool,
}

/// `partner import`.
#[derive(Debug, clap::Args)]
pub(crate) struct Import {
    /// CSV with a head (slug,name,country,tier,status,person,person_name,contact,key; the last five may be left out) or a
    /// JSON array of such objects, a row for each person; address cards (vCard); or keys for people who are there, by
    /// their mail addresses: an OpenPGP keyring, a file of allowed SSH signers
    pub file: PathBuf,
    /// What the file is, where it cannot be told by looking
    #[arg(long, value_enum)]
    pub form: Option<ImportForm>,
    /// What a CSV file calls one of our columns, such as name=Organization
    #[arg(long, value_name = "COLUMN=THEIRS")]
    pub map: Vec<String>,
    /// What stands where the file says nothing, such as tier=one
    #[arg(long, value_name = "COLUMN=VALUE")]
    pub set: Vec<String>,
    /// Say what would happen, change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// What a file of partners is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ImportForm {
    /// CSV or JSON
    Table,
    /// Address cards
    Vcard,
    /// OpenPGP certificates
    Keyring,
    /// Allowed SSH signers
    Signers,
}

impl Import {
    fn reading(&self) -> Result<Reading, DeskError> {
        let pairs = |texts: &[String]| -> Result<BTreeMap<String, String>, DeskError> {
            let pair = |text: &String| {
                let malformed = || DeskError::new(Kind::Malformed, format!("`{text}` is no `COLUMN=...`"));
                let (name, value) = text.split_once('=').ok_or_else(malformed)?;
                Ok((name.trim().to_owned(), value.trim().to_owned()))
            };
            texts.iter().map(pair).collect()
        };
        let source = self.form.map(|form| match form {
            ImportForm::Table => Source::Table,
            ImportForm::Vcard => Source::Cards,
            ImportForm::Keyring => Source::Keyring,
            ImportForm::Signers => Source::Signers,
        });
        Ok(Reading { source, map: pairs(&self.map)?, set: pairs(&self.set)? })
    }
}

/// `partner export`.
#[derive(Debug, clap::Args)]
pub(crate) struct Export {
    /// The file to make: `.json` is JSON, anything else CSV [default: CSV to standard output, or JSON with --json]
    pub file: Option<PathBuf>,
}

/// Acts on partners.
pub(crate) async fn run(desk: &Desk, args: &Args, output: Output) -> Result<(), DeskError> {
    match &args.action {
        Action::Add(add) => {
            let new = NewPartner {
                slug: add.slug.clone(),
                name: add.name.clone(),
                country: add.country.clone(),
                tier: add.tier.clone(),
                contact: add.contact.clone(),
                keys: add.keys.iter().map(|key| key_text(key)).collect::<Result<_, _>>()?,
                applicant: add.applicant,
            };
            let (shown, waiting) = keys::add_with_partner(desk, &new).await?;
            if !waiting.is_empty() {
                output.remark(&format!(
                    "an embargo is open: {} keys take effect after a day and a second person's `earmark partner key approve`",
                    waiting.len()
                ));
            }
            print(output, &shown)
        }
        Action::Import(import) => {
            let bytes =
                fs::read(&import.file).map_err(|source| DeskError::io("read", &import.file, source))?;
            let preview = import::import(desk, &bytes, &import.reading()?, import.dry_run).await?;
            output.answer(&preview, || preview_text(&preview)).map_err(printing)
        }
        Action::Export(export) => {
            let rows = partner_table::rows(desk).await?;
            let Some(file) = &export.file else {
                let text = partner_table::text(&rows, Form::Csv)?;
                return output.answer(&rows, || text).map_err(printing);
            };
            let form = if file.extension().is_some_and(|end| end == "json") { Form::Json } else { Form::Csv };
            let text = partner_table::text(&rows, form)?;
            write_new(file, text.as_bytes()).map_err(|source| DeskError::io("write", file, source))?;
            let answer = serde_json::json!({ "file": file, "rows": rows.len() });
            output.answer(&answer, || format!("{}: {} rows\n", file.display(), rows.len())).map_err(printing)
        }
        Action::List => {
            let partners = partner::list(desk).await?;
            let line = |one: &earmark_desk::program::partner::Partner| {
                format!("{}\t{}\t{}\t{}\t{}\n", one.slug, one.name, one.country, one.tier, one.status.word())
            };
            output.answer(&partners, || partners.iter().map(line).collect()).map_err(printing)
        }
        Action::Show { slug } => print(output, &partner::show(desk, slug).await?),
        Action::Admit(because) => measure(desk, because, Measure::Admit, output).await,
        Action::Caution(because) => measure(desk, because, Measure::Caution, output).await,
        Action::Clear(because) => measure(desk, because, Measure::Clear, output).await,
        Action::Suspend(because) => measure(desk, because, Measure::Suspend, output).await,
        Action::Remove(because) => measure(desk, because, Measure::Remove, output).await,
        Action::Readmit(because) => measure(desk, because, Measure::Readmit, output).await,
        Action::History { slug } => {
            partner::show(desk, slug).await?;
            let lines = history::of(desk, "partner", slug).await?;
            let line = |one: &history::Line| {
                let why = one.particulars["why"].as_str().unwrap_or_default();
                format!("{}\t{}\t{}\t{why}\n", one.at, one.actor, one.act)
            };
            output.answer(&lines, || lines.iter().map(line).collect()).map_err(printing)
        }
        Action::Contact(action) => people::contact(desk, action, output).await,
        Action::Roster(action) => people::roster(desk, action, output).await,
        Action::Accept(args) => people::accept(desk, args, output).await,
        Action::Contribution(args) => people::contribution(desk, args, output).await,
        Action::Key(action) => super::partner_key::run(desk, action, output).await,
    }
}

async fn measure(desk: &Desk, because: &Because, measure: Measure, output: Output) -> Result<(), DeskError> {
    let taken =
        standing::take(desk, &because.slug, measure, &because.why, because.hearing.as_deref()).await?;
    let text = || match &taken.waiting {
        Some(waits) => super::disclosure::waits_text(waits),
        None => format!("{} is {}\n", taken.partner.slug, taken.partner.status),
    };
    output.answer(&taken, text).map_err(printing)
}

fn print(output: Output, shown: &Shown) -> Result<(), DeskError> {
    output
        .answer(shown, || {
            let partner = &shown.partner;
            let mut text = format!(
                "{} ({}), {}, tier {}, {}\n",
                partner.name,
                partner.slug,
                partner.country,
                partner.tier,
                partner.status.word()
            );
            for contact in &shown.contacts {
                text += &format!("  {} {}\n", contact.slug, contact.mail.as_deref().unwrap_or("no mail"));
            }
            for key in &shown.keys {
                text += &format!("  {} {} {}\n", key.kind, key.fingerprint, key.status.word());
            }
            text
        })
        .map_err(printing)
}

fn preview_text(preview: &Preview) -> String {
    let mut text = format!(
        "{}: {} new, {} changed, {} unchanged, {} rejected\n",
        if preview.written { "imported" } else { "preview" },
        preview.added.len(),
        preview.changed.len(),
        preview.unchanged.len(),
        preview.rejected.len()
    );
    for slug in &preview.added {
        text += &format!("  new {slug}\n");
    }
    for changed in &preview.changed {
        text += &format!("  changed {}: {}\n", changed.slug, changed.what.join(", "));
    }
    for rejected in &preview.rejected {
        text += &format!("  row {} ({}): {}\n", rejected.row, rejected.slug, rejected.why);
    }
    text
}

/// Writes a file that is not there yet: it holds names and addresses, so only its owner may read it.
fn write_new(path: &std::path::Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
