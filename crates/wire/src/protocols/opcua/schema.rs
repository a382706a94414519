//! How messages and structures are described: fields in the order of their encoding, each with its type, and with what it
//! means to us.

use super::encoding::Builtin;
use crate::protocols::Class;

/// What a field is to us; most are nothing but parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// The client's number of a request.
    Handle,
    /// What became of the whole service.
    Result,
    /// What became of one of a request's operations.
    Outcome,
    /// Never kept: a password, or what proves a session.
    Secret,
    /// A node that the request is about.
    Node,
    /// An attribute of it.
    Attribute,
    /// A part of its value.
    Range,
    /// The object of a call.
    Object,
    /// Its method.
    Method,
    /// A name on the way to a node.
    Path,
    /// Something else that tells one operation from another.
    Named,
    /// The address that a client came by.
    EndpointUrl,
    /// What a client calls its session.
    SessionName,
    /// The speaker's certificate.
    Certificate,
    /// How messages are protected.
    Mode,
    /// Who logs in.
    UserName,
    /// A subscription.
    Subscription,
}

impl Role {
    /// Whether it is part of what the operation is.
    pub(super) fn names(self) -> bool {
        matches!(self, Self::Node | Self::Attribute | Self::Range | Self::Object | Self::Method | Self::Path | Self::Named)
    }
}

/// Numbers of an enumeration with their names.
pub(super) type Names = &'static [(i32, &'static str)];

/// The type of a field.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    /// A built-in type.
    Value(Builtin),
    /// An enumeration, encoded as Int32.
    Choice(Names),
    /// Fields of its own.
    Part(&'static Structure),
}

/// One field.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    /// The specification's name.
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// An array of it.
    pub(super) many: bool,
    pub(super) role: Option<Role>,
}

impl Field {
    const fn new(name: &'static str, kind: Kind, many: bool) -> Self {
        Self { name, kind, many, role: None }
    }

    /// The same, which means something to us.
    pub(super) const fn is(self, role: Role) -> Self {
        Self { role: Some(role), ..self }
    }
}

pub(super) const fn value(name: &'static str, builtin: Builtin) -> Field {
    Field::new(name, Kind::Value(builtin), false)
}

pub(super) const fn values(name: &'static str, builtin: Builtin) -> Field {
    Field::new(name, Kind::Value(builtin), true)
}

pub(super) const fn choice(name: &'static str, names: Names) -> Field {
    Field::new(name, Kind::Choice(names), false)
}

pub(super) const fn choices(name: &'static str, names: Names) -> Field {
    Field::new(name, Kind::Choice(names), true)
}

pub(super) const fn part(name: &'static str, structure: &'static Structure) -> Field {
    Field::new(name, Kind::Part(structure), false)
}

pub(super) const fn parts(name: &'static str, structure: &'static Structure) -> Field {
    Field::new(name, Kind::Part(structure), true)
}

/// A structure, or a message without its type.
#[derive(Debug)]
pub(super) struct Structure {
    /// The specification's name.
    pub(super) name: &'static str,
    /// Number of its binary encoding in namespace 0; 0: it stands only within others.
    pub(super) id: u32,
    pub(super) fields: &'static [Field],
}

/// A service.
#[derive(Debug)]
pub(super) struct Service {
    /// Without Request and Response.
    pub(super) name: &'static str,
    pub(super) class: Class,
    pub(super) asks: &'static Structure,
    pub(super) answers: &'static Structure,
}
