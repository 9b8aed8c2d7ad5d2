//! Formats that hold one stream, in one or several members.

pub(crate) mod blind;
pub(crate) mod bzip2;
pub(crate) mod gzip;
pub(crate) mod headless;
pub(crate) mod huffman;
pub(crate) mod members;
pub(crate) mod stem;
pub(crate) mod xz;
pub(crate) mod zlib;
pub(crate) mod zstd;
