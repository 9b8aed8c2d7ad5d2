//! The table of lengths: every attack, coalition and size of program, as far as it was computed.

use std::path::Path;
use std::time::{Duration, Instant};

use earmark_odds::bias::BiasSet;
use earmark_odds::simulate::{Attack, Scene, TRIALS, Tally};

use super::journal::DECODER;
use super::simulate::{self, DEVIATIONS, Progress, Request};
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
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Table {
    cells: Vec<Cell>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Cell {
    recipients: u32,
    column: Column,
    attack: Attack,
    /// None: no length up to 20,000 suffices.
    positions: Option<u32>,
    tally: Tally,
    /// The decoder that was measured.
    decoder: u32,
}

/// The head of the file of lengths.
const HEAD: &str = "set,recipients,colluders,attack,positions,named,trials,wrong,decoder";

impl Cell {
    /// `A64,79,2,interleaving,117,297,300,0,2`: no positions where no length suffices.
    fn read(line: &str) -> Option<Self> {
        let mut fields = line.split(',');
        let mut next = || fields.next();
        let (bias, recipients, colluders) =
            (next()?.parse().ok()?, next()?.parse().ok()?, next()?.parse().ok()?);
        let attack = next()?.parse().ok()?;
        let positions = match next()? {
            "" => None,
            text => Some(text.parse().ok()?),
        };
        let (named, trials, wrong) = (next()?.parse().ok()?, next()?.parse().ok()?, next()?.parse().ok()?);
        let decoder = next()?.parse().ok()?;
        let column = PARTS.iter().filter(|part| part.recipients == recipients).flat_map(|part| part.columns);
        let column = column.copied().find(|column| (column.colluders, column.bias) == (colluders, bias))?;
        let tally = Tally { trials, named, all: 0, wrong };
        Some(Self { recipients, column, attack, positions, tally, decoder })
    }

    fn written(&self) -> String {
        let Self { recipients, column: Column { colluders, bias, .. }, attack, tally, decoder, .. } = self;
        let positions = self.positions.map(|positions| positions.to_string()).unwrap_or_default();
        let Tally { trials, named, wrong, .. } = tally;
        format!("{bias},{recipients},{colluders},{attack},{positions},{named},{trials},{wrong},{decoder}\n")
    }

    fn shown(&self) -> String {
        let length = self.positions.map_or_else(|| "> 20,000".to_owned(), |positions| positions.to_string());
        let [low, high] = self.tally.interval(DEVIATIONS);
        let mark = if self.decoder == DECODER { "" } else { " †" };
        format!(" {length} ({:.1}–{:.1} %){mark} |", 100.0 * low, 100.0 * high)
    }
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
            for row in simulate::simulate(&request, progress)?.rows {
                let tally = Tally { trials: row.trials, named: row.named, all: row.all, wrong: row.wrong };
                let positions = row.positions;
                table.cells.push(Cell { recipients, column, attack, positions, tally, decoder: DECODER });
            }
        }
        Ok(table)
    }

    /// Takes the cells it does not have from a file of lengths, as an earlier run wrote it.
    pub fn complete(&mut self, lengths: &str) {
        for cell in lengths.lines().filter_map(Cell::read) {
            if self.cell(cell.recipients, &cell.column, cell.attack).is_none() {
                self.cells.push(cell);
            }
        }
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
                    text += &known.map_or_else(|| " |".to_owned(), Cell::shown);
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
        let tallies = self.cells.iter().fold(Tally::default(), |sum, cell| sum.and(cell.tally));
        let Tally { trials, wrong, .. } = tallies;
        if self.cells.iter().any(|cell| cell.decoder != DECODER) {
            text += "\n† Measured with the decoder before this one, which tried pairs only where nobody stood out alone, \
                     and not again yet.\n";
        }
        text + &format!("\nTrials at the lengths shown: {trials}; with a wrong name: {wrong}.\n")
    }

    /// The lengths as the planner reads them, and [`Self::complete`] takes them back.
    #[must_use]
    pub fn lengths(&self) -> String {
        let mut text = format!("{HEAD}\n");
        for part in PARTS {
            for column in part.columns {
                let cells =
                    Attack::ALL.into_iter().filter_map(|attack| self.cell(part.recipients, column, attack));
                text.extend(cells.map(Cell::written));
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
        let lengths = Attack::ALL.map(|attack| self.cell(recipients, column, attack)?.positions);
        lengths.into_iter().try_fold(0, |worst, length| Some(worst.max(length?)))
    }
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

    fn cell(positions: u32, attack: Attack, decoder: u32) -> Cell {
        let [_, column, ..] = ADVISED;
        let tally = Tally { trials: 300, named: 297, all: 0, wrong: 0 };
        Cell { recipients: 79, column, attack, positions: Some(positions), tally, decoder }
    }

    #[test]
    fn a_cell_that_was_not_computed_is_blank_and_a_worst_needs_all_seven() {
        let mut table = Table { cells: vec![cell(117, Attack::AllOne, DECODER)] };
        assert!(table.markdown().contains("| all-1 | | 117 (97.1–99.7 %) | | | | |\n"));
        assert!(table.markdown().contains("| **worst** | | | | | | |\n| design, joint | 45 | 125 |"));
        table.cells = Attack::ALL.map(|attack| cell(120 + attack as u32, attack, DECODER)).to_vec();
        assert!(table.markdown().contains("| **worst** | | **126** | | | | |\n"));
        assert!(
            table.markdown().ends_with("|\n\nTrials at the lengths shown: 2100; with a wrong name: 0.\n")
        );
    }

    #[test]
    fn what_was_not_computed_again_is_kept_and_marked() {
        let mut table = Table { cells: vec![cell(117, Attack::AllOne, DECODER)] };
        let mut earlier = Table { cells: vec![cell(130, Attack::AllOne, 1), cell(131, Attack::Majority, 1)] };
        let [one, ..] = ADVISED;
        earlier.cells.push(Cell { column: one, positions: None, ..cell(0, Attack::Minority, DECODER) });
        table.complete(&(earlier.lengths() + "S4,79,2,shuffling,1,2,3,4,5\nA64,79,2\n"));
        assert_eq!(table.cells.len(), 3);
        let text = table.markdown();
        assert!(text.contains("| all-1 | | 117 (97.1–99.7 %) |") && text.contains("| 131 (97.1–99.7 %) † |"));
        assert!(
            text.contains("| minority | > 20,000 (") && text.contains("\n† Measured with the decoder before")
        );
        let mut again = Table::default();
        again.complete(&table.lengths());
        assert_eq!(again.markdown(), text);
    }
}
