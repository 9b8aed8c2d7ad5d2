//! The whole way through the crate, with the disguises of a leaker who shares no code with it.

mod declared;
