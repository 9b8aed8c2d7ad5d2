//! What the targets share: opening under small limits, and what must then hold.

use earmark_model::{Flow, Leaf, Limits, Loss, Sink};

/// Small, so that a run is short.
pub const LIMITS: Limits =
    Limits { depth: 6, leaves: 200, bytes: 8 << 20, leaf_bytes: 1 << 20, ratio: 1_000, seconds: 10 };

#[derive(Debug, Default, PartialEq, Eq)]
struct Found {
    leaves: Vec<Leaf>,
    losses: Vec<Loss>,
}

impl Sink for Found {
    fn leaf(&mut self, leaf: Leaf) -> Flow {
        self.leaves.push(leaf);
        Flow::Continue
    }

    fn loss(&mut self, loss: Loss) -> Flow {
        self.losses.push(loss);
        Flow::Continue
    }
}

fn open(name: &str, bytes: &[u8]) -> Found {
    let mut found = Found::default();
    earmark_unpack::open_bytes(name, bytes, &LIMITS, &mut found);
    found
}

/// Opens `bytes` twice.
///
/// # Panics
/// If a limit was passed or the results differ.
pub fn check(name: &str, bytes: &[u8]) {
    let found = open(name, bytes);
    assert!(found.leaves.len() as u64 <= LIMITS.leaves);
    assert!(found.leaves.iter().all(|leaf| leaf.bytes.len() as u64 <= LIMITS.leaf_bytes));
    let out: u64 = found.leaves.iter().map(|leaf| leaf.bytes.len() as u64).sum();
    assert!(out <= LIMITS.bytes + LIMITS.leaf_bytes + bytes.len() as u64);
    assert_eq!(found, open(name, bytes));
}
