//! TestMessage: any participant checks that another answers; the response says nothing but that it came.

use super::common::Header;
use crate::uftp::xml::element;

/// TestMessage and TestMessageResponse, alike on the wire but for their names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestMessage {
    /// Common attributes.
    pub header: Header,
}

element!(TestMessage { _ => header });
