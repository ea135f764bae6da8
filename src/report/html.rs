//! HTML by construction: an element is opened and closed by one call, and text and attribute values are escaped always.
//! Only files of this module's folder and drawings that went through `picture` are written as they are.

/// A page, or part of one, in the making.
#[derive(Debug, Default)]
pub(super) struct Html(String);

/// Attributes in the order they are written.
pub(super) type Attributes<'a> = &'a [(&'a str, &'a str)];

/// Elements after which the source breaks its line, for whoever reads it.
const BREAKING: [&str; 12] = ["section", "div", "p", "tr", "thead", "tbody", "table", "li", "figure", "h2", "h3", "dd"];

impl Html {
    /// An element with its content.
    pub(super) fn el(&mut self, tag: &str, attributes: Attributes<'_>, content: impl FnOnce(&mut Html)) -> &mut Html {
        self.open(tag, attributes);
        content(self);
        self.0.push_str("</");
        self.0.push_str(tag);
        self.0.push('>');
        if BREAKING.contains(&tag) {
            self.0.push('\n');
        }
        self
    }

    /// An element that holds a text.
    pub(super) fn leaf(&mut self, tag: &str, attributes: Attributes<'_>, text: &str) -> &mut Html {
        self.el(tag, attributes, |h| {
            h.text(text);
        })
    }

    /// An element that has no content by definition, such as `meta`.
    pub(super) fn void(&mut self, tag: &str, attributes: Attributes<'_>) -> &mut Html {
        self.open(tag, attributes);
        self.0.push('\n');
        self
    }

    /// A text.
    pub(super) fn text(&mut self, text: &str) -> &mut Html {
        self.0.push_str(&escape(text));
        self
    }

    /// Markup of our own.
    pub(super) fn raw(&mut self, markup: &str) -> &mut Html {
        self.0.push_str(markup);
        self
    }

    /// Data for the page's script: JSON in which nothing can end the element.
    pub(super) fn data(&mut self, id: &str, value: &serde_json::Value) -> &mut Html {
        let json = value.to_string().replace('<', "\\u003c");
        self.el("script", &[("type", "application/json"), ("id", id)], |h| {
            h.raw(&json);
        })
    }

    pub(super) fn into_string(self) -> String {
        self.0
    }

    fn open(&mut self, tag: &str, attributes: Attributes<'_>) {
        self.0.push('<');
        self.0.push_str(tag);
        for (name, value) in attributes {
            self.0.push(' ');
            self.0.push_str(name);
            self.0.push_str("=\"");
            self.0.push_str(&escape(value));
            self.0.push('"');
        }
        self.0.push('>');
    }
}

/// A text as element content or as a quoted attribute value; control characters, which no document may hold, become `�`.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' => out.push(c),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_stays_text() {
        let mut h = Html::default();
        h.leaf("p", &[("title", "\" onclick='x' \u{7}")], "<script>alert(1)</script> & so");
        h.data("d", &serde_json::json!({ "name": "</script><script>" }));
        let expected = "<p title=\"&quot; onclick=&#39;x&#39; \u{fffd}\">&lt;script&gt;alert(1)&lt;/script&gt; &amp; so</p>\n\
            <script type=\"application/json\" id=\"d\">{\"name\":\"\\u003c/script>\\u003cscript>\"}</script>";
        assert_eq!(h.into_string(), expected);
    }
}
