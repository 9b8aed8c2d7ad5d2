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
    let mut seen = Vec::with_capacity(trial.read.len());
    for &index in &trial.read {
        let Some(position) = document.positions.get(index) else { continue };
        *classes.entry(position.class).or_default() += 1;
        seen.push((index, b'0' + position.y.unwrap_or(0)));
    }
    let laws = classes.iter().map(|(&class, &count)| Lattice::two(count, document.error_of(class), 1, 0));
    let mut tail = Tail::of_counts(laws.collect());
    let mut list = Vec::new();
    for (row, (recipient, word)) in document.codewords.0.iter().enumerate() {
        if accused.contains(&row) {
            continue;
        }
        let bytes = word.as_bytes();
        let disagreements = seen.iter().filter(|(index, y)| bytes.get(*index) != Some(y)).count();
        if let Some(beta) = tail.exact(disagreements as i64)
            && beta.p <= most
        {
            list.push(Excluded { recipient: recipient.clone(), beta: beta.p });
        }
    }
    list
}
