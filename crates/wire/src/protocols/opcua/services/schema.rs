//! What a description of a structure is made of, and the notation it is written in.

use super::super::encoding::Builtin;
use crate::protocols::Class;

/// What a field means to us, beyond its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Nothing more.
    Plain,
    /// The operations of a message, one an element.
    Operations,
    /// How an operation went.
    Result,
    /// How the whole went.
    ServiceResult,
    /// The handle that joins request and response.
    Handle,
    /// A node that is asked or told about.
    Node,
    /// Which of its attributes.
    Attribute,
    /// Which part of its array.
    IndexRange,
    /// The object whose method is called.
    Object,
    /// The method called.
    Method,
    /// Where a server listens.
    EndpointUrl,
    /// How the client names its session.
    SessionName,
    /// Who an application is.
    ApplicationUri,
    /// How it is called.
    ApplicationName,
    /// Client, server or both.
    ApplicationType,
    /// What it is an instance of.
    ProductUri,
    /// Who proves to be what.
    Certificate,
    /// How messages are secured.
    PolicyUri,
    /// Whether they are signed or encrypted.
    Mode,
    /// How a user may prove to be one.
    TokenType,
    /// Who the user is.
    UserName,
    /// What the user proves it by: never kept.
    Password,
    /// How the password is encrypted.
    EncryptionAlgorithm,
    /// What opens a session to who knows it: never kept.
    Secret,
    /// What a client calls a monitored item.
    ClientHandle,
    /// What the server calls it.
    Item,
    /// What the server calls a subscription.
    Subscription,
    /// Where an answer goes on.
    Continuation,
}

/// What a field holds.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// A built-in type.
    Builtin(Builtin),
    /// A number with names.
    Enumeration(&'static Enumeration),
    /// Fields.
    Structure(&'static Structure),
}

impl Kind {
    /// The fewest bytes that a value takes.
    pub fn least(self) -> usize {
        match self {
            Self::Builtin(builtin) => builtin.least(),
            Self::Enumeration(_) => 4,
            Self::Structure(_) => 1,
        }
    }
}

/// One field of a structure.
#[derive(Debug)]
pub struct Field {
    /// Its name in the specification.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether it is an array of that.
    pub many: bool,
    /// What it means to us.
    pub role: Role,
}

/// A structure: its fields follow each other without anything between (OPC 10000-6 §5.2.6).
#[derive(Debug)]
pub struct Structure {
    /// Its name in the specification.
    pub name: &'static str,
    /// In the order of the wire.
    pub fields: &'static [Field],
}

/// Names of numbers.
#[derive(Debug)]
pub struct Enumeration {
    /// Its name in the specification.
    pub name: &'static str,
    /// Number and name, rising.
    pub names: &'static [(i32, &'static str)],
}

impl Enumeration {
    /// The name of a number, if it has one.
    pub fn text(&self, number: i32) -> Option<&'static str> {
        self.names.iter().find(|entry| entry.0 == number).map(|entry| entry.1)
    }
}

/// A service (OPC 10000-4 §5).
#[derive(Debug)]
pub struct Service {
    /// Its name in the specification, without Request and Response.
    pub name: &'static str,
    /// What it does to a server.
    pub class: Class,
    /// The number of the request's binary encoding in namespace 0; 0: none.
    pub request_id: u16,
    /// The same of the response.
    pub response_id: u16,
    /// What is asked, header first.
    pub request: &'static Structure,
    /// What is answered, header first.
    pub response: &'static Structure,
}

/// One field in the notation of the tables.
macro_rules! field {
    ($name:ident [$kind:ident]) => {
        field!($name [$kind] Plain)
    };
    ($name:ident [$kind:ident] $role:ident) => {
        Field { name: stringify!($name), kind: $kind, many: true, role: Role::$role }
    };
    ($name:ident $kind:ident) => {
        field!($name $kind Plain)
    };
    ($name:ident $kind:ident $role:ident) => {
        Field { name: stringify!($name), kind: $kind, many: false, role: Role::$role }
    };
}

/// Structures as the specification writes them: `Name { Field: Type as Role, Array: [Type] }`.
macro_rules! structures {
    ($($structure:ident { $($name:ident: $kind:tt $(as $role:ident)?),* $(,)? })*) => {$(
        #[doc = concat!("`", stringify!($structure), "` of the specification.")]
        pub(super) const $structure: Kind = Kind::Structure(&Structure {
            name: stringify!($structure),
            fields: &[$(field!($name $kind $($role)?)),*],
        });
    )*};
}

/// A service: name, class, and for request and response the id of the encoding and the fields behind the header.
macro_rules! services {
    ($($constant:ident = $service:ident($class:ident)
        $request:literal { $($asked:ident: $asked_kind:tt $(as $asked_role:ident)?),* $(,)? }
        $response:literal { $($told:ident: $told_kind:tt $(as $told_role:ident)?),* $(,)? })*) => {$(
        #[doc = concat!("`", stringify!($service), "` of the specification.")]
        pub(super) const $constant: Service = Service {
            name: stringify!($service),
            class: Class::$class,
            request_id: $request,
            response_id: $response,
            request: &Structure {
                name: concat!(stringify!($service), "Request"),
                fields: &[field!(RequestHeader RequestHeader), $(field!($asked $asked_kind $($asked_role)?)),*],
            },
            response: &Structure {
                name: concat!(stringify!($service), "Response"),
                fields: &[field!(ResponseHeader ResponseHeader), $(field!($told $told_kind $($told_role)?)),*],
            },
        };
    )*};
}

/// Enumerations: `Name { 0 First, 1 Second }`.
macro_rules! enumerations {
    ($($enumeration:ident { $($number:literal $name:ident),* $(,)? })*) => {$(
        #[doc = concat!("`", stringify!($enumeration), "` of the specification.")]
        pub(super) const $enumeration: Kind = Kind::Enumeration(&Enumeration {
            name: stringify!($enumeration),
            names: &[$(($number, stringify!($name))),*],
        });
    )*};
}

pub(super) use {enumerations, field, services, structures};
