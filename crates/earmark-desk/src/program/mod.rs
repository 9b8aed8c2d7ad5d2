//! The program: the vault, its partners, what is disclosed to them and when, and who else has the material.

pub mod breach;
pub mod chase;
pub mod disclosure;
pub mod embargo;
pub mod explain;
pub mod hold;
pub mod holder;
pub mod import;
pub mod keys;
pub mod material;
mod matter;
mod moment;
pub mod partner;
pub mod preflight;
pub mod preview;
pub mod protection;
pub mod questions;
pub mod recipients;
pub mod release;
pub mod remind;
pub mod revise;
pub mod schedule;
pub mod standing;
pub mod telling;
pub mod timed;
pub mod usable_keys;
pub mod view;
