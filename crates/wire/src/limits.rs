//! Every bound of the core, each with the attack or accident it stops.

/// Bounds that configuration may change. Defaults suit a small box.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Flows kept at once; the attack: a flood of spoofed connections that fills the memory.
    pub flows: usize,
    /// Bytes held out of order in one direction of a flow; the attack: segments behind a hole that never fills.
    pub reorder_bytes: usize,
    /// Bytes held out of order in all flows; the attack: the same, spread over many flows.
    pub reorder_bytes_total: usize,
    /// How far, in bytes, a sequence number may jump and still be of this stream; the attack: one wild number that moves the reader away.
    pub reorder_window: u32,
    /// Requests waiting for their answer in one flow; the attack: requests that are never answered.
    pub waiting: usize,
    /// Nanoseconds after which a request counts as unanswered; the accident: a silent device.
    pub answer_timeout: i64,
    /// Distinct operations interned at once; the attack: a scan over addresses that fills the memory.
    pub operations: usize,
    /// Points whose last value is kept; the attack: a scan over registers.
    pub points: usize,
    /// Servers of which it is kept what they told of their own points; the attack: spoofed servers that tell much.
    pub memories: usize,
    /// Events per operation and minute before the rest become summaries; the attack: a flood that fills the SIEM.
    pub events_per_minute: u32,
    /// The same for commands whose values are new in this minute; the attack: a flood of commands with random values.
    pub new_values_per_minute: u32,
    /// Pairs of MAC and IP address whose presence is counted; the attack: spoofed sender addresses.
    pub senders: usize,
    /// Claims remembered so that each is told once a day; the attack: a device that gives another name at each question.
    pub claims: usize,
    /// First bytes held in all flows for what they may tell; the attack: a flood of headers that never end.
    pub first_bytes_total: usize,
    /// Packet size above which a record cannot be one; the attack: a length field that asks for gigabytes.
    pub packet_bytes: usize,
    /// Interfaces of one pcapng section; the attack: a file of nothing but interface blocks.
    pub interfaces: usize,
    /// Bytes of one pcapng block other than a packet; the attack: a length field that asks for gigabytes.
    pub block_bytes: usize,
    /// Capture files open at once; the accident: a folder of thousands of files.
    pub open_files: usize,
    /// 802.1Q tags of one frame; the attack: a frame of nothing but tags.
    pub vlan_tags: usize,
    /// MPLS labels of one packet; the attack: a frame of nothing but labels.
    pub mpls_labels: usize,
    /// Headers that wrap a whole packet, one in the other; the attack: a packet of nothing but tunnels.
    pub tunnels: usize,
    /// Fragmented packets that wait to become whole; the attack: first fragments without the rest.
    pub fragmented_packets: usize,
    /// Fragments of one packet; the attack: fragments of eight bytes, each of which costs a search.
    pub fragments_per_packet: usize,
    /// Bytes of fragments held in all, with what it costs to hold them; the attack: large fragments without the rest.
    pub fragment_bytes: usize,
    /// Nanoseconds of line time after which a fragmented packet is given up; the accident: a fragment that was lost.
    pub fragment_timeout: i64,
    /// Packets remembered to know their copies, rounded up to a power of two; the attack: a flood that fills the memory.
    pub recent_packets: usize,
    /// Packets of one batch; the accident: a batch that never ends because nothing new happens.
    pub batch_packets: usize,
    /// Rows of one batch, over all tables; the accident: a batch that fills the memory because all is new.
    pub batch_rows: usize,
    /// Packets in a row that must agree on a jump of more than an hour before it is believed; the attack: one packet from the future that ends all waiting.
    pub time_jump_packets: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            flows: 200_000,
            reorder_bytes: 256 << 10,
            reorder_bytes_total: 64 << 20,
            reorder_window: 1 << 20,
            waiting: 256,
            answer_timeout: 5_000_000_000,
            operations: 200_000,
            points: 1_000_000,
            memories: 10_000,
            events_per_minute: 100,
            new_values_per_minute: 1_000,
            senders: 100_000,
            claims: 100_000,
            first_bytes_total: 16 << 20,
            packet_bytes: 262_144,
            interfaces: 4_096,
            block_bytes: 16 << 20,
            open_files: 64,
            vlan_tags: 8,
            mpls_labels: 16,
            tunnels: 8,
            fragmented_packets: 4_096,
            fragments_per_packet: 256,
            fragment_bytes: 16 << 20,
            fragment_timeout: 30_000_000_000,
            recent_packets: 4_096,
            batch_packets: 1 << 20,
            batch_rows: 1 << 16,
            time_jump_packets: 16,
        }
    }
}
