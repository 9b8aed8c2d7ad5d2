use crate::Hash;

/// A size or index that the tree does not reach.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the tree has {size} leaves; {wanted} is out of reach")]
pub struct OutOfReach {
    /// How many leaves there are.
    pub size: u64,
    /// What was asked for.
    pub wanted: u64,
}

/// The Merkle tree of RFC 6962, section 2.1, growing at its right end.
///
/// Keeps the hash of every complete subtree: 64 bytes a leaf. Appending costs two hashes on
/// average, a root or proof as many as the tree is deep.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    /// `levels[k][i]` is the hash of leaves `i * 2^k .. (i + 1) * 2^k`.
    levels: Vec<Vec<Hash>>,
}

impl Tree {
    /// The tree without leaves.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the leaf that holds `entry`.
    pub fn append(&mut self, entry: &[u8]) {
        self.append_hash(Hash::of_leaf(entry));
    }

    /// Adds a leaf whose hash is known.
    pub fn append_hash(&mut self, leaf: Hash) {
        let mut node = leaf;
        for level in 0.. {
            if self.levels.len() == level {
                self.levels.push(Vec::new());
            }
            let Some(nodes) = self.levels.get_mut(level) else { return };
            nodes.push(node);
            if nodes.len() % 2 == 1 {
                return;
            }
            if let [.., left, right] = nodes.as_slice() {
                node = Hash::of_node(*left, *right);
            }
        }
    }

    /// How many leaves there are.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.levels.first().map_or(0, |leaves| leaves.len() as u64)
    }

    /// The hash of the leaves `index * 2^level .. (index + 1) * 2^level`, if all of them are there.
    #[must_use]
    pub fn complete(&self, level: u32, index: u64) -> Option<Hash> {
        self.levels.get(level as usize)?.get(usize::try_from(index).ok()?).copied()
    }

    /// The root over the first `size` leaves.
    ///
    /// # Errors
    /// [`OutOfReach`] when there are fewer.
    pub fn root(&self, size: u64) -> Result<Hash, OutOfReach> {
        self.reach(size)?;
        if size == 0 { Ok(Hash::of_nothing()) } else { self.range(0, size) }
    }

    /// The proof that leaf `index` is in the tree of the first `size` leaves: PATH of RFC 6962,
    /// section 2.1.1, the leaf's sibling first.
    ///
    /// # Errors
    /// [`OutOfReach`] when there is no such leaf in such a tree.
    pub fn inclusion(&self, index: u64, size: u64) -> Result<Vec<Hash>, OutOfReach> {
        self.reach(size)?;
        if index >= size {
            return Err(OutOfReach { size, wanted: index });
        }
        let (mut from, mut to) = (0, size);
        let mut path = Vec::new();
        while to - from > 1 {
            let middle = from + left_part(to - from);
            if index < middle {
                path.push(self.range(middle, to)?);
                to = middle;
            } else {
                path.push(self.range(from, middle)?);
                from = middle;
            }
        }
        path.reverse();
        Ok(path)
    }

    /// The proof that the tree of `old` leaves is the beginning of the one of `size`: PROOF of RFC 6962,
    /// section 2.1.2. Empty for equal sizes and for `old` 0.
    ///
    /// # Errors
    /// [`OutOfReach`] when `old` is larger than `size`, or `size` than the tree.
    pub fn consistency(&self, old: u64, size: u64) -> Result<Vec<Hash>, OutOfReach> {
        self.reach(size)?;
        if old > size {
            return Err(OutOfReach { size, wanted: old });
        }
        if old == 0 || old == size {
            return Ok(Vec::new());
        }
        let (mut from, mut to) = (0, size);
        let mut path = Vec::new();
        while old < to {
            let middle = from + left_part(to - from);
            if old <= middle {
                path.push(self.range(middle, to)?);
                to = middle;
            } else {
                path.push(self.range(from, middle)?);
                from = middle;
            }
        }
        // Where the old tree is a complete subtree of the new one, who checks knows its root.
        if from > 0 {
            path.push(self.range(from, to)?);
        }
        path.reverse();
        Ok(path)
    }

    fn reach(&self, wanted: u64) -> Result<(), OutOfReach> {
        let size = self.size();
        if wanted > size { Err(OutOfReach { size, wanted }) } else { Ok(()) }
    }

    /// The hash of the leaves `from .. to`, where `from` is a multiple of the least power of two that
    /// holds them all.
    fn range(&self, from: u64, to: u64) -> Result<Hash, OutOfReach> {
        let length = to - from;
        if length.is_power_of_two() {
            let level = length.trailing_zeros();
            return self.complete(level, from >> level).ok_or(OutOfReach { size: self.size(), wanted: to });
        }
        let middle = from + left_part(length);
        Ok(Hash::of_node(self.range(from, middle)?, self.range(middle, to)?))
    }
}

/// The largest power of two below `length`, which is at least 2.
fn left_part(length: u64) -> u64 {
    1 << (u64::BITS - 1 - (length - 1).leading_zeros())
}
