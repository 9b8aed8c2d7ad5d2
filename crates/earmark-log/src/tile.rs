//! Tiles: the tree as immutable files, after C2SP's `tlog-tiles`.
//!
//! ```text
//! tile/0/x001/x234/067         256 leaf hashes: leaves 1234067 * 256 and on
//! tile/1/000.p/17              the first 17 of 256 hashes, each of a full tile below
//! tile/entries/000             256 entries, each behind its length (two bytes, most significant first)
//! ```
//!
//! Not here: the checkpoint ([`crate::Checkpoint`]), writing files ([`crate::Folder`]).

use std::fmt;
use std::str::FromStr;

use crate::Tree;

/// Hashes or entries of a full tile.
pub const TILE_WIDTH: u64 = 256;

/// Levels of the tree that one tile spans.
const TILE_HEIGHT: u32 = 8;

/// What a tile holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TileKind {
    /// Hashes of a level: 0 for those of leaves, above it those of the full tiles of the level below.
    Hashes(u8),
    /// The entries themselves.
    Entries,
}

/// The place of one tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tile {
    /// What it holds.
    pub kind: TileKind,
    /// Its number among its kind, from 0.
    pub index: u64,
    /// How many hashes or entries it holds: 1 to 256.
    pub width: u16,
}

/// A text is no tile's path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this is no tile's path")]
pub struct TilePathError;

/// A file is no bundle of entries.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// It ends inside an entry.
    #[error("the bundle ends inside an entry")]
    Cut,
    /// It holds more entries than a tile is wide.
    #[error("the bundle holds more than 256 entries")]
    Wide,
    /// An entry that is too long for its length field.
    #[error("an entry of {0} bytes does not fit")]
    Long(usize),
}

impl Tile {
    /// All tiles of a tree of `size` leaves, partial ones too.
    #[must_use]
    pub fn all(size: u64) -> Vec<Self> {
        let full = Self::rows(size).flat_map(|(kind, count)| {
            (0..count / TILE_WIDTH).map(move |index| Self { kind, index, width: 256 })
        });
        full.chain(Self::partial(size)).collect()
    }

    /// The partial tiles of a tree of `size` leaves: at most one of entries and one of each level.
    pub fn partial(size: u64) -> impl Iterator<Item = Self> {
        Self::rows(size).filter_map(|(kind, count)| match (count % TILE_WIDTH) as u16 {
            0 => None,
            width => Some(Self { kind, index: count / TILE_WIDTH, width }),
        })
    }

    /// The kinds of tiles that there are, with how many entries or hashes all tiles of a kind hold.
    fn rows(size: u64) -> impl Iterator<Item = (TileKind, u64)> {
        let levels =
            (0..TILE_HEIGHT as u8).map(move |level| (level, size >> (u32::from(level) * TILE_HEIGHT)));
        let hashes = levels.map(|(level, count)| (TileKind::Hashes(level), count));
        std::iter::once((TileKind::Entries, size)).chain(hashes).filter(|(_, count)| *count > 0)
    }

    /// Whether it is not full.
    #[must_use]
    pub fn is_partial(self) -> bool {
        u64::from(self.width) < TILE_WIDTH
    }

    /// The bytes of a tile of hashes, or `None` when the tree does not reach so far, or the tile holds entries.
    #[must_use]
    pub fn hashes(self, tree: &Tree) -> Option<Vec<u8>> {
        let TileKind::Hashes(level) = self.kind else { return None };
        let first = self.index.checked_mul(TILE_WIDTH)?;
        let mut bytes = Vec::with_capacity(usize::from(self.width) * 32);
        for offset in 0..u64::from(self.width) {
            bytes.extend(tree.complete(u32::from(level) * TILE_HEIGHT, first + offset)?.0);
        }
        Some(bytes)
    }

    /// The number of entries that a tree has at least in which this tile stands.
    #[must_use]
    pub fn end(self) -> u64 {
        let last = self.index.saturating_mul(TILE_WIDTH).saturating_add(u64::from(self.width));
        let level = if let TileKind::Hashes(level) = self.kind { u32::from(level) } else { 0 };
        last.saturating_mul(TILE_WIDTH.saturating_pow(level))
    }

    /// The entries' indexes that a tile of entries holds.
    #[must_use]
    pub fn span(self) -> std::ops::Range<u64> {
        let first = self.index.saturating_mul(TILE_WIDTH);
        first..first.saturating_add(u64::from(self.width))
    }
}

impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            TileKind::Hashes(level) => write!(f, "tile/{level}/")?,
            TileKind::Entries => f.write_str("tile/entries/")?,
        }
        let mut groups = vec![self.index % 1000];
        let mut rest = self.index / 1000;
        while rest > 0 {
            groups.push(rest % 1000);
            rest /= 1000;
        }
        for group in groups.iter().skip(1).rev() {
            write!(f, "x{group:03}/")?;
        }
        write!(f, "{:03}", groups[0])?;
        if self.is_partial() { write!(f, ".p/{}", self.width) } else { Ok(()) }
    }
}

impl FromStr for Tile {
    type Err = TilePathError;

