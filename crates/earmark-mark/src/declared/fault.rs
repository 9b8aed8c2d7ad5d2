/// Why declarations cannot be used: where, and what is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of `earmark.toml`: {entry}{fault}")]
pub struct DeclarationError {
    /// Line of `earmark.toml`, from 1.
    pub line: u32,
    /// Which entry, ready to stand before the fault; empty if it is no entry's.
    pub entry: String,
    /// What is wrong.
    pub fault: DeclarationFault,
}

/// What can be wrong with a declaration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeclarationFault {
    /// No TOML, or fields that are not known.
    #[error("{message}")]
    Syntax {
        /// What the parser says.
        message: String,
    },
    /// Larger than any honest file of declarations.
    #[error("there are more than {limit} {what}")]
    TooLarge {
        /// The limit.
        limit: usize,
        /// Of what.
        what: &'static str,
    },
    /// Another version of the format.
    #[error("version {found} is not known, only version 1")]
    Version {
        /// The version given.
        found: i64,
    },
    /// Fewer than two forms or more than eight; of blocks fewer than two or more than three.
    #[error("there are {found} {what}, there must be {least} to {most}")]
    Count {
        /// How many there are.
        found: usize,
        /// Of what.
        what: &'static str,
        /// The least.
        least: usize,
        /// The most.
        most: usize,
    },
    /// A form that is listed twice.
    #[error("the form `{form}` is listed twice")]
    Repeated {
        /// The form.
        form: String,
    },
    /// The text of the file is not among the forms.
    #[error("the text `{text}` is not among the forms")]
    TextNotAForm {
        /// The text.
        text: String,
    },
    /// A text, block or name that is empty.
    #[error("`{field}` is empty")]
    Empty {
        /// The field.
        field: &'static str,
    },
    /// A form that would move the lines below it.
    #[error("the form `{form}` has another number of lines than the text")]
    Lines {
        /// The form.
        form: String,
    },
    /// A parameter without the range that an attack may use.
    #[error("`attack_range` is missing: say what an attack may have there")]
    NoRange,
    /// Entries of one name that cannot vary as one.
    #[error("the entry of line {other} has the same name and another text or other forms")]
    NameDiffers {
        /// Line of the other.
        other: u32,
    },
    /// Two forms that cannot be told apart once retyped or spelled another way.
    #[error("the forms `{one}` and `{other}` read the same")]
    ReadsTheSame {
        /// One.
        one: String,
        /// The other.
        other: String,
    },
    /// A file that the revision does not have.
    #[error("there is no file `{file}`")]
    NoFile {
        /// The path.
        file: String,
    },
    /// A file that must not be marked.
    #[error("the file `{file}` is left alone: {why}")]
    LeftAlone {
        /// The path.
        file: String,
        /// Why.
        why: &'static str,
    },
    /// The text does not occur as whole words.
    #[error("`{text}` is not found")]
    NotFound {
        /// The text.
        text: String,
    },
    /// The text occurs more than once, and it is not said which is meant.
    #[error("`{text}` is found {count} times: add `line_has` or `occurrence`")]
    Several {
        /// The text.
        text: String,
        /// How often.
        count: usize,
    },
    /// The text occurs less often than `occurrence` says.
    #[error("`{text}` is found {count} times, so there is no occurrence {occurrence}")]
    NoOccurrence {
        /// The text.
        text: String,
        /// How often it is found.
        count: usize,
        /// Which was asked for.
        occurrence: usize,
    },
    /// Two entries claim the same bytes.
    #[error("its place overlaps that of the entry of line {other}")]
    Overlap {
        /// Line of the other.
        other: u32,
    },
    /// Blocks that do not follow each other, line after line.
    #[error("the blocks are not neighbors of whole lines, as many in each")]
    NotNeighbors,
}
