use std::collections::HashMap;

use earmark_model::{Digest, PositionNumber};

use crate::table::SiteTable;

/// The positions that a code has given out: append-only, for the life of an epoch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PositionMap {
    by_key: HashMap<Digest, PositionNumber>,
    /// For each position its k.
    k: Vec<u8>,
}

impl PositionMap {
    /// A map of what an earlier numbering left: keys with their positions, and each position's k
    /// in order. Entries beyond the end of `k` are dropped.
    #[must_use]
    pub fn restore(keys: impl IntoIterator<Item = (Digest, PositionNumber)>, k: Vec<u8>) -> Self {
        let by_key = keys.into_iter().filter(|(_, position)| (position.0 as usize) < k.len()).collect();
        Self { by_key, k }
    }

    /// The position of a key and its k.
    #[must_use]
    pub fn get(&self, key: &Digest) -> Option<(PositionNumber, u8)> {
        let position = *self.by_key.get(key)?;
        Some((position, *self.k.get(position.0 as usize)?))
    }

    /// Each position's k, in order.
    #[must_use]
    pub fn k(&self) -> &[u8] {
        &self.k
    }

    /// All keys with their positions, in order of position, then of key.
    #[must_use]
    pub fn keys(&self) -> Vec<(Digest, PositionNumber)> {
        let mut keys: Vec<_> = self.by_key.iter().map(|(key, position)| (*key, *position)).collect();
        keys.sort_by_key(|(key, position)| (*position, *key));
        keys
    }

    fn append(&mut self, key: Digest, k: u8) -> Option<PositionNumber> {
        let position = PositionNumber(u32::try_from(self.k.len()).ok().filter(|number| *number < u32::MAX)?);
        self.k.push(k);
        self.by_key.insert(key, position);
        Some(position)
    }
}

/// Gives every site its position.
///
/// A known key has its position: what a revision inherits comes with the key that it had. Other keys take
/// the next numbers in order of path, start, rule code. A site whose key is known with another k is taken out of
/// the table: a position keeps its k.
pub fn number(table: &mut SiteTable, known: &mut PositionMap) {
    for file in &mut table.files {
        file.sites.retain(|site| known.get(&site.key).is_none_or(|(_, k)| k == site.k));
    }
    let mut order: Vec<(usize, usize)> = Vec::new();
    for (at, file) in table.files.iter().enumerate() {
        order.extend((0..file.sites.len()).map(|site| (at, site)));
    }
    order.sort_by(|a, b| {
        let of = |(file, site): (usize, usize)| {
            let table = &table.files[file];
            (&table.path, table.sites[site].span.start, table.sites[site].rule)
        };
        of(*a).cmp(&of(*b))
    });
    for (file, index) in order {
        let site = &mut table.files[file].sites[index];
        let position = match known.get(&site.key) {
            // Two sites of one key in this very tree may differ in k where naturalness was applied
            // to sites of unlike shape; the later one is taken out below.
            Some((position, k)) => (k == site.k).then_some(position),
            None => known.append(site.key, site.k),
        };
        site.position = position.unwrap_or(PositionNumber(u32::MAX));
    }
    for file in &mut table.files {
        file.sites.retain(|site| site.position != PositionNumber(u32::MAX));
    }
    table.files.retain(|file| !file.sites.is_empty());
}
