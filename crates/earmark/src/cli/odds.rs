//! `earmark odds`.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use clap::Subcommand;
use earmark_desk::error::DeskError;
use earmark_desk::odds::plan::{self, plan};
use earmark_desk::odds::simulate::{self, simulate};
use earmark_desk::odds::table::{Budget, Table};
use earmark_desk::odds::{Attack, Scene};
use indicatif::ProgressBar;

use super::output::{Output, grouped, printing};

/// Look ahead: what a code takes and withstands.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What to reckon
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Play seeded trials of a coalition and count who is named
    Simulate(SimulateArgs),
    /// Say how much of a leak names a leaker, and what a fragment withstands
    Plan(PlanArgs),
    /// Compute the table of lengths, as far as time allows
    Table(TableArgs),
}

#[derive(Debug, clap::Args)]
struct SimulateArgs {
    /// Bias set: GL2, S4, A64, E4 or E8
    #[arg(long, default_value = "A64")]
    code: String,
    /// How many recipients collude
    #[arg(long, default_value_t = 2)]
    colluders: u32,
    /// `interleaving`, `majority`, `minority`, `all-1`, `coin-flip`, `least-single`, `least-joint`, or `all` seven
    #[arg(long, default_value = "interleaving")]
    attack: String,
    /// How many recipients have a copy
    #[arg(long, default_value_t = 79)]
    recipients: u32,
    /// Positions of the leak [default: search for the fewest that name somebody in 98 % of trials]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    positions: Option<u32>,
    /// Trials for each attack; a search takes at least 300
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    trials: u64,
    /// Seed of the first trial
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(..=1 << 60))]
    seed: u64,
    /// The bound on naming any innocent copy
    #[arg(long, default_value_t = 1e-6)]
    alpha: f64,
    /// Symbols of each position, 2 to 8
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(2..=8))]
    symbols: u8,
    /// How often a symbol is read wrongly
    #[arg(long, default_value_t = 0.0)]
    err: f64,
    /// Reliability classes by how often they are read wrongly, each at as many positions, in place of `--err`
    #[arg(long, value_name = "RATE,..", value_delimiter = ',', num_args = 1..=16)]
    classes: Vec<f64>,
    /// The decoder is told only the mean of the classes
    #[arg(long)]
    classes_hidden: bool,
    /// How often a position is erased
    #[arg(long, default_value_t = 0.0)]
    erasure: f64,
    /// How often a position at which the copies differ is destroyed
    #[arg(long, default_value_t = 0.0)]
    erase_differing: f64,
    /// The share that one colluder gives where copies differ
    #[arg(long, value_name = "SHARE")]
    one_gives: Option<f64>,
    /// Change the attack after so many positions
    #[arg(long, value_name = "POSITIONS", value_parser = clap::value_parser!(u32).range(1..))]
    change_every: Option<u32>,
    /// The colluders also have the unmarked original
    #[arg(long)]
    with_original: bool,
    /// Keep tallies in this file and go on from them
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// The most threads to use [default: one for each core]
    #[arg(long)]
    threads: Option<usize>,
}

#[derive(Debug, clap::Args)]
struct PlanArgs {
    /// Bias set: GL2, S4, A64, E4 or E8
    #[arg(long, default_value = "A64")]
    code: String,
    /// How many recipients have a copy
    #[arg(long, default_value_t = 79)]
    recipients: u64,
    /// The bound on naming any innocent copy
    #[arg(long, default_value_t = 1e-6)]
    alpha: f64,
    /// The share of positions that survives in the leak
    #[arg(long, default_value_t = 1.0)]
    survival: f64,
    /// Bits in 1,000 lines, to tell lengths in lines
    #[arg(long)]
    bits_per_kloc: Option<f64>,
    /// Positions that a fragment holds, to tell what it withstands
    #[arg(long)]
    positions: Option<u64>,
}

#[derive(Debug, clap::Args)]
struct TableArgs {
    /// Keep tallies in this file and go on from them
    #[arg(long, value_name = "FILE")]
    state: PathBuf,
    /// Begin no further cell after so many minutes
    #[arg(long, default_value_t = 600)]
    minutes: u64,
    /// Write the table here
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Write the lengths that `plan` goes by here; cells that are not computed keep what this file has of them
    #[arg(long, value_name = "FILE")]
    lengths: Option<PathBuf>,
    /// The most threads to use [default: one for each core]
    #[arg(long)]
    threads: Option<usize>,
}

