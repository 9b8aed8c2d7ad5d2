//! Fits a short stretch of an original, its declared sites open, to a stretch of a sample.
//!
//! The cheapest way to edit one into the other, where a site takes exactly one of its forms, or none
//! of them at a price. A form is told where every other way costs more.

use crate::declared::stream::Word;
use crate::lex::NAME;

/// A word more or less.
const EDIT: u32 = 2;
/// A word in place of another.
const OTHER: u32 = 3;
/// A site that has none of its forms: nothing, or one unknown word.
const UNKNOWN: u32 = 3;
/// How much dearer every other way must be.
const MARGIN: u32 = 2;
/// What a way may cost that has no sure end.
const LOOSE: u32 = 2;
/// Larger than any cost, and far from overflow.
const NEVER: u32 = u32::MAX / 4;

/// A piece of the original.
pub(super) enum Piece<'a> {
    Word(Word),
    /// A site: the words of each of its forms.
    Site(&'a [Vec<Word>]),
}

/// A stretch of the original and the stretch of the sample that should show it.
pub(super) struct Stretch<'a> {
    pub(super) pieces: Vec<Piece<'a>>,
    pub(super) sample: &'a [Word],
    /// Whether the first piece need not be the first word of the sample.
    pub(super) open_left: bool,
    /// Whether the last piece need not be the last word of the sample.
    pub(super) open_right: bool,
}

/// How a form was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fit {
    pub(super) form: u8,
    /// Whether it had sure neighbors on either side, and no name had to be passed over.
    pub(super) sure: bool,
}

/// For each site among the pieces the form that fits, if exactly one does.
pub(super) fn fit(stretch: &Stretch<'_>) -> Vec<Option<Fit>> {
    let sure = !stretch.open_left && !stretch.open_right;
    let exact = tell(stretch, true);
    let needs_more = exact.iter().any(Option::is_none) && stretch.pieces.iter().any(has_name);
    let blind = if needs_more { tell(stretch, false) } else { Vec::new() };
    exact
        .into_iter()
        .enumerate()
        .map(|(at, form)| match (form, blind.get(at).copied().flatten()) {
            (Some(form), _) => Some(Fit { form, sure }),
            (None, Some(form)) => Some(Fit { form, sure: false }),
            (None, None) => None,
        })
        .collect()
}

fn has_name(piece: &Piece<'_>) -> bool {
    matches!(piece, Piece::Site(forms) if forms.iter().flatten().any(|word| word.blind == NAME))
}

/// A table of costs, a row for each end between pieces.
struct Costs {
    width: usize,
    cells: Vec<u32>,
}

impl Costs {
    fn new(rows: usize, width: usize, value: u32) -> Self {
        Self { width, cells: vec![value; rows * width] }
    }

    fn get(&self, row: usize, at: usize) -> u32 {
        self.cells.get(row * self.width + at).copied().unwrap_or(NEVER)
    }

    fn lower(&mut self, row: usize, at: usize, cost: u32) {
        if at < self.width
            && let Some(cell) = self.cells.get_mut(row * self.width + at)
        {
            *cell = (*cell).min(cost);
        }
    }
}

fn tell(stretch: &Stretch<'_>, exact: bool) -> Vec<Option<u8>> {
    let ways = Ways { stretch, exact };
    let (before, after) = (ways.before(), ways.after());
    let mut told = Vec::new();
    for (row, piece) in stretch.pieces.iter().enumerate() {
        if let Piece::Site(forms) = piece {
            told.push(ways.form_at(row, forms, &before, &after));
        }
    }
    told
}

struct Ways<'a> {
    stretch: &'a Stretch<'a>,
    /// Whether names in forms are told apart.
    exact: bool,
}

