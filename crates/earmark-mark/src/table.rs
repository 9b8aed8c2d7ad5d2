use earmark_model::{Digest, Layer, PositionNumber, RuleClass, Span};
use serde::{Deserialize, Serialize};

use crate::accept::DEPTH;
use crate::draft::Part;
use crate::language::Language;
use crate::rule::RuleCode;

/// A place with two or more equivalent forms, forms rendered as parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// Bytes of the original.
    pub span: Span,
    /// The rule that found it.
    pub rule: RuleCode,
    /// What destroys it.
    pub layer: Layer,
    /// How its safety is shown.
    pub class: RuleClass,
    /// How many forms.
    pub k: u8,
    /// What the site is, wherever it occurs.
    pub key: Digest,
    /// The position of the code; `u32::MAX` until [`crate::number`] has run.
    pub position: PositionNumber,
    /// The form that the original has here.
    pub original: u8,
    /// Every form in catalog order.
    pub forms: Vec<Vec<Part>>,
    /// Of a hundred sites of the rule, how many survive formatting, stripping and renaming.
    pub survival: u8,
}

/// The sites of one file, in preorder: by start, outer before inner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileTable {
    /// Index of the file in the revision's manifest.
    pub file: u32,
    /// Its path.
    pub path: Vec<u8>,
    /// What it is written in.
    pub language: Language,
    /// Length of the original in bytes.
    pub length: u32,
    /// The sites.
    pub sites: Vec<Site>,
}

/// All sites of a revision: what copies are written from, for good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteTable {
    /// Version of the catalog that found the sites.
    pub catalog_version: u32,
    /// Version of the reader that the plan commits to.
    pub reader_version: u32,
    /// Files with at least one site, ascending.
    pub files: Vec<FileTable>,
}

/// Why bytes are no site table.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// Not the serialization of one.
    #[error("the site table is damaged")]
    Encoding(#[source] postcard::Error),
    /// Files out of order or repeated.
    #[error("the site table lists file {file} out of order")]
    FileOrder {
        /// The file.
        file: u32,
    },
    /// A site that could not be written.
    #[error("site {site} of file {file} in the site table is invalid: {why}")]
    Site {
        /// The file.
        file: u32,
        /// Index of the site in its file.
        site: usize,
        /// What is wrong.
        why: &'static str,
    },
}

impl SiteTable {
    /// The table as bytes: always the same for the same table.
    ///
    /// # Errors
    /// [`TableError::Encoding`] if memory for it cannot be had.
    pub fn to_bytes(&self) -> Result<Vec<u8>, TableError> {
        postcard::to_stdvec(self).map_err(TableError::Encoding)
    }

    /// Reads and validates a table.
    ///
    /// # Errors
    /// [`TableError`] for damaged bytes, files out of order, or a site outside its file, crossing
    /// another, with a wrong number of forms, or with forms that do not share their children.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, TableError> {
        let table: Self = postcard::from_bytes(bytes).map_err(TableError::Encoding)?;
        table.validate()?;
        Ok(table)
    }

    /// Checks every invariant that writing and reading rely on.
    ///
    /// # Errors
    /// As [`SiteTable::from_bytes`].
    pub fn validate(&self) -> Result<(), TableError> {
        for pair in self.files.windows(2) {
            if pair[0].file >= pair[1].file {
                return Err(TableError::FileOrder { file: pair[1].file });
            }
        }
        self.files.iter().try_for_each(FileTable::validate)
    }

    /// SHA-256 of the table's bytes: what a plan commits to.
    ///
    /// # Errors
    /// As [`SiteTable::to_bytes`].
    pub fn digest(&self) -> Result<Digest, TableError> {
        Ok(Digest::of(&self.to_bytes()?))
    }

    /// The sites of one file.
    #[must_use]
    pub fn file(&self, file: u32) -> Option<&FileTable> {
        let at = self.files.binary_search_by_key(&file, |table| table.file).ok()?;
        self.files.get(at)
    }
}

impl FileTable {
    /// Checks one file's sites.
    ///
    /// # Errors
    /// [`TableError::Site`].
    pub fn validate(&self) -> Result<(), TableError> {
        let mut open: Vec<&Site> = Vec::new();
        for (index, site) in self.sites.iter().enumerate() {
            let fail = |why| Err(TableError::Site { file: self.file, site: index, why });
            if site.span.start >= site.span.end || site.span.end > self.length {
                return fail("its span is empty or outside the file");
            }
            if !(2..=8).contains(&site.k)
                || site.forms.len() != usize::from(site.k)
                || site.original >= site.k
            {
                return fail("its forms do not fit its k");
            }
            if !shares_children(site) {
                return fail("its forms do not hold the same children once each");
            }
            while open.last().is_some_and(|top| top.span.end <= site.span.start) {
                open.pop();
            }
            if let Some(top) = open.last() {
                let inside = top.forms[0]
                    .iter()
                    .any(|part| matches!(part, Part::Child(child) if child.holds(site.span)));
                if !inside || top.span.start > site.span.start {
                    return fail("it crosses another site");
                }
            }
            if open.len() >= DEPTH {
                return fail("it is nested too deeply");
            }
            if index > 0 && self.sites[index - 1].span.start > site.span.start {
                return fail("it is out of order");
            }
            open.push(site);
        }
        Ok(())
    }

    /// Indices of the sites nested anywhere inside site `index`.
    pub(crate) fn inside(&self, index: usize) -> std::ops::Range<usize> {
        let end = self.sites[index].span.end;
        let count = self.sites[index + 1..].partition_point(|site| site.span.start < end);
        index + 1..index + 1 + count
    }
}

impl Site {
    /// Whether the site was declared and its forms are texts: not an order of blocks.
    pub(crate) fn is_declared_text(&self) -> bool {
        self.layer == Layer::Declared
            && self.forms.iter().all(|form| matches!(form.as_slice(), [Part::Literal(_)]))
    }
}

fn children(form: &[Part]) -> Vec<Span> {
    let mut spans: Vec<Span> = form
        .iter()
        .filter_map(|part| if let Part::Child(span) = part { Some(*span) } else { None })
        .collect();
    spans.sort_by_key(|span| (span.start, span.end));
    spans
}

fn shares_children(site: &Site) -> bool {
    let first = children(&site.forms[0]);
    first.iter().all(|child| child.start < child.end && site.span.holds(*child))
        && first.windows(2).all(|pair| pair[0].end <= pair[1].start)
        && site.forms[1..].iter().all(|form| children(form) == first)
}
