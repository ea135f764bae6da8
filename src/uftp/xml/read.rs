//! Reading: events of a pull parser, checked against what each element may hold, in one pass.
//!
//! Refused: elements and attributes the schema does not know, attributes twice or missing, names in a namespace, text between
//! elements, malformed declarations, document types, processing instructions, entities but the five predefined, encodings but UTF-8, more than
//! [`MAX_BYTES`]. Nesting is bounded because the schema's is; attributes per element are bounded; time and memory grow with the text.
//!
//! # Tolerances
//! Where text, schemas and libraries of the specification disagree, what is taken beyond (or refused within) `UFTP.xsd` 3.1.0:
//!
//! | what | why |
//! |---|---|
//! | `Result`, `RejectionReason` on TestMessageResponse are ignored | a public library writes `Result`, the next major version demands it |
//! | Metering `EAN` with 16 or 18 digits | the released schema says 16, the market's meters have 18 |
//! | date-times without offset are UTC | the 3.x schema leaves the offset optional |
//! | `Version` 3.0.0 with attributes of 3.1.0 | they mean the same there |
//! | any `Version` is read | whether it is spoken here is a rule's answer, which the sender gets as a response |
//! | an empty optional text counts as absent | `BaselineReference=""` is met in practice |
//! | no DSO-View in AGRPortfolioQueryResponse, no DSO-Portfolio in it, no settlement items or statuses, no connections of a withdrawn congestion point | the text says 0..n where the schema says 1..n |
//! | `Disposition` of a FlexRequest's ISP is mandatory | the text says so; the schema gives it no default |
//! | powers of more than 16 digits, amounts of more than 12 digits before the point, ISP numbers below 0 or beyond 65535, years beyond 9998, durations that are no whole minutes are refused | no message that means something has them |
//! | a byte order mark, comments, declarations of namespaces that no name is in, and where a schema lies are skipped | they carry nothing; serialisers write them unasked |

use std::borrow::Cow;

use quick_xml::events::Event;
use quick_xml::events::attributes::{AttrError, Attributes};

use super::namespaces::{Prefixes, is_declaration};
use super::problem::{MAX_ATTRIBUTES, MAX_BYTES, Problem, ReadError};
use super::{Value, declaration};
use crate::uftp::message::{MessageType, Outcome, Text};
use crate::uftp::syntax;

/// An element that is open.
struct Frame<'a> {
    name: &'a str,
    at: usize,
    /// `<…/>`: no children, no end tag.
    closed: bool,
    attributes: Vec<Attribute<'a>>,
}

struct Attribute<'a> {
    name: &'a str,
    /// As it stands in the text.
    raw: &'a str,
    at: usize,
    taken: bool,
}

/// The next thing in the text that means something.
enum Token<'a> {
    Open(Frame<'a>),
    Close,
    End,
}

/// A struct that is read from the attributes and children of an element.
pub(in crate::uftp) trait ReadElement: Sized {
    /// Reads attributes, then children, of the element that `r` has open.
    fn read(r: &mut Reader<'_>) -> Result<Self, ReadError>;
}

/// A text under inspection, with one element open.
pub(in crate::uftp) struct Reader<'a> {
    source: &'a str,
    events: quick_xml::Reader<&'a [u8]>,
    peeked: Option<Token<'a>>,
    open: Vec<Frame<'a>>,
    /// Attribute lists of closed elements, kept for their capacity.
    spare: Vec<Vec<Attribute<'a>>>,
    prefixes: Prefixes,
    message_type: MessageType,
}

