//! Follows a sample through the lattice: at each of its tokens the cheapest ways so far, each
//! knowing which forms it took. Linear in the sample; no recursion, no parser.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::lex::{NAME, Token};
use crate::read::lattice::{Expected, Lattice, NONE, Stand};
use crate::read::names::NameMap;

/// A token of the sample that the original lacks, or the other way round.
const EDIT: u32 = 8;
/// A token in place of another.
const OTHER: u32 = 14;
/// Ways that cost more than this above the cheapest are given up.
const WIDTH: u32 = 44;
/// More ways than this are not followed at once.
const WAYS: usize = 320;
/// So many tokens must say that the path is lost before it starts anew where they say.
const LOST: u32 = 4;
/// What starting anew costs: more than a way that is right could owe, less than being lost soon does.
const ANEW: u32 = 20;
/// Steps kept at most: memory's limit.
const TRAIL: usize = 24_000_000;

/// What happened on a path, in order.
#[derive(Debug, Clone, Copy)]
pub(super) enum Event {
    /// A site was entered at this cost.
    Enter(u32),
    /// A site was left: index into [`Path::exits`].
    Exit(u32),
    /// A name of the original stood where the sample has this one.
    Name(u32, u32),
    /// The path began anew, having been lost since this token of the sample.
    Jump(u32),
}

/// How a site was left.
#[derive(Debug, Clone, Copy)]
pub(super) struct Exit {
    pub(super) site: u32,
    pub(super) form: u8,
    /// The path's cost at the exit.
    pub(super) cost: u32,
    /// The token of the sample behind it.
    pub(super) at: u32,
    /// The cost of the cheapest path that left here with another form; `u32::MAX` for none.
    pub(super) other: u32,
}

impl Exit {
    /// How much dearer another form would have been.
    pub(super) fn margin(&self) -> u32 {
        self.other.saturating_sub(self.cost).min(255)
    }
}

/// The cheapest path.
#[derive(Debug, Default)]
pub(super) struct Path {
    pub(super) events: Vec<Event>,
    pub(super) exits: Vec<Exit>,
}

/// Where the alignment of plain tokens puts each token of the sample.
pub(super) struct Hints<'a> {
    /// For each token of the sample the original's token, or [`NONE`].
    pub(super) at: &'a [u32],
}

#[derive(Clone, Copy)]
struct Way {
    frame: u32,
    cursor: u32,
    cost: u32,
    trail: u32,
    expected: Expected,
}

#[derive(Clone, Copy)]
struct Item {
    frame: u32,
    cursor: u32,
    trail: u32,
}

/// A fast hash for small keys that nobody chooses.
#[derive(Default)]
struct Quick(u64);

impl Hasher for Quick {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u32(&mut self, value: u32) {
        self.write_u64(u64::from(value));
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = (self.0.rotate_left(26) ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

type QuickMap<V> = HashMap<(u32, u32), V, BuildHasherDefault<Quick>>;

struct Beam<'a> {
    lattice: &'a mut Lattice,
    names: &'a NameMap,
    ways: Vec<Way>,
    /// Items waiting at the current token, by cost above `floor`.
    buckets: Vec<Vec<Item>>,
    floor: u32,
    seen: QuickMap<()>,
    exits_here: QuickMap<u32>,
    trail: Vec<(u32, Event)>,
    exits: Vec<Exit>,
    /// The sample's token that comes next.
    at: u32,
}

/// Follows `sample` from any of the original's tokens `starts`; returns the cheapest path.
pub(super) fn follow(
    lattice: &mut Lattice,
    names: &NameMap,
    sample: &[Token],
    starts: &[u32],
    hints: &Hints<'_>,
) -> Path {
    let mut beam = Beam {
        lattice,
        names,
        ways: Vec::new(),
        buckets: (0..=WIDTH as usize).map(|_| Vec::new()).collect(),
        floor: 0,
        seen: QuickMap::default(),
        exits_here: QuickMap::default(),
        trail: Vec::new(),
        exits: Vec::new(),
        at: 0,
    };
    for start in starts {
        beam.begin(*start, 0, NONE);
    }
    beam.settle();
    let (mut lost, mut sure) = (0, 0);
    for (at, token) in (0..).zip(sample) {
        beam.at = at;
        if let Some(hint) = hints.at.get(at as usize).copied().filter(|hint| *hint != NONE) {
            let followed = beam.ways.iter().any(|way| way.expected.token == hint);
            (lost, sure) = if followed { (0, at) } else { (lost + 1, sure) };
            if lost >= LOST {
                beam.restart(hint, sure);
                (lost, sure) = (0, at);
            }
        }
        beam.advance(*token);
        beam.settle();
        if beam.trail.len() > TRAIL {
            break;
        }
    }
    beam.finish()
}

impl Beam<'_> {
    fn push(&mut self, cost: u32, item: Item) {
        if let Some(bucket) =
            cost.checked_sub(self.floor).and_then(|above| self.buckets.get_mut(above as usize))
        {
            bucket.push(item);
        }
    }

