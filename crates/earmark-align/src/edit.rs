/// Pushes the pairs of a shortest edit script of `a` into `b`, shifted by `base`, if it needs at most
/// `limit` insertions and deletions; else pushes nothing and returns false.
///
/// Cost: (|a| + |b|) `limit` steps, `limit`² words.
///
/// Myers 1986, "An O(ND) difference algorithm and its variations", the greedy one with its trace kept.
pub(crate) fn short_script(
    a: &[u32],
    b: &[u32],
    base: (usize, usize),
    limit: usize,
    pairs: &mut Vec<(usize, usize)>,
) -> bool {
    if a.len().abs_diff(b.len()) > limit {
        return false;
    }
    // reach[d][k]: how far in `a` the diagonals -d, -d+2, .., d get with d edits (as index 0..=d).
    let mut reach: Vec<Vec<usize>> = Vec::new();
    for d in 0..=limit {
        let mut row = Vec::with_capacity(d + 1);
        for index in 0..=d {
            let start = step(reach.last(), d, index).map_or(0, |(x, _)| x);
            // Diagonal = x - y = 2 index - d; a point below the streams' edges is carried but never extended.
            let mut x = start;
            let mut y = (x + d).wrapping_sub(2 * index);
            while x < a.len() && y < b.len() && a[x] == b[y] {
                x += 1;
                y += 1;
            }
            row.push(x);
            if x == a.len() && y == b.len() {
                reach.push(row);
                walk_back(&reach, d, index, base, pairs);
                return true;
            }
        }
        reach.push(row);
    }
    false
}

/// Where the path on diagonal `index` of `d` edits begins: (x, whether it came by deleting from `a`).
fn step(before: Option<&Vec<usize>>, d: usize, index: usize) -> Option<(usize, bool)> {
    let before = before?;
    let deleted = index.checked_sub(1).and_then(|i| before.get(i)).map(|x| x + 1);
    let inserted = if index < d { before.get(index).copied() } else { None };
    match (deleted, inserted) {
        (Some(deleted), Some(inserted)) if inserted >= deleted => Some((inserted, false)),
        (Some(deleted), _) => Some((deleted, true)),
        (None, Some(inserted)) => Some((inserted, false)),
        (None, None) => None,
    }
}

fn walk_back(
    reach: &[Vec<usize>],
    mut d: usize,
    mut index: usize,
    base: (usize, usize),
    pairs: &mut Vec<(usize, usize)>,
) {
    let from = pairs.len();
    loop {
        let end = reach[d][index];
        let came = step(d.checked_sub(1).and_then(|d| reach.get(d)), d, index);
        let start = came.map_or(0, |(x, _)| x);
        for x in (start..end).rev() {
            pairs.push((base.0 + x, base.1 + x + d - 2 * index));
        }
        let Some((_, deleted)) = came else { break };
        if deleted {
            index -= 1;
        }
        d -= 1;
    }
    pairs[from..].reverse();
}
