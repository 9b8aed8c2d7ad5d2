//! RFC 6962, section 2.1, word for word, over the entries themselves.

use earmark_log::Hash;

fn split(n: usize) -> usize {
    let mut k = 1;
    while k * 2 < n {
        k *= 2;
    }
    k
}

/// MTH.
pub(crate) fn root(entries: &[Vec<u8>]) -> Hash {
    match entries {
        [] => Hash::of_nothing(),
        [one] => Hash::of_leaf(one),
        more => {
            let (left, right) = more.split_at(split(more.len()));
            Hash::of_node(root(left), root(right))
        }
    }
}

/// PATH.
pub(crate) fn path(m: usize, entries: &[Vec<u8>]) -> Vec<Hash> {
    if entries.len() == 1 {
        return vec![];
    }
    let k = split(entries.len());
    let (left, right) = entries.split_at(k);
    let (mut path, sibling) =
        if m < k { (path(m, left), root(right)) } else { (path(m - k, right), root(left)) };
    path.push(sibling);
    path
}

/// PROOF.
pub(crate) fn proof(m: usize, entries: &[Vec<u8>]) -> Vec<Hash> {
    subproof(m, entries, true)
}

fn subproof(m: usize, entries: &[Vec<u8>], whole: bool) -> Vec<Hash> {
    if m == entries.len() {
        return if whole { vec![] } else { vec![root(entries)] };
    }
    let k = split(entries.len());
    let (left, right) = entries.split_at(k);
    if m <= k {
        let mut proof = subproof(m, left, whole);
        proof.push(root(right));
        proof
    } else {
        let mut proof = subproof(m - k, right, false);
        proof.push(root(left));
        proof
    }
}
