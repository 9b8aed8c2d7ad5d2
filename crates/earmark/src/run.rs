//! From arguments to acts: parses, opens the vault, acts, prints, and turns a refusal into its exit code.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use earmark_desk::error::{DeskError, Kind};

use crate::cli::output::{Output, harmless, one_line, printing};
use crate::cli::{
    Cli, Command, LATER, agreement, backup, disclosure, holder, init, issue, key, log, odds, partner, person,
    policy, protect, reference, risk, scan, staff, trace, vault, worker,
};
use crate::{demo, wiring};

/// Wrong arguments.
const WRONG_USE: u8 = 2;

/// Done, and the answer is bad news.
const BAD_NEWS: u8 = 1;

/// Runs the program and gives its exit code.
pub(crate) fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        // What was asked for cannot be asked of arguments that do not parse.
        Err(error) => return wrong_use(&error, std::env::args_os().any(|argument| argument == "--json")),
    };
    if let Command::Later(words) = &cli.command {
        return later(words, cli.json || words.iter().any(|word| word == "--json"));
    }
    let output = Output::new(cli.json, cli.quiet);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(source) => {
            return refuse(&DeskError::because(Kind::Unavailable, "no threads can be had", source), cli.json);
        }
    };
    match runtime.block_on(act(&cli, output)) {
        Ok(code) => code,
        Err(error) => refuse(&error, cli.json),
    }
}

async fn act(cli: &Cli, output: Output) -> Result<ExitCode, DeskError> {
    let place = &cli.place;
    match &cli.command {
        Command::Demo(args) => demo::run(args, output, cli.json).await?,
        Command::Init(args) => init::run(place, args, output).await?,
        Command::Partner(args) => partner::run(&wiring::open(place).await?, args, output).await?,
        Command::Disclosure(args) => disclosure::run(&wiring::open(place).await?, args, output).await?,
        Command::Agreement(args) => agreement::run(&wiring::open(place).await?, args, output).await?,
        Command::Person(args) => person::run(&wiring::open(place).await?, args, output).await?,
        Command::Policy(args) => policy::run(&wiring::open(place).await?, args, output).await?,
        Command::Staff(args) => staff::run(&wiring::open(place).await?, args, output).await?,
        Command::Worker(args) => worker::run(&wiring::open(place).await?, args, output).await?,
        Command::Holder(args) => holder::run(&wiring::open(place).await?, args, output).await?,
        Command::Protect(args) => protect::run(&wiring::open(place).await?, args, output).await?,
        Command::Issue(args) => issue::run(&wiring::open(place).await?, args, output).await?,
        Command::Key(args) => key::run(&wiring::open(place).await?, args, output).await?,
        Command::Log(args) => return bad_news(log::run(place, args, output).await?),
        Command::Scan(args) => return bad_news(scan::run(&wiring::open(place).await?, args, output).await?),
        Command::Trace(args) => return bad_news(trace::run(place, args, output).await?),
        Command::Odds(args) => odds::run(args, output)?,
        Command::Risk(args) => risk::run(place, args, output).await?,
        Command::Backup(args) => backup::run(&wiring::open(place).await?, args, output).await?,
        Command::Restore(args) => return bad_news(backup::restore(place, args, output).await?),
        Command::Vault(args) => return bad_news(vault::run(place, args, output).await?),
        Command::Reference(args) => reference::run(args, Cli::command()).map_err(printing)?,
        Command::Later(_) => {}
    }
    Ok(ExitCode::SUCCESS)
}

/// The exit code of an answer that may be bad news.
#[expect(clippy::unnecessary_wraps, reason = "every act of the table above gives a result")]
fn bad_news(bad: bool) -> Result<ExitCode, DeskError> {
    Ok(if bad { ExitCode::from(BAD_NEWS) } else { ExitCode::SUCCESS })
}

/// A noun that this build does not hold, or no noun at all.
fn later(words: &[String], json: bool) -> ExitCode {
    let noun = words.first().map_or("", String::as_str);
    if LATER.contains(&noun) {
        let message = format!("`earmark {noun}` is not part of this build");
        return refuse(&DeskError::new(Kind::Unavailable, message), json);
    }
    let message =
        format!("unrecognized subcommand `{}`\n\nFor more information, try '--help'.\n", one_line(noun));
    wrong_use(&clap::Error::raw(clap::error::ErrorKind::InvalidSubcommand, message), json)
}

/// Says how the arguments are wrong (or prints the help that was asked for), in JSON too where JSON was asked for.
fn wrong_use(error: &clap::Error, json: bool) -> ExitCode {
    if json && error.use_stderr() {
        let text = error.to_string();
        let said = text.split("\n\n").next().unwrap_or_default();
        let said: Vec<&str> = said.strip_prefix("error: ").unwrap_or(said).lines().map(str::trim).collect();
        say_in_json(&said.join(" "), &[]);
    }
    // The exit code says it too, so a closed standard error loses nothing.
    let _ = error.print();
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(WRONG_USE))
}

/// Says what was refused: as JSON where JSON was asked for, always in words on standard error.
fn refuse(error: &DeskError, json: bool) -> ExitCode {
    if json {
        say_in_json(&error.to_string(), &error.hints);
    }
    let mut err = io::stderr().lock();
    let _ = writeln!(err, "error: {}", one_line(&error.to_string()));
    for hint in &error.hints {
        let _ = writeln!(err, "  hint: {}", harmless(hint));
    }
    ExitCode::from(error.kind.exit_code())
}

fn say_in_json(error: &str, hints: &[String]) {
    let document = serde_json::json!({ "error": error, "hints": hints });
    // The exit code says it too, so a closed standard output loses nothing.
    let _ = writeln!(io::stdout(), "{document}");
}
