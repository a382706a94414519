//! System descriptions (LLDP, CDP, SNMP): one free text, in which some makers always write the same things.
//!
//! What is read out of it has a source of its own: where the same device also gives its version in a field, the two
//! may be spelt differently, and that is no change of the device.

use super::{Said, Source, Subject};

pub(super) static SOURCE: Source = Source {
    name: "system description",
    meaning: "a device describes itself in a sentence (LLDP, CDP, SNMP) whose form its maker always uses",
    about: "the network card, or IP address, that sent the description",
    attributes: &["description", "vendor", "model", "product_code", "hardware", "firmware", "software", "serial", "os"],
    specification: "RFC 3418, sysDescr; IEEE 802.1AB-2016, 8.5.7; the makers' own forms",
};

/// Tells the description, and what of it is known to be more than free text.
pub(super) fn read(text: &str, subject: Option<Subject>, said: &mut Said) {
    let Some(subject) = subject else { return };
    let tell: &mut dyn FnMut(&'static str, &str) = &mut |attribute, value| said.about(subject, &SOURCE, attribute, value);
    tell("description", text);
    if !siemens(text, tell) && !cisco(text, tell) {
        system(text, tell);
    }
}

/// `Siemens, SIMATIC S7, CPU-1200, 6ES7 212-1BE31-0XB0, HW: 1, FW: V.2.2.0, S C-…`: parts between commas.
fn siemens(text: &str, tell: &mut dyn FnMut(&'static str, &str)) -> bool {
    let mut parts = text.split(',').map(str::trim).take(16);
    let Some(maker) = parts.next().filter(|maker| maker.starts_with("Siemens")) else { return false };
    tell("vendor", "Siemens");
    // `Siemens AG SIMATIC S7 MULTIPORT SCALANCE X 200 FAM` has no commas.
    let rest = maker.strip_prefix("Siemens").unwrap_or_default().trim();
    let mut words: Vec<&str> = Some(rest.strip_prefix("AG").unwrap_or(rest).trim()).filter(|rest| !rest.is_empty()).into_iter().collect();
    let mut has_order_number = false;
    for part in parts {
        if let Some(version) = after(part, "HW:") {
            tell("hardware", version);
        } else if let Some(version) = after(part, "FW:") {
            tell("firmware", version);
        } else if let Some(version) = part.strip_prefix("SW:").or(part.strip_prefix("SW.")) {
            tell("software", version.trim());
        } else if is_order_number(part) {
            has_order_number = true;
            tell("product_code", part);
        } else if let Some(serial) = part.strip_prefix("S ").filter(|_| has_order_number) {
            tell("serial", serial);
        } else if has_order_number && is_serial(part) {
            tell("serial", part);
        } else if !has_order_number && !part.is_empty() {
            words.push(part);
        }
    }
    if !words.is_empty() {
        tell("model", &words.join(" "));
    }
    true
}

/// A version behind its heading, without the words before it.
fn after<'a>(part: &'a str, heading: &str) -> Option<&'a str> {
    let value = part.strip_prefix(heading)?.trim();
    Some(value.strip_prefix("Version").map_or(value, str::trim))
}

/// `6ES7 315-2EH14-0AB0`, `6GK5204-0BA00-2AF2`: a six or seven, letters and digits, two hyphens.
fn is_order_number(part: &str) -> bool {
    let mut letters = part.chars();
    matches!(letters.next(), Some('6' | '7'))
        && letters.next().is_some_and(|letter| letter.is_ascii_uppercase())
        && part.len() >= 14
        && part.matches('-').count() >= 2
        && part.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-' || letter == ' ')
}

/// `SVPD2048379`, `VPB1234567`: letters and digits without anything between, at least eight.
fn is_serial(part: &str) -> bool {
    part.len() >= 8 && part.chars().all(|letter| letter.is_ascii_alphanumeric()) && part.chars().any(|letter| letter.is_ascii_digit())
}

/// `Cisco IOS Software, C2960 Software (C2960-LANBASEK9-M), Version 12.2(55)SE3, RELEASE SOFTWARE (fc1)`, and the older
/// `Cisco Internetwork Operating System Software IOS (tm) …`.
fn cisco(text: &str, tell: &mut dyn FnMut(&'static str, &str)) -> bool {
    if !text.starts_with("Cisco ") {
        return false;
    }
    tell("vendor", "Cisco");
    if let Some((_, rest)) = text.split_once("Version ") {
        let version: &str = rest.split([',', ' ', '\r', '\n']).next().unwrap_or_default();
        tell("firmware", version);
    }
    true
}

/// Operating systems that name themselves first: `Linux host 3.2.0-…`, or `Hardware: … - Software: Windows Version 6.1`.
fn system(text: &str, tell: &mut dyn FnMut(&'static str, &str)) {
    if let Some((_, software)) = text.split_once("Software: Windows ") {
        tell("os", &format!("Windows {}", software.trim()));
    } else if let Some(rest) = text.strip_prefix("Linux ") {
        let mut words = rest.split(' ');
        words.next();
        if let Some(version) = words.next().filter(|word| word.starts_with(|letter: char| letter.is_ascii_digit())) {
            tell("os", &format!("Linux {version}"));
        }
    }
}
