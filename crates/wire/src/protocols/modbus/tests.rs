//! Bytes in hex with their meaning, and the laws that hold for any bytes.

use super::*;
use crate::columns::{Cell, Table};
use crate::protocols::Probe;

mod laws;
mod malformed;
mod operations;
mod recognition;
mod serial;
mod values;

pub(super) fn tcp() -> Modbus {
    Modbus(Wrapping::Tcp)
}

/// Bytes of a hex text with spaces.
fn bytes(hex: &str) -> Vec<u8> {
    let digits: String = hex.split_whitespace().collect();
    (0..digits.len()).step_by(2).filter_map(|at| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok()).collect()
}

/// A message of unit 1 and transaction 7 around a PDU.
pub(super) fn adu(pdu: &str) -> Vec<u8> {
    let pdu = bytes(pdu);
    let mut message = vec![0, 7, 0, 0];
    message.extend(u16::try_from(pdu.len() + 1).unwrap_or(u16::MAX).to_be_bytes());
    message.push(1);
    message.extend(pdu);
    message
}

fn side(pdu: &str) -> Option<Side> {
    tcp().side(&adu(pdu))
}

fn weird(side: Side, pdu: &str) -> Vec<&'static str> {
    tcp().facts(side, &adu(pdu)).weird.to_vec()
}

fn pair_weird(request: &str, answer: &str) -> Vec<&'static str> {
    let (request, answer) = (adu(request), adu(answer));
    let weird = tcp().pair_weird(&request, &answer);
    assert_eq!(tcp().fits(&request, &answer), weird.is_empty());
    weird.to_vec()
}

/// All cells that are set of the one row that `write` fills.
pub(super) fn cells(fields: &'static [crate::columns::Field], write: impl FnOnce(&mut Row<'_>)) -> Vec<(&'static str, Cell)> {
    let mut table = Table::new("test", fields);
    write(&mut table.row());
    table.into_columns().filter_map(|(field, cells)| Some((field.name, cells.get(0)?))).collect()
}

/// The event's cells without the transaction id, as text.
pub(super) fn event(request: Option<&str>, answer: Option<&str>) -> String {
    let (request, answer) = (request.map(adu), answer.map(adu));
    let found = cells(DESCRIPTOR.event_fields, |row| tcp().describe_event(request.as_deref(), answer.as_deref(), row));
    told(&found[1..])
}

/// The operation's cells behind framing, unit, code and name, as text.
pub(super) fn operation_cells(request: Option<&str>, answer: Option<&str>) -> String {
    let (request, answer) = (request.map(adu), answer.map(adu));
    let found = cells(DESCRIPTOR.operation_fields, |row| tcp().describe_operation(request.as_deref(), answer.as_deref(), row));
    told(&found[4..])
}

fn told(found: &[(&'static str, Cell)]) -> String {
    let one = |(name, cell): &(&'static str, Cell)| {
        let value = match cell {
            Cell::Unsigned(value) => value.to_string(),
            Cell::Signed(value) => value.to_string(),
            Cell::Float(value) => value.to_string(),
            Cell::Bool(value) => value.to_string(),
            Cell::Text(value) => value.clone(),
            Cell::Integers(values) => format!("{values:?}"),
            Cell::Texts(values) => format!("{values:?}"),
        };
        format!("{}={value}", name.trim_start_matches("modbus."))
    };
    found.iter().map(one).collect::<Vec<_>>().join(" ")
}

/// Points as `unit table address value`, `w` for written.
pub(super) fn points(request: Option<&str>, answer: Option<&str>) -> Vec<String> {
    let (request, answer) = (request.map(adu), answer.map(adu));
    let mut found = Vec::new();
    tcp().points(request.as_deref(), answer.as_deref(), None, &mut |point| {
        let value = point.number.map_or_else(|| "?".to_owned(), |number| number.to_string());
        let written = if point.written { " w" } else { "" };
        found.push(format!("{} {} {}{written}", point.table, point.address, value));
    });
    found
}
