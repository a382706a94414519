//! Modbus (MODBUS Application Protocol V1.1b3), all public function codes: over TCP and UDP (Messaging on TCP/IP V1.0b), and
//! serial frames inside TCP (over Serial Line V1.02), as terminal servers carry them.

use smallvec::SmallVec;

use super::{Carrier, Claim, Class, Decoder, Descriptor, Facts, Frame, Framing, Memory, Notation, Operation, PointValue, Side, Weird};
use crate::columns::Row;

mod adu;
mod checks;
mod describe;
mod files;
mod identification;
mod memory;
mod names;
mod points;
mod probe;
mod range;
mod serial;
mod serial_probe;
mod shape;
mod sunspec;
#[cfg(test)]
mod tests;
mod umas;
mod unread;

use adu::{header, Adu, Header};
use range::{ranges, text};
use umas::Umas;

const fn notation(table: &'static str, word: &'static str, prefix: &'static str, boolean: bool) -> Notation {
    Notation { table, word, prefix, digits: 4, offset: 1, boolean }
}

/// See the module.
pub static DESCRIPTOR: Descriptor = Descriptor {
    name: "modbus",
    title: "Modbus",
    operation_fields: describe::OPERATION_FIELDS,
    event_fields: describe::EVENT_FIELDS,
    notation: &[
        notation("coil", "coil", "0", true),
        notation("discrete_input", "discrete input", "1", true),
        notation("input_register", "input register", "3", false),
        notation("holding_register", "holding register", "4", false),
    ],
    unit_word: "unit",
    words: names::WORDS,
    framings: &[
        // First: its checksum proves more than the zeros of an MBAP header, which serial frames may well have.
        Framing {
            name: Wrapping::Serial.framing(),
            carrier: Carrier::Tcp,
            ports: &[],
            probe: serial_probe::probe,
            agree: serial_probe::agree,
            decoder: |_| Box::new(Modbus(Wrapping::Serial)),
        },
        Framing {
            name: Wrapping::Tcp.framing(),
            carrier: Carrier::Tcp,
            ports: &[502],
            probe: probe::probe,
            agree: |_, _| false,
            decoder: |_| Box::new(Modbus(Wrapping::Tcp)),
        },
        Framing {
            name: Wrapping::Udp.framing(),
            carrier: Carrier::Udp,
            ports: &[502],
            probe: probe::datagram,
            agree: probe::datagrams_agree,
            decoder: |_| Box::new(Modbus(Wrapping::Udp)),
        },
    ],
    unread: unread::FORMS,
};

/// What stands around a PDU.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wrapping {
    /// An MBAP header, in a stream.
    Tcp,
    /// An MBAP header, in datagrams.
    Udp,
    /// Unit and checksum.
    Serial,
}

impl Wrapping {
    /// `modbus.framing`.
    const fn framing(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
            Self::Serial => "rtu_over_tcp",
        }
    }

    fn read(self, message: &[u8]) -> Option<Adu<'_>> {
        match self {
            Self::Tcp | Self::Udp => Adu::read(message),
            Self::Serial => Adu::read_serial(message),
        }
    }
}

/// One decoder for all framings: it keeps nothing between messages.
struct Modbus(Wrapping);

impl Decoder for Modbus {
    fn frame(&mut self, side: Option<Side>, bytes: &[u8]) -> Frame {
        if self.0 == Wrapping::Serial {
            return serial::frame(side, bytes);
        }
        match header(bytes) {
            Header::Length(length) if bytes.len() >= length => Frame::Message(length),
            Header::Length(_) | Header::Short => Frame::More,
            Header::Bad(name) => Frame::Lost(name),
        }
    }

    fn plausible(&self, _side: Option<Side>, bytes: &[u8]) -> Option<bool> {
        match self.0 {
            Wrapping::Tcp | Wrapping::Udp => probe::plausible(bytes),
            Wrapping::Serial => serial_probe::plausible(bytes),
        }
    }

