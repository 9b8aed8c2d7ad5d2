//! The table of carriers: a new one is a row here.

use crate::c::C;
use crate::carrier::Carrier;
use crate::javascript::JavaScript;
use crate::language::Language;
use crate::python::Python;
use crate::rust::Rust;
use crate::text::{Markdown, Text};

/// Every carrier, asked in this order.
pub const CARRIERS: &[&dyn Carrier] = &[&C, &JavaScript, &Python, &Rust, &Markdown, &Text];

/// The carrier that takes a file of this path; `x.c.in`, a template that a build fills in, is taken as `x.c`.
#[must_use]
pub fn carrier_for(path: &[u8]) -> Option<&'static dyn Carrier> {
    let path = path.strip_suffix(b".in").unwrap_or(path);
    CARRIERS.iter().copied().find(|carrier| carrier.claims(path))
}

/// The carrier of a language.
#[must_use]
pub fn carrier_of(language: Language) -> Option<&'static dyn Carrier> {
    CARRIERS.iter().copied().find(|carrier| carrier.language() == language)
}
