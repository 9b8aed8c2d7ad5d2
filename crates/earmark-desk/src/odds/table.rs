//! The table of lengths: every attack, coalition and size of program, as far as it was computed.

use std::path::Path;
use std::time::{Duration, Instant};

use earmark_odds::bias::BiasSet;
use earmark_odds::simulate::{Attack, Scene, TRIALS};

use super::simulate::{self, Progress, Request, Row};
use crate::error::DeskError;

/// Sizes of programs.
const RECIPIENTS: [u32; 3] = [79, 1_000, 10_000];
/// The size for which the design states lengths.
const STATED_FOR: u32 = 79;

/// A column: so many colluders against the copies of one bias set.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Column {
    colluders: u32,
    bias: BiasSet,
    /// The design's length for n = 79 (joint decoding, near exact p), and the yardstick for n = 79: ln(n / alpha) over what
    /// one symbol tells, given the other colluders, of interleaving.
    stated: Option<(u32, u32)>,
}

const fn column(colluders: u32, bias: BiasSet) -> Column {
    Column { colluders, bias, stated: None }
}

/// Per number of colluders the set that the chapter on codes advises.
const ADVISED: [Column; 6] = [
    Column { stated: Some((45, 34)), ..column(1, BiasSet::A64) },
    Column { stated: Some((125, 101)), ..column(2, BiasSet::A64) },
    Column { stated: Some((241, 204)), ..column(3, BiasSet::A64) },
    Column { stated: Some((412, 343)), ..column(4, BiasSet::A64) },
    Column { stated: Some((600, 524)), ..column(5, BiasSet::E4) },
    Column { stated: Some((1_518, 1_449)), ..column(8, BiasSet::E8) },
];

/// What else an owner may have: the sets for small assets, and those that fear more than come.
const OTHERS: [Column; 12] = [
    column(2, BiasSet::GL2),
    column(2, BiasSet::S4),
    column(3, BiasSet::S4),
    column(4, BiasSet::S4),
    column(5, BiasSet::A64),
    column(2, BiasSet::E4),
    column(3, BiasSet::E4),
    column(4, BiasSet::E4),
    column(2, BiasSet::E8),
    column(3, BiasSet::E8),
    column(4, BiasSet::E8),
    column(5, BiasSet::E8),
];

/// A part of the table: so many recipients, these columns.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Part {
    recipients: u32,
    columns: &'static [Column],
}

const PARTS: [Part; 5] = [
    Part { recipients: RECIPIENTS[0], columns: &ADVISED },
    Part { recipients: RECIPIENTS[1], columns: &ADVISED },
    Part { recipients: RECIPIENTS[2], columns: &ADVISED },
    Part { recipients: RECIPIENTS[0], columns: &OTHERS },
    Part { recipients: RECIPIENTS[1], columns: &OTHERS },
];

/// Seed of the first trial of every cell.
const SEED: u64 = 1;

/// What to compute, and how long.
#[derive(Debug, Clone, Copy)]
pub struct Budget<'a> {
    /// Where tallies are kept.
    pub state: &'a Path,
    /// No further cell is begun after this.
    pub time: Duration,
    /// The most threads to use; none: as many as there are cores.
    pub threads: Option<usize>,
}

/// The cells that are known.
#[derive(Debug, Clone, Default)]
pub struct Table {
    cells: Vec<Cell>,
}

#[derive(Debug, Clone)]
struct Cell {
    recipients: u32,
    column: Column,
    attack: Attack,
    row: Row,
}

impl Table {
    /// Computes cells until the time is spent, cheapest first.
    ///
    /// A run that was stopped goes on from its tallies, and a cell that is not computed stays blank.
    ///
    /// # Errors
    /// When tallies cannot be kept.
    pub fn compute(budget: &Budget<'_>, progress: &Progress<'_>) -> Result<Self, DeskError> {
        let begun = Instant::now();
        let mut cells = Vec::new();
        for part in PARTS {
            for column in part.columns {
                cells.extend(Attack::ALL.map(|attack| (part.recipients, *column, attack)));
            }
        }
        // The work of a trial grows with the recipients and with the square of the coalition; what is beside the point waits.
        cells.sort_by_key(|(recipients, column, _)| {
            let beside = column.stated.is_none() && *recipients != STATED_FOR;
            (beside, recipients * column.colluders * column.colluders)
        });
        let mut table = Self::default();
        for (recipients, column, attack) in cells {
            if begun.elapsed() >= budget.time {
                break;
            }
            let request = Request {
                scene: Scene { recipients, ..Scene::new(column.bias, column.colluders, attack) },
                attacks: vec![attack],
                positions: None,
                trials: TRIALS,
                seed: SEED,
                state: Some(budget.state.to_owned()),
                threads: budget.threads,
            };
            let rows = simulate::simulate(&request, progress)?.rows;
            table.cells.extend(rows.into_iter().map(|row| Cell { recipients, column, attack, row }));
        }
        Ok(table)
    }

