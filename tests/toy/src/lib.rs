//! Toy: four bytes a message, `T`, a verb (`?` read, `=` set, `!` answer, `x` refusal), a slot, a value. It exists to show that a
//! protocol gets assets, baseline and alerts without a line of Python.

use pyo3::prelude::*;
use sentinel_wire::columns::{Field, Kind, Row};
use sentinel_wire::protocols::{
    self, Carrier, Claim, Class, Decoder, Descriptor, Facts, Frame, Framing, Memory, Notation, Operation, PointValue, Probe, Side, Weird,
};

static TOY: Descriptor = Descriptor {
    name: "toy",
    title: "Toy",
    operation_fields: &[Field { name: "toy.slot", kind: Kind::Unsigned }],
    event_fields: &[Field { name: "toy.request_values", kind: Kind::Integers }],
    notation: &[Notation { table: "slot", word: "slot", prefix: "S", digits: 2, offset: 0, boolean: false }],
    unit_word: "",
    words: &[("slot", "A numbered place of a toy.")],
    framings: &[Framing { name: "tcp", carrier: Carrier::Tcp, ports: &[], probe, agree: |_, _| false, decoder: |_| Box::new(Toy) }],
    unread: &[],
};

fn probe(bytes: &[u8]) -> Probe {
    match bytes {
        [b'T', b'?' | b'=' | b'!' | b'x', _, _] => Probe::Certain,
        _ => Probe::NotForUs,
    }
}

static ADDED: &[&Descriptor] = &[&TOY];

struct Toy;

impl Decoder for Toy {
    fn frame(&mut self, _: Option<Side>, bytes: &[u8]) -> Frame {
        match bytes {
            [b'T', _, _, _, ..] => Frame::Message(4),
            [b'T', ..] => Frame::More,
            _ => Frame::Lost("bad_magic"),
        }
    }

    fn plausible(&self, _: Option<Side>, bytes: &[u8]) -> Option<bool> {
        Some(probe(bytes.get(..4)?) == Probe::Certain)
    }

    fn side(&self, message: &[u8]) -> Option<Side> {
        Some(if matches!(message[1], b'!' | b'x') { Side::Answer } else { Side::Request })
    }

    fn facts(&mut self, _: Side, message: &[u8]) -> Facts {
        let verb = if message[1] == b'=' { b'=' } else { b'?' };
        Facts {
            key: u64::from(message[2]),
            failed: message[1] == b'x',
            identity: [verb, message[2]].into_iter().collect(),
            ..Facts::default()
        }
    }

    fn fits(&self, _: &[u8], _: &[u8]) -> bool {
        true
    }

    fn pair_weird(&self, _: &[u8], _: &[u8]) -> Weird {
        Weird::new()
    }

    fn operation(&self, request: Option<&[u8]>, answer: Option<&[u8]>) -> Operation {
        let message = request.or(answer).unwrap_or(b"T???");
        let (name, class) = if message[1] == b'=' { ("Set Slot", Class::Write) } else { ("Get Slot", Class::Read) };
        Operation { name: name.to_owned(), class, target: format!("slot {}", message[2]), unit: None, tells: false }
    }

    fn describe_operation(&self, request: Option<&[u8]>, answer: Option<&[u8]>, row: &mut Row<'_>) {
        row.set_some("toy.slot", request.or(answer).map(|message| message[2]));
    }

    fn describe_event(&self, request: Option<&[u8]>, _: Option<&[u8]>, row: &mut Row<'_>) {
        if let Some([_, b'=', _, value]) = request {
            row.set("toy.request_values", vec![i64::from(*value)]);
        }
    }

    fn status(&self, answer: &[u8]) -> Option<String> {
        (answer[1] == b'x').then(|| "Refused".to_owned())
    }

    fn lasting<'a>(&self, answer: &'a [u8]) -> &'a [u8] {
        answer
    }

    fn points(
        &self,
        request: Option<&[u8]>,
        answer: Option<&[u8]>,
        _: Option<&mut (dyn Memory + 'static)>,
        point: &mut dyn FnMut(PointValue),
    ) {
        let Some(request) = request else { return };
        let written = request[1] == b'=';
        let number = if written { Some(request) } else { answer }.map(|message| i64::from(message[3]));
        point(PointValue::plain(0, "slot", u32::from(request[2]), number, written));
    }

    fn claims(&self, _: Option<&[u8]>, _: Option<&[u8]>, _: &mut dyn FnMut(Claim)) {}
}

#[pymodule]
fn toy_core(module: &Bound<'_, PyModule>) -> PyResult<()> {
    // A second import finds it added.
    let _ = protocols::add(ADDED);
    _core::fill(module)
}
