//! Packets from memory, as a live source gives them, and the frames of one conversation.

use std::sync::Arc;

use sentinel_wire::source::live::{Interface, Live, Next};
use sentinel_wire::source::Packet;

/// 2023-11-14 22:13:20 UTC, in ns.
pub const START: i64 = 1_700_000_000_000_000_000;
/// LINKTYPE_ETHERNET.
pub const ETHERNET: u32 = 1;

/// One thing that the source gives.
#[derive(Debug, Clone)]
pub enum Given {
    /// A packet: time, link type, bytes, bytes that were cut off.
    Packet(i64, u32, Vec<u8>, u32),
    /// Time passes.
    Tick(i64),
    /// A batch ends.
    Pause,
}

/// Gives what it holds, then ends.
pub struct Memory {
    all: Arc<[Given]>,
    next: usize,
    frame: u64,
    interfaces: [Interface; 1],
}

impl Memory {
    /// A source of these.
    pub fn new(all: Arc<[Given]>) -> Self {
        Self { all, next: 0, frame: 0, interfaces: [Interface { name: "memory".to_owned(), is_up: true, ..Interface::default() }] }
    }
}

impl Live for Memory {
    fn next(&mut self) -> Next<'_> {
        let Some(given) = self.all.get(self.next) else { return Next::End };
        self.next += 1;
        match given {
            Given::Packet(time, link, bytes, cut) => {
                self.frame += 1;
                let original = (bytes.len() as u32).saturating_add(*cut);
                Next::Packet(Packet { time: *time, file: 0, interface: 0, frame: self.frame, link: *link, bytes, original })
            }
            Given::Tick(time) => Next::Tick(*time),
            Given::Pause => Next::Pause,
        }
    }

    fn interfaces(&self) -> &[Interface] {
        &self.interfaces
    }

    fn notices(&mut self) -> Vec<String> {
        Vec::new()
    }
}

/// The two ends of a conversation: last byte of the address, and port.
#[derive(Debug, Clone, Copy)]
pub struct Ends {
    /// Who asks.
    pub client: (u8, u16),
    /// Who answers.
    pub server: (u8, u16),
}

impl Ends {
    /// A client on a port of its own and a server on this port.
    pub fn on(port: u16) -> Self {
        Self { client: (1, 40_000), server: (2, port) }
    }

    fn of(self, is_client: bool) -> [(u8, u16); 2] {
        if is_client {
            [self.client, self.server]
        } else {
            [self.server, self.client]
        }
    }

    /// An Ethernet frame with a TCP segment.
    pub fn segment(self, is_client: bool, sequence: u32, acknowledgement: u32, flags: u8, payload: &[u8]) -> Vec<u8> {
        let [source, destination] = self.of(is_client);
        let mut tcp = Vec::with_capacity(20 + payload.len());
        tcp.extend(source.1.to_be_bytes());
        tcp.extend(destination.1.to_be_bytes());
        tcp.extend(sequence.to_be_bytes());
        tcp.extend(acknowledgement.to_be_bytes());
        tcp.extend([0x50, flags, 0x20, 0, 0, 0, 0, 0]);
        tcp.extend(payload);
        self.frame(is_client, 6, &tcp)
    }

    /// An Ethernet frame with a UDP datagram.
    pub fn datagram(self, is_client: bool, payload: &[u8]) -> Vec<u8> {
        let [source, destination] = self.of(is_client);
        let mut udp = Vec::with_capacity(8 + payload.len());
        for word in [source.1, destination.1, 8 + payload.len() as u16, 0] {
            udp.extend(word.to_be_bytes());
        }
        udp.extend(payload);
        self.frame(is_client, 17, &udp)
    }

    fn frame(self, is_client: bool, protocol: u8, inside: &[u8]) -> Vec<u8> {
        let [source, destination] = self.of(is_client);
        let mut frame = vec![2, 0, 0, 0, 0, destination.0, 2, 0, 0, 0, 0, source.0, 8, 0, 0x45, 0];
        frame.extend((20 + inside.len() as u16).to_be_bytes());
        frame.extend([0, 0, 0x40, 0, 64, protocol, 0, 0, 10, 0, 0, source.0, 10, 0, 0, destination.0]);
        frame.extend(inside);
        frame
    }
}
