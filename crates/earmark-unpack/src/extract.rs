//! The strict way: an owner's own archive, whole and sound, or an error.

mod error;
mod folder;
mod tarball;
mod zipped;

use std::io::Read as _;

use earmark_model::{Flow, Leaf, Limits, Loss, Sink};

use crate::input::{Input, Source};
use crate::opening::{Opening, Table};
use crate::streams::bzip2::Bzip2;
use crate::streams::gzip::Gzip;
use crate::streams::members::{Format, Members};
use crate::streams::xz::Xz;
use crate::streams::zstd::Zstd;

pub use error::ExtractError;
pub use folder::ArchivedFile;
use folder::Folder;

/// Reads a whole archive that its owner trusts: tar (plain, gzip, bzip2, xz, zstd) or zip.
///
/// Files and symbolic links in the archive's order, with their modes; folders are implied by them. Hard links become
/// files of their own. Every checksum there is, is checked.
///
/// # Errors
/// [`ExtractError`] at the first thing that is not as it should be; there is no partial result.
pub fn extract(bytes: &[u8], limits: &Limits) -> Result<Vec<ArchivedFile>, ExtractError> {
    let mut folder = Folder::new(limits);
    if crate::zip::local::find(bytes, 0) == Some(0) || bytes.starts_with(b"PK\x05\x06") {
        zipped::read(bytes, &mut folder)?;
        return Ok(folder.finish());
    }
    let unpacked;
    let tar = if Gzip.start(bytes).is_some() {
        unpacked = unpack(Gzip, bytes, limits)?;
        &unpacked
    } else if Bzip2.start(bytes).is_some() {
        unpacked = unpack(Bzip2, bytes, limits)?;
        &unpacked
    } else if Xz.start(bytes).is_some() {
        unpacked = unpack(Xz, bytes, limits)?;
        &unpacked
    } else if Zstd.start(bytes).is_some() {
        unpacked = unpack(Zstd, bytes, limits)?;
        &unpacked
    } else {
        bytes
    };
    tarball::read(tar, &mut folder)?;
    Ok(folder.finish())
}

fn unpack<F: Format>(format: F, bytes: &[u8], limits: &Limits) -> Result<Vec<u8>, ExtractError> {
    let mut nobody = Nobody;
    let opening = Opening::new(Table { streams: &[], texts: &[] }, "", limits, &mut nobody);
    let meter = std::rc::Rc::clone(opening.meter());
    let mut input = Input::new(Source::Slice(bytes));
    let mut unpacked = Vec::new();
    let read = Members::new(&mut input, format, &opening).read_to_end(&mut unpacked);
    if read.is_err() {
        return Err(ExtractError::TooLarge(limits.bytes));
    }
    match meter.losses().into_iter().next() {
        Some(loss) => Err(ExtractError::Compression(loss.why)),
        None => Ok(unpacked),
    }
}

/// A sink that nothing reaches.
struct Nobody;

impl Sink for Nobody {
    fn leaf(&mut self, _: Leaf) -> Flow {
        Flow::Stop
    }

    fn loss(&mut self, _: Loss) -> Flow {
        Flow::Stop
    }
}
