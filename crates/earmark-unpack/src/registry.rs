//! Every container, in the order in which they are tried.

use crate::opening::{Container, Table};
use crate::streams::bzip2::Bzip2;
use crate::streams::gzip::Gzip;
use crate::streams::headless::Headless;
use crate::streams::xz::{Lzma, Xz};
use crate::streams::zlib::Zlib;
use crate::streams::zstd::Zstd;
use crate::tar::container::Tar;
use crate::text::base64::Base64;
use crate::text::diff::Diff;
use crate::text::html::Html;
use crate::text::mail::Mail;
use crate::text::mbox::Mbox;
use crate::text::numbered::Numbered;
use crate::text::quoted::Quoted;
use crate::text::utf::Utf;
use crate::text::uuencode::Uuencode;
use crate::zip::container::Zip;

/// The table that everything goes through.
pub(crate) const TABLE: Table = Table {
    streams: &[&Gzip, &Bzip2, &Xz, &Zstd, &Lzma, &Zlib, &Tar],
    texts: &[&Zip, &Utf, &Html, &Mbox, &Mail, &Uuencode, &Numbered, &Diff, &Quoted, &Base64, &Headless],
};

/// What a container format tells of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Format {
    /// Its name.
    pub name: &'static str,
    /// What is opened, in one sentence.
    pub purpose: &'static str,
    /// What is not, in one sentence.
    pub limits: &'static str,
}

/// Every format that is opened, for help texts and reference pages.
pub fn formats() -> impl Iterator<Item = Format> {
    let describe = |container: &&'static dyn Container| Format {
        name: container.name(),
        purpose: container.purpose(),
        limits: container.limits(),
    };
    TABLE.streams.iter().chain(TABLE.texts).map(describe)
}
