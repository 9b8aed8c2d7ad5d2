//! Roots and proofs of all small trees against the oracle; what verifies, and that nothing else does.

use earmark_log::{Hash, ProofError, Tile, TileKind, Tree, check_consistency, check_inclusion};
use proptest::prelude::*;

use crate::naive;

/// Trees of up to so many leaves are looked at whole: past a full tile.
const ALL: usize = 300;

pub(crate) fn entries(count: usize) -> Vec<Vec<u8>> {
    (0..count).map(|number| format!("entry {number}").into_bytes()).collect()
}

pub(crate) fn tree(entries: &[Vec<u8>]) -> Tree {
    let mut tree = Tree::new();
    for entry in entries {
        tree.append(entry);
    }
    tree
}

#[test]
fn every_inclusion_proof_of_every_small_tree_verifies() {
    let entries = entries(ALL);
    let tree = tree(&entries);
    for size in 1..=ALL {
        let root = tree.root(size as u64).unwrap();
        assert_eq!(root, naive::root(&entries[..size]), "{size}");
        // Which way the oracle goes is compared for some: it is quadratic.
        let compared = size % 37 == 0 || size < 34 || size == 256 || size == 257;
        for index in 0..size {
            let proof = tree.inclusion(index as u64, size as u64).unwrap();
            if compared {
                assert_eq!(proof, naive::path(index, &entries[..size]), "{index} of {size}");
            }
            let leaf = Hash::of_leaf(&entries[index]);
            assert_eq!(check_inclusion(leaf, index as u64, size as u64, &proof, root), Ok(()));
        }
    }
    assert!(tree.inclusion(5, 5).is_err() && tree.root(ALL as u64 + 1).is_err());
}

#[test]
fn every_consistency_proof_of_every_small_tree_verifies() {
    let entries = entries(ALL);
    let tree = tree(&entries);
    let roots: Vec<Hash> = (0..=ALL).map(|size| tree.root(size as u64).unwrap()).collect();
    for size in 0..=ALL {
        let compared = size % 53 == 0 || size < 20 || size == 257;
        for old in 0..=size {
            let proof = tree.consistency(old as u64, size as u64).unwrap();
            if compared && old > 0 {
                assert_eq!(proof, naive::proof(old, &entries[..size]), "{old} in {size}");
            }
            let verdict = check_consistency(old as u64, roots[old], size as u64, roots[size], &proof);
            assert_eq!(verdict, Ok(()), "{old} in {size}");
        }
    }
    assert!(tree.consistency(5, 4).is_err());
    let order = ProofError::Order { old: 5, size: 4 };
    assert_eq!(check_consistency(5, roots[5], 4, roots[4], &[]), Err(order));
}

#[test]
fn tiles_hold_what_the_oracle_says() {
    let entries = entries(70_000);
    let tree = tree(&entries);
    for tile in Tile::all(70_000) {
        let TileKind::Hashes(level) = tile.kind else { continue };
        // All of the upper levels, some of the lowest.
        if level == 0 && tile.index % 50 != 0 && !tile.is_partial() {
            continue;
        }
        let bytes = tile.hashes(&tree).unwrap();
        assert_eq!(bytes.len(), usize::from(tile.width) * 32);
        let span = 256usize.pow(u32::from(level));
        for (offset, hash) in bytes.chunks(32).enumerate() {
            let from = (tile.index as usize * 256 + offset) * span;
            assert_eq!(hash, naive::root(&entries[from..from + span]).0, "{tile} at {offset}");
        }
    }
    let beyond = Tile { kind: TileKind::Hashes(0), index: 273, width: 113 };
    assert_eq!(beyond.hashes(&tree), None);
}

proptest! {
    /// A proof with anything changed proves nothing.
    #[test]
    fn changed_proofs_fail(size in 2u64..600, index in 0u64..600, old in 1u64..600, at in 0usize..12, bit in 0usize..256) {
        let (index, old) = (index % size, 1 + old % (size - 1));
        let entries = entries(size as usize);
        let tree = tree(&entries);
        let root = tree.root(size).unwrap();
        let leaf = Hash::of_leaf(&entries[index as usize]);
        let proof = tree.inclusion(index, size).unwrap();
        let mut changed = proof.clone();
        if let Some(hash) = changed.get_mut(at % proof.len().max(1)) {
            hash.0[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(check_inclusion(leaf, index, size, &changed, root).is_err());
        }
        prop_assert!(check_inclusion(leaf, index, size, &proof[1..], root).is_err());
        let longer = [proof.as_slice(), &[root]].concat();
        prop_assert!(check_inclusion(leaf, index, size, &longer, root).is_err());
        let next = (index + 1) % size;
        prop_assert!(check_inclusion(leaf, next, size, &proof, root).is_err());
        prop_assert!(check_inclusion(leaf, size, size, &proof, root).is_err());

        let before = tree.root(old).unwrap();
        let mut proof = tree.consistency(old, size).unwrap();
        prop_assert_eq!(check_consistency(old, before, size, root, &proof), Ok(()));
        prop_assert!(check_consistency(old, root, size, root, &proof).is_err());
        prop_assert!(check_consistency(old, before, size, before, &proof).is_err());
        prop_assert!(check_consistency(old, before, size, root, &proof[1..]).is_err());
        let count = proof.len();
        proof[at % count].0[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(check_consistency(old, before, size, root, &proof).is_err());
    }

    /// Any proof of any shape is judged without a panic.
    #[test]
    fn foreign_proofs_are_judged(size: u64, index: u64, hashes in proptest::collection::vec(any::<[u8; 32]>(), 0..70)) {
        let proof: Vec<Hash> = hashes.into_iter().map(Hash).collect();
        let root = Hash::of_nothing();
        let _ = check_inclusion(root, index, size, &proof, root);
        let _ = check_consistency(index, root, size, root, &proof);
    }
}
