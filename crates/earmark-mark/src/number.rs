use std::collections::{HashMap, HashSet};

use earmark_align::align;
use earmark_model::{Digest, PositionNumber};

use crate::carriers::carrier_of;
use crate::lex::{Token, lex};
use crate::table::{FileTable, Site, SiteTable};

/// The positions that a code has given out: append-only, for the life of an epoch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PositionMap {
    by_key: HashMap<Digest, PositionNumber>,
    /// For each position its k.
    k: Vec<u8>,
}

/// The revision that a new one succeeds, numbered.
pub struct Predecessor<'a> {
    /// Its sites.
    pub table: &'a SiteTable,
    /// The bytes of a file of it, by index in its manifest.
    pub original: &'a dyn Fn(u32) -> Option<&'a [u8]>,
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
/// A known key has its position. A site of a changed declaration takes the position of the site that it
/// aligns with in the predecessor's file of the same path, if rule and k agree and no known key
/// holds that position. Other keys take the next numbers in order of path, start, rule code. A site
/// whose key is known with another k is taken out of the table: a position keeps its k.
pub fn number(
    table: &mut SiteTable,
    originals: &dyn Fn(u32) -> Option<Vec<u8>>,
    known: &mut PositionMap,
    predecessor: Option<&Predecessor<'_>>,
) {
    for file in &mut table.files {
        file.sites.retain(|site| known.get(&site.key).is_none_or(|(_, k)| k == site.k));
    }
    if let Some(predecessor) = predecessor {
        inherit(table, originals, known, predecessor);
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

fn inherit(
    table: &SiteTable,
    originals: &dyn Fn(u32) -> Option<Vec<u8>>,
    known: &mut PositionMap,
    predecessor: &Predecessor<'_>,
) {
    let all_sites = table.files.iter().flat_map(|file| &file.sites);
    let mut taken: HashSet<PositionNumber> =
        all_sites.filter_map(|site| known.get(&site.key).map(|(position, _)| position)).collect();
    let by_path: HashMap<&[u8], &FileTable> =
        predecessor.table.files.iter().map(|file| (file.path.as_slice(), file)).collect();
    for file in &table.files {
        if file.sites.iter().all(|site| known.get(&site.key).is_some()) {
            continue;
        }
        let Some(old) = by_path.get(file.path.as_slice()) else { continue };
        let (Some(before), Some(now)) = ((predecessor.original)(old.file), originals(file.file)) else {
            continue;
        };
        let Some(lexicon) = carrier_of(file.language).map(crate::carrier::Carrier::lexicon) else { continue };
        let (before, now) = (lex(before, lexicon), lex(&now, lexicon));
        let blind = |tokens: &[Token]| tokens.iter().map(|token| token.exact).collect::<Vec<_>>();
        let pairs: HashMap<usize, usize> = align(&blind(&now), &blind(&before)).into_iter().collect();
        let old_sites: HashMap<(usize, usize, crate::RuleCode), &Site> = old
            .sites
            .iter()
            .filter_map(|site| ends(site, &before).map(|(first, last)| ((first, last, site.rule), site)))
            .collect();
        for site in file.sites.iter().filter(|site| known.get(&site.key).is_none()).collect::<Vec<_>>() {
            let Some((first, last)) = ends(site, &now) else { continue };
            let (Some(first), Some(last)) = (pairs.get(&first), pairs.get(&last)) else { continue };
            let Some(old) = old_sites.get(&(*first, *last, site.rule)) else { continue };
            let known_already = known.get(&site.key).is_some();
            if !known_already && old.k == site.k && !taken.contains(&old.position) {
                taken.insert(old.position);
                known.by_key.insert(site.key, old.position);
            }
        }
    }
}

/// Indices of the first and last token of a site.
fn ends(site: &Site, tokens: &[Token]) -> Option<(usize, usize)> {
    let first = tokens.partition_point(|token| token.span.start < site.span.start);
    let last = tokens.partition_point(|token| token.span.end <= site.span.end).checked_sub(1)?;
    (first <= last).then_some((first, last))
}
