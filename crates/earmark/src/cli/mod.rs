//! The command line: one file a noun. Parsing touches no disk; acting happens in the desk.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

pub(crate) mod demo;
pub(crate) mod holder;
pub(crate) mod init;
pub(crate) mod issue;
pub(crate) mod log;
pub(crate) mod output;
pub(crate) mod partner;
pub(crate) mod protect;
pub(crate) mod reference;
pub(crate) mod scan;
pub(crate) mod trace;
pub(crate) mod vault;

/// Marks every recipient's copy, finds leaked copies, and names the copy a leak came from.
#[derive(Debug, Parser)]
#[command(name = "earmark", version, propagate_version = true, disable_help_subcommand = true)]
pub(crate) struct Cli {
    /// The vault to work on [default: ./vault if it exists]
    #[arg(long, global = true, env = "EARMARK_VAULT", value_name = "DIR")]
    pub vault: Option<PathBuf>,
    /// Print one JSON document on standard output and nothing else there
    #[arg(long, global = true)]
    pub json: bool,
    /// Say nothing but the answer
    #[arg(long, global = true)]
    pub quiet: bool,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// The nouns and verbs.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show the whole job, on invented partners, in a new folder
    Demo(demo::Args),
    /// Make a vault
    Init(init::Args),
    /// Partners: whom copies are made for
    Partner(partner::Args),
    /// Holders: who is known to have an unmarked or foreign version
    Holder(holder::Args),
    /// Find the sites of an asset and index it
    Protect(protect::Args),
    /// Make the recipients' copies
    Issue(issue::Args),
    /// The transparency log: publish it, verify it, prove from it
    Log(log::Args),
    /// Look for protected material in files, folders and archives
    Scan(scan::Args),
    /// Read the marks of a sample and name the copy it came from
    Trace(trace::Args),
    /// Look after the vault itself
    Vault(vault::Args),
    /// Print shell completions or the reference pages
    #[command(hide = true)]
    Reference(reference::Args),
    /// A noun of a later release
    #[command(external_subcommand)]
    Later(Vec<String>),
}

/// Nouns of the contract that this build does not hold: they answer "unavailable", not "wrong use".
pub(crate) const LATER: &[&str] = &[
    "backup",
    "restore",
    "policy",
    "disclosure",
    "odds",
    "case",
    "notice",
    "statement",
    "watch",
    "alert",
    "risk",
    "serve",
    "worker",
    "fetch",
    "key",
];
