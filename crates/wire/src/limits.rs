//! Every bound of the core, each with the attack or accident it stops.

/// The number of a limit, whatever integer it is kept in.
#[derive(Debug)]
pub enum Bound<'a> {
    /// A count, or bytes.
    Size(&'a mut usize),
    /// The same, of 32 bits.
    Word(&'a mut u32),
    /// Nanoseconds.
    Time(&'a mut i64),
}

impl Bound<'_> {
    /// Its value.
    pub fn get(&self) -> i64 {
        match self {
            Self::Size(size) => i64::try_from(**size).unwrap_or(i64::MAX),
            Self::Word(word) => i64::from(**word),
            Self::Time(time) => **time,
        }
    }

    /// Gives it another; `None` if that is too large for it.
    pub fn set(&mut self, value: i64) -> Option<()> {
        match self {
            Self::Size(size) => **size = usize::try_from(value).ok()?,
            Self::Word(word) => **word = u32::try_from(value).ok()?,
            Self::Time(time) => **time = value,
        }
        Some(())
    }
}

impl<'a> From<&'a mut usize> for Bound<'a> {
    fn from(size: &'a mut usize) -> Self {
        Self::Size(size)
    }
}

impl<'a> From<&'a mut u32> for Bound<'a> {
    fn from(word: &'a mut u32) -> Self {
        Self::Word(word)
    }
}

impl<'a> From<&'a mut i64> for Bound<'a> {
    fn from(time: &'a mut i64) -> Self {
        Self::Time(time)
    }
}

/// One limit with all that is to be said of it: name, what it bounds and why, what happens when it is reached, its value.
pub type Entry<'a> = (&'static str, &'static str, &'static str, Bound<'a>);

