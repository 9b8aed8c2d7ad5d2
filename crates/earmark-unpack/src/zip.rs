//! zip, read by its local heads (PKWARE APPNOTE 6.3, section 4.3.7): the central directory at the end
//! is the first thing that a cut archive loses.

pub(crate) mod container;
pub(crate) mod directory;
pub(crate) mod entry;
pub(crate) mod local;
