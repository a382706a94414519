//! PROFINET DCP: what a station answers when it is looked for, and what it says when it starts.

use super::{ipv4, text, vendors, Said, Source};
use crate::protocols::recognise::peek::{be16, byte, rest, slice};

pub(super) static SOURCE: Source = Source {
    name: "PROFINET discovery",
    meaning: "a PROFINET station answers who it is (DCP), or says so when it starts",
    about: "the network card that sent it",
    attributes: &["name", "alias", "vendor", "model", "product_code", "role", "ip", "gateway"],
    specification: "IEC 61158-6-10, 4.3 (DCP)",
};

/// Blocks of one frame; the attack: a frame of nothing but empty blocks.
const BLOCKS: usize = 64;

/// Hello, answers to Get, answers to Identify: requests are about whom they look for.
pub(super) fn tells(bytes: &[u8]) -> bool {
    matches!(
        (be16(bytes, 0), byte(bytes, 2), byte(bytes, 3)),
        (Some(0xFEFC), Some(6), Some(0)) | (Some(0xFEFD), Some(3), Some(1)) | (Some(0xFEFF), Some(5), Some(1))
    )
}

pub(super) fn read(bytes: &[u8], said: &mut Said) {
    // Frame id, service, kind, transaction (4), reserved (2), length of the blocks.
    let length = be16(bytes, 10).map_or(0, usize::from);
    let body = rest(bytes, 12);
    let mut blocks = slice(body, 0, length).unwrap_or(body);
    for _ in 0..BLOCKS {
        let (Some(kind), Some(length)) = (be16(blocks, 0), be16(blocks, 2).map(usize::from)) else { break };
        let Some(block) = slice(blocks, 4, length) else { break };
        // Two bytes of information about the value precede it.
        let value = rest(block, 2);
        match kind {
            0x0102 => address(value, said),
            0x0201 => said.of_card(&SOURCE, "model", text(value)),
            0x0202 => said.of_card(&SOURCE, "name", text(value)),
            0x0203 => {
                if let (Some(vendor), Some(device)) = (be16(value, 0), be16(value, 2)) {
                    said.of_card(&SOURCE, "vendor", vendors::profinet(vendor));
                    said.of_card(&SOURCE, "product_code", format!("device id 0x{device:04X}"));
                }
            }
            0x0204 => role(value, said),
            0x0206 => said.of_card(&SOURCE, "alias", text(value)),
            _ => {}
        }
        blocks = rest(blocks, 4 + length + length % 2);
    }
}

/// Address, mask, gateway; zero means none.
fn address(value: &[u8], said: &mut Said) {
    for (at, attribute) in [(0, "ip"), (8, "gateway")] {
        if let Some(ip) = slice(value, at, 4).and_then(ipv4) {
            said.of_card(&SOURCE, attribute, ip.to_string());
        }
    }
}

/// Bit 0 is a device, 1 a controller, 3 a supervisor (an engineering tool).
fn role(value: &[u8], said: &mut Said) {
    let role = match byte(value, 0) {
        Some(bits) if bits & 0x02 != 0 => "controller",
        Some(bits) if bits & 0x08 != 0 => "engineering station",
        Some(bits) if bits & 0x01 != 0 => "field device",
        _ => return,
    };
    said.of_card(&SOURCE, "role", role);
}
