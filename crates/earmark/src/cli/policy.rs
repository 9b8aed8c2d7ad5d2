//! `earmark policy`.

use std::fs;
use std::path::PathBuf;

use earmark_desk::desk::Desk;
use earmark_desk::error::{DeskError, Kind};
use earmark_desk::policy::rules;
use earmark_desk::program::explain::{self, Difference, Line};

use super::output::{Output, printing};

/// Policies: who receives what and how early, as Cedar policies.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What to do
    #[command(subcommand)]
    pub action: Action,
}

/// What can be done with policies.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Action {
    /// Check the policies in force, or those of a folder
    Check {
        /// A folder of `.cedar` files
        folder: Option<PathBuf>,
    },
    /// Write the policies in force, and the schema of what they may ask, into a new folder
    Show {
        /// The folder to make
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// Say what a partner receives of a disclosure, when, and by which policy
    Explain {
        /// The partner
        partner: String,
        /// The disclosure
        disclosure: String,
    },
    /// Say what the policies of a folder would change for whom
    Diff {
        /// A folder of `.cedar` files
        folder: PathBuf,
    },
    /// Put the policies of a folder in force; takes two people
    Use {
        /// A folder of `.cedar` files
        folder: PathBuf,
    },
}

/// A decision as a line.
pub(crate) fn line(one: &Line) -> String {
    let verdict = if one.verdict.allowed { "receives" } else { "denied" };
    format!(
        "{}\t{}\t{}\t{verdict} by {}\t{} ({})\n",
        one.recipient,
        one.stage,
        one.what.chars().take(40).collect::<String>(),
        one.verdict.policies.join(", "),
        one.due.words,
        one.state
    )
}

/// Acts on policies.
pub(crate) async fn run(desk: &Desk, args: &Args, output: Output) -> Result<(), DeskError> {
    match &args.action {
        Action::Check { folder } => {
            let checked = rules::check(desk, folder.as_deref()).await?;
            let text = || {
                let line = |rule: &earmark_desk::policy::engine::Rule| {
                    format!("{}\t{}\t{}\n", rule.effect, rule.name, rule.why)
                };
                checked.policies.iter().map(line).collect()
            };
            output.answer(&checked, text).map_err(printing)
        }
        Action::Show { out } => {
            if out.exists() {
                let why = format!("`{}` is there already", out.display());
                return Err(DeskError::new(Kind::Conflict, why).hint("name a folder that does not exist yet"));
            }
            let files = rules::in_force(desk).await?.files;
            fs::create_dir_all(out).map_err(|source| DeskError::io("make", out, source))?;
            let schema = ("schema.cedarschema".to_owned(), rules::schema().to_owned());
            for (name, text) in files.iter().chain([(&schema.0, &schema.1)]) {
                let path = out.join(name);
                fs::write(&path, text).map_err(|source| DeskError::io("write", &path, source))?;
            }
            let answer = serde_json::json!({ "folder": out, "files": files.keys().collect::<Vec<_>>() });
            output.answer(&answer, || format!("written to {}\n", out.display())).map_err(printing)
        }
        Action::Explain { partner, disclosure } => {
            let lines = explain::explain(desk, Some(partner), disclosure).await?;
            output.answer(&lines, || lines.iter().map(line).collect()).map_err(printing)
        }
        Action::Diff { folder } => {
            let differences = explain::diff(desk, folder).await?;
            let line = |one: &Difference| {
                let word = if one.then.allowed { "would receive" } else { "would be denied" };
                format!(
                    "{}\t{}\t{}\t{word} by {}\n",
                    one.disclosure,
                    one.recipient,
                    one.stage,
                    one.then.policies.join(", ")
                )
            };
            output.answer(&differences, || differences.iter().map(line).collect()).map_err(printing)
        }
        Action::Use { folder } => {
            let used = rules::put_in_force(desk, folder).await?;
            let text = || match &used.waiting {
                Some(waits) => super::disclosure::waits_text(waits),
                None => format!("{} policies are in force\n", used.policies.len()),
            };
            output.answer(&used, text).map_err(printing)
        }
    }
}
