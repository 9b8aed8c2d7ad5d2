//! Packing files into one archive.

use std::io::{self, Write};

use flate2::write::{DeflateEncoder, GzEncoder};
use flate2::{Compression, Crc};

use crate::cut::SourceFile;
use crate::decoys::decoys;
use crate::dice::Dice;

/// Which archive is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Archive {
    /// A tar archive under gzip.
    TarGz,
    /// A zip archive, its members deflated.
    Zip,
}

/// Hides `files` among `decoy_count` files of other people and packs all of them.
///
/// # Errors
/// Those of [`write_archive`].
pub fn pack(files: &[SourceFile], archive: Archive, decoy_count: usize, seed: u64) -> io::Result<Vec<u8>> {
    let mut all = decoys(seed, decoy_count);
    all.extend_from_slice(files);
    Dice::new(seed).shuffle(&mut all);
    write_archive(archive, &all)
}

/// Packs `files` in the order given, with fixed times and owners, so that the same files give the same bytes.
///
/// # Errors
/// When a path or a size does not fit the format: a path of 64 KiB, a zip archive of 4 GiB or of 65,536 members.
pub fn write_archive(archive: Archive, files: &[SourceFile]) -> io::Result<Vec<u8>> {
    match archive {
        Archive::TarGz => tar_gz(files),
        Archive::Zip => zip(files),
    }
}

fn tar_gz(files: &[SourceFile]) -> io::Result<Vec<u8>> {
    let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::new(6)));
    for file in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(file.text.len() as u64);
        header.set_mode(0o644);
        header.set_mtime(1_076_500_800); // 11 February 2004, noon
        builder.append_data(&mut header, &file.path, file.text.as_bytes())?;
    }
    builder.into_inner()?.finish()
}

/// DOS date of 11 February 2004.
const ZIP_DATE: u16 = (24 << 9) | (2 << 5) | 11;
/// DOS time of noon.
const ZIP_TIME: u16 = 12 << 11;

/// Writes APPNOTE.TXT 4.3.7, 4.3.12 and 4.3.16: local headers, central directory, its end.
fn zip(files: &[SourceFile]) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    let mut directory = Vec::new();
    for file in files {
        let offset = fits(out.len())?;
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::new(6));
        encoder.write_all(file.text.as_bytes())?;
        let packed = encoder.finish()?;
        let mut crc = Crc::new();
        crc.update(file.text.as_bytes());
        let path = u16::try_from(file.path.len())
            .map_err(|_| io::Error::new(io::ErrorKind::InvalidInput, "path too long for zip"))?;

        let mut middle = Vec::new();
        // Version 2.0, names in UTF-8, deflated.
        for field in [20_u16, 1 << 11, 8, ZIP_TIME, ZIP_DATE] {
            middle.extend_from_slice(&field.to_le_bytes());
        }
        for field in [crc.sum(), fits(packed.len())?, fits(file.text.len())?] {
            middle.extend_from_slice(&field.to_le_bytes());
        }
        middle.extend_from_slice(&path.to_le_bytes());
        middle.extend_from_slice(&[0, 0]);

        out.extend_from_slice(b"PK\x03\x04");
        out.extend_from_slice(&middle);
        out.extend_from_slice(file.path.as_bytes());
        out.extend_from_slice(&packed);

        directory.extend_from_slice(b"PK\x01\x02\x14\x03");
        directory.extend_from_slice(&middle);
        // No comment, first disk, no attributes but the Unix mode.
        directory.extend_from_slice(&[0; 6]);
        directory.extend_from_slice(&(0o100_644_u32 << 16).to_le_bytes());
        directory.extend_from_slice(&offset.to_le_bytes());
        directory.extend_from_slice(file.path.as_bytes());
    }
    let count = u16::try_from(files.len())
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidInput, "too many files for zip"))?;
    let start = fits(out.len())?;
    let length = fits(directory.len())?;
    out.append(&mut directory);
    out.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    out.extend_from_slice(&count.to_le_bytes());
    out.extend_from_slice(&count.to_le_bytes());
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(&start.to_le_bytes());
    out.extend_from_slice(&[0, 0]);
    Ok(out)
}

fn fits(size: usize) -> io::Result<u32> {
    u32::try_from(size).map_err(|_| io::Error::new(io::ErrorKind::InvalidInput, "too large for zip"))
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn little(bytes: &[u8]) -> usize {
        bytes.iter().rev().fold(0, |sum, &byte| sum << 8 | usize::from(byte))
    }

    #[test]
    fn tar_gz_opens_again() {
        let file = SourceFile::new("leak/x.c", "int x;\n");
        let bytes = pack(std::slice::from_ref(&file), Archive::TarGz, 300, 4).unwrap();
        assert_eq!(bytes, pack(std::slice::from_ref(&file), Archive::TarGz, 300, 4).unwrap());
        let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(bytes.as_slice()));
        let mut found = Vec::new();
        let mut count = 0;
        for entry in archive.entries().unwrap() {
            let mut entry = entry.unwrap();
            count += 1;
            if entry.path().unwrap().to_str() == Some("leak/x.c") {
                let mut text = String::new();
                entry.read_to_string(&mut text).unwrap();
                found.push((count, text));
            }
        }
        assert_eq!(count, 301);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].1, file.text);
    }

    #[test]
    fn zip_opens_again() {
        let files = decoys(9, 40);
        let bytes = write_archive(Archive::Zip, &files).unwrap();
        let end = &bytes[bytes.len() - 22..];
        assert_eq!(&end[..4], b"PK\x05\x06");
        assert_eq!(little(&end[10..12]), 40);
        let mut place = little(&end[16..20]);
        assert_eq!(place + little(&end[12..16]) + 22, bytes.len());
        for file in &files {
            let entry = &bytes[place..];
            assert_eq!(&entry[..4], b"PK\x01\x02");
            let (packed, size, path) =
                (little(&entry[20..24]), little(&entry[24..28]), little(&entry[28..30]));
            assert_eq!(&entry[46..46 + path], file.path.as_bytes());
            let local = &bytes[little(&entry[42..46])..];
            assert_eq!(&local[..4], b"PK\x03\x04");
            let mut text = String::new();
            flate2::read::DeflateDecoder::new(&local[30 + path..30 + path + packed])
                .read_to_string(&mut text)
                .unwrap();
            assert_eq!(text.len(), size);
            assert_eq!(text, file.text);
            place += 46 + path;
        }
    }
}
