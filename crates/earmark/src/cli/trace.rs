//! `earmark trace`.

use std::path::{Path, PathBuf};

use earmark_desk::error::DeskError;
use earmark_desk::trace::answer::Answer;
use earmark_desk::trace::{self, Request, Verdict, replay};

use super::output::{Output, grouped, printing};
use super::place::Place;
use super::scan;
use crate::wiring;

/// Read the marks of a sample, weigh them, and name the copy it came from.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The sample: files, folders, archives; `-` is standard input
    #[arg(required_unless_present = "replay")]
    pub paths: Vec<PathBuf>,
    /// Go on with a matter: a further look at the same leak
    #[arg(long, value_name = "ID")]
    pub matter: Option<String>,
    /// Recompute the decision of a reading document: no vault, no keys
    #[arg(long, value_name = "READING", conflicts_with_all = ["paths", "matter"])]
    pub replay: Option<PathBuf>,
    /// Where the report and the reading document go [default: a new folder in the vault]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Exit with 1 if a copy is named
    #[arg(long)]
    pub exit_code: bool,
}

/// Traces or replays; says whether it is bad news.
pub(crate) async fn run(place: &Place, args: &Args, output: Output) -> Result<bool, DeskError> {
    if let Some(document) = &args.replay {
        return replayed(document, output);
    }
    let desk = wiring::open(place).await?;
    let request = Request { paths: args.paths.clone(), matter: args.matter.clone(), out: args.out.clone() };
    let bar = scan::progress(output);
    let answer =
        trace::trace(&desk, &request, &|done, all, bytes| scan::show(&bar, done, all, bytes)).await?;
    bar.finish_and_clear();
    output.answer(&answer, || text(&answer)).map_err(printing)?;
    Ok(args.exit_code && answer.verdict == Verdict::Traced)
}

/// What a replay prints: the answer, and how the document differs from it.
#[derive(serde::Serialize)]
struct Replayed<'a> {
    #[serde(flatten)]
    answer: &'a Answer,
    differences: &'a [String],
}

fn replayed(document: &Path, output: Output) -> Result<bool, DeskError> {
    let replay = replay::replay(document)?;
    let answer = replay.answer();
    let document = Replayed { answer: &answer, differences: &replay.differences };
    let prose = || {
        let differs = |difference: &String| format!("differs: {difference}\n");
        text(&answer) + &replay.differences.iter().map(differs).collect::<String>()
    };
    output.answer(&document, prose).map_err(printing)?;
    Ok(!replay.differences.is_empty())
}

fn text(answer: &Answer) -> String {
    let mut text = trace::word(answer.verdict).to_owned();
    if let Some(asset) = &answer.asset {
        text += &format!(": {asset}, {} lines", grouped(answer.lines));
    }
    text += &format!(
        "\n{} positions read, {} erased, of {} copies considered\n",
        grouped(answer.positions.read),
        grouped(answer.positions.erased),
        grouped(answer.n)
    );
    for suspect in &answer.suspects {
        text += &format!(
            "the copy issued to {} was used in making this sample; a copy that played no part would be named with a \
             chance under {}\n",
            suspect.recipient,
            trace::one_in(suspect.log10_false_accusation_bound)
        );
    }
    for set in &answer.one_of {
        text += &format!(
            "at least one of the copies issued to {} was used (chance under {}); this says nothing about any one of them\n",
            set.recipients.join(", "),
            trace::one_in(set.log10_false_accusation_bound)
        );
    }
    if answer.verdict == Verdict::Unmarked {
        let holders =
            if answer.holders.is_empty() { "none recorded".to_owned() } else { answer.holders.join(", ") };
        text += &format!("no issued copy explains it; known to have an unmarked version: {holders}\n");
    }
    if let Some(wanted) = answer.positions_wanted {
        text += &format!("{} more positions would name a single leaker\n", grouped(wanted));
    }
    for public in &answer.public {
        text += &format!("public: {} lines of {}\n", grouped(public.lines), public.upstream);
    }
    for lost in &answer.unscanned {
        text += &format!("unscanned: {}: {}\n", lost.path, lost.why);
    }
    for (what, path) in [("report", &answer.report), ("reading", &answer.reading)] {
        if let Some(path) = path {
            text += &format!("{what}: {}\n", path.display());
        }
    }
    for also in &answer.also {
        text += "\nalso ";
        text += &self::text(also);
    }
    text
}
