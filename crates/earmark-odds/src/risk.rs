//! How likely a leak is: a hazard per partner and cycle, learnt from few leaks, and what it means for more partners.
//!
//! Leaks are counted against *exposure* in partner-cycles: eighty partners through one monthly cycle are 80. The
//! [`record`] gives the exact interval that assumes nothing beyond a constant rate; [`hazard`] adds a stated prior
//! and predicts. For planning only: nothing here bears on who leaked.

mod gamma;
pub mod hazard;
pub mod record;
