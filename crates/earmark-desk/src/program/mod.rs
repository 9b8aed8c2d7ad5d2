//! The program: the vault, its partners, and who else has the material.

pub mod holder;
pub mod import;
pub mod partner;
