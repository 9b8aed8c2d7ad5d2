//! `earmark demo`: the whole job in a new folder.

use std::path::PathBuf;

use clap::ValueEnum;

/// Show the whole job, on invented partners, in a new folder; needs no network, key or account.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The tree to share [default: Earmark's own sources, which the program carries]
    pub path: Option<PathBuf>,
    /// Which leak to tell
    #[arg(long, value_enum, default_value = "2004")]
    pub story: Story,
    /// Write every copy and wait for your own leak
    #[arg(long)]
    pub me: bool,
    /// How many partners
    #[arg(long, default_value_t = 79)]
    pub partners: u16,
    /// What the invented program draws its chances from
    #[arg(long, default_value_t = 2004)]
    pub seed: u64,
    /// The folder to make [default: a new one under the system's folder for temporary files]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

/// The leaks that made Earmark necessary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Story {
    /// Source code of an operating system on the file-sharing networks
    #[value(name = "2004")]
    Y2004,
    /// A proof of concept on a web page, a day after 79 vendors had it
    #[value(name = "2012")]
    Y2012,
}
