//! The table of lengths: every attack, coalition and size of program, as far as it was computed.

use std::path::Path;
use std::time::{Duration, Instant};

use earmark_odds::bias::BiasSet;
use earmark_odds::simulate::{Attack, Scene, TRIALS};

use super::simulate::{self, Progress, Request, Row};
use crate::error::DeskError;

/// Sizes of programs.
const RECIPIENTS: [u32; 3] = [79, 1_000, 10_000];

/// Per number of colluders: the set used, the design's length for n = 79 (joint decoding, near exact p), and the
/// yardstick for n = 79: ln(n / alpha) over what one symbol tells, given the other colluders, of interleaving.
const COALITIONS: [(u32, BiasSet, u32, u32); 6] = [
    (1, BiasSet::A64, 45, 34),
    (2, BiasSet::A64, 125, 101),
    (3, BiasSet::A64, 241, 204),
    (4, BiasSet::A64, 412, 343),
    (5, BiasSet::E4, 600, 524),
    (8, BiasSet::E8, 1_518, 1_449),
];

/// Seed of the first trial of every cell.
const SEED: u64 = 1;

/// Computes cells until `time` is spent, cheapest first, and gives the table of all that are known, in Markdown.
///
/// Tallies are kept in `state`: a run that was stopped goes on, and a cell that is not computed stays blank.
///
/// # Errors
/// When tallies cannot be kept.
pub fn table(state: &Path, time: Duration, progress: &Progress<'_>) -> Result<String, DeskError> {
    let begun = Instant::now();
    let mut cells = Vec::new();
    for (n, recipients) in RECIPIENTS.into_iter().enumerate() {
        for (c, coalition) in COALITIONS.into_iter().enumerate() {
            for attack in Attack::ALL {
                cells.push((n, c, recipients, coalition, attack));
            }
        }
    }
    // The work of a trial grows with the recipients and with the square of the coalition.
    cells.sort_by_key(|(_, _, recipients, (colluders, ..), _)| recipients * colluders * colluders);
    let mut rows: Vec<(usize, usize, Attack, Row)> = Vec::new();
    for (n, c, recipients, (colluders, bias, ..), attack) in cells {
        if begun.elapsed() >= time {
            break;
        }
        let request = Request {
            scene: Scene { recipients, ..Scene::new(bias, colluders, attack) },
            attacks: vec![attack],
            positions: None,
            trials: TRIALS,
            seed: SEED,
            state: Some(state.to_owned()),
        };
        let answer = simulate::simulate(&request, progress)?;
        rows.extend(answer.rows.into_iter().map(|row| (n, c, attack, row)));
    }
    Ok(written(&rows))
}

fn written(rows: &[(usize, usize, Attack, Row)]) -> String {
    let mut text = format!(
        "# Lengths\n\nPositions that have to be read to name at least one colluder in 98 % of trials: the smallest length \
         on a grid of 2 % at which at least 98 % of {TRIALS} trials (seeds {SEED} and up) did. Below each the 95 % interval \
         (Wilson) of its share. alpha = 1e-6, single tests. A cell that was not computed is blank. \
         Made by `earmark odds table`.\n"
    );
    for (n, recipients) in RECIPIENTS.into_iter().enumerate() {
        text += &format!("\n## {recipients} recipients\n\n| attack |");
        for (colluders, bias, ..) in COALITIONS {
            text += &format!(" c = {colluders}, {bias} |");
        }
        text += "\n|---|--:|--:|--:|--:|--:|--:|\n";
        for attack in Attack::ALL {
            text += &format!("| {attack} |");
            for c in 0..COALITIONS.len() {
                let row = rows.iter().find(|row| (row.0, row.1, row.2) == (n, c, attack)).map(|row| &row.3);
                text += &row.map_or_else(|| " |".to_owned(), cell);
            }
            text += "\n";
        }
        text += "| **worst** |";
        for c in 0..COALITIONS.len() {
            let of: Vec<u32> = rows
                .iter()
                .filter(|row| (row.0, row.1) == (n, c))
                .filter_map(|row| row.3.positions)
                .collect();
            let worst = of.iter().max().filter(|_| of.len() == Attack::ALL.len());
            text += &worst.map_or_else(|| " |".to_owned(), |worst| format!(" **{worst}** |"));
        }
        text += "\n";
        if recipients == 79 {
            text += &line("design, joint", |coalition| coalition.2);
            text += &line("yardstick", |coalition| coalition.3);
        }
    }
    let (trials, wrong) =
        rows.iter().fold((0, 0), |(trials, wrong), row| (trials + row.3.trials, wrong + row.3.wrong));
    text + &format!("\nTrials at the lengths shown: {trials}; with a wrong name: {wrong}.\n")
}

fn cell(row: &Row) -> String {
    let length = row.positions.map_or_else(|| "> 20,000".to_owned(), |positions| positions.to_string());
    format!(" {length} ({:.1}–{:.1} %) |", 100.0 * row.interval[0], 100.0 * row.interval[1])
}

fn line(name: &str, of: impl Fn(&(u32, BiasSet, u32, u32)) -> u32) -> String {
    let mut text = format!("| {name} |");
    for coalition in &COALITIONS {
        text += &format!(" {} |", of(coalition));
    }
    text + "\n"
}
