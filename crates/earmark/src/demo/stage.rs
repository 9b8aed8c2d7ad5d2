//! The stage: acts with one line of meaning and one figure each; at a terminal, Enter steps on.

use std::io::{self, BufRead, IsTerminal, Write};
use std::path::Path;

use earmark_desk::error::DeskError;

/// Where the acts are played.
pub(super) struct Stage {
    prose: bool,
    steps: bool,
}

impl Stage {
    /// A stage that prints prose unless `json`, and waits for Enter where somebody sits at a terminal.
    pub(super) fn new(json: bool) -> Self {
        Self { prose: !json, steps: !json && io::stdin().is_terminal() && io::stdout().is_terminal() }
    }

    /// Plays one act: its name, what it means, its figure.
    pub(super) fn act(&self, name: &str, meaning: &str, figure: &str) {
        if self.prose {
            println!("\n{:<7}{meaning}\n       {figure}", name.to_uppercase());
        }
    }

    /// A line that belongs to the act before it.
    pub(super) fn line(&self, text: &str) {
        if self.prose {
            println!("       {text}");
        }
    }

    /// Waits for Enter at a terminal and returns what was typed; returns at once elsewhere.
    pub(super) fn wait(&self, prompt: &str) -> Result<String, DeskError> {
        self.ask(prompt).map_err(|source| DeskError::io("read", Path::new("standard input"), source))
    }

    fn ask(&self, prompt: &str) -> io::Result<String> {
        if !self.steps {
            return Ok(String::new());
        }
        print!("\n       [{prompt}] ");
        io::stdout().flush()?;
        let mut typed = String::new();
        io::stdin().lock().read_line(&mut typed)?;
        Ok(typed.trim().to_owned())
    }
}
