//! The hidden command behind the generated reference, the completions and the manual page.

use std::io::{self, Write};

use clap::{Command, ValueEnum};

/// Print the reference of every command.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What to print
    #[arg(value_enum, default_value = "markdown")]
    pub form: Form,
}

/// What the reference can be printed as.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Form {
    /// One Markdown page
    Markdown,
    /// A manual page
    Man,
    /// Completions for bash
    Bash,
    /// Completions for zsh
    Zsh,
    /// Completions for fish
    Fish,
}

/// Prints the reference of `command` in the form asked for.
pub(crate) fn run(args: &Args, mut command: Command) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let shell = match args.form {
        Form::Markdown => {
            writeln!(out, "# The commands of `earmark`\n\nMade from the program itself; do not edit.\n")?;
            command.build();
            return write_command(&mut out, &command, "");
        }
        Form::Man => return clap_mangen::Man::new(command).render(&mut out),
        Form::Bash => clap_complete::Shell::Bash,
        Form::Zsh => clap_complete::Shell::Zsh,
        Form::Fish => clap_complete::Shell::Fish,
    };
    clap_complete::generate(shell, &mut command, "earmark", &mut out);
    Ok(())
}

/// Writes `command` and everything below it as a section each.
fn write_command(out: &mut impl Write, command: &Command, above: &str) -> io::Result<()> {
    let name = format!("{above}{}", command.get_name());
    let help = command.clone().bin_name(&name).term_width(100).render_long_help().to_string();
    writeln!(out, "## {name}\n\n```text")?;
    for line in help.lines() {
        writeln!(out, "{}", line.trim_end())?;
    }
    writeln!(out, "```\n")?;
    for inner in command.get_subcommands().filter(|inner| !inner.is_hide_set() && inner.get_name() != "help")
    {
        write_command(out, inner, &format!("{name} "))?;
    }
    Ok(())
}
