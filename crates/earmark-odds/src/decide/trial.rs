//! A checked document in the decoder's terms: rows for recipients, a sheet of the positions read.

use crate::document::{DocumentError, ORIGINAL, ReadingDocument, Sound};
use crate::sheet::{Planes, ReadPosition, Room, SQUARE, Sheet, SheetBuilder};

/// Everything a test needs.
#[derive(Debug)]
pub(crate) struct Trial {
    pub(crate) sound: Sound,
    /// Recipients in order of id; the row after the last is the pseudo-recipient, if there is one.
    pub(crate) names: Vec<String>,
    pub(crate) sheet: Sheet,
    /// Indices into `positions` of those read.
    pub(crate) read: Vec<usize>,
    pub(crate) n: u64,
}

impl Trial {
    /// Checks a document and lays it out. The pseudo-recipient is there unless the vectors' rule holds.
    pub(crate) fn open(document: &ReadingDocument) -> Result<Self, DocumentError> {
        let sound = document.check()?;
        let mut read = Vec::new();
        let mut positions = Vec::new();
        for (index, position) in document.positions.iter().enumerate() {
            let Some(y) = position.y else { continue };
            read.push(index);
            let err = document.error_of(position.class);
            positions.push(ReadPosition { level: position.level as usize, y, class: position.class, err });
        }
        let mut builder = SheetBuilder::new(&sound.laws, &positions);
        let mut room = Room::default();
        let mut words = document.codewords.0.values();
        loop {
            let square: Vec<Planes<'_>> = words
                .by_ref()
                .take(SQUARE)
                .map(|word| std::array::from_fn(|plane| word.plane(plane)))
                .collect();
            if square.is_empty() {
                break;
            }
            builder.add_square(&square, &read, &mut room);
        }
        if !sound.singles_only {
            builder.add(|_| 0);
        }
        let names = document.codewords.0.keys().cloned().collect();
        Ok(Self { sound, names, sheet: builder.finish(), read, n: document.n })
    }

    /// The id of a row.
    pub(crate) fn name(&self, row: usize) -> String {
        self.names.get(row).cloned().unwrap_or_else(|| ORIGINAL.to_owned())
    }

    pub(crate) fn name_all(&self, rows: &[usize]) -> Vec<String> {
        rows.iter().map(|&row| self.name(row)).collect()
    }

    /// The row of an id.
    pub(crate) fn row(&self, name: &str) -> Option<usize> {
        if name == ORIGINAL && !self.sound.singles_only {
            return Some(self.names.len());
        }
        self.names.binary_search_by(|known| known.as_str().cmp(name)).ok()
    }
}
