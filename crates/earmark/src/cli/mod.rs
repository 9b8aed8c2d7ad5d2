//! The command line: one file a noun. Parsing touches no disk; acting happens in the desk.

use clap::{Parser, Subcommand};

pub(crate) mod agreement;
pub(crate) mod backup;
pub(crate) mod demo;
pub(crate) mod disclosure;
pub(crate) mod holder;
pub(crate) mod init;
pub(crate) mod instant_argument;
pub(crate) mod issue;
pub(crate) mod key;
pub(crate) mod key_argument;
pub(crate) mod log;
pub(crate) mod odds;
pub(crate) mod output;
pub(crate) mod partner;
pub(crate) mod partner_key;
pub(crate) mod partner_people;
pub(crate) mod person;
pub(crate) mod place;
pub(crate) mod policy;
pub(crate) mod protect;
pub(crate) mod reference;
pub(crate) mod risk;
pub(crate) mod scan;
pub(crate) mod staff;
pub(crate) mod trace;
pub(crate) mod vault;
pub(crate) mod worker;

/// Marks every recipient's copy, finds leaked copies, and names the copy a leak came from.
#[derive(Debug, Parser)]
#[command(name = "earmark", version, propagate_version = true, disable_help_subcommand = true)]
pub(crate) struct Cli {
    /// Where to work, and as whom
    #[command(flatten)]
    pub place: place::Place,
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
    /// Disclosures: what is embargoed, what goes to whom and when
    Disclosure(disclosure::Args),
    /// Agreements: what partners accept before they receive
    Agreement(agreement::Args),
    /// Personal data: what is held of a partner's people, erasing it, and legal hold
    Person(person::Args),
    /// Policies: who receives what and how early
    Policy(policy::Args),
    /// Staff: who acts for the owner, and what waits for a second person
    Staff(staff::Args),
    /// Fire what is due, and write mail
    Worker(worker::Args),
    /// Holders: who is known to have an unmarked or foreign version
    Holder(holder::Args),
    /// Find the sites of an asset and index it
    Protect(protect::Args),
    /// Make the recipients' copies
    Issue(issue::Args),
    /// Keys: what partners check bundles with
    Key(key::Args),
    /// The transparency log: publish it, verify it, prove from it
    Log(log::Args),
    /// Look for protected material in files, folders and archives
    Scan(scan::Args),
    /// Read the marks of a sample and name the copy it came from
    Trace(trace::Args),
    /// Look ahead: what a code takes and withstands
    Odds(odds::Args),
    /// Reckon what sharing with so many, so early, risks and buys
    Risk(risk::Args),
    /// Save the whole vault in one sealed file
    Backup(backup::Args),
    /// Make a vault again from a backup
    Restore(backup::RestoreArgs),
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
pub(crate) const LATER: &[&str] = &["case", "notice", "statement", "watch", "alert", "serve", "fetch"];
