//! The arguments of `earmark disclosure`.

use std::path::PathBuf;

use clap::{ArgGroup, ValueEnum};
use earmark_desk::error::{DeskError, Kind};
use earmark_desk::program::disclosure::{Exploitation, NewDisclosure, Tlp};
use earmark_desk::program::schedule::StageAt;

/// Disclosures: what is embargoed, what goes to whom and when.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What to do
    #[command(subcommand)]
    pub action: Action,
}

/// What can be done with disclosures.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Action {
    /// Add a disclosure; with a public instant its terms are proposed
    Add(Box<Add>),
    /// List the disclosures with what fires next
    List,
    /// Show one disclosure: instants, materials, deliveries, history
    Show {
        /// The disclosure
        id: String,
    },
    /// Put terms on the table, or others in their place
    Propose {
        /// The disclosure
        id: String,
        /// The public instant, RFC 3339 with zone
        #[arg(long, value_name = "INSTANT")]
        public: Option<String>,
        /// When a stage goes to a tier: an instant, or a lead such as -24h or -5d
        #[arg(long = "stage", value_name = "STAGE:TIER=WHEN")]
        stages: Vec<String>,
    },
    /// Turn the proposed terms down
    Reject {
        /// The disclosure
        id: String,
        /// Why
        #[arg(long)]
        why: String,
    },
    /// Check what should be so before anything leaves: keys, agreements, order, calendar, policy, traceability
    Preflight {
        /// The disclosure
        id: String,
    },
    /// Accept the terms: every instant is armed; refused while a check of the preflight is red
    Accept {
        /// The disclosure
        id: String,
        /// Accept though checks are red, and why; takes two people
        #[arg(long, value_name = "WHY")]
        despite: Option<String>,
    },
    /// Set other instants: everything that has not left is re-armed, whoever was told is told again
    Revise {
        /// The disclosure
        id: String,
        /// Another public instant; stages that have not left move with it
        #[arg(long, value_name = "INSTANT")]
        public: Option<String>,
        /// A stage at an instant of its own, or a new one
        #[arg(long = "stage", value_name = "STAGE:TIER=WHEN")]
        stages: Vec<String>,
        /// Why, for those who were told already
        #[arg(long)]
        why: String,
    },
    /// Hold every delivery and key that has not left; one person may
    Hold {
        /// The disclosure
        id: String,
        /// Why
        #[arg(long)]
        why: String,
    },
    /// Let what is held go on; takes two people
    Resume {
        /// The disclosure
        id: String,
    },
    /// Act on a breach, in one step; one person may
    #[command(group(ArgGroup::new("when").required(true)))]
    Breach {
        /// The disclosure
        id: String,
        /// Before the public instant: the embargo is broken, everybody is told, everything else is held
        #[arg(long, group = "when")]
        early: bool,
        /// After it: likelihood raised, detection guidance to all, later stages of the kind held everywhere
        #[arg(long, group = "when")]
        late: bool,
        /// What kind of material is outside (for --late)
        #[arg(long, default_value = "proof-of-concept")]
        stage: String,
        /// What was seen, and where
        #[arg(long)]
        seen: String,
    },
    /// Publish a broken embargo now; takes two people
    Publish {
        /// The disclosure
        id: String,
    },
    /// Attach a revision to a stage; one of an asset that is there is superseded and goes out again
    Attach {
        /// The disclosure
        id: String,
        /// The asset, or one revision of it
        #[arg(value_name = "ASSET[@REVISION]")]
        asset: String,
        /// At which stage it goes out
        #[arg(long)]
        stage: String,
        /// `public`, `indefinite` or an instant [default: indefinite for proofs of concept and source, else public]
        #[arg(long, value_name = "UNTIL")]
        confidential_until: Option<String>,
        /// Its class under export control
        #[arg(long)]
        export_class: Option<String>,
        /// When that class was last looked at
        #[arg(long, value_name = "INSTANT")]
        screened: Option<String>,
    },
    /// Call a stage's material back
    Recall {
        /// The disclosure
        id: String,
        /// Which stage
        #[arg(long)]
        stage: String,
        /// Until when recipients are to say that it is deleted
        #[arg(long, value_name = "INSTANT")]
        by: String,
        /// Why
        #[arg(long)]
        why: String,
    },
    /// Record that a recipient deleted what was recalled or superseded
    Attest {
        /// The disclosure
        id: String,
        /// Who
        recipient: String,
    },
    /// Say what a partner, or everybody, will receive, when, and by which policy
    Preview {
        /// The disclosure
        id: String,
        /// Only this partner
        #[arg(long, conflicts_with = "recipient")]
        partner: Option<String>,
        /// The very messages that this recipient will get, and when
        #[arg(long = "for", value_name = "RECIPIENT")]
        recipient: Option<String>,
    },
    /// Record a recipient's question
    Ask {
        /// The disclosure
        id: String,
        /// The question
        question: String,
        /// Who asks; nobody else will learn it
        #[arg(long, value_name = "RECIPIENT")]
        from: String,
        /// Whom the answer concerns: those who have this stage [default: the first one that the asker has]
        #[arg(long)]
        stage: Option<String>,
    },
    /// Answer a question: everybody who has the stage is told at one instant
    Answer {
        /// The disclosure
        id: String,
        /// The question's number
        question: u64,
        /// The answer
        answer: String,
        /// The question as all may read it; without it the answer stands alone
        #[arg(long)]
        wording: Option<String>,
        /// When it goes out [default: now]
        #[arg(long, value_name = "INSTANT")]
        at: Option<String>,
    },
    /// List the questions and what became of them
    Questions {
        /// The disclosure
        id: String,
    },
    /// Record what a recipient says of itself
    Report {
        /// The disclosure
        id: String,
        /// Who
        recipient: String,
        /// Whether it is affected
        #[arg(long, value_name = "affected|not-affected|not-looked")]
        affected: Option<String>,
        /// How far its protection is
        #[arg(long, value_name = "none|building|ready|live|cannot")]
        protection: Option<String>,
        /// Since when protection is live [default: now]
        #[arg(long, value_name = "INSTANT")]
        live: Option<String>,
        /// Name of a signature or rule
        #[arg(long = "signature", value_name = "NAME")]
        signatures: Vec<String>,
        /// Anything else
        #[arg(long)]
        note: Option<String>,
    },
    /// Play a drill from end to end: disclose, leak one copy in disguise, trace it, against the clock
    Drill {
        /// A recipient who takes part; nobody else hears of it
        #[arg(long = "with", value_name = "RECIPIENT", required = true)]
        participants: Vec<String>,
        /// Where bundles, sample and trace go
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// Show or set when recipients are reminded, and when the silent are asked
    Remind {
        /// The disclosure
        id: String,
        /// Of this tier alone
        #[arg(long)]
        tier: Option<String>,
        /// So long before the public instant, such as 2d, 24h, 90m; may be given more than once [default: 24h and 1h]
        #[arg(long = "before", value_name = "LEAD")]
        before: Vec<String>,
        /// Who was told and says nothing is asked after so long, and again [default: 24h]
        #[arg(long, value_name = "WAIT")]
        ask_after: Option<String>,
        /// So often, then the staff gets the names [default: 2]
        #[arg(long, value_name = "TIMES")]
        times: Option<u32>,
    },
    /// Try mail again that was given up, to the addresses that are known today
    Resend {
        /// The disclosure
        id: String,
    },
    /// Show who is affected and protected, how many at the public instant, and who says nothing
    Standing {
        /// The disclosure
        id: String,
    },
    /// Take the file of an advisory in as the content, in place of an earlier one
    Advisory {
        /// The disclosure
        id: String,
        /// A CSAF file, or a CVE record
        file: PathBuf,
    },
    /// Print the advisory as of now in the Common Security Advisory Framework
    #[command(disable_version_flag = true)]
    Csaf {
        /// The disclosure
        id: String,
        /// Its version; 2.1 is a preview
        #[arg(long, value_enum, default_value = "2.0")]
        version: Csaf,
        /// As everybody may have it: TLP:CLEAR; only after the public instant
        #[arg(long)]
        public: bool,
        /// The address that stands for the publisher, where no file was taken in; kept for the next time
        #[arg(long, value_name = "URL")]
        namespace: Option<String>,
        /// Write it to this folder, under the name that the standard wants
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
    /// Write the advisories of everything that is public, with a feed and lists, as a CSAF provider's static files
    Feed {
        /// The https address that the folder is served at
        #[arg(long, value_name = "URL")]
        url: String,
        /// The folder
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// Print the CVE record of a vulnerability as of now
    Cve {
        /// The disclosure
        id: String,
        /// The CVE id, where it has several
        #[arg(long = "id", value_name = "CVE")]
        cve: Option<String>,
        /// The id of the organization that assigned it (CNA)
        #[arg(long, value_name = "UUID")]
        org: String,
    },
    /// Print a tier's instants as a calendar
    Calendar {
        /// The disclosure
        id: String,
        /// The tier
        #[arg(long)]
        tier: String,
    },
}

/// `disclosure add`.
#[derive(Debug, clap::Args)]
pub(crate) struct Add {
    /// Short name: lower-case letters, digits, `-`, `_`, `.`
    pub id: String,
    /// Take content, title, CVE ids, severity, label and public instant from a CSAF file or a CVE record, where they are not given
    #[arg(long, value_name = "FILE")]
    pub from: Option<PathBuf>,
    /// Its name for people
    #[arg(long, required_unless_present = "from")]
    pub title: Option<String>,
    /// The public instant, RFC 3339 with zone
    #[arg(long, value_name = "INSTANT")]
    pub public: Option<String>,
    /// When a stage goes to a tier: an instant, or a lead such as -24h or -5d
    #[arg(long = "stage", value_name = "STAGE:TIER=WHEN")]
    pub stages: Vec<String>,
    /// Severity on the CVSS scale, 0.0 to 10.0
    #[arg(long)]
    pub severity: Option<String>,
    /// The CVSS vector behind it
    #[arg(long, value_name = "VECTOR")]
    pub cvss: Option<String>,
    /// A CVE id
    #[arg(long = "cve", value_name = "ID")]
    pub cves: Vec<String>,
    /// Traffic light label [default: TLP:AMBER, or that of --from]
    #[arg(long)]
    pub tlp: Option<String>,
    /// How likely it is that the flaw is used
    #[arg(long, value_enum, default_value = "unproven")]
    pub exploitation: Likelihood,
    /// It can spread by itself
    #[arg(long)]
    pub wormable: bool,
    /// Partners may deploy protection before the public instant
    #[arg(long)]
    pub deploy_early: bool,
    /// A drill: EXERCISE in every subject, and never a real one later
    #[arg(long)]
    pub exercise: bool,
    /// A recipient who takes part in the drill; nobody else hears of it
    #[arg(long = "with", value_name = "RECIPIENT", requires = "exercise")]
    pub participants: Vec<String>,
    /// The zone in which instants are shown beside UTC
    #[arg(long, default_value = "UTC")]
    pub zone: String,
}

/// A version of CSAF.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Csaf {
    /// The standard
    #[value(name = "2.0")]
    V2_0,
    /// The draft of its successor
    #[value(name = "2.1")]
    V2_1,
}

/// How likely it is that a flaw is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Likelihood {
    /// No sign of it
    Unproven,
    /// To be expected
    Likely,
    /// Seen
    Exploited,
}

