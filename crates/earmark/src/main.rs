//! The program people run.

mod cli;
mod demo;
mod run;
mod wiring;

use std::process::ExitCode;

fn main() -> ExitCode {
    // Before arguments are parsed: this process may be a child of the cage.
    wiring::enter_cage();
    run::main()
}
