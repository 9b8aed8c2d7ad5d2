use earmark_model::{Flow, Leaf, Limits, Loss, Sink};

/// Everything that came out.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) leaves: Vec<Leaf>,
    pub(crate) losses: Vec<Loss>,
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

impl Found {
    pub(crate) fn paths(&self) -> Vec<&str> {
        self.leaves.iter().map(|leaf| leaf.path.as_str()).collect()
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.leaves.iter().map(|leaf| leaf.bytes.len() as u64).sum()
    }
}

pub(crate) fn open(name: &str, bytes: &[u8]) -> Found {
    open_within(name, bytes, &Limits::default())
}

pub(crate) fn open_within(name: &str, bytes: &[u8], limits: &Limits) -> Found {
    let mut found = Found::default();
    earmark_unpack::open_bytes(name, bytes, limits, &mut found);
    found
}