/// A limit is one entry here: what it bounds and the attack or accident, its default, and what happens when it is reached.
macro_rules! limits {
    ($($(#[doc = $doc:literal])+ $name:ident: $type:ty = $default:expr => $reached:literal;)*) => {
        /// Bounds that configuration may change. Defaults suit a small box.
        #[derive(Debug, Clone)]
        pub struct Limits {
            $($(#[doc = $doc])+ pub $name: $type,)*
        }

        impl Default for Limits {
            fn default() -> Self {
                Self { $($name: $default,)* }
            }
        }

        impl Limits {
            /// Every limit.
            pub fn entries(&mut self) -> Vec<Entry<'_>> {
                vec![$((stringify!($name), concat!($($doc),+), $reached, Bound::from(&mut self.$name)),)*]
            }
        }
    };
}

limits! {
    /// Flows kept at once; the attack: a flood of spoofed connections that fills the memory.
    flows: usize = 200_000
        => "the flow that was idle longest is ended and its place given to the new one";
    /// Bytes held out of order in one direction of a flow; the attack: segments behind a hole that never fills.
    reorder_bytes: usize = 256 << 10
        => "what is held is given out, and the hole before it counts as lost";
    /// Bytes held out of order in all flows; the attack: the same, spread over many flows.
    reorder_bytes_total: usize = 64 << 20
        => "what the flow at hand holds is given out, and the holes before it count as lost";
    /// How far, in bytes, a sequence number may jump and still be of this stream; the attack: one wild number that moves the reader away.
    reorder_window: u32 = 1 << 20
        => "the segment is read where it stands and moves nothing, until the one behind it agrees";
    /// Bytes of one part of a message, where messages travel in parts; the attack: a length that lies, behind which nothing is read.
    chunk_bytes: usize = 1 << 20
        => "it is no message, with the violation `bad_length`, and the next one is looked for";
    /// Bytes kept of a message that comes in parts; the attack: parts without end.
    message_bytes: usize = 4 << 20
        => "what goes beyond is left out, and the message says `message_too_long`";
    /// Bytes of messages that are unfinished or wait for their answer, in all flows; the attack: long requests that nobody answers,
    /// or lengths that lie, spread over many flows.
    part_bytes_total: usize = 64 << 20
        => "what the flow at hand began is given up, and its requests end with the violation `too_many_waiting`";
    /// How deep values may stand inside values; the attack: a value nested so deep that reading it never ends.
    nesting: usize = 32
        => "what lies deeper is passed over, with the violation `too_deep`";
    /// Elements kept of one array; the attack: a count of millions of elements that take no bytes.
    elements: usize = 10_000
        => "the rest is passed over and counted";
    /// Bytes of one message told as text with all its parameters; the accident: a file or a program in one message.
    parameter_bytes: usize = 16 << 10
        => "the rest is left out, and the document says so";
    /// Requests waiting for their answer in one flow; the attack: requests that are never answered.
    waiting: usize = 256
        => "the oldest request ends without answer, with the violation `too_many_waiting`";
    /// Nanoseconds after which a request counts as unanswered; the accident: a silent device.
    answer_timeout: i64 = 5_000_000_000
        => "the request becomes a document that says `timeout`";
    /// Distinct operations interned at once; the attack: a scan over addresses that fills the memory.
    operations: usize = 200_000
        => "the oldest operation is forgotten, one of which nothing is summed up if it is found soon, and conversations with their last operation; what comes again is told as a first one";
    /// Points whose last value is kept; the attack: a scan over registers.
    points: usize = 1_000_000
        => "new points are not kept and have no values; they are counted";
    /// Servers of which it is kept what they told of their own points; the attack: spoofed servers that tell much.
    memories: usize = 10_000
        => "what further servers tell of their points is not kept";
    /// Bytes, about, of the names and handles that servers gave their points; the attack: spoofed servers with names without end.
    memory_bytes_total: usize = 256 << 20
        => "what is known stays known; values of further points are not kept";
    /// Events per operation and minute before the rest become summaries; the attack: a flood that fills the SIEM.
    events_per_minute: u32 = 100
        => "the rest of the minute is summed up";
    /// The same for commands whose values are new in this minute; the attack: a flood of commands with random values.
    new_values_per_minute: u32 = 1_000
        => "the rest is summed up, and one document says `event_flood`";
    /// Pairs of MAC and IP address whose presence is counted; the attack: spoofed sender addresses.
    senders: usize = 100_000
        => "further pairs are not told; their packets count for the run alone";
    /// Claims remembered so that each is told once a day; the attack: a device that gives another name at each question.
    claims: usize = 100_000
        => "all that was told is forgotten, so that it is told again when it is said again";
    /// First bytes held in all flows for what they may tell; the attack: a flood of headers that never end.
    first_bytes_total: usize = 16 << 20
        => "first bytes of further flows are not held, so that they tell nothing of their ends";
    /// Packet size above which a record cannot be one; the attack: a length field that asks for gigabytes.
    packet_bytes: usize = 262_144
        => "reading of the file stops there, with one line that names the place";
    /// Interfaces of one pcapng section; the attack: a file of nothing but interface blocks.
    interfaces: usize = 4_096
        => "reading of the file stops there, with one line that names the place";
    /// Bytes of one pcapng block other than a packet; the attack: a length field that asks for gigabytes.
    block_bytes: usize = 16 << 20
        => "reading of the file stops there, with one line that names the place";
    /// Bytes of the window of a zstd file; the attack: a frame header that asks for gigabytes. RFC 8878 §3.1.1.1.2 asks that
    /// 8 MiB be read, and no level up to 19 needs more.
    window_bytes: usize = 8 << 20
        => "reading of the file stops there, with one line that says so";
    /// Capture files open at once; the accident: a folder of thousands of files.
    open_files: usize = 64
        => "files beyond it are read when others have ended, so that their order is not exact; a line says so";
    /// 802.1Q tags of one frame; the attack: a frame of nothing but tags.
    vlan_tags: usize = 8
        => "the frame is counted by name and not read";
    /// MPLS labels of one packet; the attack: a frame of nothing but labels.
    mpls_labels: usize = 16
        => "the packet is counted by name and not read";
    /// Headers that wrap a whole packet, one in the other; the attack: a packet of nothing but tunnels.
    tunnels: usize = 8
        => "what is inside is counted by name and not read";
    /// Fragmented packets that wait to become whole; the attack: first fragments without the rest.
    fragmented_packets: usize = 4_096
        => "the oldest unfinished packet is given up and counted by name";
    /// Fragments of one packet; the attack: fragments of eight bytes, each of which costs a search.
    fragments_per_packet: usize = 256
        => "the packet is given up and counted by name";
    /// Bytes of fragments held in all, with what it costs to hold them; the attack: large fragments without the rest.
    fragment_bytes: usize = 16 << 20
        => "the oldest unfinished packets are given up and counted by name";
    /// Nanoseconds of line time after which a fragmented packet is given up; the accident: a fragment that was lost.
    fragment_timeout: i64 = 30_000_000_000
        => "its fragments are counted by name as never made whole";
    /// Packets remembered to know their copies, rounded up to a power of two; the attack: a flood that fills the memory.
    recent_packets: usize = 4_096
        => "copies of packets that long ago are not known again";
    /// Packets of one batch; the accident: a batch that never ends because nothing new happens.
    batch_packets: usize = 1 << 20
        => "the batch ends and is handed on";
    /// Rows of one batch, over all tables, where two readings count as one and 64 bytes of parameters as one more, or four times those
    /// that become documents; the accident: a batch that fills the memory because all is new.
    batch_rows: usize = 1 << 16
        => "the batch ends and is handed on";
    /// Packets in a row that must agree on a jump of more than an hour before it is believed; the attack: one packet from the future that ends all waiting.
    time_jump_packets: usize = 16
        => "line time jumps";
}
