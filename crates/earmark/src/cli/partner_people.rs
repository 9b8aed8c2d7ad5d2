//! `earmark partner contact`, `roster`, `accept` and `contribution`.

use clap::ValueEnum;
use earmark_desk::desk::Desk;
use earmark_desk::error::DeskError;
use earmark_desk::program::agreement;
use earmark_desk::program::contribution::{self, Account, Contribution};
use earmark_desk::program::people::{self, Person};

use super::instant_argument::instant;
use super::output::{Output, printing};

/// `partner contact ...`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum ContactAction {
    /// Add a person, or change the name or address of one that is there
    Put {
        /// The partner
        slug: String,
        /// The person's short name; never changes
        contact: String,
        /// The person's name
        #[arg(long)]
        name: Option<String>,
        /// Mail address
        #[arg(long)]
        mail: Option<String>,
    },
    /// List a partner's people
    List {
        /// The partner
        slug: String,
    },
}

/// `partner roster ...`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum RosterAction {
    /// Put a person on the roster: copies are then made per person, and for nobody else of the partner
    Join {
        /// The partner
        slug: String,
        /// The person
        contact: String,
    },
    /// Take a person off the roster; with the last one the partner receives as a whole again
    Leave {
        /// The partner
        slug: String,
        /// The person
        contact: String,
    },
}

/// `partner accept`.
#[derive(Debug, clap::Args)]
pub(crate) struct Accept {
    /// The partner
    pub slug: String,
    /// The agreement
    pub agreement: String,
    /// Which version of it [default: the latest]
    #[arg(long, value_name = "VERSION")]
    pub number: Option<u32>,
    /// Who signed
    #[arg(long = "signed-by", value_name = "NAME")]
    pub signed_by: String,
    /// When, RFC 3339 [default: now]
    #[arg(long, value_name = "INSTANT")]
    pub at: Option<String>,
}

/// `partner contribution`.
#[derive(Debug, clap::Args)]
pub(crate) struct ContributionArgs {
    /// The partner
    pub slug: String,
    /// Note that it did this [default: only show]
    #[arg(value_enum)]
    pub what: Option<What>,
    /// About which disclosure
    #[arg(long, requires = "what")]
    pub disclosure: Option<String>,
    /// What there is to say about the matter, and not about people: it is never erased
    #[arg(long, requires = "what", default_value = "")]
    pub note: String,
}

/// What a partner did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum What {
    /// It tested what it was given
    Tested,
    /// It found something
    Found,
    /// It was asked and did not answer
    Silent,
}

impl What {
    fn contribution(self) -> Contribution {
        match self {
            Self::Tested => Contribution::Tested,
            Self::Found => Contribution::Found,
            Self::Silent => Contribution::Silent,
        }
    }
}

/// Acts on a partner's people.
pub(crate) async fn contact(desk: &Desk, action: &ContactAction, output: Output) -> Result<(), DeskError> {
    match action {
        ContactAction::Put { slug, contact, name, mail } => {
            let person = people::put(desk, slug, contact, name.as_deref(), mail.as_deref()).await?;
            output.answer(&person, || line(&person)).map_err(printing)
        }
        ContactAction::List { slug } => {
            let people = people::list(desk, slug).await?;
            output.answer(&people, || people.iter().map(line).collect()).map_err(printing)
        }
    }
}

/// Acts on a partner's roster.
pub(crate) async fn roster(desk: &Desk, action: &RosterAction, output: Output) -> Result<(), DeskError> {
    let person = match action {
        RosterAction::Join { slug, contact } => people::join(desk, slug, contact).await?,
        RosterAction::Leave { slug, contact } => people::leave(desk, slug, contact).await?,
    };
    output.answer(&person, || line(&person)).map_err(printing)
}

/// Records an acceptance.
pub(crate) async fn accept(desk: &Desk, args: &Accept, output: Output) -> Result<(), DeskError> {
    let at = args.at.as_deref().map(instant).transpose()?;
    let which = (args.agreement.as_str(), args.number);
    let yes = agreement::accept(desk, &args.slug, which, &args.signed_by, at).await?;
    output
        .answer(&yes, || format!("{} accepted {} version {}\n", yes.partner, yes.agreement, yes.version))
        .map_err(printing)
}

/// Notes or shows contributions.
pub(crate) async fn contribution(
    desk: &Desk,
    args: &ContributionArgs,
    output: Output,
) -> Result<(), DeskError> {
    let account = match args.what {
        None => contribution::account(desk, &args.slug).await?,
        Some(what) => {
            let about = args.disclosure.as_deref();
            contribution::note(desk, &args.slug, what.contribution(), about, &args.note).await?
        }
    };
    output.answer(&account, || text(&account)).map_err(printing)
}

fn text(account: &Account) -> String {
    let tally = account.tally;
    let mut text = format!(
        "{}: tested {}, found {}, silent {}\n",
        account.partner, tally.tested, tally.found, tally.silent
    );
    for line in &account.lines {
        let about = line.disclosure.as_deref().unwrap_or("-");
        text += &format!("  {}\t{}\t{about}\t{}\n", line.at, line.what, line.note);
    }
    text
}

fn line(person: &Person) -> String {
    let roster = if person.on_roster { "\ton the roster" } else { "" };
    format!(
        "{}/{}\t{}\t{}\t{} keys{roster}\n",
        person.partner,
        person.contact,
        person.name,
        person.mail.as_deref().unwrap_or("no mail"),
        person.keys
    )
}
