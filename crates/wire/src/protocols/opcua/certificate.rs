//! What an application's certificate says (RFC 5280; OPC 10000-6, 6.2.2).

use sha1::{Digest, Sha1};
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};
use x509_parser::public_key::PublicKey;

use super::encoding::DateTime;

/// Longest chain parsed; the attack: a certificate of megabytes.
const LONGEST: usize = 64 << 10;
/// Longest text kept of a name; the attack: the same.
const LONGEST_TEXT: usize = 512;

/// One certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Certificate {
    /// SHA-1 of it, in capital hexadecimal digits.
    pub(super) thumbprint: String,
    pub(super) subject: String,
    pub(super) issuer: String,
    /// The application's URI in the alternative names.
    pub(super) uri: Option<String>,
    /// Seconds since 1970, UTC.
    pub(super) not_after: i64,
    pub(super) bits: Option<usize>,
    /// e.g. `RSA`.
    pub(super) key: &'static str,
    /// Name of the signature's algorithm, or its number.
    pub(super) signature: String,
    pub(super) self_signed: bool,
}

impl Certificate {
    /// The first certificate of a chain in DER; `None`: it is none.
    pub(super) fn read(der: &[u8]) -> Option<Self> {
        let der = der.get(..der.len().min(LONGEST))?;
        let (rest, one) = X509Certificate::from_der(der).ok()?;
        let own = der.get(..der.len() - rest.len())?;
        let (key, bits) = match one.public_key().parsed() {
            Ok(PublicKey::RSA(key)) => ("RSA", Some(key.key_size())),
            Ok(PublicKey::EC(key)) => ("EC", Some(key.key_size())),
            _ => ("other", None),
        };
        let names = one.subject_alternative_name().ok().flatten();
        let uri = names.and_then(|names| {
            names.value.general_names.iter().find_map(|name| if let GeneralName::URI(uri) = name { Some(short(uri)) } else { None })
        });
        Some(Self {
            thumbprint: Sha1::digest(own).iter().map(|byte| format!("{byte:02X}")).collect(),
            subject: short(&one.subject().to_string()),
            issuer: short(&one.issuer().to_string()),
            uri,
            not_after: one.validity().not_after.timestamp(),
            bits,
            key,
            signature: signature(&one.signature_algorithm.algorithm.to_id_string()),
            self_signed: one.subject() == one.issuer(),
        })
    }
}

fn short(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(LONGEST_TEXT).collect()
}

/// The names of RFC 8017, C, and RFC 5758, 3.2, for their numbers.
fn signature(number: &str) -> String {
    match number {
        "1.2.840.113549.1.1.4" => "md5WithRSAEncryption",
        "1.2.840.113549.1.1.5" => "sha1WithRSAEncryption",
        "1.2.840.113549.1.1.10" => "rsassaPss",
        "1.2.840.113549.1.1.11" => "sha256WithRSAEncryption",
        "1.2.840.113549.1.1.12" => "sha384WithRSAEncryption",
        "1.2.840.113549.1.1.13" => "sha512WithRSAEncryption",
        "1.2.840.10045.4.3.2" => "ecdsa-with-SHA256",
        "1.2.840.10045.4.3.3" => "ecdsa-with-SHA384",
        "1.2.840.10045.4.3.4" => "ecdsa-with-SHA512",
        "1.3.101.112" => "Ed25519",
        "1.3.101.113" => "Ed448",
        other => other,
    }
    .to_owned()
}

impl Certificate {
    /// The last day it is good, e.g. `2030-01-01`.
    pub(super) fn last_day(&self) -> String {
        let mut text = DateTime::of_seconds(self.not_after).to_string();
        text.truncate("2030-01-01".len());
        text
    }

    /// Its key, e.g. `RSA 2048`.
    pub(super) fn key_text(&self) -> String {
        self.bits.map_or_else(|| self.key.to_owned(), |bits| format!("{} {bits}", self.key))
    }
}