impl Add {
    /// The label that was given.
    ///
    /// # Errors
    /// Malformed for one that is none.
    pub(crate) fn label(&self) -> Result<Option<Tlp>, DeskError> {
        let parse = |text: &String| {
            text.to_uppercase().parse().map_err(|_| {
                DeskError::new(Kind::Malformed, format!("`{text}` is no label"))
                    .hint("TLP:RED, TLP:AMBER+STRICT, TLP:AMBER, TLP:GREEN or TLP:CLEAR")
            })
        };
        self.tlp.as_ref().map(parse).transpose()
    }

    /// What is to be added.
    ///
    /// # Errors
    /// Malformed for a stage or label that is none.
    pub(crate) fn new_disclosure(&self) -> Result<NewDisclosure, DeskError> {
        Ok(NewDisclosure {
            id: self.id.clone(),
            title: self.title.clone().unwrap_or_default(),
            public: self.public.clone(),
            stages: self.stages.iter().map(|text| StageAt::parse(text)).collect::<Result<_, _>>()?,
            severity: self.severity.clone(),
            cvss: self.cvss.clone(),
            cves: self.cves.clone(),
            tlp: self.label()?.unwrap_or(Tlp::Amber),
            exploitation: match self.exploitation {
                Likelihood::Unproven => Exploitation::Unproven,
                Likelihood::Likely => Exploitation::Likely,
                Likelihood::Exploited => Exploitation::Exploited,
            },
            wormable: self.wormable,
            deploy_early: self.deploy_early,
            exercise: self.exercise,
            participants: self.participants.clone(),
            zone: self.zone.clone(),
        })
    }
}