impl Ways<'_> {
    /// Cost of having passed the first `row` pieces and `at` words.
    fn before(&self) -> Costs {
        let (rows, width) = (self.stretch.pieces.len() + 1, self.stretch.sample.len() + 1);
        let mut costs = Costs::new(rows, width, if self.stretch.open_left { 0 } else { NEVER });
        costs.lower(0, 0, 0);
        for row in 0..rows {
            for at in 0..width {
                let cost = costs.get(row, at);
                if at + 1 < width {
                    costs.lower(row, at + 1, cost + EDIT);
                }
                match self.stretch.pieces.get(row) {
                    Some(Piece::Word(word)) => {
                        costs.lower(row + 1, at, cost + EDIT);
                        if let Some(shown) = self.stretch.sample.get(at) {
                            costs.lower(row + 1, at + 1, cost + swap(*word, *shown));
                        }
                    }
                    Some(Piece::Site(forms)) => {
                        costs.lower(row + 1, at, cost + UNKNOWN);
                        costs.lower(row + 1, at + 1, cost + UNKNOWN);
                        for form in forms.iter().filter(|form| self.shows(form, at)) {
                            costs.lower(row + 1, at + form.len(), cost);
                        }
                    }
                    None => {}
                }
            }
        }
        costs
    }

    /// Cost of passing what is left after `row` pieces and `at` words.
    fn after(&self) -> Costs {
        let (rows, width) = (self.stretch.pieces.len() + 1, self.stretch.sample.len() + 1);
        let mut costs = Costs::new(rows, width, if self.stretch.open_right { 0 } else { NEVER });
        costs.lower(rows - 1, width - 1, 0);
        for row in (0..rows).rev() {
            for at in (0..width).rev() {
                let mut best = costs.get(row, at).min(costs.get(row, at + 1).saturating_add(EDIT));
                if at + 1 == width {
                    best = costs.get(row, at);
                }
                match self.stretch.pieces.get(row) {
                    Some(Piece::Word(word)) => {
                        best = best.min(costs.get(row + 1, at) + EDIT);
                        if let Some(shown) = self.stretch.sample.get(at) {
                            best = best.min(costs.get(row + 1, at + 1) + swap(*word, *shown));
                        }
                    }
                    Some(Piece::Site(forms)) => {
                        best = best.min(costs.get(row + 1, at) + UNKNOWN);
                        if at + 1 < width {
                            best = best.min(costs.get(row + 1, at + 1) + UNKNOWN);
                        }
                        for form in forms.iter().filter(|form| self.shows(form, at)) {
                            best = best.min(costs.get(row + 1, at + form.len()));
                        }
                    }
                    None => {}
                }
                costs.lower(row, at, best);
            }
        }
        costs
    }

    fn shows(&self, form: &[Word], at: usize) -> bool {
        let Some(shown) = self.stretch.sample.get(at..at + form.len()) else { return false };
        form.iter().zip(shown).all(|(word, shown)| self.says(*word, *shown))
    }

    fn says(&self, word: Word, shown: Word) -> bool {
        if self.exact { word.exact == shown.exact } else { word.blind == shown.blind }
    }

    /// The form at the site of `row` that costs least, if all else costs enough more.
    fn form_at(&self, row: usize, forms: &[Vec<Word>], before: &Costs, after: &Costs) -> Option<u8> {
        let width = before.width;
        let mut best = (NEVER, None);
        let mut second = NEVER;
        let loose = self.stretch.open_left || self.stretch.open_right;
        for (form, words) in forms.iter().enumerate() {
            let whole = (0..width)
                .filter(|at| self.shows(words, *at) && self.is_supported(row, *at, words.len()))
                .map(|at| before.get(row, at) + after.get(row + 1, at + words.len()))
                .min()
                .unwrap_or(NEVER);
            let part = self.part_cost(row, words, before, after);
            if words.is_empty() && loose {
                // Where the sample may simply end, nothing is no form.
                second = second.min(whole);
            } else if whole < best.0 {
                second = second.min(best.0);
                best = (whole, u8::try_from(form).ok());
            } else {
                second = second.min(whole);
            }
            // A form that the end of the sample cuts off cannot be told; but it may be what is there.
            second = second.min(if part < whole { part } else { NEVER });
        }
        let none = (0..width)
            .map(|at| before.get(row, at) + UNKNOWN + after.get(row + 1, at).min(after.get(row + 1, at + 1)))
            .min()
            .unwrap_or(NEVER);
        let affordable = best.0 < NEVER && (!loose || best.0 <= LOOSE);
        (affordable && second.min(none) >= best.0 + MARGIN).then_some(best.1).flatten()
    }

    /// Cost of a form that is only partly there because the sample begins or ends.
    fn part_cost(&self, row: usize, words: &[Word], before: &Costs, after: &Costs) -> u32 {
        let sample = self.stretch.sample;
        let mut cost = NEVER;
        for kept in 1..words.len().min(sample.len() + 1) {
            let end = &sample[sample.len() - kept..];
            if self.stretch.open_right && words.iter().zip(end).all(|(word, shown)| self.says(*word, *shown))
            {
                cost = cost.min(before.get(row, sample.len() - kept));
            }
            let tail = &words[words.len() - kept..];
            if self.stretch.open_left && tail.iter().zip(sample).all(|(word, shown)| self.says(*word, *shown))
            {
                cost = cost.min(after.get(row + 1, kept));
            }
        }
        cost
    }

    /// Whether the words next to the site are next to it in the sample too: two in all, or all that
    /// stand between it and other sites or the ends.
    fn is_supported(&self, row: usize, at: usize, length: usize) -> bool {
        let (pieces, sample) = (&self.stretch.pieces, self.stretch.sample);
        let (mut found, mut possible) = (0, 0);
        for step in 1..=2 {
            let Some(Piece::Word(word)) = row.checked_sub(step).and_then(|row| pieces.get(row)) else {
                break;
            };
            possible += 1;
            let shown = at.checked_sub(step).and_then(|at| sample.get(at));
            if shown.is_none_or(|shown| shown.blind != word.blind) {
                break;
            }
            found += 1;
        }
        for step in 0..2 {
            let Some(Piece::Word(word)) = pieces.get(row + 1 + step) else { break };
            possible += 1;
            if sample.get(at + length + step).is_none_or(|shown| shown.blind != word.blind) {
                break;
            }
            found += 1;
        }
        found >= 2 || found == possible
    }
}

fn swap(word: Word, shown: Word) -> u32 {
    if word.blind == shown.blind { 0 } else { OTHER }
}