impl<'a> Reader<'a> {
    /// Reads a whole payload message; `body` reads the attributes and children of its root element.
    pub(super) fn document<M>(
        text: &'a [u8],
        body: impl FnOnce(MessageType, &mut Reader<'a>) -> Result<M, ReadError>,
    ) -> Result<M, ReadError> {
        let (mut r, root) = Reader::start(text)?;
        r.message_type =
            MessageType::from_name(root.name).ok_or_else(|| r.error(root.at, Problem::UnknownRoot { name: root.name.to_owned() }))?;
        r.open.push(root);
        let message = body(r.message_type, &mut r)?;
        if r.message_type == MessageType::TestMessageResponse {
            let _: Option<Outcome> = r.attribute("Result")?;
            let _: Option<Text> = r.attribute("RejectionReason")?;
        }
        r.finish()?;
        Ok(message)
    }

    /// Reads a whole document whose root element is `name`.
    pub(in crate::uftp) fn root<E: ReadElement>(name: &str, text: &'a [u8]) -> Result<E, ReadError> {
        let (mut r, root) = Reader::start(text)?;
        if root.name != name {
            return Err(r.error(root.at, Problem::UnknownRoot { name: root.name.to_owned() }));
        }
        r.open.push(root);
        let element = E::read(&mut r)?;
        r.finish()?;
        Ok(element)
    }

    fn start(text: &'a [u8]) -> Result<(Reader<'a>, Frame<'a>), ReadError> {
        if text.len() > MAX_BYTES {
            return Err(ReadError { line: 1, column: 1, problem: Problem::TooLarge { bytes: text.len() } });
        }
        let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
        let source = match std::str::from_utf8(text) {
            Ok(source) => source,
            Err(e) => {
                let good = std::str::from_utf8(&text[..e.valid_up_to()]).expect("valid up to there");
                return Err(error_at(good, good.len(), Problem::NotUtf8));
            }
        };
        let mut events = quick_xml::Reader::from_str(source);
        events.config_mut().check_comments = true;
        let (open, spare, message_type) = (Vec::new(), Vec::new(), MessageType::TestMessage);
        let mut r = Reader { source, events, peeked: None, open, spare, prefixes: Prefixes::default(), message_type };
        if source.starts_with('\u{feff}') {
            // The reader below would pass over a second one, and count without it.
            return Err(r.ill_formed(0, "a byte-order mark stands once at the very beginning or nowhere"));
        }
        match r.next()? {
            Token::Open(root) => Ok((r, root)),
            Token::Close | Token::End => Err(r.ill_formed(source.len(), "there is no element")),
        }
    }

    fn finish(&mut self) -> Result<(), ReadError> {
        self.close()?;
        match self.next()? {
            Token::End => Ok(()),
            Token::Open(frame) => Err(self.error(frame.at, Problem::Trailing)),
            Token::Close => Err(self.ill_formed(self.events.buffer_position() as usize, "an end tag without its start")),
        }
    }

    /// The root element.
    pub(in crate::uftp) fn message_type(&self) -> MessageType {
        self.message_type
    }

    /// An attribute of the open element; an `Option` if it may be absent.
    pub(in crate::uftp) fn attribute<A: ReadAttribute>(&mut self, name: &'static str) -> Result<A, ReadError> {
        self.attribute_where(name, A::EXPECTED, |_| true)
    }

    /// An attribute whose value must also pass `test`.
    pub(in crate::uftp) fn attribute_where<A: ReadAttribute>(
        &mut self,
        name: &'static str,
        expected: &'static str,
        test: impl Fn(&A) -> bool,
    ) -> Result<A, ReadError> {
        let frame = self.open.last_mut().expect("an element is open");
        let Some(attribute) = frame.attributes.iter_mut().find(|a| a.name == name) else {
            let (element, at) = (frame.name, frame.at);
            return A::absent().ok_or_else(|| self.error(at, Problem::MissingAttribute { name, element: element.to_owned() }));
        };
        attribute.taken = true;
        let (raw, at) = (attribute.raw, attribute.at);
        let value = self.unescaped(raw, at)?;
        A::present(&value).filter(test).ok_or_else(|| self.error(at, Problem::Value { name, text: shortened(&value), expected }))
    }

    /// All child elements `name` that come next, at least `min`.
    pub(in crate::uftp) fn children<E: ReadElement>(&mut self, name: &'static str, min: usize) -> Result<Vec<E>, ReadError> {
        let mut out = Vec::new();
        while let Some(frame) = self.next_child(name)? {
            self.open.push(frame);
            out.push(E::read(self)?);
            self.close()?;
        }
        if out.len() < min {
            // What stands in their place says more than their absence.
            if let Some(Token::Open(child)) = &self.peeked {
                return Err(self.unexpected(child));
            }
            let frame = self.open.last().expect("an element is open");
            let (parent, at, found) = (frame.name.to_owned(), frame.at, out.len());
            return Err(self.error(at, Problem::TooFew { name, parent, min, found }));
        }
        Ok(out)
    }

    /// The child element `name`, if it comes next.
    pub(in crate::uftp) fn child<E: ReadElement>(&mut self, name: &'static str) -> Result<Option<E>, ReadError> {
        let Some(frame) = self.next_child(name)? else { return Ok(None) };
        self.open.push(frame);
        let child = E::read(self)?;
        self.close()?;
        Ok(Some(child))
    }

    fn next_child(&mut self, name: &str) -> Result<Option<Frame<'a>>, ReadError> {
        self.all_attributes_taken()?;
        if self.open.last().is_some_and(|f| f.closed) {
            return Ok(None);
        }
        match self.next()? {
            Token::Open(frame) if frame.name == name => Ok(Some(frame)),
            other => {
                self.peeked = Some(other);
                Ok(None)
            }
        }
    }