    fn checksum(&self) -> Option<&'static str> {
        (self.0 == Wrapping::Serial).then_some(serial::BAD_CHECKSUM)
    }

    fn asks_again(&self) -> bool {
        self.0 != Wrapping::Tcp
    }

    fn side(&self, message: &[u8]) -> Option<Side> {
        shape::shape(&self.0.read(message)?)?.side()
    }

    fn facts(&mut self, side: Side, message: &[u8]) -> Facts {
        let Some(adu) = self.0.read(message) else { return Facts::default() };
        let mut identity: SmallVec<[u8; 16]> = SmallVec::from_slice(&[adu.unit, adu.function]);
        for range in ranges(&adu, side == Side::Request).into_iter().flatten() {
            let both = (u32::from(range.start) << 16 | u32::from(range.quantity)).to_be_bytes();
            let is_single = matches!(adu.function, 5 | 6 | 22 | 24);
            identity.extend_from_slice(&both[..if is_single { 2 } else { 4 }]);
        }
        match (adu.function, side) {
            _ if adu.refused => {}
            (8, _) => identity.extend_from_slice(adu.data.get(..2).unwrap_or_default()),
            (43, Side::Request) => {
                identity.extend_from_slice(adu.data.get(..3).filter(|_| adu.byte(0) == Some(14)).or(adu.data.get(..1)).unwrap_or_default())
            }
            (43, Side::Answer) => identity.extend_from_slice(adu.data.get(..1).unwrap_or_default()),
            (90, Side::Request) => {
                if let Some(request) = Umas::request(&adu) {
                    umas::identity(&request, &mut identity);
                }
            }
            (20 | 21, _) => {
                for one in files::FileRecords::read(&adu, side == Side::Request).records {
                    for word in [one.file, one.record, one.length] {
                        identity.extend_from_slice(&word.to_be_bytes());
                    }
                }
            }
            _ => {}
        }
        Facts {
            key: u64::from(adu.transaction.unwrap_or_default()) << 16 | u64::from(adu.unit) << 8 | u64::from(adu.function),
            silent: side == Side::Request && (adu.function == 8 && adu.word(0) == Some(4) || self.is_broadcast(&adu)),
            weird: checks::alone(&adu, side),
            failed: side == Side::Answer && refusal(&adu).is_some(),
            identity,
            ..Facts::default()
        }
    }

    fn fits(&self, request: &[u8], answer: &[u8]) -> bool {
        self.pair_weird(request, answer).is_empty()
    }

    fn pair_weird(&self, request: &[u8], answer: &[u8]) -> Weird {
        match (self.0.read(request), self.0.read(answer)) {
            (Some(request), Some(answer)) => checks::pair(&request, &answer),
            _ => Weird::new(),
        }
    }

    fn operation(&self, request: Option<&[u8]>, answer: Option<&[u8]>) -> Operation {
        let is_request = request.is_some();
        let Some(adu) = request.or(answer).and_then(|message| self.0.read(message)) else {
            return Operation { name: "Unknown".to_owned(), class: Class::Other, target: String::new(), unit: None, tells: false };
        };
        let (mut name, mut class) = (names::function(adu.function), names::public(adu.function).map_or(Class::Other, |(_, class)| class));
        if !adu.refused {
            match adu.function {
                8 => {
                    let code = adu.word(0);
                    if let Some(sub) = code.and_then(names::subfunction) {
                        name = format!("{name} {sub}");
                    }
                    if matches!(code, Some(1 | 4)) {
                        class = Class::Control;
                    }
                }
                43 if adu.byte(0) == Some(14) => (name, class) = ("Read Device Identification".to_owned(), Class::Discover),
                43 if adu.byte(0) == Some(13) => name = "CANopen General Reference".to_owned(),
                90 if is_request => {
                    if let Some((sub, its_class)) = Umas::request(&adu).and_then(|request| umas::known(request.code)) {
                        (name, class) = (format!("UMAS {sub}"), its_class);
                    }
                }
                _ => {}
            }
        }
        let mut target = format!("unit {}", adu.unit);
        let ranges = ranges(&adu, is_request);
        if let (Some(table), Some(range)) = (names::table(adu.function), ranges[0]) {
            target.push_str(&format!(" {table} {}", text(range)));
        }
        if let Some(range) = ranges[1] {
            target.push_str(&format!(", writes {}", text(range)));
        }
        let named = Umas::request(&adu).filter(|_| is_request).map(|request| umas::target(&request));
        if let Some(named) = named.filter(|named| !named.is_empty()) {
            target.push_str(&format!(" {named}"));
        }
        Operation { name, class, target, unit: Some(adu.unit), tells: matches!(class, Class::Discover | Class::Session) }
    }

    fn describe_operation(&self, request: Option<&[u8]>, answer: Option<&[u8]>, row: &mut Row<'_>) {
        if let Some(adu) = request.or(answer).and_then(|message| self.0.read(message)) {
            describe::operation(&adu, self.0.framing(), request.is_some(), row);
        }
    }

    fn describe_event(&self, request: Option<&[u8]>, answer: Option<&[u8]>, row: &mut Row<'_>) {
        let [request, answer] = [request, answer].map(|message| self.0.read(message?));
        describe::event(request.as_ref(), answer.as_ref(), row);
    }

    fn status(&self, answer: &[u8]) -> Option<String> {
        refusal(&self.0.read(answer)?)
    }

    fn lasting<'a>(&self, answer: &'a [u8]) -> &'a [u8] {
        answer.get(2..).unwrap_or_default()
    }

    fn points(
        &self,
        request: Option<&[u8]>,
        answer: Option<&[u8]>,
        _memory: Option<&mut (dyn Memory + 'static)>,
        point: &mut dyn FnMut(PointValue),
    ) {
        let (request, answer) = (request.and_then(|request| self.0.read(request)), answer.and_then(|answer| self.0.read(answer)));
        match request.as_ref().and_then(Umas::request) {
            Some(umas) if answer.is_none_or(|answer| !answer.refused) => {
                let unit = request.map_or(0, |request| request.unit);
                umas::points(unit, &umas, answer.as_ref().and_then(Umas::answer).as_ref(), point);
            }
            _ => points::each(request.as_ref(), answer.as_ref(), point),
        }
    }

    fn point_text(&self, table: &'static str, address: u32) -> String {
        if table == umas::VARIABLES {
            umas::variable_text(address)
        } else {
            format!("{table} {address}")
        }
    }

    fn memory(&self, request: Option<&[u8]>, answer: Option<&[u8]>, values: &[PointValue]) -> Option<Box<dyn Memory>> {
        memory::begin(self.0, request, answer, values)
    }

    fn claims(&self, request: Option<&[u8]>, answer: Option<&[u8]>, claim: &mut dyn FnMut(Claim)) {
        let Some(adu) = answer.and_then(|answer| self.0.read(answer)).filter(|adu| !adu.refused) else { return };
        let unit = Some(adu.unit);
        match adu.function {
            43 if adu.byte(0) == Some(14) => {
                for (identifier, value) in identification::objects(&adu).0 {
                    if let Some((_, attribute)) = identification::OBJECTS.get(usize::from(identifier)).filter(|_| !value.is_empty()) {
                        claim(Claim { side: Side::Answer, unit, attribute, value, source: "modbus device identification" });
                    }
                }
            }
            17 => {
                if let Some(value) = identification::server_id(&adu).and_then(|server| server.printable) {
                    claim(Claim { side: Side::Answer, unit, attribute: "server_id", value, source: "modbus report server id" });
                }
            }
            90 => {
                let request = request.and_then(|request| self.0.read(request));
                if let (Some(request), Some(answer)) = (request.as_ref().and_then(Umas::request), Umas::answer(&adu)) {
                    umas::claims(adu.unit, &request, &answer, claim);
                }
            }
            _ => {}
        }
    }
}

impl Modbus {
    /// On a serial line unit 0 is all devices, and none of them answers (over Serial Line V1.02 §2.1).
    fn is_broadcast(&self, adu: &Adu<'_>) -> bool {
        self.0 == Wrapping::Serial && adu.unit == 0
    }
}

/// Why an answer refuses: an exception, or UMAS with FD in place of FE.
fn refusal(adu: &Adu<'_>) -> Option<String> {
    match (adu.refused, adu.function) {
        (true, _) => {
            let code = adu.byte(0).unwrap_or_default();
            Some(names::exception(code).map_or_else(|| format!("Exception {code}"), str::to_owned))
        }
        (false, 90) => Umas::answer(adu)?.refusal(),
        _ => None,
    }
}
