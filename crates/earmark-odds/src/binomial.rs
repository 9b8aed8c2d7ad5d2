//! The small binomial laws that decoders average over.

/// The largest number of independent draws: the eleven colluders a triple beside seven members implies.
pub(crate) const DRAWS_MAX: usize = 12;

/// Bin(k; r, p) for all r up to 12 and one p.
#[derive(Debug, Clone)]
pub(crate) struct Binomials {
    rows: Vec<Vec<f64>>,
}

impl Binomials {
    /// Builds Pascal's triangle weighted with p and 1 - p, from positive terms only.
    pub(crate) fn new(p: f64) -> Self {
        let q = 1.0 - p;
        let mut rows: Vec<Vec<f64>> = vec![vec![1.0]];
        for r in 1..=DRAWS_MAX {
            let above = rows.last().cloned().unwrap_or_default();
            let at = |k: usize| above.get(k).copied().unwrap_or(0.0);
            rows.push((0..=r).map(|k| if k == 0 { q * at(0) } else { q * at(k) + p * at(k - 1) }).collect());
        }
        Self { rows }
    }

    /// P(k of r) for k = 0 .. r; empty beyond the largest r.
    pub(crate) fn row(&self, r: usize) -> &[f64] {
        self.rows.get(r).map_or(&[], Vec::as_slice)
    }
}