    /// The table in Markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut text = format!(
            "# Lengths\n\nPositions that have to be read to name at least one colluder in 98 % of trials: the smallest length \
             on a grid of 2 % at which at least 98 % of {TRIALS} trials (seeds {SEED} and up) did. Beside each the 95 % \
             interval (Wilson) of its share. alpha = 1e-6, single tests. A cell that was not computed is blank. \
             Made by `earmark odds table`.\n"
        );
        for part in PARTS {
            let others = if part.columns == ADVISED.as_slice() { "" } else { ", other bias sets" };
            text += &format!("\n## {} recipients{others}\n\n| attack |", part.recipients);
            for column in part.columns {
                text += &format!(" c = {}, {} |", column.colluders, column.bias);
            }
            text += &format!("\n|---|{}\n", "--:|".repeat(part.columns.len()));
            for attack in Attack::ALL {
                text += &format!("| {attack} |");
                for column in part.columns {
                    let known = self.cell(part.recipients, column, attack);
                    text += &known.map_or_else(|| " |".to_owned(), |cell| shown(&cell.row));
                }
                text += "\n";
            }
            text += "| **worst** |";
            for column in part.columns {
                text += &self
                    .worst(part.recipients, column)
                    .map_or_else(|| " |".to_owned(), |m| format!(" **{m}** |"));
            }
            text += "\n";
            if part.recipients == STATED_FOR && others.is_empty() {
                text += &line("design, joint", part.columns, |stated| stated.0);
                text += &line("yardstick", part.columns, |stated| stated.1);
            }
        }
        let (trials, wrong) = self
            .cells
            .iter()
            .fold((0, 0), |(trials, wrong), cell| (trials + cell.row.trials, wrong + cell.row.wrong));
        text + &format!("\nTrials at the lengths shown: {trials}; with a wrong name: {wrong}.\n")
    }

    /// The lengths as the planner reads them: lines of `set,recipients,colluders,attack,positions`. One colluder is left
    /// out, whose length the planner computes.
    #[must_use]
    pub fn lengths(&self) -> String {
        let mut text = "set,recipients,colluders,attack,positions\n".to_owned();
        for part in PARTS {
            for column in part.columns.iter().filter(|column| column.colluders > 1) {
                for attack in Attack::ALL {
                    let known =
                        self.cell(part.recipients, column, attack).and_then(|cell| cell.row.positions);
                    if let Some(positions) = known {
                        let Column { colluders, bias, .. } = column;
                        text += &format!("{bias},{},{colluders},{attack},{positions}\n", part.recipients);
                    }
                }
            }
        }
        text
    }

    fn cell(&self, recipients: u32, column: &Column, attack: Attack) -> Option<&Cell> {
        self.cells
            .iter()
            .find(|cell| (cell.recipients, &cell.column, cell.attack) == (recipients, column, attack))
    }

    /// The longest length of a column, if every attack has one.
    fn worst(&self, recipients: u32, column: &Column) -> Option<u32> {
        let lengths = Attack::ALL.map(|attack| self.cell(recipients, column, attack)?.row.positions);
        lengths.into_iter().try_fold(0, |worst, length| Some(worst.max(length?)))
    }
}

fn shown(row: &Row) -> String {
    let length = row.positions.map_or_else(|| "> 20,000".to_owned(), |positions| positions.to_string());
    format!(" {length} ({:.1}–{:.1} %) |", 100.0 * row.interval[0], 100.0 * row.interval[1])
}

fn line(name: &str, columns: &[Column], of: impl Fn((u32, u32)) -> u32) -> String {
    let mut text = format!("| {name} |");
    for column in columns {
        text += &column.stated.map_or_else(|| " |".to_owned(), |stated| format!(" {} |", of(stated)));
    }
    text + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_that_was_not_computed_is_blank_and_a_worst_needs_all_seven() {
        let row = |positions| Row {
            attack: String::new(),
            positions: Some(positions),
            trials: 300,
            named: 300,
            all: 0,
            wrong: 0,
            rate: 1.0,
            interval: [0.9, 1.0],
        };
        let [_, two, ..] = ADVISED;
        let cell = |positions, attack| Cell { recipients: 79, column: two, attack, row: row(positions) };
        let mut table = Table { cells: vec![cell(117, Attack::AllOne)] };
        assert_eq!(table.lengths(), "set,recipients,colluders,attack,positions\nA64,79,2,all-1,117\n");
        assert!(table.markdown().contains("| all-1 | | 117 (90.0–100.0 %) | | | | |\n"));
        assert!(table.markdown().contains("| **worst** | | | | | | |\n| design, joint | 45 | 125 |"));
        table.cells = Attack::ALL.map(|attack| cell(120 + attack as u32, attack)).to_vec();
        assert!(table.markdown().contains("| **worst** | | **126** | | | | |\n"));
        assert!(table.markdown().contains("Trials at the lengths shown: 2100; with a wrong name: 0.\n"));
    }
}
