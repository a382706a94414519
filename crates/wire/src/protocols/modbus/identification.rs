//! What a device says of itself: Read Device Identification (§6.21) and Report Server ID (§6.13).

use super::adu::Adu;

/// Longest text kept of one object; the attack: a device that fills the memory with its name.
const LONGEST_TEXT: usize = 255;

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

/// Text from the wire without anything that could act on a terminal.
pub(super) fn text(bytes: &[u8]) -> String {
    let lossy = String::from_utf8_lossy(bytes);
    let trimmed = lossy.trim_matches(|letter: char| letter == '\0' || letter == ' ');
    trimmed.chars().take(LONGEST_TEXT).map(|letter| if letter.is_control() { '\u{FFFD}' } else { letter }).collect()
}

/// The printable part of a server identifier, if there is enough of it to mean something.
pub(super) fn server_text(adu: &Adu<'_>) -> Option<String> {
    let bytes = adu.data.get(1..)?;
    let printable: String = bytes.iter().filter(|byte| (0x20..0x7F).contains(*byte)).map(|byte| char::from(*byte)).collect();
    (printable.len() >= 3 && printable.len() * 2 >= bytes.len()).then(|| printable.trim().to_owned())
}
