//! Level 2: a lexer for any language, which keeps what a formatter, a comment stripper and a renamer leave.
//!
//! ```text
//! if (len > MAX) { /* too long */ return -1; }
//! if ( name > name ) return - number
//! ```
//!
//! Comments, braces, semicolons, include lines and backslashes go; neighboring strings become one; every name is
//! told by how many tokens back it stood before.

mod recent;
mod scan;
mod token;
mod words;

pub(crate) use scan::{Lexer, PrefixCount};
pub(crate) use token::{NAMES, Tokens};

#[cfg(test)]
mod tests;
