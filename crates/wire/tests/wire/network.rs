//! Captures in memory's stead: TCP segments and datagrams between a client and a server, written as pcap, read by the engine.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use sentinel_wire::columns::{Cell, Table};
use sentinel_wire::engine::{Engine, Options};

pub(crate) const CLIENT: bool = true;
pub(crate) const SERVER: bool = false;

/// A row: column name to its value, nulls left out.
pub(crate) type Row = BTreeMap<String, String>;

/// Packets to be, in the order of capture.
#[derive(Clone)]
pub(crate) struct Capture {
    packets: Vec<(i64, Vec<u8>)>,
    pub(crate) time: i64,
    /// The server's.
    port: u16,
    /// Last byte of the address of client and server.
    hosts: [u8; 2],
}

impl Capture {
    pub(crate) fn new() -> Self {
        Self::on_port(502)
    }

    pub(crate) fn on_port(port: u16) -> Self {
        Self { packets: Vec::new(), time: 1_700_000_000_000_000, port, hosts: [1, 2] }
    }

    /// One segment; 1 ms passes. Sequence numbers are relative to 1,000 (client) and 5,000 (server).
    pub(crate) fn segment(&mut self, from: bool, sequence: u32, acknowledgement: u32, flags: u8, payload: &[u8]) -> &mut Self {
        let [source, destination] = self.ends(from);
        let mut tcp = Vec::new();
        tcp.extend(source.1.to_be_bytes());
        tcp.extend(destination.1.to_be_bytes());
        tcp.extend(sequence.to_be_bytes());
        tcp.extend(acknowledgement.to_be_bytes());
        tcp.extend([0x50, flags, 0x20, 0, 0, 0, 0, 0]);
        tcp.extend(payload);
        self.packet(from, 6, &tcp)
    }

    /// One datagram; 1 ms passes.
    pub(crate) fn datagram(&mut self, from: bool, payload: &[u8]) -> &mut Self {
        let [source, destination] = self.ends(from);
        let mut udp = Vec::new();
        for word in [source.1, destination.1, 8 + payload.len() as u16, 0] {
            udp.extend(word.to_be_bytes());
        }
        udp.extend(payload);
        self.packet(from, 17, &udp)
    }

    /// Packets from here on are between these two.
    pub(crate) fn hosts(&mut self, client: u8, server: u8) -> &mut Self {
        self.hosts = [client, server];
        self
    }

    /// Last byte of the address, and port, of sender and receiver.
    fn ends(&self, from: bool) -> [(u8, u16); 2] {
        let (client, server) = ((self.hosts[0], 40_000), (self.hosts[1], self.port));
        if from == CLIENT {
            [client, server]
        } else {
            [server, client]
        }
    }

    fn packet(&mut self, from: bool, protocol: u8, inside: &[u8]) -> &mut Self {
        let [source, destination] = self.ends(from);
        let mut frame = vec![2, 0, 0, 0, 0, destination.0, 2, 0, 0, 0, 0, source.0, 8, 0, 0x45, 0];
        frame.extend((20 + inside.len() as u16).to_be_bytes());
        frame.extend([0, 0, 0x40, 0, 64, protocol, 0, 0, 10, 0, 0, source.0, 10, 0, 0, destination.0]);
        frame.extend(inside);
        self.packets.push((self.time, frame));
        self.time += 1_000;
        self
    }

    /// A frame of any kind; no time passes.
    pub(crate) fn frame(&mut self, frame: Vec<u8>) -> &mut Self {
        self.packets.push((self.time, frame));
        self
    }

    /// Every frame and its time, µs since 1970.
    pub(crate) fn frames(&self) -> &[(i64, Vec<u8>)] {
        &self.packets
    }

    pub(crate) fn handshake(&mut self) -> &mut Self {
        self.segment(CLIENT, 999, 0, 2, &[]).segment(SERVER, 4_999, 1_000, 0x12, &[]).segment(CLIENT, 1_000, 5_000, 0x10, &[])
    }

    pub(crate) fn wait(&mut self, milliseconds: i64) -> &mut Self {
        self.time += milliseconds * 1_000;
        self
    }

    pub(crate) fn write(&self) -> PathBuf {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let name = format!("sentinel-wire-{}-{}.pcap", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        let mut bytes = vec![0xD4, 0xC3, 0xB2, 0xA1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0];
        for (time, frame) in &self.packets {
            bytes.extend(((time / 1_000_000) as u32).to_le_bytes());
            bytes.extend(((time % 1_000_000) as u32).to_le_bytes());
            bytes.extend((frame.len() as u32).to_le_bytes());
            bytes.extend((frame.len() as u32).to_le_bytes());
            bytes.extend(frame);
        }
        std::fs::File::create(&path).and_then(|mut file| file.write_all(&bytes)).expect("the temporary folder can be written");
        path
    }

    /// Reads it with these options, VLAN tags telling flows apart; every table's rows by name.
    pub(crate) fn read(&self, options: Options) -> BTreeMap<String, Vec<Row>> {
        self.read_as(Options { vlan_in_key: true, ..options })
    }

    /// Reads it with these options as they are.
    pub(crate) fn read_as(&self, options: Options) -> BTreeMap<String, Vec<Row>> {
        let path = self.write();
        let tables = read_file(&path, options);
        std::fs::remove_file(path).expect("it was written");
        tables
    }

    /// Reads it with these options as they are, batch by batch.
    pub(crate) fn batches(&self, options: Options) -> Vec<Vec<Table>> {
        let path = self.write();
        let mut engine = Engine::open(std::slice::from_ref(&path), options);
        let batches = std::iter::from_fn(|| engine.next_batch()).collect();
        std::fs::remove_file(path).expect("it was written");
        batches
    }

    /// Times in ns and frames.
    pub(crate) fn timed_frames(&self) -> impl Iterator<Item = (i64, Vec<u8>)> + '_ {
        self.packets.iter().map(|(time, frame)| (time * 1_000, frame.clone()))
    }

