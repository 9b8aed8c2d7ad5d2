/// Pushes a longest common subsequence of `a` and `b` as pairs, shifted by `base`, in order.
///
/// Cost: |a| |b| / 64 steps and as many 8-byte words.
///
/// Hyyrö 2004, "Bit-parallel LCS-length computation revisited"; all rows are kept, so that the
/// subsequence itself can be walked back.
pub(crate) fn longest(a: &[u32], b: &[u32], base: (usize, usize), pairs: &mut Vec<(usize, usize)>) {
    // The shorter side goes into the bits: then the masks stay small however long the other is.
    let swap = a.len() > b.len();
    let (bits, rows) = if swap { (b, a) } else { (a, b) };
    if bits.is_empty() {
        return;
    }
    let words = bits.len().div_ceil(64);
    let mut order: Vec<(u32, usize)> = bits.iter().copied().zip(0..).collect();
    order.sort_unstable();
    let mut names: Vec<u32> = Vec::new();
    let mut masks: Vec<u64> = Vec::new();
    for (token, at) in order {
        if names.last() != Some(&token) {
            names.push(token);
            masks.resize(masks.len() + words, 0);
        }
        let start = masks.len() - words;
        masks[start + at / 64] |= 1 << (at % 64);
    }

    // A zero bit i in row j: the subsequence of bits[..=i] and rows[..=j] is one longer than that of bits[..i].
    let mut table = vec![u64::MAX; words * rows.len()];
    for (j, token) in rows.iter().enumerate() {
        let (done, rest) = table.split_at_mut(j * words);
        let row = &mut rest[..words];
        if j > 0 {
            row.copy_from_slice(&done[(j - 1) * words..]);
        }
        let Ok(name) = names.binary_search(token) else { continue };
        let mask = &masks[name * words..(name + 1) * words];
        let mut carry = false;
        for (cell, mask) in row.iter_mut().zip(mask) {
            let hit = *cell & mask;
            let (sum, first) = cell.overflowing_add(hit);
            let (sum, second) = sum.overflowing_add(u64::from(carry));
            carry = first || second;
            *cell = sum | (*cell & !hit);
        }
    }

    let clear = |j: usize, i: usize| table[j * words + i / 64] >> (i % 64) & 1 == 0;
    let from = pairs.len();
    let (mut i, mut j) = (bits.len(), rows.len());
    while i > 0 && j > 0 {
        if !clear(j - 1, i - 1) {
            i -= 1;
        } else if j > 1 && clear(j - 2, i - 1) {
            j -= 1;
        } else {
            (i, j) = (i - 1, j - 1);
            let (x, y) = if swap { (j, i) } else { (i, j) };
            pairs.push((base.0 + x, base.1 + y));
        }
    }
    pairs[from..].reverse();
}