    /// Leaves the open element: nothing may be left in it.
    fn close(&mut self) -> Result<(), ReadError> {
        self.all_attributes_taken()?;
        let frame = self.open.last().expect("an element is open");
        if !frame.closed {
            let name = frame.name;
            match self.next()? {
                Token::Close => {}
                Token::Open(child) => return Err(self.unexpected(&child)),
                Token::End => return Err(self.ill_formed(self.source.len(), &format!("'{name}' is not closed"))),
            }
        }
        if let Some(mut frame) = self.open.pop() {
            frame.attributes.clear();
            self.spare.push(frame.attributes);
            self.prefixes.leave(self.open.len());
        }
        Ok(())
    }

    fn all_attributes_taken(&self) -> Result<(), ReadError> {
        let frame = self.open.last().expect("an element is open");
        match frame.attributes.iter().find(|a| !a.taken) {
            None => Ok(()),
            Some(a) => {
                let (name, element) = (a.name.to_owned(), frame.name.to_owned());
                Err(self.error(a.at, Problem::UnknownAttribute { name, element }))
            }
        }
    }

    fn next(&mut self) -> Result<Token<'a>, ReadError> {
        if let Some(token) = self.peeked.take() {
            return Ok(token);
        }
        loop {
            let at = self.events.buffer_position() as usize;
            let event = match self.events.read_event() {
                Ok(event) => event,
                Err(e) => return Err(self.ill_formed(self.events.error_position() as usize, &e.to_string())),
            };
            let end = self.events.buffer_position() as usize;
            match event {
                Event::Start(_) => return Ok(Token::Open(self.frame(at, end - 1, false)?)),
                Event::Empty(_) => return Ok(Token::Open(self.frame(at, end - 2, true)?)),
                Event::End(_) => return Ok(Token::Close),
                Event::Eof => return Ok(Token::End),
                Event::Comment(_) => {}
                Event::Text(_) if self.source[at..end].bytes().all(is_blank) => {}
                Event::Text(_) | Event::CData(_) | Event::GeneralRef(_) => {
                    let blank = self.source[at..end].bytes().take_while(|b| is_blank(*b)).count();
                    let element = self.open.last().map(|frame| frame.name.to_owned());
                    let problem = element.map_or(Problem::Outside, |element| Problem::Text { element });
                    return Err(self.error(at + blank, problem));
                }
                Event::Decl(_) if at == 0 => match declaration::encoding(&self.source[at..end]) {
                    Ok(None) => {}
                    Ok(Some(encoding)) if encoding.eq_ignore_ascii_case("utf-8") => {}
                    Ok(Some(encoding)) => return Err(self.error(at, Problem::Encoding { encoding: shortened(encoding) })),
                    Err(reason) => return Err(self.ill_formed(at, reason)),
                },
                Event::Decl(_) => return Err(self.ill_formed(at, "the XML declaration stands at the very beginning or nowhere")),
                Event::PI(_) => return Err(self.error(at, Problem::ProcessingInstruction)),
                Event::DocType(_) => return Err(self.error(at, Problem::DocumentType)),
            }
        }
    }

    /// The element whose tag begins at `at` and whose content ends before `end`.
    fn frame(&mut self, at: usize, end: usize, closed: bool) -> Result<Frame<'a>, ReadError> {
        let content = &self.source[at + 1..end];
        let name = content.split([' ', '\t', '\r', '\n']).next().unwrap_or("");
        if name.contains(':') {
            return Err(self.error(at, Problem::Namespace { name: shortened(name) }));
        }
        let mut attributes = self.spare.pop().unwrap_or_default();
        // What declares a namespace or has a prefix: what a prefix means may be said after it is used.
        let mut prefixed: Vec<Attribute<'_>> = Vec::new();
        let mut parsed = Attributes::new(content, name.len());
        parsed.with_checks(false);
        for attribute in parsed {
            let attribute = attribute.map_err(|e| {
                let (offset, reason) = misformed(&e);
                self.ill_formed(at + 1 + offset, reason)
            })?;
            let (key, Cow::Borrowed(raw)) = (attribute.key.0, attribute.value) else { unreachable!("values are borrowed from the text") };
            let key_at = key.as_ptr() as usize - self.source.as_ptr() as usize;
            if !is_blank(self.source.as_bytes()[key_at - 1]) {
                return Err(self.ill_formed(key_at, "a blank is missing between attributes"));
            }
            let list = if key == "xmlns" || key.contains(':') { &mut prefixed } else { &mut attributes };
            if list.iter().any(|a: &Attribute<'_>| a.name == key) {
                return Err(self.error(key_at, Problem::DuplicateAttribute { name: shortened(key) }));
            }
            if list.len() == MAX_ATTRIBUTES {
                return Err(self.error(key_at, Problem::TooManyAttributes { element: shortened(name) }));
            }
            list.push(Attribute { name: key, raw, at: key_at, taken: false });
        }
        if !prefixed.is_empty() {
            self.pass_over(&prefixed)?;
        }
        Ok(Frame { name, at, closed, attributes })
    }

    /// Passes over declarations of namespaces and what says where a schema lies; nothing else may have a prefix.
    fn pass_over(&mut self, prefixed: &[Attribute<'a>]) -> Result<(), ReadError> {
        let namespace = |name: &str| Problem::Namespace { name: shortened(name) };
        for a in prefixed {
            let value = self.unescaped(a.raw, a.at)?;
            if is_declaration(a.name) && !self.prefixes.declare(self.open.len(), a.name, &value) {
                return Err(self.error(a.at, namespace(a.name)));
            }
        }
        let mut places: Vec<&str> = Vec::new();
        for a in prefixed.iter().filter(|a| !is_declaration(a.name)) {
            if !self.prefixes.is_schema_location(a.name) {
                return Err(self.error(a.at, namespace(a.name)));
            }
            // Of two prefixes for one namespace, as of one twice.
            let place = a.name.split_once(':').map_or(a.name, |(_, place)| place);
            if places.contains(&place) {
                return Err(self.error(a.at, Problem::DuplicateAttribute { name: shortened(a.name) }));
            }
            places.push(place);
        }
        Ok(())
    }

    /// Attribute-value normalisation (XML 1.0, 3.3.3): references replaced, blanks of any kind become spaces.
    fn unescaped(&self, raw: &'a str, at: usize) -> Result<Cow<'a, str>, ReadError> {
        let plain = |b: u8| !matches!(b, b'&' | b'<' | 0..=0x1f) && b < 0x80;
        if raw.bytes().all(plain) {
            return Ok(Cow::Borrowed(raw));
        }
        let mut out = String::with_capacity(raw.len());
        let mut rest = raw;
        while let Some(c) = rest.chars().next() {
            match c {
                '&' => {
                    let end = rest.bytes().take(16).position(|b| b == b';');
                    let entity = &rest[..end.map_or(1, |e| e + 1)];
                    out.push(referred(entity).ok_or_else(|| self.error(at, Problem::Entity { entity: shortened(entity) }))?);
                    rest = &rest[entity.len()..];
                    continue;
                }
                '\t' | '\n' | '\r' => out.push(' '),
                '<' => return Err(self.ill_formed(at, "'<' in an attribute")),
                c if !syntax::is_xml_char(c) => return Err(self.ill_formed(at, "a character that XML cannot carry")),
                c => out.push(c),
            }
            rest = &rest[c.len_utf8()..];
        }
        Ok(Cow::Owned(out))
    }

    /// `child` does not belong where it stands in the open element.
    fn unexpected(&self, child: &Frame<'_>) -> ReadError {
        let parent = self.open.last().map_or("", |frame| frame.name).to_owned();
        self.error(child.at, Problem::UnexpectedElement { name: shortened(child.name), parent })
    }

    fn error(&self, at: usize, problem: Problem) -> ReadError {
        error_at(self.source, at, problem)
    }

    fn ill_formed(&self, at: usize, reason: &str) -> ReadError {
        self.error(at, Problem::IllFormed { reason: shortened(reason) })
    }
}

fn error_at(source: &str, at: usize, problem: Problem) -> ReadError {
    let before = &source.as_bytes()[..at.min(source.len())];
    let line = before.iter().filter(|&&b| b == b'\n').count() + 1;
    let start = before.iter().rposition(|&b| b == b'\n').map_or(0, |i| i + 1);
    // Columns count characters: every byte that does not continue one.
    let column = before[start..].iter().filter(|&&b| b & 0xC0 != 0x80).count() + 1;
    ReadError { line, column, problem }
}

/// Where in a tag an attribute is not as XML wants it, and how it should be.
fn misformed(error: &AttrError) -> (usize, &'static str) {
    match *error {
        AttrError::ExpectedEq(at) => (at, "an attribute is not followed by '='"),
        AttrError::ExpectedValue(at) => (at, "an attribute has no value"),
        AttrError::UnquotedValue(at) => (at, "the value of an attribute stands without quotes"),
        AttrError::ExpectedQuote(at, _) => (at, "the value of an attribute lacks its closing quote"),
        AttrError::Duplicated(at, _) => (at, "an attribute stands twice"),
    }
}

/// The character of `&name;`, `&#n;` or `&#xh;`.
fn referred(entity: &str) -> Option<char> {
    let name = entity.strip_prefix('&')?.strip_suffix(';')?;
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "apos" => Some('\''),
        "quot" => Some('"'),
        _ => {
            let number = name.strip_prefix('#')?;
            let (digits, radix) = number.strip_prefix('x').map_or((number, 10), |hex| (hex, 16));
            let all_digits = digits.bytes().all(|b| char::from(b).is_digit(radix));
            let code = all_digits.then(|| u32::from_str_radix(digits, radix).ok()).flatten()?;
            char::from_u32(code).filter(|&c| syntax::is_xml_char(c))
        }
    }
}

/// What a peer wrote, cut to what a person reads.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(80) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// A value that stands in an attribute, or may be absent from it.
pub(in crate::uftp) trait ReadAttribute: Sized {
    const EXPECTED: &'static str;
    fn present(text: &str) -> Option<Self>;
    fn absent() -> Option<Self>;
}

impl<T: Value> ReadAttribute for T {
    const EXPECTED: &'static str = T::EXPECTED;
    fn present(text: &str) -> Option<T> {
        T::parse(text)
    }
    fn absent() -> Option<T> {
        None
    }
}

impl<T: Value> ReadAttribute for Option<T> {
    const EXPECTED: &'static str = T::EXPECTED;
    fn present(text: &str) -> Option<Option<T>> {
        if T::EMPTY_IS_ABSENT && text.is_empty() { Some(None) } else { T::parse(text).map(Some) }
    }
    fn absent() -> Option<Option<T>> {
        Some(None)
    }
}

/// The blanks of XML: ASCII's form feed is none.
fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}