/// Reckons; no vault is needed.
pub(crate) fn run(args: &Args, output: Output) -> Result<(), DeskError> {
    let bar = if output.draws() { ProgressBar::new_spinner() } else { ProgressBar::hidden() };
    let progress = |attack: Attack, positions: u32, trials: u64| {
        bar.set_message(format!("{attack}: {trials} trials of {positions} positions"));
        bar.tick();
    };
    match &args.act {
        Act::Simulate(args) => {
            let answer = simulate(&request(args)?, &progress)?;
            bar.finish_and_clear();
            output.answer(&answer, || simulated(&answer)).map_err(printing)
        }
        Act::Plan(args) => {
            let answer = plan(&plan::Request {
                bias: simulate::bias_set(&args.code)?,
                recipients: args.recipients,
                alpha: args.alpha,
                survival: args.survival,
                bits_per_kloc: args.bits_per_kloc,
                positions: args.positions,
            })?;
            output.answer(&answer, || planned(&answer)).map_err(printing)
        }
        Act::Table(args) => {
            let time = Duration::from_secs(60 * args.minutes);
            let mut table =
                Table::compute(&Budget { state: &args.state, time, threads: args.threads }, &progress)?;
            bar.finish_and_clear();
            if let Some(path) = args.lengths.as_ref().filter(|path| path.exists()) {
                let known = fs::read_to_string(path).map_err(|source| DeskError::io("read", path, source))?;
                table.complete(&known);
            }
            let text = table.markdown();
            let write = |path: &PathBuf, text: &str| {
                fs::write(path, text).map_err(|source| DeskError::io("write", path, source))
            };
            write(&args.out, &text)?;
            if let Some(path) = &args.lengths {
                write(path, &table.lengths())?;
            }
            output.answer(&serde_json::json!({ "table": args.out }), || text).map_err(printing)
        }
    }
}

fn request(args: &SimulateArgs) -> Result<simulate::Request, DeskError> {
    let attacks = simulate::attacks(&args.attack)?;
    let first = attacks.first().copied().unwrap_or(Attack::Interleaving);
    let scene = Scene {
        recipients: args.recipients,
        positions: args.positions.unwrap_or(0),
        alpha: args.alpha,
        symbols: args.symbols,
        err: args.err,
        classes: args.classes.clone(),
        classes_hidden: args.classes_hidden,
        erasure: args.erasure,
        erase_differing: args.erase_differing,
        one_gives: args.one_gives,
        changes_after: args.change_every,
        original: args.with_original,
        ..Scene::new(simulate::bias_set(&args.code)?, args.colluders, first)
    };
    Ok(simulate::Request {
        scene,
        attacks,
        positions: args.positions,
        trials: args.trials,
        seed: args.seed,
        state: args.state.clone(),
        threads: args.threads,
    })
}

fn simulated(answer: &simulate::Answer) -> String {
    let mut text = format!(
        "{}, {} of {} recipients collude, alpha {:e}\n",
        answer.code,
        answer.colluders,
        grouped(u64::from(answer.recipients)),
        answer.alpha
    );
    for row in &answer.rows {
        let positions = row.positions.map_or_else(|| "no length".to_owned(), |m| format!("{m} positions"));
        text += &format!(
            "{:>12}: {positions}: somebody named in {} of {} trials ({:.1} % to {:.1} %), all in {}, somebody else in {}\n",
            row.attack,
            row.named,
            row.trials,
            100.0 * row.interval[0],
            100.0 * row.interval[1],
            row.all,
            row.wrong
        );
    }
    text
}

fn planned(answer: &plan::Answer) -> String {
    let mut text = format!(
        "{}, {} recipients, alpha {:e}, worst of the seven attacks, somebody named with 98 %\n",
        answer.code,
        grouped(answer.recipients),
        answer.alpha
    );
    for (colluders, need) in &answer.colluders {
        let Some((read, positions)) = need.read.zip(need.positions) else {
            text += &format!("{colluders} colluders: hopeless with this set, or never measured\n");
            continue;
        };
        text += &format!("{colluders} colluders: {read} positions read ({})", need.how.unwrap_or_default());
        if positions != read {
            text += &format!(", {positions} in the leak");
        }
        if let Some(lines) = need.lines {
            text += &format!(", {} lines", grouped(lines));
        }
        if let Some(power) = need.power {
            text += &format!("; this fragment: {:.0} %", 100.0 * power);
        }
        text += "\n";
    }
    text += &by_attack(answer);
    if let Some(most) = answer.withstands {
        text += &format!("this fragment withstands {most} colluders");
        let more = answer.withstands_against.iter().filter(|(_, c)| **c > most);
        let more: Vec<String> = more.map(|(attack, c)| format!("{c} of {attack}")).collect();
        text += &if more.is_empty() { "\n".to_owned() } else { format!(", and {}\n", more.join(", ")) };
    }
    text
}

/// Lengths attack by attack, for the coalitions that have a choice of attacks: in lines where the density is known, else
/// in positions of the leak.
fn by_attack(answer: &plan::Answer) -> String {
    let coalitions = || {
        answer
            .colluders
            .iter()
            .filter(|(c, need)| **c > 1 && need.attacks.values().any(|one| one.read.is_some()))
    };
    let lines = coalitions().any(|(_, need)| need.attacks.values().any(|one| one.lines.is_some()));
    let unit = if lines { "lines" } else { "positions" };
    let mut text = String::new();
    for attack in Attack::ALL.map(|attack| attack.to_string()) {
        let each = coalitions().map(|(c, need)| {
            let one = need.attacks.get(&attack);
            let length = one.and_then(|one| if lines { one.lines } else { one.positions });
            format!("{c}: {}", length.map_or_else(|| "?".to_owned(), grouped))
        });
        let each: Vec<String> = each.collect();
        if !each.is_empty() {
            text += &format!("{attack:>12}, {unit} by colluders: {}\n", each.join(", "));
        }
    }
    text
}
