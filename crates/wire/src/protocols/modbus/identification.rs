//! What a device says of itself: Read Device Identification (§6.21) and Report Server ID (§6.13).

use super::adu::Adu;

/// Longest text kept of one object, in characters; the attack: a device that fills the memory with its name.
const LONGEST_TEXT: usize = 255;
/// Longest text kept of a server identifier; the same attack.
const LONGEST_SERVER_TEXT: usize = 128;
/// Fewest printable characters of a server identifier that are worth a claim.
const SHORTEST_SERVER_TEXT: usize = 3;

/// Document field and claim attribute of the basic and regular objects.
pub(super) static OBJECTS: [(&str, &str); 7] = [
    ("modbus.device.vendor_name", "vendor"),
    ("modbus.device.product_code", "product_code"),
    ("modbus.device.revision", "firmware"),
    ("modbus.device.vendor_url", "vendor_url"),
    ("modbus.device.product_name", "product_name"),
    ("modbus.device.model_name", "model"),
    ("modbus.device.user_application_name", "application_name"),
];

/// Objects of an answer by identifier, and whether they were all there.
pub(super) fn objects(adu: &Adu<'_>) -> (Vec<(u8, String)>, bool) {
    let mut objects = Vec::new();
    let count = usize::from(adu.byte(5).unwrap_or_default());
    let mut at = 6;
    for _ in 0..count {
        let (Some(identifier), Some(length)) = (adu.byte(at), adu.byte(at + 1)) else { break };
        let Some(value) = adu.data.get(at + 2..at + 2 + usize::from(length)) else { break };
        objects.push((identifier, text(value)));
        at += 2 + usize::from(length);
    }
    let whole = objects.len() == count;
    (objects, whole)
}

/// Text from the wire without anything that could act on a terminal or turn the direction of reading. Padding at its ends
/// is left out.
pub(super) fn text(bytes: &[u8]) -> String {
    let acts =
        |letter: char| letter.is_control() || matches!(letter, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let lossy = String::from_utf8_lossy(bytes);
    let trimmed = lossy.trim_matches(|letter: char| letter == '\0' || letter == ' ');
    trimmed.chars().take(LONGEST_TEXT).map(|letter| if acts(letter) { char::REPLACEMENT_CHARACTER } else { letter }).collect()
}

/// The answer to Report Server ID (§6.13). How long the identifier is, only the device knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ServerId {
    /// All that the byte count covers, in hex.
    pub(super) hex: String,
    /// Told only where the identifier is one byte and a status that the specification knows follows it.
    pub(super) is_running: Option<bool>,
    /// What follows that status, if it is text.
    pub(super) additional: Option<String>,
    /// The printable part of all, if it means something.
    pub(super) printable: Option<String>,
}

/// Reads the answer to Report Server ID.
pub(super) fn server_id(adu: &Adu<'_>) -> Option<ServerId> {
    let bytes = adu.data.get(1..).filter(|bytes| !bytes.is_empty())?;
    let is_running = match bytes.get(1) {
        Some(0xFF) => Some(true),
        Some(0) => Some(false),
        _ => None,
    };
    let additional = bytes.get(2..).filter(|_| is_running.is_some()).and_then(printable);
    let hex = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Some(ServerId { hex, is_running, additional, printable: printable(bytes) })
}

/// The printable characters, if they are at least half of all.
fn printable(bytes: &[u8]) -> Option<String> {
    let letters = bytes.iter().filter(|byte| (0x20..0x7F).contains(*byte)).map(|byte| char::from(*byte));
    let text: String = letters.take(LONGEST_SERVER_TEXT).collect();
    let is_text = text.len() * 2 >= bytes.len().min(LONGEST_SERVER_TEXT);
    let text = text.trim();
    (is_text && text.len() >= SHORTEST_SERVER_TEXT).then(|| text.to_owned())
}
