//! Writing: text grows in one buffer; nothing is allocated per attribute.

use super::Value;

const HEADER: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// A struct that becomes the attributes and children of an element.
pub(in crate::uftp) trait WriteElement {
    /// Writes attributes, then children, of the element that `w` has open.
    fn write(&self, w: &mut Writer);
}

/// Text under construction, with one element open.
pub(in crate::uftp) struct Writer {
    text: String,
    depth: usize,
    /// Whether the start tag of the open element still lacks its `>`.
    tag_open: bool,
    /// The name of a response's reference attribute, which depends on the root element.
    reference_attribute: Option<&'static str>,
}

impl Writer {
    pub(in crate::uftp) fn new(reference_attribute: Option<&'static str>) -> Writer {
        Writer { text: String::with_capacity(1024), depth: 0, tag_open: false, reference_attribute }
    }

    pub(in crate::uftp) fn document(&mut self, root: &str, body: impl FnOnce(&mut Writer)) {
        self.text.push_str(HEADER);
        self.element(root, body);
    }

    /// The name of a response's reference attribute. Panics in a message that is no response.
    pub(in crate::uftp) fn reference_attribute(&self) -> &'static str {
        self.reference_attribute.expect("only responses carry a reference")
    }

    pub(in crate::uftp) fn into_text(self) -> String {
        self.text
    }

    /// An attribute of the open element; nothing if the value is absent.
    pub(in crate::uftp) fn attribute<A: WriteAttribute>(&mut self, name: &str, value: &A) {
        value.write_attribute(name, &mut self.text);
    }

    /// Children of the open element, after its attributes.
    pub(in crate::uftp) fn children<E: WriteElement>(&mut self, name: &str, children: &[E]) {
        for child in children {
            self.element(name, |w| child.write(w));
        }
    }

    fn element(&mut self, name: &str, body: impl FnOnce(&mut Writer)) {
        if self.tag_open {
            self.text.push_str(">\n");
        }
        self.indent();
        self.text.push('<');
        self.text.push_str(name);
        self.tag_open = true;
        self.depth += 1;
        body(self);
        self.depth -= 1;
        if self.tag_open {
            self.text.push_str("/>\n");
        } else {
            self.indent();
            self.text.push_str("</");
            self.text.push_str(name);
            self.text.push_str(">\n");
        }
        self.tag_open = false;
    }

    fn indent(&mut self) {
        for _ in 0..self.depth {
            self.text.push_str("  ");
        }
    }
}

/// A value that stands in an attribute, or may be absent from it.
pub(in crate::uftp) trait WriteAttribute {
    fn write_attribute(&self, name: &str, text: &mut String);
}

impl<T: Value> WriteAttribute for T {
    fn write_attribute(&self, name: &str, text: &mut String) {
        text.push(' ');
        text.push_str(name);
        text.push_str("=\"");
        self.write(text);
        text.push('"');
    }
}

impl<T: Value> WriteAttribute for Option<T> {
    fn write_attribute(&self, name: &str, text: &mut String) {
        if let Some(value) = self {
            value.write_attribute(name, text);
        }
    }
}
