//! Forms that are named and not read: inside TLS, and as text.

use std::path::Path;

use sentinel_wire::engine::{Engine, Options};

use super::network::{rows, Capture, Row, CLIENT, SERVER};

const DATA: u8 = 0x18;
/// 1.3.6.1.4.1.50316.802.1 in DER.
const ROLE: [u8; 13] = [6, 11, 0x2B, 6, 1, 4, 1, 0x83, 0x89, 0x0C, 0x86, 0x22, 1];

/// Port and application of each connection, as last told.
fn named(rows: &[Row]) -> Vec<(String, String)> {
    let mut last = std::collections::BTreeMap::new();
    for row in rows.iter().filter(|row| row.contains_key("server_port")) {
        last.insert(row["server_port"].clone(), row.get("application").cloned().unwrap_or_default());
    }
    last.into_iter().collect()
}

fn record(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = body.len() as u16;
    let mut record = vec![22, 3, 3];
    record.extend((length + 4).to_be_bytes());
    record.extend([kind, 0]);
    record.extend(length.to_be_bytes());
    record.extend(body);
    record
}

/// A hello, then a certificate with these bytes in it, cut behind so many bytes.
fn handshake(port: u16, certificate: &[u8], cut: usize) -> Capture {
    let hello = record(1, &[&[3, 3][..], &[7; 70]].concat());
    let told = record(11, &[&[9; 100][..], certificate, &[9; 100]].concat());
    let (one, other) = told.split_at(cut);
    let mut capture = Capture::on_port(port);
    let start = 1_000 + hello.len() as u32;
    capture.handshake().segment(CLIENT, 1_000, 5_000, DATA, &hello).segment(SERVER, 5_000, start, DATA, &record(2, &[3; 70]));
    capture.segment(CLIENT, start, 5_079, DATA, one).segment(CLIENT, start + cut as u32, 5_079, DATA, other);
    capture
}

#[test]
fn a_certificate_or_the_port_tells_what_is_inside_tls() {
    for cut in [1, 105, 110, 115, 121, 150] {
        let name = |port, certificate: &[u8]| {
            let tables = handshake(port, certificate, cut).read(Options::default());
            assert!(tables.get("events").is_none_or(Vec::is_empty), "nothing is read");
            named(&tables["connections"]).remove(0).1
        };
        assert_eq!(name(8_802, &ROLE), "modbus-tls", "cut at {cut}");
        assert_eq!(name(802, &[]), "modbus-tls");
        assert_eq!(name(8_802, &ROLE[..12]), "tls");
        assert_eq!(name(443, &[]), "tls");
    }
}

#[test]
fn a_real_stack_inside_tls() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pcaps/modbus/pymodbus-tls/pymodbus-tls.pcap");
    let mut engine = Engine::open(&[path], Options { vlan_in_key: true, ..Options::default() });
    let mut connections = Vec::new();
    while let Some(batch) = engine.next_batch() {
        connections.extend(batch.into_iter().filter(|table| table.name() == "connections").flat_map(rows));
    }
    let expected = ["802", "8802"].map(|port| (port.to_owned(), "modbus-tls".to_owned()));
    assert_eq!(named(&connections), expected);
}

#[test]
fn text_frames_are_named() {
    let mut capture = Capture::on_port(4_002);
    capture.handshake().segment(CLIENT, 1_000, 5_000, DATA, b":1103006B00037E\r\n");
    capture.segment(SERVER, 5_000, 1_017, DATA, b":110306022B0000006455\r\n");
    let tables = capture.read(Options::default());
    assert_eq!(named(&tables["connections"]), [("4002".to_owned(), "modbus-ascii".to_owned())]);
    assert!(tables.get("events").is_none_or(Vec::is_empty));
}
