//! `earmark scan`.

use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::path::PathBuf;

use earmark_desk::desk::Desk;
use earmark_desk::error::DeskError;
use earmark_desk::watch::outcome::Outcome;
use earmark_desk::watch::scan::{self, Answer, Request};
use indicatif::{ProgressBar, ProgressStyle};

use super::output::{Output, grouped, printing};

/// Look for protected material in files, folders and archives.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Files, folders, archives; `-` is standard input
    #[arg(required = true)]
    pub paths: Vec<PathBuf>,
    /// Print one JSON object a line: each match as it is found, the summary last
    #[arg(long)]
    pub jsonl: bool,
    /// Scan on at most so many threads [default: one for each core]
    #[arg(long, value_name = "N")]
    pub threads: Option<NonZeroUsize>,
    /// Go on with the same scan where it was stopped
    #[arg(long)]
    pub resume: bool,
    /// Exit with 1 if anything is found
    #[arg(long)]
    pub exit_code: bool,
}

/// Scans, and says whether anything was found and `--exit-code` asks to tell.
pub(crate) async fn run(desk: &Desk, args: &Args, output: Output) -> Result<bool, DeskError> {
    let bar = progress(output);
    let request = Request { paths: args.paths.clone(), threads: args.threads, resume: args.resume };
    let progress = |done, all, bytes| show(&bar, done, all, bytes);
    let taken = |outcome: &Outcome| {
        if args.jsonl {
            // Whoever closed standard output learns of it by the summary, which cannot be printed either.
            let _ = print_matches(outcome);
        }
    };
    let answer = scan::scan(desk, &request, &progress, &taken).await?;
    bar.finish_and_clear();
    if args.jsonl {
        print_summary(&answer).map_err(printing)?;
    } else {
        output.answer(&answer, || text(&answer)).map_err(printing)?;
    }
    Ok(args.exit_code && !answer.matches.is_empty())
}

/// A bar of files done, hidden where nobody watches.
pub(crate) fn progress(output: Output) -> ProgressBar {
    let bar = if output.draws() { ProgressBar::no_length() } else { ProgressBar::hidden() };
    let template = "{pos}/{len} files, {msg}, {elapsed} {bar:30} {eta} left";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar
}

/// Moves the bar.
pub(crate) fn show(bar: &ProgressBar, done: u64, all: u64, bytes: u64) {
    bar.set_length(all);
    bar.set_position(done);
    bar.set_message(format!("{:.1} MB", bytes as f64 / 1e6));
}

fn print_matches(outcome: &Outcome) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for one in &outcome.matches {
        serde_json::to_writer(&mut out, one)?;
        writeln!(out)?;
    }
    Ok(())
}

fn print_summary(answer: &Answer) -> io::Result<()> {
    let summary = serde_json::json!({
        "samples": answer.samples,
        "leaves": answer.leaves,
        "bytes": answer.bytes,
        "seconds": answer.seconds,
        "unscanned": answer.unscanned,
    });
    writeln!(io::stdout(), "{summary}")
}

fn text(answer: &Answer) -> String {
    let mut text = format!(
        "{} samples, {} leaves, {:.1} MB in {:.1} s: {} matches\n",
        grouped(answer.samples),
        grouped(answer.leaves),
        answer.bytes as f64 / 1e6,
        answer.seconds,
        grouped(answer.matches.len() as u64)
    );
    for one in &answer.matches {
        text += &format!(
            "{}: {} of {} ({}..{}, {:?})\n",
            one.sample, one.file, one.asset, one.file_span[0], one.file_span[1], one.level
        );
    }
    for lost in &answer.unscanned {
        text += &format!("unscanned: {}: {}\n", lost.path, lost.why);
    }
    text
}
