//! How a struct maps to an element: attributes and children in the schema's order, written down once for both directions.

use super::{ReadElement, ReadError, Reader, WriteElement, Writer};
use crate::ids::EntityAddress;

/// Implements [`WriteElement`] and [`ReadElement`] from one list, in the order of the schema:
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
        impl $crate::uftp::xml::WriteElement for $type {
            fn write(&self, w: &mut $crate::uftp::xml::Writer) {
                $($crate::uftp::xml::element!(@write w, $key, &self.$field);)+
            }
        }

        impl $crate::uftp::xml::ReadElement for $type {
            fn read(r: &mut $crate::uftp::xml::Reader<'_>) -> Result<Self, $crate::uftp::xml::ReadError> {
                Ok($type { $($field: $crate::uftp::xml::element!(@read r, $key $(, $default)?)),+ })
            }
        }
    };
    (@write $w:ident, _, $value:expr) => { $crate::uftp::xml::WriteElement::write($value, $w) };
    (@write $w:ident, [$name:literal, $min:literal], $value:expr) => { $w.children($name, $value) };
    (@write $w:ident, [$name:literal], $value:expr) => { $w.children($name, $value.as_slice()) };
    (@write $w:ident, $name:literal, $value:expr) => { $w.attribute($name, $value) };
    (@read $r:ident, _) => { $crate::uftp::xml::ReadElement::read($r)? };
    (@read $r:ident, [$name:literal, $min:literal]) => { $r.children($name, $min)? };
    (@read $r:ident, [$name:literal]) => { $r.child($name)? };
    (@read $r:ident, $name:literal) => { $r.attribute($name)? };
    (@read $r:ident, $name:literal, $default:expr) => { $r.attribute::<Option<_>>($name)?.unwrap_or($default) };
}
pub(in crate::uftp) use element;

/// A `Connection` that has nothing but its address.
impl WriteElement for EntityAddress {
    fn write(&self, w: &mut Writer) {
        w.attribute("EntityAddress", self);
    }
}

impl ReadElement for EntityAddress {
    fn read(r: &mut Reader<'_>) -> Result<EntityAddress, ReadError> {
        r.attribute("EntityAddress")
    }
}
