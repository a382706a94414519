//! A message as it is kept until its transaction ends: its chunks joined, without what belongs to chunks alone.

use super::chunk::{word, Kind};
use crate::protocols::Kept;

/// Bytes before the security header.
const FIXED: usize = 28;

/// Bits that tell more of a message.
pub(super) mod flag {
    /// Nothing but the chunk headers could be read.
    pub(in super::super) const ENCRYPTED: u8 = 1;
    /// Its sender gave it up: the body is a status code and a reason.
    pub(in super::super) const ABORTED: u8 = 2;
    /// It was longer than what is kept.
    pub(in super::super) const CUT: u8 = 4;
    /// Its channel signs: what follows the body is a signature.
    pub(in super::super) const SIGNED: u8 = 8;
}

/// A kept message, taken apart.
#[derive(Debug, Clone, Copy)]
pub(super) struct Letter<'a> {
    pub(super) kind: Kind,
    pub(super) flags: u8,
    pub(super) channel: u32,
    pub(super) token: u32,
    pub(super) sequence: u32,
    pub(super) request: u32,
    pub(super) chunks: u32,
    pub(super) wire: u32,
    /// Of OPN: policy URI, sender's certificate, receiver's thumbprint.
    pub(super) security: &'a [u8],
    /// From the type of the service on; of HEL, ACK, ERR and RHE their fields.
    pub(super) body: &'a [u8],
}

impl<'a> Letter<'a> {
    /// Takes apart what [`Self::kept`] made.
    pub(super) fn read(kept: &'a [u8]) -> Option<Self> {
        let (fixed, rest) = kept.split_at_checked(FIXED)?;
        let length = usize::from(u16::from_le_bytes([fixed[2], fixed[3]]));
        let (security, body) = rest.split_at_checked(length)?;
        Some(Self {
            kind: Kind::of_mark(fixed[0])?,
            flags: fixed[1],
            channel: word(fixed, 4)?,
            token: word(fixed, 8)?,
            sequence: word(fixed, 12)?,
            request: word(fixed, 16)?,
            chunks: word(fixed, 20)?,
            wire: word(fixed, 24)?,
            security,
            body,
        })
    }

    /// The form that is kept.
    pub(super) fn kept(&self) -> Kept {
        let security = self.security.get(..self.security.len().min(usize::from(u16::MAX))).unwrap_or_default();
        let mut kept = Kept::with_capacity(FIXED + security.len() + self.body.len());
        kept.extend_from_slice(&[self.kind.mark(), self.flags]);
        kept.extend_from_slice(&(security.len() as u16).to_le_bytes());
        for number in [self.channel, self.token, self.sequence, self.request, self.chunks, self.wire] {
            kept.extend_from_slice(&number.to_le_bytes());
        }
        kept.extend_from_slice(security);
        kept.extend_from_slice(self.body);
        kept
    }

    /// Whether a bit of [`flag`] is set.
    pub(super) fn is(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}
