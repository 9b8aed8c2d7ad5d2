//! Refusing contradictions, and the numbers a sound document comes down to.

use std::collections::BTreeSet;
use std::io;

use super::error::DocumentError;
use super::limits::{CLASSES_MAX, LEVELS_MAX, POSITIONS_MAX, RECIPIENTS_MAX};
use super::reading::{ERR_LEAST, ERR_UNSTATED, ORIGINAL, ReadingDocument};
use super::word::Word;
use crate::pvalue::LookAlpha;

/// What a document that was checked comes down to.
#[derive(Debug, Clone, PartialEq)]
pub struct Sound {
    /// The laws of the levels, in 256ths.
    pub laws: Vec<Vec<u16>>,
    /// The share of alpha this look may spend.
    pub alpha: LookAlpha,
    /// Whether the rule of the vectors holds: `alpha` alone, so one look, singles only, no pseudo-recipient.
    pub singles_only: bool,
    /// Whether any codeword hides the symbols at erased positions.
    pub hidden: bool,
}

impl ReadingDocument {
    /// Reads a document and checks it.
    ///
    /// # Errors
    /// [`DocumentError`], naming the first contradiction found.
    pub fn parse(bytes: &[u8]) -> Result<Self, DocumentError> {
        let document: Self = serde_json::from_slice(bytes).map_err(DocumentError::Json)?;
        document.check()?;
        Ok(document)
    }

    /// Reads a document as it comes and checks it: its text is never held whole.
    ///
    /// Cost: bytes are taken one by one, so give it a buffered reader.
    ///
    /// # Errors
    /// [`DocumentError`], naming the first contradiction found, or that `from` could not be read.
    pub fn read_from(from: impl io::Read) -> Result<Self, DocumentError> {
        let document: Self = serde_json::from_reader(from).map_err(DocumentError::Json)?;
        document.check()?;
        Ok(document)
    }

    /// Writes the document as JSON, piece by piece: give it a buffered writer.
    ///
    /// # Errors
    /// [`DocumentError::Json`] if it cannot be written.
    pub fn write_to(&self, to: impl io::Write) -> Result<(), DocumentError> {
        serde_json::to_writer(to, self).map_err(DocumentError::Json)
    }

    /// Writes the document as JSON.
    ///
    /// # Errors
    /// [`DocumentError::Json`] if it cannot be written.
    pub fn to_json(&self) -> Result<String, DocumentError> {
        serde_json::to_string(self).map_err(DocumentError::Json)
    }

    /// Checks the document and returns what it comes down to.
    ///
    /// Takes time proportional to its size.
    ///
    /// # Errors
    /// [`DocumentError`], naming the first contradiction found.
    pub fn check(&self) -> Result<Sound, DocumentError> {
        if self.version != 1 {
            return Err(DocumentError::Version(self.version));
        }
        self.bounded()?;
        let alpha = self.spendable()?;
        if self.n == 0 || self.n > u64::from(u32::MAX) || self.n < self.codewords.0.len() as u64 {
            return Err(DocumentError::Recipients { n: self.n, codewords: self.codewords.0.len() });
        }
        let mut laws = Vec::with_capacity(self.levels.len());
        for (index, level) in self.levels.iter().enumerate() {
            laws.push(level.law().ok_or(DocumentError::Level(index))?);
        }
        for (index, class) in self.classes.iter().enumerate() {
            if !(0.0..=0.5).contains(&class.err) {
                return Err(DocumentError::Class(index));
            }
        }
        if let Some(chance) = self.matched.as_ref().and_then(|m| m.chance)
            && !(0.0..=1.0).contains(&chance)
        {
            return Err(DocumentError::Chance);
        }
        self.positions_sound(&laws)?;
        let hidden = self.codewords_sound(&laws)?;
        Ok(Sound { laws, alpha, singles_only: self.alpha_look.is_none(), hidden })
    }

