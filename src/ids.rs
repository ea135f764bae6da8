//! Names of things: typed indices into tables, and the identifiers that participants and the wire use.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

macro_rules! index {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u32);

        impl $name {
            /// Index of row `i`. Panics beyond `u32`, which no feeder reaches.
            #[must_use]
            pub fn new(i: usize) -> Self {
                Self(u32::try_from(i).expect("table index fits u32"))
            }

            /// Row in its table.
            #[must_use]
            pub fn i(self) -> usize {
                self.0 as usize
            }
        }
    };
}

index!(
    /// Row in the table of buses.
    BusIdx
);
index!(
    /// Row in the table of branches: lines first, transformers after them.
    BranchIdx
);
index!(
    /// Row in the table of connections.
    ConnectionIdx
);
index!(
    /// Row in the table of assets behind the meters.
    AssetIdx
);
index!(
    /// Column in the table of profiles.
    ProfileIdx
);
index!(
    /// Row in the table of congestion points.
    CpIdx
);
index!(
    /// Row in the table of aggregators, sorted by domain.
    AgrIdx
);

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Takes the text as it is; syntax is checked where it enters (scenario lints, message reader).
            #[must_use]
            pub fn new(text: impl Into<Arc<str>>) -> Self {
                Self(text.into())
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", &*self.0)
            }
        }
    };
}

name!(
    /// Entity address of a connection or congestion point: `ea1.…` or `ean.…` (UFTP `EntityAddressType`).
    EntityAddress
);
name!(
    /// Internet domain that names a participant (UFTP `InternetDomainType`).
    Domain
);

/// The three roles of UFTP; a TSO trades as `Dso`, a platform as either.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Role {
    /// Aggregator.
    #[serde(rename = "AGR")]
    Agr,
    /// Common reference operator.
    #[serde(rename = "CRO")]
    Cro,
    /// Distribution system operator.
    #[serde(rename = "DSO")]
    Dso,
}

impl Role {
    /// As `SenderRole` writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Agr => "AGR",
            Role::Cro => "CRO",
            Role::Dso => "DSO",
        }
    }
}
