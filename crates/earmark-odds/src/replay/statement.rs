//! What one recorded test states about its weights, made usable or refused.

use std::collections::BTreeMap;

use crate::decide::Trial;
use crate::decoder::{MEMBERS_MAX, Weighed};
use crate::document::{DocumentError, SetTest, Test, WeightRow};
use crate::strategy::{COLLUDERS_MAX, Strategy};

/// The largest weight that is believed; larger sums could overflow.
const WEIGHT_MAX: u64 = 1 << 20;

/// B, c, theta and W as recorded, and for whom.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Statement<'a> {
    pub(super) recipients: &'a [String],
    pub(super) given: &'a [String],
    pub(super) c: u32,
    pub(super) theta: &'a [f64],
    pub(super) weights: &'a [WeightRow],
}

impl<'a> Statement<'a> {
    pub(super) fn of_test(test: &'a Test) -> Self {
        Self {
            recipients: std::slice::from_ref(&test.recipient),
            given: &test.given,
            c: test.c,
            theta: &test.theta,
            weights: &test.weights,
        }
    }

    pub(super) fn of_set(set: &'a SetTest) -> Self {
        Self {
            recipients: &set.recipients,
            given: &set.given,
            c: set.c,
            theta: &set.theta,
            weights: &set.weights,
        }
    }

    /// Whether another test states the same for as many recipients.
    pub(super) fn same_weights(&self, other: &Self) -> bool {
        self.recipients.len() == other.recipients.len()
            && (self.given, self.c, self.theta, self.weights)
                == (other.given, other.c, other.theta, other.weights)
    }

    pub(super) fn refuse(&self, why: &'static str) -> DocumentError {
        DocumentError::Recorded { recipient: self.recipients.first().cloned().unwrap_or_default(), why }
    }

    /// The rows of the recipients tested, ascending.
    pub(super) fn rows(&self, trial: &Trial) -> Result<Vec<usize>, DocumentError> {
        self.find(trial, self.recipients, "it has no codeword")
    }

    fn find(&self, trial: &Trial, names: &[String], why: &'static str) -> Result<Vec<usize>, DocumentError> {
        let mut rows = Vec::with_capacity(names.len());
        for name in names {
            rows.push(trial.row(name).ok_or_else(|| self.refuse(why))?);
        }
        rows.sort_unstable();
        rows.dedup();
        if rows.len() != names.len() {
            return Err(self.refuse("a copy is named twice"));
        }
        Ok(rows)
    }

    /// The recorded weights, ready for scoring, and whether each lies within 1 of what B, theta and c give.
    pub(super) fn weigh(&self, trial: &Trial) -> Result<(Weighed, bool), DocumentError> {
        let rows = self.rows(trial)?;
        if rows.iter().any(|&row| row >= trial.names.len()) {
            return Err(self.refuse("the original is never tested"));
        }
        let known = self.find(trial, self.given, "a copy it is given has no codeword")?;
        if rows.iter().any(|row| known.contains(row)) {
            return Err(self.refuse("it is conditioned on itself"));
        }
        let (c, members) = (self.c as usize, self.recipients.len());
        if known.len() > MEMBERS_MAX || c < known.len() + members || c > COLLUDERS_MAX + 2 {
            return Err(self.refuse("its number of colluders is impossible"));
        }
        if self.theta.len() != c + 1 {
            return Err(self.refuse("`theta` does not have c + 1 entries"));
        }
        let strategy = Strategy::from_theta(self.theta.to_vec())
            .ok_or_else(|| self.refuse("`theta` holds something that is no probability"))?;
        let split = trial.sheet.split(&known);
        let mut weighed = Weighed::with_strategy(&trial.sheet, &known, split, strategy, members);
        let derived = std::mem::take(&mut weighed.integers);
        weighed.integers = self.recorded(trial, &weighed, members)?;
        let mut pairs = weighed.integers.iter().flatten().zip(derived.iter().flatten());
        let follows = pairs.all(|(recorded, derived)| recorded.abs_diff(*derived) <= 1);
        Ok((weighed, follows))
    }

    /// The recorded integers in the order of the groups.
    fn recorded(
        &self,
        trial: &Trial,
        weighed: &Weighed,
        members: usize,
    ) -> Result<Vec<Vec<i64>>, DocumentError> {
        let mut table = BTreeMap::new();
        for row in self.weights {
            if row.w.iter().any(|w| w.unsigned_abs() > WEIGHT_MAX) {
                return Err(self.refuse("a weight is out of range"));
            }
            let key = (row.level, row.y, row.class, usize::from(row.s));
            if table.insert(key, &row.w).is_some() {
                return Err(self.refuse("its weights give a group twice"));
            }
        }
        let mut integers = Vec::with_capacity(weighed.split.groups.len());
        for group in &weighed.split.groups {
            let Some(cell) = trial.sheet.cells.get(group.cell) else { continue };
            let key = (cell.level as u32, cell.y, cell.class, group.ones);
            let w = table.get(&key).ok_or_else(|| self.refuse("its weights leave a group out"))?;
            if members == 1 && cell.k > 2 {
                integers.push(self.two_of_many(w, cell.k, cell.y)?);
            } else if w.len() == members + 1 {
                integers.push(w.to_vec());
            } else {
                return Err(self.refuse("a group has the wrong number of weights"));
            }
        }
        Ok(integers)
    }

    /// A row with one weight per symbol, as (miss, hit): all symbols but the one read must weigh the same.
    fn two_of_many(&self, w: &[i64], k: u8, y: u8) -> Result<Vec<i64>, DocumentError> {
        let mut misses = w.iter().enumerate().filter(|(x, _)| *x != usize::from(y)).map(|(_, w)| *w);
        match (w.len() == usize::from(k), misses.next(), w.get(usize::from(y))) {
            (true, Some(miss), Some(&hit)) if misses.all(|other| other == miss) => Ok(vec![miss, hit]),
            _ => Err(self.refuse("a group has the wrong weights")),
        }
    }
}
