//! How likely a leak is: a hazard per partner and cycle, learnt from few leaks, and what it means for more partners.
//!
//! Leaks are counted against *exposure* in partner-cycles: eighty partners through one monthly cycle are 80. The
//! [`record`] gives the exact interval that assumes nothing beyond a constant rate; [`hazard`] adds a stated prior
//! and predicts; [`pool`] lets groups (tiers) learn from each other; [`lead`] weighs hours of lead time against a
//! second hazard, that somebody else finds the same flaw.
//!
//! For planning only: nothing here bears on who leaked, and no verdict knows of it. Groups are tiers, or those whom a
//! named law binds; never nationalities.

mod gamma;
pub mod hazard;
pub mod lead;
pub mod pool;
pub mod record;
