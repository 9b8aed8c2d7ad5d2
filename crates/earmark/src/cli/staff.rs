//! `earmark staff`.

use clap::ValueEnum;
use earmark_desk::actor::{self, Role, Staff};
use earmark_desk::approval;
use earmark_desk::desk::Desk;
use earmark_desk::error::DeskError;

use super::output::{Output, printing};

/// Staff: who acts for the owner, and what waits for a second person.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What to do
    #[command(subcommand)]
    pub action: Action,
}

/// What can be done with staff.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Action {
    /// Add somebody, or give somebody other roles
    Add {
        /// Short name; goes into the history, never reused
        name: String,
        /// What they may do
        #[arg(long = "role", value_enum, required = true)]
        roles: Vec<StaffRole>,
        /// Where alarms go
        #[arg(long)]
        mail: Option<String>,
    },
    /// List the staff
    List,
    /// End what somebody may do, from the next command on
    Leave {
        /// Who
        name: String,
    },
    /// List what waits for a second person, or for time
    Requests,
    /// Withdraw a request
    Withdraw {
        /// Its number
        request: u64,
    },
}

/// A role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum StaffRole {
    /// Staff, keys, settings, and everything else
    Administrator,
    /// Partners and disclosures
    ProgramManager,
    /// Samples and traces
    Analyst,
    /// Letters and evidence
    Counsel,
    /// Public words
    Communications,
    /// The second person of a grave act
    Approver,
    /// Reads everything
    Auditor,
}

impl StaffRole {
    fn role(self) -> Role {
        match self {
            Self::Administrator => Role::Administrator,
            Self::ProgramManager => Role::ProgramManager,
            Self::Analyst => Role::Analyst,
            Self::Counsel => Role::Counsel,
            Self::Communications => Role::Communications,
            Self::Approver => Role::Approver,
            Self::Auditor => Role::Auditor,
        }
    }
}

fn line(person: &Staff) -> String {
    let roles: Vec<&str> = person.roles.iter().map(|role| role.word()).collect();
    let left = if person.left.is_some() { "\tleft" } else { "" };
    format!("{}\t{}\t{}{left}\n", person.name, roles.join(","), person.mail.as_deref().unwrap_or("-"))
}

/// Acts on staff.
pub(crate) async fn run(desk: &Desk, args: &Args, output: Output) -> Result<(), DeskError> {
    match &args.action {
        Action::Add { name, roles, mail } => {
            let roles = roles.iter().map(|role| role.role()).collect();
            let person = actor::join(desk, name, mail.clone(), roles).await?;
            output.answer(&person, || line(&person)).map_err(printing)
        }
        Action::List => {
            let staff = desk.ledger().staff().await?;
            output.answer(&staff, || staff.iter().map(line).collect()).map_err(printing)
        }
        Action::Leave { name } => {
            let person = actor::leave(desk, name).await?;
            output.answer(&person, || line(&person)).map_err(printing)
        }
        Action::Requests => {
            let open = approval::open(desk).await?;
            let text = || {
                let line = |one: &approval::Grave| {
                    let asked = &one.asked;
                    format!(
                        "{}\t{} {} `{}`\t{}\n",
                        one.id,
                        asked.act,
                        asked.noun,
                        asked.subject,
                        one.assents.join(",")
                    )
                };
                open.iter().map(line).collect()
            };
            output.answer(&open, text).map_err(printing)
        }
        Action::Withdraw { request } => {
            approval::withdraw(desk, *request).await?;
            let answer = serde_json::json!({ "withdrawn": request });
            output.answer(&answer, || format!("request {request} is withdrawn\n")).map_err(printing)
        }
    }
}
