/// How far back a name's earlier occurrence counts, in tokens.
pub(super) const REACH: u32 = 31;
const SLOTS: usize = 1024;
const TRIES: usize = 4;

/// Remembers where each name was last seen, for as long as it matters.
///
/// At most 32 names are alive among 1,024 slots of four tries, so that which names share a slot has
/// no effect: what is told must not depend on how things are called.
pub(super) struct Recent {
    slots: Box<[(u32, u32); SLOTS]>,
}

impl Recent {
    pub(super) fn new() -> Self {
        Self { slots: Box::new([(0, 0); SLOTS]) }
    }

    /// Notes that the name with this hash stands at token `now` (1 or more, rising), and tells how many tokens back
    /// it stood before: 1 to 31, or 0 if farther or never.
    #[inline]
    pub(super) fn seen(&mut self, hash: u32, now: u32) -> u8 {
        let start = (hash >> 22) as usize;
        let mut oldest = start;
        let mut age = 0;
        for step in 0..TRIES {
            let slot = (start + step) % SLOTS;
            let (name, last) = self.slots[slot];
            let back = now - last;
            if name == hash && back <= REACH && last != 0 {
                self.slots[slot].1 = now;
                return back as u8;
            }
            if back > age {
                (oldest, age) = (slot, back);
            }
        }
        self.slots[oldest] = (hash, now);
        0
    }

    pub(super) fn clear(&mut self) {
        self.slots.fill((0, 0));
    }
}
