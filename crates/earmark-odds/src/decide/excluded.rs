//! Copies that were not the only source: a lead, never an accusation or an acquittal of a coalition.

use std::collections::BTreeMap;

use super::trial::Trial;
use crate::document::{Excluded, ReadingDocument};
use crate::pvalue::{Lattice, Tail};

/// Lists every recipient whose chance of a reading this far from its copy is at most `most`, had that copy
/// alone been the source and its marks not been altered on purpose.
///
/// beta = P(sum over its read positions of Bernoulli(e_i) >= disagreements seen).
pub(crate) fn excluded(
    document: &ReadingDocument,
    trial: &Trial,
    accused: &[usize],
    most: f64,
) -> Vec<Excluded> {
    let mut classes: BTreeMap<Option<u8>, u64> = BTreeMap::new();
    for position in trial.read.iter().filter_map(|&index| document.positions.get(index)) {
        *classes.entry(position.class).or_default() += 1;
    }
    let laws = classes.iter().map(|(&class, &count)| Lattice::two(count, document.error_of(class), 1, 0));
    let mut tail = Tail::of_counts(laws.collect());
    let mut betas: BTreeMap<u64, Option<f64>> = BTreeMap::new();
    let plain = trial.sheet.split(&[]);
    let mut list = Vec::new();
    for (row, recipient) in trial.names.iter().enumerate() {
        if accused.contains(&row) {
            continue;
        }
        let disagreements = trial.sheet.disagreements(&plain, row);
        let beta = betas
            .entry(disagreements)
            .or_insert_with(|| tail.exact(i64::try_from(disagreements).ok()?).map(|beta| beta.p));
        if let Some(beta) = beta.filter(|beta| *beta <= most) {
            list.push(Excluded { recipient: recipient.clone(), beta });
        }
    }
    list
}
