//! The program people run.

mod cli;
mod demo;
mod drill;
mod run;
mod wiring;

use std::io::{self, Write};
use std::panic;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

/// Our own mistake.
const BUG: u8 = 70;

fn main() -> ExitCode {
    // Before arguments are parsed: this process may be a child of the cage.
    wiring::enter_cage();
    panic::set_hook(Box::new(|mistake| {
        // A thread's mistake ends the threads that wait for it: the first one says why.
        static SAID: AtomicBool = AtomicBool::new(false);
        if SAID.swap(true, Ordering::Relaxed) {
            return;
        }
        let place = mistake.location().map(ToString::to_string).unwrap_or_default();
        let said = mistake.payload_as_str().unwrap_or("no reason given").escape_debug();
        let _ = writeln!(
            io::stderr(),
            "error: this is a mistake in earmark ({place}): {said}\n  hint: nothing that was kept is lost; please report it"
        );
    }));
    // Unwinding, so that unfinished files are removed.
    panic::catch_unwind(run::main).unwrap_or(ExitCode::from(BUG))
}