    fn from_str(path: &str) -> Result<Self, TilePathError> {
        let rest = path.strip_prefix("tile/").ok_or(TilePathError)?;
        let (level, rest) = rest.split_once('/').ok_or(TilePathError)?;
        let kind = match level {
            "entries" => TileKind::Entries,
            level => TileKind::Hashes(level.parse().map_err(|_| TilePathError)?),
        };
        let (number, width) = match rest.split_once(".p/") {
            None => (rest, 256),
            Some((number, width)) => (number, width.parse().map_err(|_| TilePathError)?),
        };
        let mut index: u64 = 0;
        for group in number.split('/') {
            let digits = group.strip_prefix('x').unwrap_or(group);
            if digits.len() != 3 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(TilePathError);
            }
            let digits: u64 = digits.parse().map_err(|_| TilePathError)?;
            index =
                index.checked_mul(1000).and_then(|index| index.checked_add(digits)).ok_or(TilePathError)?;
        }
        let tile = Self { kind, index, width };
        // One place has one path: whatever was written otherwise is none.
        let level_fits = !matches!(kind, TileKind::Hashes(64..));
        if level_fits && (1..=256).contains(&width) && tile.to_string() == path {
            Ok(tile)
        } else {
            Err(TilePathError)
        }
    }
}

/// Writes entries as a bundle.
///
/// # Errors
/// [`BundleError::Long`] for an entry of more than 65,535 bytes, [`BundleError::Wide`] for more than 256 of them.
pub fn write_bundle<'a>(entries: impl IntoIterator<Item = &'a [u8]>) -> Result<Vec<u8>, BundleError> {
    let mut bytes = Vec::new();
    for (number, entry) in entries.into_iter().enumerate() {
        if number as u64 >= TILE_WIDTH {
            return Err(BundleError::Wide);
        }
        let length = u16::try_from(entry.len()).map_err(|_| BundleError::Long(entry.len()))?;
        bytes.extend(length.to_be_bytes());
        bytes.extend(entry);
    }
    Ok(bytes)
}

/// Reads the entries of a bundle.
///
/// # Errors
/// [`BundleError`].
pub fn read_bundle(mut bytes: &[u8]) -> Result<Vec<&[u8]>, BundleError> {
    let mut entries = Vec::new();
    while !bytes.is_empty() {
        let (length, rest) = bytes.split_first_chunk().ok_or(BundleError::Cut)?;
        let (entry, rest) =
            rest.split_at_checked(u16::from_be_bytes(*length).into()).ok_or(BundleError::Cut)?;
        entries.push(entry);
        bytes = rest;
        if entries.len() as u64 > TILE_WIDTH {
            return Err(BundleError::Wide);
        }
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_those_of_the_specification() {
        let tile = Tile { kind: TileKind::Hashes(2), index: 1_234_067, width: 256 };
        assert_eq!(tile.to_string(), "tile/2/x001/x234/067");
        let tile = Tile { kind: TileKind::Entries, index: 5, width: 112 };
        assert_eq!(tile.to_string(), "tile/entries/005.p/112");
        for wrong in [
            "",
            "tile/0/0",
            "tile/0/x000/001",
            "tile/00/000",
            "tile/64/000",
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/0/000.p/01",
            "tile/0/001/x002",
            "tile/0/000/",
            "tile/-1/000",
            "tile/0/x018446744/073709551616",
        ] {
            assert_eq!(wrong.parse::<Tile>(), Err(TilePathError), "{wrong}");
        }
    }

    #[test]
    fn a_tree_of_70000_has_the_tiles_that_the_specification_counts() {
        let tiles = Tile::all(70_000);
        let count = |kind, partial| {
            tiles.iter().filter(|tile| tile.kind == kind && tile.is_partial() == partial).count()
        };
        let widths: Vec<u16> = tiles.iter().filter(|tile| tile.is_partial()).map(|tile| tile.width).collect();
        assert_eq!(count(TileKind::Hashes(0), false), 273);
        assert_eq!(count(TileKind::Hashes(1), false), 1);
        assert_eq!(widths, [112, 112, 17, 1]);
        let small: Vec<String> = Tile::all(256).iter().map(ToString::to_string).collect();
        assert_eq!(small, ["tile/entries/000", "tile/0/000", "tile/1/000.p/1"]);
        assert!(Tile::all(0).is_empty());
    }

    #[test]
    fn bundles_come_back_and_damage_is_told() {
        let entries: [&[u8]; 3] = [b"one", b"", &[7; 300]];
        let bytes = write_bundle(entries).unwrap();
        assert_eq!(read_bundle(&bytes).unwrap(), entries);
        assert_eq!(read_bundle(&bytes[..bytes.len() - 1]), Err(BundleError::Cut));
        assert_eq!(read_bundle(&[0; 514]), Err(BundleError::Wide));
        assert_eq!(write_bundle([[0; 65_536].as_slice()]), Err(BundleError::Long(65_536)));
        assert_eq!(write_bundle([b"".as_slice(); 257]), Err(BundleError::Wide));
    }
}