    /// Every transaction as one line: request frame, answer frame, id, function, outcome, why unanswered, violations.
    pub(crate) fn transactions(&self) -> Vec<String> {
        self.transactions_as(Options { vlan_in_key: true, ..Options::default() })
    }

    /// The same with options as they are, but for every transaction being an event.
    pub(crate) fn transactions_as(&self, options: Options) -> Vec<String> {
        let tables = self.read_as(Options { every_transaction: true, ..options });
        let operations: BTreeMap<&str, &Row> = tables["operations"].iter().map(|row| (row["operation"].as_str(), row)).collect();
        let events = tables["events"].iter().zip(&tables["modbus_events"]);
        let lines = events.map(|(event, own)| {
            let get = |row: &Row, name: &str| row.get(name).cloned().unwrap_or_else(|| "-".to_owned());
            let words = ["request_frame", "response_frame"].map(|name| get(event, name));
            let rest = ["outcome", "unanswered", "weird"].map(|name| get(event, name));
            format!(
                "{} {} {} {}",
                words.join(" "),
                get(own, "modbus.transaction_id"),
                get(operations[event["operation"].as_str()], "name"),
                rest.join(" ")
            )
        });
        lines.collect()
    }
}

/// Reads a capture with these options; every table's rows by name, and the totals as a table of one row.
pub(crate) fn read_file(path: &Path, options: Options) -> BTreeMap<String, Vec<Row>> {
    collect(&mut Engine::open(&[path.to_path_buf()], options))
}

/// Reads to the end; every table's rows by name.
pub(crate) fn collect(engine: &mut Engine) -> BTreeMap<String, Vec<Row>> {
    let mut tables: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    while let Some(batch) = engine.next_batch() {
        for (name, rows) in rows_of(batch) {
            tables.entry(name).or_default().extend(rows);
        }
    }
    let counted = engine.counters();
    let mut totals: Row = [
        ("transactions", counted.transactions),
        ("late", counted.late),
        ("routed_duplicates", counted.routed_duplicates),
        ("mirrored_twice", counted.mirrored_twice),
        ("fragments", counted.fragments),
        ("fragment_conflicts", counted.fragment_conflicts),
    ]
    .into_iter()
    .map(|(name, count)| (name.to_owned(), count.to_string()))
    .collect();
    totals.extend(counted.unread.iter().map(|(name, count)| (format!("unread {name}"), count.to_string())));
    totals.extend(counted.limits.iter().map(|(name, count)| (format!("limit {name}"), count.to_string())));
    totals.insert("line time".to_owned(), engine.line_time().to_string());
    totals.insert("tags differ".to_owned(), engine.directions().tags_differ.to_string());
    tables.insert("counters".to_owned(), vec![totals]);
    tables
}

/// A batch's rows by the name of their table.
pub(crate) fn rows_of(batch: Vec<Table>) -> BTreeMap<String, Vec<Row>> {
    batch.into_iter().map(|table| (table.name().to_owned(), rows(table))).collect()
}

pub(crate) fn rows(table: Table) -> Vec<Row> {
    let mut rows = vec![Row::new(); table.rows()];
    for (field, cells) in table.into_columns() {
        for (at, row) in rows.iter_mut().enumerate() {
            let text = match cells.get(at) {
                Some(Cell::Unsigned(value)) => value.to_string(),
                Some(Cell::Signed(value)) => value.to_string(),
                Some(Cell::Float(value)) => value.to_string(),
                Some(Cell::Bool(value)) => value.to_string(),
                Some(Cell::Text(value)) => value,
                Some(Cell::Integers(values)) => format!("{values:?}"),
                Some(Cell::Texts(values)) => values.join(","),
                None => continue,
            };
            row.insert(field.name.to_owned(), text);
        }
    }
    rows
}

/// A serial frame: unit, PDU, CRC-16 (MODBUS over Serial Line V1.02 §6.2.2), written here bit by bit.
pub(crate) fn serial(unit: u8, pdu: &[u8]) -> Vec<u8> {
    let mut frame = vec![unit];
    frame.extend(pdu);
    let mut crc = 0xFFFF_u16;
    for byte in &frame {
        crc ^= u16::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xA001 } else { crc >> 1 };
        }
    }
    frame.extend(crc.to_le_bytes());
    frame
}

/// An ADU (MBAP header and PDU).
pub(crate) fn adu(id: u16, unit: u8, pdu: &[u8]) -> Vec<u8> {
    let mut bytes = id.to_be_bytes().to_vec();
    bytes.extend([0, 0]);
    bytes.extend((pdu.len() as u16 + 1).to_be_bytes());
    bytes.push(unit);
    bytes.extend(pdu);
    bytes
}

/// Read Holding Registers from `address`.
pub(crate) fn ask(id: u16, address: u16, quantity: u16) -> Vec<u8> {
    let [a, b] = address.to_be_bytes();
    let [c, d] = quantity.to_be_bytes();
    adu(id, 1, &[3, a, b, c, d])
}

/// Its answer, every register holding `value`.
pub(crate) fn tell(id: u16, quantity: u16, value: u16) -> Vec<u8> {
    let mut pdu = vec![3, 2 * quantity as u8];
    for _ in 0..quantity {
        pdu.extend(value.to_be_bytes());
    }
    adu(id, 1, &pdu)
}
