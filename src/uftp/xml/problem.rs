//! What keeps a text from being a message.

/// The largest message that is read, bytes. A settlement of a month with thousands of orders stays below it.
pub const MAX_BYTES: usize = 10 * 1024 * 1024;

/// More than any element has; keeps looking for duplicates linear.
pub(super) const MAX_ATTRIBUTES: usize = 32;

/// Why a text is no message, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {problem}")]
pub struct ReadError {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// What is wrong.
    pub problem: Problem,
}

/// What is wrong with a text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "the sentence of each variant names its fields")]
pub enum Problem {
    #[error("the message has {bytes} bytes, more than the {MAX_BYTES} that are read")]
    TooLarge { bytes: usize },
    #[error("the text is not UTF-8")]
    NotUtf8,
    #[error("the text is not well-formed XML: {reason}")]
    IllFormed { reason: String },
    #[error("encoding '{encoding}' is declared, but messages are UTF-8")]
    Encoding { encoding: String },
    #[error("a document type is not allowed")]
    DocumentType,
    #[error("a processing instruction is not allowed")]
    ProcessingInstruction,
    #[error("'{name}' uses a namespace, but messages have none")]
    Namespace { name: String },
    #[error("'{name}' is not a message of UFTP 3.1.0")]
    UnknownRoot { name: String },
    #[error("text is not allowed in '{element}'")]
    Text { element: String },
    #[error("text is not allowed outside the message")]
    Outside,
    #[error("element '{name}' is not allowed here in '{parent}'")]
    UnexpectedElement { name: String, parent: String },
    #[error("'{parent}' needs at least {min} '{name}' but has {found}")]
    TooFew { name: &'static str, parent: String, min: usize, found: usize },
    #[error("'{element}' has no attribute '{name}'")]
    UnknownAttribute { name: String, element: String },
    #[error("attribute '{name}' stands twice")]
    DuplicateAttribute { name: String },
    #[error("'{element}' has more than {MAX_ATTRIBUTES} attributes")]
    TooManyAttributes { element: String },
    #[error("'{element}' lacks attribute '{name}'")]
    MissingAttribute { name: &'static str, element: String },
    #[error("'{text}' in attribute '{name}' is not {expected}")]
    Value { name: &'static str, text: String, expected: &'static str },
    #[error("'{entity}' is not one of the entities &amp; &lt; &gt; &apos; &quot; nor a character reference")]
    Entity { entity: String },
    #[error("something follows the message")]
    Trailing,
}
