//! How a struct maps to an element: attributes and children in the schema's order, written down once for both directions.

use super::{ReadError, Reader, Writer};
use crate::ids::EntityAddress;
use crate::uftp::message::{IspRun, MessageType, Response};

/// A struct that is the attributes and children of an element.
pub(in crate::uftp) trait Element: Sized {
    /// Writes attributes, then children, of the element that `w` has open.
    fn write(&self, w: &mut Writer);

    /// Reads attributes, then children, of the element that `r` has open.
    fn read(r: &mut Reader<'_>) -> Result<Self, ReadError>;
}

/// Implements [`Element`] from one list, in the order of the schema:
///
/// | item | meaning |
/// |---|---|
/// | `"Name" => field` | attribute; optional if the field is an `Option` |
/// | `"Name" => field = default` | attribute with a default; always written |
/// | `["Name", n] => field` | child elements, at least `n`, into a `Vec` |
/// | `["Name"] => field` | at most one child element, into an `Option` |
/// | `_ => field` | the items of another such struct, in this place |
macro_rules! element {
    ($type:ident { $($key:tt => $field:ident $(= $default:expr)?),+ $(,)? }) => {
        impl $crate::uftp::xml::Element for $type {
            fn write(&self, w: &mut $crate::uftp::xml::Writer) {
                $($crate::uftp::xml::element!(@write w, $key, &self.$field);)+
            }

            fn read(r: &mut $crate::uftp::xml::Reader<'_>) -> Result<Self, $crate::uftp::xml::ReadError> {
                Ok($type { $($field: $crate::uftp::xml::element!(@read r, $key $(, $default)?)),+ })
            }
        }
    };
    (@write $w:ident, _, $value:expr) => { $crate::uftp::xml::Element::write($value, $w) };
    (@write $w:ident, [$name:literal, $min:literal], $value:expr) => { $w.children($name, $value) };
    (@write $w:ident, [$name:literal], $value:expr) => { $w.children($name, $value.as_slice()) };
    (@write $w:ident, $name:literal, $value:expr) => { $w.attribute($name, $value) };
    (@read $r:ident, _) => { $crate::uftp::xml::Element::read($r)? };
    (@read $r:ident, [$name:literal, $min:literal]) => { $r.children($name, $min)? };
    (@read $r:ident, [$name:literal]) => { $r.child($name)? };
    (@read $r:ident, $name:literal) => { $r.attribute($name)? };
    (@read $r:ident, $name:literal, $default:expr) => { $r.attribute::<Option<_>>($name)?.unwrap_or($default) };
}
pub(in crate::uftp) use element;

/// The name of a response's reference attribute is the root element's business.
impl Element for Response {
    fn write(&self, w: &mut Writer) {
        w.attribute("Result", &self.result);
        w.attribute("RejectionReason", &self.rejection_reason);
        w.attribute(w.reference_attribute(), &self.reference);
    }

    fn read(r: &mut Reader<'_>) -> Result<Response, ReadError> {
        let name = r.message_type().reference_attribute().expect("only responses carry a reference");
        Ok(Response { result: r.attribute("Result")?, rejection_reason: r.attribute("RejectionReason")?, reference: r.attribute(name)? })
    }
}

/// The schema demands numbers from 1, but in a D-Prognosis, where it takes any integer and a rule has to refuse 0.
impl Element for IspRun {
    fn write(&self, w: &mut Writer) {
        w.attribute("Start", &self.start);
        w.attribute("Duration", &self.duration);
    }

    fn read(r: &mut Reader<'_>) -> Result<IspRun, ReadError> {
        let least = u16::from(r.message_type() != MessageType::DPrognosis);
        let start = r.attribute_where("Start", "an ISP number from 1", |&n: &u16| n >= least)?;
        let duration = r.attribute_where("Duration", "a number of ISPs from 1", |n: &Option<u16>| n.is_none_or(|n| n >= least))?;
        Ok(IspRun { start, duration: duration.unwrap_or(1) })
    }
}

/// A `Connection` that has nothing but its address.
impl Element for EntityAddress {
    fn write(&self, w: &mut Writer) {
        w.attribute("EntityAddress", self);
    }

    fn read(r: &mut Reader<'_>) -> Result<EntityAddress, ReadError> {
        r.attribute("EntityAddress")
    }
}