    fn note(&mut self, previous: u32, event: Event) -> u32 {
        let number = u32::try_from(self.trail.len()).unwrap_or(NONE);
        self.trail.push((previous, event));
        number
    }

    fn begin(&mut self, token: u32, cost: u32, trail: u32) {
        for (frame, cursor) in self.lattice.contexts(token) {
            self.push(cost, Item { frame, cursor, trail });
        }
    }

    /// Adds ways that stand at `token`, a little dearer than the best: what they cost will show.
    fn restart(&mut self, token: u32, sure: u32) {
        let best = self.ways.iter().min_by_key(|way| way.cost).copied();
        let (cost, previous) = best.map_or((self.floor, NONE), |way| (way.cost, way.trail));
        let trail = self.note(previous, Event::Jump(sure));
        let ways = std::mem::take(&mut self.ways);
        self.floor = cost;
        for way in ways {
            self.push(way.cost, Item { frame: way.frame, cursor: way.cursor, trail: way.trail });
        }
        self.begin(token, cost + ANEW, trail);
        self.settle();
    }

    /// Takes one token of the sample: every way matches it, or lets it pass as an insertion.
    fn advance(&mut self, token: Token) {
        let ways = std::mem::take(&mut self.ways);
        self.floor = ways.iter().map(|way| way.cost).min().unwrap_or(self.floor);
        let mut lowest = u32::MAX;
        for way in &ways {
            lowest = lowest.min(way.cost + self.match_cost(way.expected, token)).min(way.cost + EDIT);
        }
        self.floor = if lowest == u32::MAX { self.floor } else { lowest };
        for way in ways {
            let cost = way.cost + self.match_cost(way.expected, token);
            if cost <= self.floor + WIDTH {
                let mut trail = way.trail;
                if way.expected.is_name() && token.blind == NAME && way.expected.token != NONE {
                    trail = self.note(trail, Event::Name(way.expected.exact, token.exact));
                }
                self.push(cost, Item { frame: way.frame, cursor: way.cursor + 1, trail });
            }
            self.push(way.cost + EDIT, Item { frame: way.frame, cursor: way.cursor, trail: way.trail });
        }
    }

    fn match_cost(&self, expected: Expected, token: Token) -> u32 {
        if expected.blind != token.blind {
            OTHER
        } else if expected.is_name() {
            self.names.cost(expected.exact, token.exact)
        } else {
            0
        }
    }

    /// Moves every waiting item on to where a token is expected, cheapest first.
    fn settle(&mut self) {
        self.seen.clear();
        self.exits_here.clear();
        for above in 0..self.buckets.len() {
            let mut at = 0;
            while let Some(item) = self.buckets[above].get(at).copied() {
                at += 1;
                if self.ways.len() < WAYS {
                    self.step(item, self.floor + u32::try_from(above).unwrap_or(0));
                }
            }
            self.buckets[above].clear();
        }
    }

    fn step(&mut self, item: Item, cost: u32) {
        let Item { mut frame, mut cursor, mut trail } = item;
        // Bounded by the depth of the nest times the parts of a form.
        for _ in 0..4096 {
            match self.lattice.stand(frame, cursor) {
                Stand::End => return,
                Stand::Onward(next, start) => (frame, cursor) = (next, start),
                Stand::Token(expected) => {
                    if self.seen.insert((frame, cursor), ()).is_none() {
                        self.ways.push(Way { frame, cursor, cost, trail, expected });
                        self.push(cost + EDIT, Item { frame, cursor: cursor + 1, trail });
                    }
                    return;
                }
                Stand::Fork(site) => {
                    if self.seen.insert((frame, cursor), ()).is_none() {
                        let trail = self.note(trail, Event::Enter(cost));
                        for form in 0..self.lattice.forms(site) {
                            let (frame, cursor) = self.lattice.enter(frame, site, form);
                            self.push(cost, Item { frame, cursor, trail });
                        }
                    }
                    return;
                }
                Stand::Leave { site, form, frame: outer, cursor: end } => {
                    if let Some(exit) = self.exits_here.get(&(outer, site)) {
                        let exit = &mut self.exits[*exit as usize];
                        if exit.form != form {
                            exit.other = exit.other.min(cost);
                        }
                        return;
                    }
                    let number = u32::try_from(self.exits.len()).unwrap_or(NONE);
                    self.exits.push(Exit { site, form, cost, at: self.at, other: u32::MAX });
                    self.exits_here.insert((outer, site), number);
                    trail = self.note(trail, Event::Exit(number));
                    (frame, cursor) = (outer, end);
                }
            }
        }
    }

    fn finish(self) -> Path {
        let best = self.ways.iter().min_by_key(|way| way.cost);
        let mut events = Vec::new();
        let mut at = best.map_or(NONE, |way| way.trail);
        while let Some((previous, event)) = self.trail.get(at as usize) {
            events.push(*event);
            at = *previous;
        }
        events.reverse();
        Path { events, exits: self.exits }
    }
}
