//! tar: heads of 512 bytes in front of the files (POSIX ustar and pax, GNU, old V7).

pub(crate) mod container;
pub(crate) mod header;
pub(crate) mod names;
