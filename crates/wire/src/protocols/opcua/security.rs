//! Security policies (OPC 10000-7, 6.6; OPC 10000-6, 6.7.2.3): the header that names one, and what a signature takes.

use super::chunk::word;

/// What the URIs of policies begin with.
const PREFIX: &str = "http://opcfoundation.org/UA/SecurityPolicy#";

/// How a channel is protected, as its policy says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Policy {
    /// Not at all.
    None,
    /// Symmetric signatures of so many bytes.
    Signing(usize),
}

impl Policy {
    /// The policy that a security header names; `None`: it names none.
    pub(super) fn of(security: &[u8]) -> Option<Self> {
        let uri = uri(security)?;
        Some(match uri.strip_prefix(PREFIX).unwrap_or_default() {
            "None" => Self::None,
            // HMAC-SHA1; the others use HMAC-SHA256.
            "Basic128Rsa15" | "Basic256" => Self::Signing(20),
            _ => Self::Signing(32),
        })
    }

    /// Bytes of a signature.
    pub(super) fn signature(self) -> usize {
        match self {
            Self::None => 0,
            Self::Signing(length) => length,
        }
    }
}

/// A policy without what all their URIs begin with, e.g. `Basic256Sha256`.
pub(super) fn short(uri: &str) -> &str {
    uri.strip_prefix(PREFIX).unwrap_or(uri)
}

/// The policy's URI in a security header.
pub(super) fn uri(security: &[u8]) -> Option<&str> {
    std::str::from_utf8(field(security, 0)?).ok()
}

/// The sender's certificate, in DER, with those of its issuers behind it where it sent them.
pub(super) fn certificate(security: &[u8]) -> Option<&[u8]> {
    field(security, 1)
}

/// The given of the three fields, each with its length before it; `None` where it is null or cut.
fn field(security: &[u8], index: usize) -> Option<&[u8]> {
    let mut at = 0;
    for _ in 0..index {
        at += 4 + usize::try_from(word(security, at)? as i32).unwrap_or_default();
    }
    let length = usize::try_from(word(security, at)? as i32).ok()?;
    security.get(at + 4..)?.get(..length)
}