    /// The error rate at a position of this class: 0.01 where none is stated, at least 1e-4.
    #[must_use]
    pub fn error_of(&self, class: Option<u8>) -> f64 {
        let stated = class.and_then(|class| self.classes.get(usize::from(class)));
        stated.map_or(ERR_UNSTATED, |class| class.err.max(ERR_LEAST))
    }

    fn bounded(&self) -> Result<(), DocumentError> {
        let lists = [
            ("positions", self.positions.len(), POSITIONS_MAX),
            ("codewords", self.codewords.0.len(), RECIPIENTS_MAX),
            ("levels", self.levels.len(), LEVELS_MAX),
            ("classes", self.classes.len(), CLASSES_MAX),
        ];
        for (what, count, most) in lists {
            if count > most {
                return Err(DocumentError::TooMany { what, count, most });
            }
        }
        Ok(())
    }

    fn spendable(&self) -> Result<LookAlpha, DocumentError> {
        let proper = |alpha: f64| alpha > 0.0 && alpha < 1.0;
        if self.alpha.is_some_and(|alpha| !proper(alpha)) {
            return Err(DocumentError::Alpha("alpha"));
        }
        if self.alpha_look.is_some_and(|alpha| !proper(alpha)) {
            return Err(DocumentError::Alpha("alpha_look"));
        }
        let look = self.look.unwrap_or(1);
        match (self.alpha, self.alpha_look) {
            (None, None) => Err(DocumentError::Alpha("alpha")),
            (Some(alpha), None) if look == 1 => Ok(LookAlpha::singles_only(alpha)),
            (Some(_), None) => Err(DocumentError::Look(look)),
            (None, Some(spent)) => Ok(LookAlpha::split(spent)),
            (Some(alpha), Some(spent)) => {
                let most = LookAlpha::of_look(alpha, look);
                if look == 0 || spent > most * (1.0 + 1e-9) {
                    return Err(DocumentError::Overspent { look, most, spent });
                }
                Ok(LookAlpha::split(spent))
            }
        }
    }

    fn positions_sound(&self, laws: &[Vec<u16>]) -> Result<(), DocumentError> {
        let mut ids = BTreeSet::new();
        for (index, position) in self.positions.iter().enumerate() {
            let refuse = |what, value| Err(DocumentError::Reference { index, what, value });
            let Some(law) = laws.get(position.level as usize) else { return refuse("level", position.level) };
            if let Some(class) = position.class
                && usize::from(class) >= self.classes.len()
            {
                return refuse("class", u32::from(class));
            }
            if let Some(y) = position.y
                && usize::from(y) >= law.len()
            {
                return refuse("symbol", u32::from(y));
            }
            if let Some(id) = position.id
                && !ids.insert(id)
            {
                return Err(DocumentError::Repeated(id));
            }
        }
        Ok(())
    }

    fn codewords_sound(&self, laws: &[Vec<u16>]) -> Result<bool, DocumentError> {
        let mut hidden = false;
        // How many symbols each position has, and whether they may be hidden.
        let allowed: Vec<(u8, bool)> = self
            .positions
            .iter()
            .map(|p| (laws.get(p.level as usize).map_or(0, Vec::len) as u8, p.y.is_none()))
            .collect();
        for (recipient, word) in &self.codewords.0 {
            if recipient.is_empty() || recipient == ORIGINAL {
                return Err(DocumentError::Recipient(recipient.clone()));
            }
            if word.len() != self.positions.len() {
                return Err(DocumentError::Length {
                    recipient: recipient.clone(),
                    length: word.len(),
                    positions: self.positions.len(),
                });
            }
            if word.is_binary() {
                continue;
            }
            for (index, &(symbols, erased)) in allowed.iter().enumerate() {
                let value = word.value(index);
                let dot = Word::is_hidden(value) && erased;
                hidden |= dot;
                if !dot && value >= symbols {
                    return Err(DocumentError::Symbol { recipient: recipient.clone(), index });
                }
            }
        }
        Ok(hidden)
    }
}
