//! `earmark worker`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use earmark_desk::desk::Desk;
use earmark_desk::error::{DeskError, Kind};
use earmark_desk::issue::log::publish;
use earmark_desk::job::{self, Event, Means};
use earmark_desk::mail;
use tokio::time::Instant;

use super::output::{Output, one_line, printing};
use crate::wiring::{self, Postman};

/// Longest sleep between two looks at what is due, in milliseconds.
const LONGEST_SLEEP_MILLIS: i64 = 500;

/// After what time a mail server that is away, or a log that cannot be written, is tried again.
const AWAY: Duration = Duration::from_secs(10);

/// After what time a ledger that could not be reached is asked again.
const UNAVAILABLE: Duration = Duration::from_millis(500);

/// Fire every instant that is due, for ever. Any number of workers may run on one vault.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Do what is due now and end
    #[arg(long)]
    pub once: bool,
    /// Write messages here, one mail file each, for a mail program to send
    #[arg(long, value_name = "DIR", conflicts_with = "smtp")]
    pub outbox: Option<PathBuf>,
    /// Hand messages to this mail server: smtps://USER:PASSWORD@HOST, smtp://USER:PASSWORD@HOST:587?tls=required, or
    /// smtp://localhost:25
    #[arg(long, value_name = "URL", env = "EARMARK_SMTP", hide_env_values = true)]
    pub smtp: Option<String>,
    /// Make the bundles of every stage at its instant, here, in a folder for each disclosure
    #[arg(long, value_name = "DIR")]
    pub bundles: Option<PathBuf>,
    /// Make them so many hours before their instant, sealed to a key that the stage's message brings at the instant
    #[arg(long, value_name = "HOURS", requires = "bundles", value_parser = clap::value_parser!(u32).range(1..=2400))]
    pub early: Option<u32>,
    /// Publish the log here whenever a checkpoint is due
    #[arg(long, value_name = "DIR")]
    pub log: Option<PathBuf>,
    /// The sender of those mails
    #[arg(long, value_name = "ADDRESS", default_value = "earmark@localhost")]
    pub from: String,
}

/// Works until it is killed, or once. With `--json` each event is one line on standard output.
pub(crate) async fn run(desk: &Desk, args: &Args, output: Output) -> Result<(), DeskError> {
    let postman = args.smtp.as_deref().map(|url| wiring::postman(url, &args.from)).transpose()?;
    let mut worker = Worker {
        desk,
        args,
        output,
        means: Means {
            bundles: args.bundles.clone(),
            early_millis: args.early.map(|hours| i64::from(hours) * 3_600_000),
        },
        postman,
        mail_from: Instant::now(),
        log_from: Instant::now(),
        log_is_whole: false,
        events: Vec::new(),
    };
    loop {
        let mail = match worker.round().await {
            Ok(mail) => mail,
            // A database that starts anew, a full disk: instants are late by that, and then they fire.
            Err(error) if error.kind == Kind::Unavailable && !args.once => {
                worker.tell("worker", format!("failed: {error}"))?;
                tokio::time::sleep(UNAVAILABLE).await;
                continue;
            }
            Err(error) => return Err(error),
        };
        if args.once {
            let events = worker.events;
            let mut answer = serde_json::json!({ "events": events, "mail": mail.sent });
            if args.smtp.is_some() {
                answer["smtp"] = serde_json::json!(mail);
            }
            let line = |event: &Event| format!("{}\t{}\t{}\n", event.kind, event.subject, event.outcome);
            return output.answer(&answer, || events.iter().map(line).collect()).map_err(printing);
        }
        // Where the ledger cannot be asked, the next round says so.
        let pause = job::pause_millis(desk, &worker.means, LONGEST_SLEEP_MILLIS).await.unwrap_or(0);
        tokio::time::sleep(Duration::from_millis(pause)).await;
    }
}

struct Worker<'a> {
    desk: &'a Desk,
    args: &'a Args,
    output: Output,
    means: Means,
    postman: Option<Postman>,
    /// Not before then is the mail server tried again.
    mail_from: Instant,
    /// Not before then the log.
    log_from: Instant,
    /// Whether the published folder has all heads: a process killed before this one may have left it behind.
    log_is_whole: bool,
    /// What happened, where it is said at the end.
    events: Vec<Event>,
}

impl Worker<'_> {
    /// Everything there is to do, once.
    async fn round(&mut self) -> Result<mail::Round, DeskError> {
        self.do_what_is_due().await?;
        let mail = self.send_mail().await?;
        self.publish_log().await?;
        Ok(mail)
    }

    async fn do_what_is_due(&mut self) -> Result<(), DeskError> {
        let mut failure = None;
        let (args, output, events) = (self.args, self.output, &mut self.events);
        job::run_due(self.desk, &self.means, &mut |event: Event| {
            if args.once {
                events.push(event);
            } else if let Err(error) = say(output, &event) {
                failure.get_or_insert(error);
            }
        })
        .await?;
        failure.map_or(Ok(()), |error| Err(printing(error)))
    }

    /// Writes mail to the folder, or hands it to the server.
    async fn send_mail(&mut self) -> Result<mail::Round, DeskError> {
        if let Some(outbox) = &self.args.outbox {
            let sent = mail::write(self.desk, outbox, &self.args.from).await?;
            return Ok(mail::Round { sent, ..mail::Round::default() });
        }
        let Some(postman) = self.postman.as_ref().filter(|_| Instant::now() >= self.mail_from) else {
            return Ok(mail::Round::default());
        };
        let round = mail::send(self.desk, postman, &self.args.from).await?;
        if let Some(away) = &round.away {
            self.mail_from = Instant::now() + AWAY;
            self.tell("mail", format!("failed: {away}"))?;
        }
        if round.sent + round.later + round.given_up > 0 {
            let outcome = format!(
                "{} sent, {} tried again later, {} given up",
                round.sent, round.later, round.given_up
            );
            self.tell("mail", outcome)?;
        }
        Ok(round)
    }

    async fn publish_log(&mut self) -> Result<(), DeskError> {
        let Some(folder) = self.args.log.as_deref().filter(|_| Instant::now() >= self.log_from) else {
            return Ok(());
        };
        if self.log_is_whole && !publish::is_due(self.desk).await? {
            return Ok(());
        }
        match self.publish_to(folder).await {
            Ok(Some(outcome)) => self.tell("log", outcome),
            Ok(None) => Ok(()),
            // Instants do not wait for a log that cannot be written.
            Err(error) => {
                self.log_from = Instant::now() + AWAY;
                self.tell("log", format!("failed: {error}"))
            }
        }
    }

    async fn publish_to(&mut self, folder: &Path) -> Result<Option<String>, DeskError> {
        let request = publish::Request { out: Some(folder.to_owned()), ..publish::Request::default() };
        let answer = publish::publish(self.desk, &request).await?;
        self.log_is_whole = true;
        Ok(answer.signed.then(|| format!("signed a checkpoint over {} entries", answer.size)))
    }

    fn tell(&mut self, kind: &str, outcome: String) -> Result<(), DeskError> {
        let subject = if kind == "log" { self.args.log.as_deref() } else { None };
        let subject = subject.map(|path| path.display().to_string()).unwrap_or_default();
        let event = Event { kind: kind.to_owned(), subject, outcome };
        if self.args.once {
            self.events.push(event);
            return Ok(());
        }
        say(self.output, &event).map_err(printing)
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
