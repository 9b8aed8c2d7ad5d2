//! `earmark log`.

use std::fs;
use std::path::{Path, PathBuf};

use earmark_desk::desk::Desk;
use earmark_desk::error::{DeskError, Kind};
use earmark_desk::issue::log::fairness::{self, Fairness};
use earmark_desk::issue::log::partner_keys::{self, Ears};
use earmark_desk::issue::log::witnesses::{self, Cosigned};
use earmark_desk::issue::log::{
    Settings, erase, listing, own_trust, parse_trust, prove, publish, receipts, verify,
};
use serde::Serialize;

use super::output::{Output, printing};
use crate::wiring::{self, LogPlace};

/// Longest key that is shown to people.
const LONGEST_SHOWN_KEY: usize = 400;

/// The transparency log: what was committed, when, and that nothing of it changed.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What to do
    #[command(subcommand)]
    pub action: Action,
}

/// What can be done with a log.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Action {
    /// Sign the next checkpoint if it is due, and write the log as static files
    Publish(Publish),
    /// Replay the whole log, ledger and files; exit with 1 if anything is wrong
    Verify(Place),
    /// List the entries with what they stand for
    List {
        /// Padding, bells and batches too
        #[arg(long)]
        all: bool,
    },
    /// Prove that an entry is in the log, and open what it binds
    Prove {
        /// The entry's number
        entry: u64,
        /// Keep shut what it binds
        #[arg(long)]
        closed: bool,
        /// Write the proof to this file
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Check a proof of an entry or of fairness; exit with 1 if it does not hold
    Check {
        /// The proof
        proof: PathBuf,
        /// Where the log is, and whom to believe
        #[command(flatten)]
        place: Place,
    },
    /// Show, without names, under which checkpoints the copies of each tier were committed
    Fairness {
        /// The asset, or one revision of it
        #[arg(value_name = "ASSET[@REVISION]")]
        asset: String,
        /// Write the proof to this file
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Record a recipient's signature over its copy
    Receipt {
        /// The SSH or armored OpenPGP signature over the receipt
        signature: PathBuf,
        /// Who signed
        #[arg(long, value_name = "RECIPIENT")]
        from: String,
    },
    /// Write down what a partner needs to find in the log whatever became of its keys and copies
    Keys {
        /// The partner
        partner: String,
        /// The file to hand to the partner; it holds a secret of theirs
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// As a partner: look in the log for events of your keys and copies; exit with 1 if there are some you were not told of
    Listen {
        /// The file that the owner handed over
        file: PathBuf,
        /// Where the log is, and whom to believe
        #[command(flatten)]
        place: Place,
    },
    /// Witnesses: partners who sign that the log only grew
    #[command(subcommand)]
    Witness(Witness),
    /// Erase the record of a copy, that it was made again, or a receipt; the log says that it was erased, and on what ground
    Erase {
        /// The entry's number
        entry: u64,
        /// The ground, such as a law and a request
        #[arg(long)]
        basis: String,
    },
}

/// `log publish`.
#[derive(Debug, clap::Args)]
pub(crate) struct Publish {
    /// The folder to write [default: `log` in the vault]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// The log's name, fixed with the first checkpoint: its address without the scheme
    #[arg(long, value_name = "NAME")]
    pub origin: Option<String>,
    /// Entries between two checkpoints, or a multiple of it; fixed with the first one [default: 256]
    #[arg(long, value_name = "ENTRIES")]
    pub block: Option<u64>,
    /// Minutes between two checkpoints [default: 1440, a day]
    #[arg(long, value_name = "MINUTES")]
    pub cadence: Option<u64>,
    /// Sign a checkpoint though none is due: its hour then tells something
    #[arg(long)]
    pub now: bool,
}

/// Where a log is, and whom to believe.
#[derive(Debug, clap::Args)]
pub(crate) struct Place {
    /// The published log: its folder, or its address, from which it is fetched
    #[arg(long, value_name = "DIR|URL")]
    pub log: Option<PathBuf>,
    /// A verifier key of the log, `NAME+ID+KEY`; with it no vault is looked at
    #[arg(long = "key", value_name = "KEY")]
    pub keys: Vec<String>,
}

/// `log witness ...`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Witness {
    /// As a partner: make a witness's key
    New {
        /// The file to keep it in, with what the witness has seen
        file: PathBuf,
        /// The witness's name: an address of yours without the scheme
        #[arg(long)]
        name: String,
    },
    /// As a partner: audit a log, check that it continues what was seen, and sign its newest checkpoint
    Sign {
        /// The witness's file
        file: PathBuf,
        /// Where the log is, and whom to believe
        #[command(flatten)]
        place: Place,
        /// Write the cosignature to this file
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Let the holder of a key cosign this log
    Add {
        /// The witness's key, `NAME+ID+KEY`
        key: String,
    },
    /// Keep a cosignature under its checkpoint
    Accept {
        /// What the witness handed over
        file: PathBuf,
    },
}

/// Acts on the log; says whether the answer is bad news.
pub(crate) async fn run(vault: &super::place::Place, args: &Args, output: Output) -> Result<bool, DeskError> {
    match &args.action {
        Action::Publish(args) => publish_log(&wiring::open(vault).await?, args, output).await,
        Action::Verify(place) => verify_log(vault, place, output).await,
        Action::List { all } => {
            let entries = listing::list(&wiring::open(vault).await?, *all).await?;
            let line = |one: &listing::Listed| {
                let head = one.checkpoint.map_or_else(|| "-".to_owned(), |size| size.to_string());
                format!("{}\t{}\t{}\t{}\t{}\n", one.entry, one.kind, one.at, head, one.about)
            };
            said(output, &entries, || entries.iter().map(line).collect())
        }
        Action::Prove { entry, closed, out } => {
            let proved = prove::prove(&wiring::open(vault).await?, *entry, *closed).await?;
            if let Some(path) = out {
                write(path, proved.proof.as_bytes())?;
            }
            said(output, &proved, || match out {
                Some(path) => format!("{}\n", path.display()),
                None => proved.proof.clone(),
            })
        }
        Action::Check { proof, place } => check_proof(vault, proof, place, output).await,
        Action::Fairness { asset, out } => {
            let fairness = fairness::fairness(&wiring::open(vault).await?, asset).await?;
            if let Some(path) = out {
                write_json(path, &fairness)?;
            }
            said(output, &fairness, || fairness_text(&fairness))
        }
        Action::Receipt { signature, from } => {
            let receipt = receipts::record(&wiring::open(vault).await?, from, &read(signature)?).await?;
            said(output, &receipt, || {
                format!(
                    "entry {}: {} acknowledged {}\n",
                    receipt.entry, receipt.recipient, receipt.copy_sha256
                )
            })
        }
        Action::Keys { partner, out } => {
            let desk = wiring::open(vault).await?;
            partner_keys::record_changes(&desk).await?;
            let ears = partner_keys::ears(&desk, partner).await?;
            if let Some(path) = out {
                write_json(path, &ears)?;
            }
            said(output, &ears, || match out {
                Some(path) => format!("{}\n", path.display()),
                None => {
                    format!("{} events of {}; write them with `--out`\n", ears.events.len(), ears.partner)
                }
            })
        }
        Action::Listen { file, place } => {
            let ears: Ears = read_json(file, "a file of key events")?;
            let heard = partner_keys::listen(&ears, log_of(place)?.path(), &place.keys)?;
            said(output, &heard, || {
                let mut text = format!(
                    "{} known events, {} not yet published\n",
                    heard.known.len(),
                    heard.not_yet.len()
                );
                for number in &heard.unknown {
                    text += &format!(
                        "wrong: event {number}, of a key or a copy made again, is in the log and was not told\n"
                    );
                }
                for number in &heard.false_events {
                    text += &format!("wrong: event {number} is not what the log holds\n");
                }
                text
            })?;
            Ok(!heard.is_quiet())
        }
        Action::Witness(action) => witness(vault, action, output).await,
        Action::Erase { entry, basis } => {
            let answer = erase::erase(&wiring::open(vault).await?, *entry, basis).await?;
            said(output, &answer, || {
                format!("the row of entry {} is gone; entry {} says so\n", answer.entry, answer.said_by)
            })
        }
    }
}

async fn publish_log(desk: &Desk, args: &Publish, output: Output) -> Result<bool, DeskError> {
    let settings = Settings { origin: args.origin.clone(), block: args.block, cadence_minutes: args.cadence };
    let answer =
        publish::publish(desk, &publish::Request { out: args.out.clone(), settings, now: args.now }).await?;
    if !answer.signed {
        output.remark(&format!("no checkpoint was due; the next one is at {}", answer.next_due));
    }
    said(output, &answer, || {
        let mut text =
            format!("{} entries of {} in {}\n", answer.size, answer.origin, answer.folder.display());
        // A post-quantum key fills a screen; it stands in the file `keys` and in the JSON.
        for key in answer.keys.iter().filter(|key| key.len() <= LONGEST_SHOWN_KEY) {
            text += &format!("key {key}\n");
        }
        text
    })
}

async fn verify_log(vault: &super::place::Place, place: &Place, output: Output) -> Result<bool, DeskError> {
    let mut answer = if place.keys.is_empty() && (place.log.is_none() || wiring::has_vault(vault)) {
        let log = place.log.as_deref().map(wiring::log_at).transpose()?;
        verify::vault(&wiring::open(vault).await?, log.as_ref().map(LogPlace::path)).await?
    } else {
        verify::published(log_of(place)?.path(), &place.keys)?
    };
    answer.folder = place.log.clone().or(answer.folder);
    output
        .answer(&answer, || {
            let mut text = String::new();
            for fault in &answer.faults {
                text += &format!("wrong: {fault}\n");
            }
            for one in &answer.erased {
                text += &format!("lawfully erased: entry {} on {} ({})\n", one.entry, one.at, one.basis);
            }
            for remark in &answer.remarks {
                text += &format!("note: {remark}\n");
            }
            let verdict = if answer.sound { "the log is sound" } else { "the log was changed" };
            text + &format!("{verdict}: {} entries, {} checkpoints\n", answer.size, answer.checkpoints)
        })
        .map_err(printing)?;
    Ok(!answer.sound)
}

async fn check_proof(
    vault: &super::place::Place,
    path: &Path,
    place: &Place,
    output: Output,
) -> Result<bool, DeskError> {
    let trust = if place.keys.is_empty() && place.log.is_none() {
        own_trust(&wiring::open(vault).await?).await?
    } else {
        let log = place.log.as_deref().map(wiring::log_at).transpose()?;
        parse_trust(&place.keys, log.as_ref().map(LogPlace::path))?
    };
    let text = read(path)?;
    if text.trim_start().starts_with('{') {
        let fairness: Fairness = read_json(path, "a proof of fairness")?;
        let wrong = fairness::check(&fairness, &trust);
        let answer =
            serde_json::json!({ "holds": wrong.is_empty(), "faults": wrong, "tiers": fairness.tiers.len() });
        said(output, &answer, || {
            let mut text: String = wrong.iter().map(|line| format!("wrong: {line}\n")).collect();
            if wrong.is_empty() {
                text += &fairness_text(&fairness);
            }
            text
        })?;
        return Ok(!wrong.is_empty());
    }
    let checked = prove::check(&text, &trust)?;
    said(output, &checked, || match &checked.why {
        Some(why) => format!("wrong: {why}\n"),
        None => {
            let document =
                checked.document.as_ref().map_or_else(|| "(closed)".to_owned(), ToString::to_string);
            format!(
                "entry {} of {}: {document}\n",
                checked.entry,
                checked.origin.as_deref().unwrap_or_default()
            )
        }
    })?;
    Ok(!checked.holds)
}

async fn witness(vault: &super::place::Place, action: &Witness, output: Output) -> Result<bool, DeskError> {
    match action {
        Witness::New { file, name } => {
            if file.exists() {
                return Err(DeskError::new(Kind::Conflict, format!("`{}` is already there", file.display())));
            }
            let (kept, made) = witnesses::make(name)?;
            witnesses::write(&kept, file)?;
            said(output, &made, || format!("{}\n", made.key))
        }
        Witness::Sign { file, place, out } => {
            let mut kept = witnesses::read(file)?;
            let cosigned =
                witnesses::witness(&mut kept, log_of(place)?.path(), &place.keys, &wiring::clock())?;
            // What was seen is on the disk before the signature leaves.
            witnesses::write(&kept, file)?;
            if let Some(path) = out {
                write_json(path, &cosigned)?;
            }
            said(output, &cosigned, || match out {
                Some(path) => format!("{}\n", path.display()),
                None => format!("{}\n", cosigned.line),
            })
        }
        Witness::Add { key } => {
            let made = witnesses::add(&wiring::open(vault).await?, key).await?;
            said(output, &made, || format!("{} may cosign\n", made.name))
        }
        Witness::Accept { file } => {
            let cosigned: Cosigned = read_json(file, "a cosignature")?;
            witnesses::accept(&wiring::open(vault).await?, &cosigned).await?;
            said(output, &cosigned, || format!("kept under the checkpoint of {} entries\n", cosigned.size))
        }
    }
}

fn fairness_text(fairness: &Fairness) -> String {
    let line = |tier: &fairness::Tier| {
        let how = match (tier.in_one_checkpoint, tier.unpublished) {
            (true, _) => "committed under one checkpoint".to_owned(),
            (false, 0) => format!("committed under {} checkpoints", tier.groups.len()),
            (false, unpublished) => format!("{unpublished} of them under no checkpoint yet"),
        };
        format!("tier {}: {} copies, {how}, {} recipients without\n", tier.tier, tier.copies, tier.without)
    };
    fairness.tiers.iter().map(line).collect()
}

/// The published log that was named.
fn log_of(place: &Place) -> Result<LogPlace, DeskError> {
    let named = place.log.as_deref().ok_or_else(|| {
        DeskError::new(Kind::Malformed, "no log is named").hint("name its folder or address with `--log`")
    })?;
    wiring::log_at(named)
}

fn said<T: Serialize>(output: Output, answer: &T, prose: impl FnOnce() -> String) -> Result<bool, DeskError> {
    output.answer(answer, prose).map_err(printing)?;
    Ok(false)
}

fn read(path: &Path) -> Result<String, DeskError> {
    let bytes = fs::read(path).map_err(|source| DeskError::io("read", path, source))?;
    String::from_utf8(bytes)
        .map_err(|_| DeskError::new(Kind::Malformed, format!("`{}` is no text", path.display())))
}

fn read_json<T: serde::de::DeserializeOwned>(path: &Path, what: &str) -> Result<T, DeskError> {
    serde_json::from_str(&read(path)?).map_err(|source| {
        DeskError::because(Kind::Malformed, format!("`{}` is not {what}", path.display()), source)
    })
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), DeskError> {
    fs::write(path, bytes).map_err(|source| DeskError::io("write", path, source))
}

fn write_json<T: Serialize>(path: &Path, document: &T) -> Result<(), DeskError> {
    let text = serde_json::to_vec_pretty(document)
        .map_err(|source| DeskError::because(Kind::Bug, "the document cannot be written", source))?;
    write(path, &text)
}
