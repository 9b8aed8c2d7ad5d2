//! Marking and reading: carriers, the catalog of rules, sites, forms.
//!
//! The way through: [`analyze`] finds the sites of a tree and renders their forms into a [`SiteTable`];
//! [`number`] gives them positions; [`write`] splices one recipient's symbols into a file, with
//! nothing but the table; [`read`] reads forms back from a sample, with nothing but table and
//! original; [`merge`] brings the readings of several files and samples to one [`earmark_model::Reading`].
//!
//! Lower levels: a [`Carrier`] finds sites in one kind of file; [`find_with_rules`] is all there is to a carrier
//! that has a grammar and [`Rule`]s; [`Syntax`] is the tree that rules look at; [`lex`] splits any
//! language into tokens.
//!
//! Not here: what symbols mean (`earmark-odds`), which regions match (`earmark-scan`), keys, files,
//! processes. Reading has no parameter from which a recipient's symbols could be derived.
#![forbid(unsafe_code)]

mod accept;
mod analyze;
pub mod c;
mod canonical;
mod carrier;
mod carriers;
mod codes;
mod declared;
mod density;
mod draft;
mod gluing;
mod heritage;
pub mod javascript;
mod language;
mod lex;
mod merge;
mod natural;
mod number;
mod order;
mod parts;
pub mod python;
mod read;
mod rule;
pub mod rust;
mod skip;
mod source;
mod succession;
mod syntax;
mod table;
pub mod text;
mod write;

pub use analyze::{
    Analysis, LeftAlone, Options, READER_VERSION, RuleUse, analyze, analyze_successor, count_lines,
};
pub use carrier::{Carrier, Facts, FileDrafts, Rule, find_with_rules};
pub use carriers::{CARRIERS, carrier_for, carrier_of};
pub use codes::{CATALOG, CATALOG_VERSION, rule_info};
pub use declared::{DeclarationError, DeclarationFault, Declarations, VaryingField, varying_fields};
pub use density::{FileDensity, SitePlace, density};
pub use draft::{Draft, FormOrder, Part};
pub use heritage::Predecessor;
pub use language::Language;
pub use lex::{Lexicon, NAME, Quote, Token, lex};
pub use merge::{CLASSES, MergeInput, merge};
pub use number::{PositionMap, number};
pub use read::{FileReading, SiteReading, read};
pub use rule::{RuleCode, RuleInfo};
pub use source::SourceFile;
pub use syntax::{Grammar, Node, Syntax, SyntaxError};
pub use table::{FileTable, Site, SiteTable, TableError};
pub use write::{write, write_forms};
