use crate::Hash;

/// A proof does not show what it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The leaf's index is not below the tree's size.
    #[error("entry {index} is not below the tree's size {size}")]
    Index {
        /// The leaf's index.
        index: u64,
        /// The tree's size.
        size: u64,
    },
    /// The first size is the larger one.
    #[error("a tree of {old} entries does not come before one of {size}")]
    Order {
        /// The first size.
        old: u64,
        /// The second size.
        size: u64,
    },
    /// Too few or too many hashes.
    #[error("the proof has another length than a tree of this size needs")]
    Length,
    /// It leads to another root.
    #[error("the proof leads to another root")]
    Root,
}

/// Checks that `leaf` is entry `index` of the tree of `size` leaves under `root`.
///
/// RFC 9162, section 2.1.3.2.
///
/// # Errors
/// [`ProofError`], the first reason why not.
pub fn check_inclusion(
    leaf: Hash,
    index: u64,
    size: u64,
    proof: &[Hash],
    root: Hash,
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::Index { index, size });
    }
    let (mut node, mut last) = (index, size - 1);
    let mut made = leaf;
    for step in proof {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if node & 1 == 1 || node == last {
            made = Hash::of_node(*step, made);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            made = Hash::of_node(made, *step);
        }
        node >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(ProofError::Length);
    }
    if made == root { Ok(()) } else { Err(ProofError::Root) }
}

/// Checks that the tree of `old` leaves under `old_root` is the beginning of the one of `size` under `root`.
///
/// RFC 9162, section 2.1.4.2; equal sizes need equal roots, and every tree continues the empty one.
///
/// # Errors
/// [`ProofError`], the first reason why not.
pub fn check_consistency(
    old: u64,
    old_root: Hash,
    size: u64,
    root: Hash,
    proof: &[Hash],
) -> Result<(), ProofError> {
    if old > size {
        return Err(ProofError::Order { old, size });
    }
    if old == size || old == 0 {
        let before = if old == 0 { Hash::of_nothing() } else { root };
        return match proof {
            [] if old_root == before && (size > 0 || root == before) => Ok(()),
            [] => Err(ProofError::Root),
            _ => Err(ProofError::Length),
        };
    }
    let (mut node, mut last) = (old - 1, size - 1);
    while node & 1 == 1 {
        node >>= 1;
        last >>= 1;
    }
    let mut steps = proof.iter().copied();
    // A complete subtree is its own start; RFC 9162 step 2 puts its root before the proof.
    let start = if old.is_power_of_two() { Some(old_root) } else { steps.next() };
    let start = start.ok_or(ProofError::Length)?;
    let (mut before, mut after) = (start, start);
    for step in steps {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if node & 1 == 1 || node == last {
            before = Hash::of_node(step, before);
            after = Hash::of_node(step, after);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            after = Hash::of_node(after, step);
        }
        node >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(ProofError::Length);
    }
    if before == old_root && after == root { Ok(()) } else { Err(ProofError::Root) }
}
