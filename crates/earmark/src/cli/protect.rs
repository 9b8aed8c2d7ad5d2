//! `earmark protect`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::ValueEnum;
use earmark_desk::desk::Desk;
use earmark_desk::error::{DeskError, Kind};
use earmark_desk::issue::protect::{self, Answer, Request};

use super::output::{Output, grouped, printing};

/// Find the sites of a folder, archive or file, number its positions, index it, say how traceable it is.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A folder, an archive or a file
    pub path: PathBuf,
    /// The asset's name
    #[arg(long)]
    pub name: String,
    /// The revision this one succeeds: its sites keep their positions
    #[arg(long, value_name = "REVISION")]
    pub succeeds: Option<String>,
    /// Material inside that is public or another's: left unmarked, no evidence
    #[arg(long, value_name = "PATH")]
    pub upstream: Vec<PathBuf>,
    /// Bias set of the asset's code: GL2, S4, A64, E4 or E8 [default: by the number of positions]
    #[arg(long)]
    pub code: Option<String>,
    /// Start a new epoch: a re-key
    #[arg(long)]
    pub new_epoch: bool,
    /// What the asset is
    #[arg(long, value_enum, default_value = "auto")]
    pub kind: AssetKind,
    /// Run this command on one fully marked copy, in the cage, and refuse if it fails
    #[arg(long, value_name = "CMD")]
    pub certify: Option<String>,
}

/// What an asset is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum AssetKind {
    /// By each file's name and content
    Auto,
    /// Source code
    Source,
    /// Prose
    Document,
    /// A compiled program
    Executable,
}

/// Protects an asset.
pub(crate) async fn run(desk: &Desk, args: &Args, output: Output) -> Result<(), DeskError> {
    if args.kind == AssetKind::Executable {
        return Err(DeskError::new(Kind::Unavailable, "marking executables is not part of this build"));
    }
    let request = Request {
        path: args.path.clone(),
        name: args.name.clone(),
        succeeds: args.succeeds.clone(),
        upstream: args.upstream.clone(),
        code: args.code.clone(),
        new_epoch: args.new_epoch,
        certify: args.certify.clone(),
    };
    output.remark(&format!("finding sites in {}", args.path.display()));
    let answer = protect::protect(desk, &request).await?;
    output.answer(&answer, || text(&answer)).map_err(printing)
}

fn text(answer: &Answer) -> String {
    let mut text = format!(
        "{} revision {}\n{} files, {} lines: {} sites, {} positions, {:.0} bits (code {})\n",
        answer.asset,
        answer.revision.chars().take(12).collect::<String>(),
        grouped(answer.files),
        grouped(answer.lines),
        grouped(answer.sites.total),
        grouped(answer.positions),
        answer.bits,
        answer.code
    );
    match answer.smallest_fragment_lines {
        Some(lines) => {
            text += &format!("{lines} consecutive lines name a single leaker from half of all starts\n")
        }
        None => text += "no part of it names a single leaker from half of all starts\n",
    }
    for (colluders, lines) in &answer.colluders {
        let lines = lines.map_or_else(|| "more than there are".to_owned(), grouped);
        text += &format!("  {colluders} colluding: {lines} lines from 95 % of all starts");
        text += &attacks(answer, *colluders);
        text += "\n";
    }
    if let Some(certificate) = &answer.certified {
        text += &format!(
            "certified: `{}` passes with {} sites changed ({:.0} s)\n",
            certificate.command, certificate.sites_flipped, certificate.seconds
        );
    }
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for left in &answer.left_alone {
        *reasons.entry(&left.why).or_default() += 1;
    }
    for (why, files) in reasons {
        text += &format!("left alone: {files} files ({why})\n");
    }
    text
}

/// The attacks that are less than the worst, in brackets.
fn attacks(answer: &Answer, colluders: u8) -> String {
    let worst = answer.colluders.get(&colluders).copied().flatten().unwrap_or(u64::MAX);
    let each = answer.colluders_by_attack.iter().filter_map(|(attack, lengths)| {
        let lines = lengths.get(&colluders).copied().flatten().filter(|lines| *lines < worst)?;
        Some(format!("{attack} {}", grouped(lines)))
    });
    let each: Vec<String> = each.collect();
    if each.is_empty() { String::new() } else { format!(" ({})", each.join(", ")) }
}
