//! The account of one opening, shared by all readers however deeply they are nested.

use std::cell::{Cell, RefCell};
use std::io;
use std::rc::Rc;
use std::time::{Duration, Instant};

use earmark_model::{Limits, Loss};

/// How many losses are told; then one more says that there were more.
const LOSSES: u64 = 10_000;

/// A limit that ended the whole opening.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Spent {
    #[error("the limit of {0} bytes is reached: the rest is not opened")]
    Bytes(u64),
    #[error("the limit of {0} leaves is reached: the rest is not opened")]
    Leaves(u64),
    #[error("the limit of {0} s is reached: the rest is not opened")]
    Seconds(u64),
    #[error("stopped by the receiver")]
    Stopped,
}

/// Counts what comes out, and says when it is enough.
#[derive(Debug)]
pub(crate) struct Meter {
    limits: Limits,
    until: Instant,
    bytes: Cell<u64>,
    leaves: Cell<u64>,
    gaps: Cell<u64>,
    told: Cell<u64>,
    spent: Cell<Option<Spent>>,
    losses: RefCell<Vec<Loss>>,
}

impl Meter {
    pub(crate) fn new(limits: &Limits) -> Rc<Self> {
        let now = Instant::now();
        Rc::new(Self {
            limits: *limits,
            // A limit beyond the clock's range is none.
            until: now
                .checked_add(Duration::from_secs(limits.seconds))
                .unwrap_or(now + Duration::from_secs(1 << 30)),
            bytes: Cell::new(0),
            leaves: Cell::new(0),
            gaps: Cell::new(0),
            told: Cell::new(0),
            spent: Cell::new(None),
            losses: RefCell::new(Vec::new()),
        })
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Counts `bytes` that a decoder or transformation produced.
    ///
    /// # Errors
    /// If the opening is over.
    pub(crate) fn take(&self, bytes: usize) -> io::Result<()> {
        let all = self.bytes.get().saturating_add(bytes as u64);
        self.bytes.set(all);
        if all > self.limits.bytes {
            self.spend(Spent::Bytes(self.limits.bytes));
        } else if Instant::now() >= self.until {
            self.spend(Spent::Seconds(self.limits.seconds));
        }
        self.alive()
    }

    /// Counts one leaf; `false` if it is one too many.
    pub(crate) fn take_leaf(&self) -> bool {
        if self.leaves.get() >= self.limits.leaves {
            self.spend(Spent::Leaves(self.limits.leaves));
            return false;
        }
        self.leaves.set(self.leaves.get() + 1);
        true
    }

    /// Ends the opening; the first reason stays.
    pub(crate) fn spend(&self, why: Spent) {
        if self.spent.get().is_none() {
            self.spent.set(Some(why));
        }
    }

    pub(crate) fn spent(&self) -> Option<Spent> {
        self.spent.get()
    }

    /// Fails once the opening is over.
    pub(crate) fn alive(&self) -> io::Result<()> {
        self.spent.get().map_or(Ok(()), |why| Err(io::Error::other(why)))
    }

    /// Notes that bytes are missing or wrong in what is being read.
    pub(crate) fn gap(&self, path: &str, why: impl Into<String>) {
        self.gaps.set(self.gaps.get() + 1);
        self.loss(path, why);
    }

    /// Notes a gap of which was told before.
    pub(crate) fn gap_again(&self) {
        self.gaps.set(self.gaps.get() + 1);
    }

    /// How many gaps there were so far: what is read while this grows is partial.
    pub(crate) fn gaps(&self) -> u64 {
        self.gaps.get()
    }

    /// Notes a loss, to be told when the sink is at hand.
    pub(crate) fn loss(&self, path: &str, why: impl Into<String>) {
        let told = self.told.get();
        self.told.set(told + 1);
        let why = match told {
            LOSSES.. if told == LOSSES => "more was lost than is told".to_owned(),
            LOSSES.. => return,
            _ => why.into(),
        };
        self.losses.borrow_mut().push(Loss { path: path.to_owned(), why });
    }

    /// The losses noted since the last call.
    pub(crate) fn losses(&self) -> Vec<Loss> {
        self.losses.take()
    }
}
