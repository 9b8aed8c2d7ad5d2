//! The checks, the test run and the generated reference of Earmark.
//!
//! `cargo xtask TASK`; without a task it lists them. Every check looks at the whole repository, says
//! what it looked at, and ends with a failure when it found a fault.
//!
//! Not here: anything the product does. `xtask` imports no crate of ours; it reads them as text.

mod flag;
mod install;
mod licenses;
mod lints;
mod loops;
mod orphans;
mod paths;
mod peers;
mod quotes;
mod reference;
mod report;
mod sizes;
mod storeys;
mod test_run;
mod tree;

use std::env;
use std::process::ExitCode;

use anyhow::{Result, bail};

/// One thing `cargo xtask` can do.
struct Task {
    name: &'static str,
    purpose: &'static str,
    run: fn(&[String]) -> Result<()>,
}

/// Every task, in the order of the help text.
const TASKS: &[Task] = &[
    Task {
        name: "test",
        purpose: "run all tests; --install first fetches the programs they are tested against",
        run: test_run::run,
    },
    Task { name: "lints", purpose: "format, clippy and all the checks below", run: lints::run },
    Task { name: "storeys", purpose: "no crate imports sideways or upward", run: storeys::run },
    Task { name: "loops", purpose: "no modules of a crate import each other in a loop", run: loops::run },
    Task { name: "orphans", purpose: "every source file belongs to a module", run: orphans::run },
    Task { name: "sizes", purpose: "no file above 800 lines", run: sizes::run },
    Task { name: "paths", purpose: "every path and link in the documents exists", run: paths::run },
    Task {
        name: "licenses",
        purpose: "allowed licenses and known duplicates only; --write renews the list of duplicates",
        run: licenses::run,
    },
    Task {
        name: "docs",
        purpose: "write docs/reference from the program itself, and quotations in docs; --check compares only",
        run: reference::run,
    },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the task that the first argument names.
fn dispatch(arguments: &[String]) -> Result<()> {
    let Some((name, rest)) = arguments.split_first() else {
        println!("{}", help());
        return Ok(());
    };
    if matches!(name.as_str(), "help" | "--help" | "-h") {
        println!("{}", help());
        return Ok(());
    }
    match TASKS.iter().find(|task| task.name == name) {
        Some(task) => (task.run)(rest),
        None => bail!("there is no task `{name}`\n\n{}", help()),
    }
}

/// The list of tasks, one a line.
fn help() -> String {
    let mut text = String::from("cargo xtask TASK\n");
    for task in TASKS {
        text.push_str(&format!("\n  {:<9} {}", task.name, task.purpose));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_task_is_refused() {
        assert!(dispatch(&["dance".to_owned()]).is_err());
    }
}
