//! `earmark worker`.

use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

use earmark_desk::desk::Desk;
use earmark_desk::error::DeskError;
use earmark_desk::job::{self, Event, Means};

use super::output::{Output, one_line, printing};

/// Longest sleep between two looks at what is due, in milliseconds.
const LONGEST_SLEEP_MILLIS: i64 = 500;

/// Fire every instant that is due, for ever. Any number of workers may run on one vault.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Do what is due now and end
    #[arg(long)]
    pub once: bool,
    /// Write messages here, one mail file each, for a mail program to send
    #[arg(long, value_name = "DIR")]
    pub outbox: Option<PathBuf>,
    /// Make the bundles of every stage at its instant, here, in a folder for each disclosure
    #[arg(long, value_name = "DIR")]
    pub bundles: Option<PathBuf>,
    /// The sender of those mails
    #[arg(long, value_name = "ADDRESS", default_value = "earmark@localhost")]
    pub from: String,
}

/// Works until it is killed, or once. With `--json` each event is one line on standard output.
pub(crate) async fn run(desk: &Desk, args: &Args, output: Output) -> Result<(), DeskError> {
    let means = Means { bundles: args.bundles.clone() };
    let mut events = Vec::new();
    loop {
        let mut failure = None;
        job::run_due(desk, &means, &mut |event: Event| {
            if args.once {
                events.push(event);
            } else if let Err(error) = say(output, &event) {
                failure.get_or_insert(error);
            }
        })
        .await?;
        if let Some(error) = failure {
            return Err(printing(error));
        }
        let written = match &args.outbox {
            Some(outbox) => job::write_mail(desk, outbox, &args.from).await?,
            None => 0,
        };
        if args.once {
            let answer = serde_json::json!({ "events": events, "mail": written });
            let line = |event: &Event| format!("{}\t{}\t{}\n", event.kind, event.subject, event.outcome);
            return output.answer(&answer, || events.iter().map(line).collect()).map_err(printing);
        }
        let pause = job::pause_millis(desk, &means, LONGEST_SLEEP_MILLIS).await?;
        tokio::time::sleep(Duration::from_millis(pause)).await;
    }
}

fn say(output: Output, event: &Event) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if output.is_json() {
        serde_json::to_writer(&mut out, event)?;
        writeln!(out)?;
    } else {
        let line = format!("{}\t{}\t{}", event.kind, event.subject, event.outcome);
        writeln!(out, "{}", one_line(&line))?;
    }
    out.flush()
}
