//! Modbus over TCP (MODBUS Application Protocol V1.1b3; Messaging on TCP/IP V1.0b), all public function codes.

use smallvec::SmallVec;

use super::{Claim, Class, Decoder, Descriptor, Facts, Frame, Notation, Operation, PointValue, Side, Weird};
use crate::columns::Row;

mod adu;
mod checks;
mod describe;
mod identification;
mod names;
mod probe;
mod range;
#[cfg(test)]
mod tests;

use adu::{header, shape, Adu, Header, HEADER};
use range::{ranges, text};

const fn notation(table: &'static str, word: &'static str, prefix: &'static str, boolean: bool) -> Notation {
    Notation { table, word, prefix, digits: 4, offset: 1, boolean }
}

/// See the module.
pub static DESCRIPTOR: Descriptor = Descriptor {
    name: "modbus",
    title: "Modbus",
    framing: "tcp",
    ports: &[502],
    longest: 266,
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
    probe: probe::probe,
    decoder: || Box::new(Modbus),
};

/// The decoder keeps nothing between messages.
struct Modbus;

impl Decoder for Modbus {
    fn frame(&mut self, _side: Option<Side>, bytes: &[u8]) -> Frame {
        match header(bytes) {
            Header::Length(length) if bytes.len() >= length => Frame::Message(length),
            Header::Length(_) | Header::Short => Frame::More,
            Header::Bad(name) => Frame::Lost(name),
        }
    }

    fn plausible(&self, _side: Option<Side>, bytes: &[u8]) -> Option<bool> {
        let length = match header(bytes) {
            Header::Bad(_) => return Some(false),
            Header::Length(length) => length,
            Header::Short => return None,
        };
        let code = *bytes.get(HEADER)?;
        Some(names::public(code & 0x7F).is_some() && probe::may_have_length(code, length))
    }

    fn side(&self, message: &[u8]) -> Option<Side> {
        let adu = Adu::read(message)?;
        match shape(adu.function, adu.refused, adu.data)? {
            shape if shape.request && !shape.answer => Some(Side::Request),
            shape if shape.answer && !shape.request => Some(Side::Answer),
            _ => None,
        }
    }

    fn facts(&mut self, side: Side, message: &[u8]) -> Facts {
        let Some(adu) = Adu::read(message) else { return Facts::default() };
        let mut identity: SmallVec<[u8; 16]> = SmallVec::from_slice(&[adu.unit, adu.function]);
        for range in ranges(&adu, side == Side::Request).into_iter().flatten() {
            identity.extend_from_slice(&range.start.to_be_bytes());
            if !matches!(adu.function, 5 | 6 | 22 | 24) {
                identity.extend_from_slice(&range.quantity.to_be_bytes());
            }
        }
        match (adu.function, side) {
            _ if adu.refused => {}
            (8, _) => identity.extend_from_slice(adu.data.get(..2).unwrap_or_default()),
            (43, Side::Request) => {
                identity.extend_from_slice(adu.data.get(..3).filter(|_| adu.byte(0) == Some(14)).or(adu.data.get(..1)).unwrap_or_default())
            }
            (43, Side::Answer) => identity.extend_from_slice(adu.data.get(..1).unwrap_or_default()),
            (90, Side::Request) => identity.extend_from_slice(adu.data.get(1..2).unwrap_or_default()),
            (20 | 21, _) => {
                for (file, record, length) in range::file_records(&adu, side == Side::Request).0 {
                    for word in [file, record, length] {
                        identity.extend_from_slice(&word.to_be_bytes());
                    }
                }
            }
            _ => {}
        }
        Facts {
            key: u64::from(adu.transaction) << 16 | u64::from(adu.unit) << 8 | u64::from(adu.function),
            silent: side == Side::Request && adu.function == 8 && adu.word(0) == Some(4),
            weird: checks::alone(&adu, side),
            failed: side == Side::Answer && adu.refused,
            identity,
        }
    }

    fn fits(&self, request: &[u8], answer: &[u8]) -> bool {
        self.pair_weird(request, answer).is_empty()
    }

    fn pair_weird(&self, request: &[u8], answer: &[u8]) -> Weird {
        match (Adu::read(request), Adu::read(answer)) {
            (Some(request), Some(answer)) => checks::pair(&request, &answer),
            _ => Weird::new(),
        }
    }

    fn operation(&self, request: Option<&[u8]>, answer: Option<&[u8]>) -> Operation {
        let is_request = request.is_some();
        let Some(adu) = request.or(answer).and_then(Adu::read) else {
            return Operation { name: "Unknown".to_owned(), class: Class::Other, target: String::new(), unit: None };
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
                    if let Some((sub, its_class)) = adu.byte(1).and_then(names::umas) {
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
        Operation { name, class, target, unit: Some(adu.unit) }
    }

    fn describe_operation(&self, request: Option<&[u8]>, answer: Option<&[u8]>, row: &mut Row<'_>) {
        if let Some(adu) = request.or(answer).and_then(Adu::read) {
            describe::operation(&adu, request.is_some(), row);
        }
    }

    fn describe_event(&self, request: Option<&[u8]>, answer: Option<&[u8]>, row: &mut Row<'_>) {
        describe::event(request.and_then(Adu::read), answer.and_then(Adu::read), row);
    }

    fn status(&self, answer: &[u8]) -> Option<String> {
        let adu = Adu::read(answer).filter(|adu| adu.refused)?;
        let code = adu.byte(0)?;
        Some(names::exception(code).map_or_else(|| format!("Exception {code}"), str::to_owned))
    }

    fn points(&self, request: Option<&[u8]>, answer: Option<&[u8]>, point: &mut dyn FnMut(PointValue)) {
        let (Some(adu), answer) = (request.and_then(Adu::read), answer.and_then(Adu::read)) else { return };
        let Some(table) = names::table(adu.function).filter(|table| *table != "file_record") else { return };
        if answer.is_some_and(|answer| answer.refused) {
            return;
        }
        for range in ranges(&adu, true).into_iter().flatten() {
            let quantity = range.quantity.min(range::most(adu.function, range.written));
            let values = if range.written {
                describe::written(&adu)
            } else {
                answer.and_then(|answer| describe::read_values(&answer, Some(quantity)))
            };
            let values = values.unwrap_or_default();
            for index in 0..quantity {
                let address = u32::from(range.start) + u32::from(index);
                if address > 0xFFFF || adu.function == 24 {
                    break;
                }
                point(PointValue {
                    unit: adu.unit,
                    table,
                    address,
                    number: values.get(usize::from(index)).copied(),
                    written: range.written,
                });
            }
        }
    }

    fn claims(&self, _request: Option<&[u8]>, answer: Option<&[u8]>, claim: &mut dyn FnMut(Claim)) {
        let Some(adu) = answer.and_then(Adu::read).filter(|adu| !adu.refused) else { return };
        let unit = Some(adu.unit);
        match adu.function {
            43 if adu.byte(0) == Some(14) => {
                for (identifier, value) in identification::objects(&adu).0 {
                    if let Some((_, attribute)) = identification::OBJECTS.get(usize::from(identifier)).filter(|_| !value.is_empty()) {
                        claim(Claim { unit, attribute, value, source: "modbus device identification" });
                    }
                }
            }
            17 => {
                if let Some(value) = identification::server_text(&adu) {
                    claim(Claim { unit, attribute: "server_id", value, source: "modbus report server id" });
                }
            }
            _ => {}
        }
    }
}
