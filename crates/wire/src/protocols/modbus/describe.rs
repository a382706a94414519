//! The columns of a transaction, with the specification's words.

use super::adu::{bits, registers, Adu};
use super::files::FileRecords;
use super::range::ranges;
use super::umas::{self, Umas};
use super::{identification, names};
use crate::columns::{Field, Kind, Row};

macro_rules! fields {
    ($($name:literal $kind:ident),* $(,)?) => {
        &[$(Field { name: $name, kind: Kind::$kind }),*]
    };
}

pub(super) static OPERATION_FIELDS: &[Field] = fields![
    "modbus.framing" Text, "modbus.unit_id" Unsigned, "modbus.function_code" Unsigned, "modbus.function" Text, "modbus.address" Unsigned,
    "modbus.quantity" Unsigned, "modbus.write_address" Unsigned, "modbus.write_quantity" Unsigned, "modbus.table" Text,
    "modbus.subfunction_code" Unsigned, "modbus.mei_type" Unsigned, "modbus.umas.function_code" Unsigned, "modbus.umas.function" Text,
    "modbus.umas.subfunction_code" Unsigned, "modbus.umas.record_type" Unsigned, "modbus.umas.memory_block" Unsigned,
    "modbus.umas.offset" Unsigned, "modbus.umas.length" Unsigned, "modbus.umas.variables" Texts, "modbus.umas.steps" Texts,
    "modbus.device.read_code" Unsigned, "modbus.device.object_id" Unsigned,
];

pub(super) static EVENT_FIELDS: &[Field] = fields![
    "modbus.transaction_id" Unsigned, "modbus.exception_code" Unsigned, "modbus.exception" Text, "modbus.request_values" Integers,
    "modbus.response_values" Integers, "modbus.and_mask" Unsigned, "modbus.or_mask" Unsigned, "modbus.file_records" Texts,
    "modbus.exception_status" Unsigned, "modbus.diagnostic_data" Integers, "modbus.event_status" Unsigned, "modbus.event_count" Unsigned,
    "modbus.message_count" Unsigned, "modbus.events" Integers, "modbus.server_id" Text, "modbus.run_indicator_status" Bool,
    "modbus.additional_data" Text, "modbus.fifo_count" Unsigned,
    "modbus.payload_length" Unsigned, "modbus.umas.session_key" Unsigned, "modbus.umas.status" Unsigned,
    "modbus.umas.signed" Bool, "modbus.umas.error_code" Text, "modbus.umas.reserved_by" Text, "modbus.umas.new_session_key" Unsigned,
    "modbus.umas.longest_message" Unsigned, "modbus.umas.checksum" Unsigned, "modbus.umas.status_words" Integers,
    "modbus.umas.request_values" Integers, "modbus.umas.response_values" Integers, "modbus.umas.variable_names" Texts,
    "modbus.umas.block_number" Unsigned, "modbus.umas.block_length" Unsigned, "modbus.umas.block_count" Unsigned,
    "modbus.umas.memory_card" Text, "modbus.umas.device.name" Text, "modbus.umas.device.firmware" Text,
    "modbus.umas.device.ident" Unsigned, "modbus.umas.device.model" Unsigned, "modbus.umas.device.hardware" Unsigned,
    "modbus.umas.project.name" Text, "modbus.umas.project.revision" Text, "modbus.umas.project.modified" Text,
    "modbus.device.vendor_name" Text, "modbus.device.product_code" Text, "modbus.device.revision" Text, "modbus.device.vendor_url" Text,
    "modbus.device.product_name" Text, "modbus.device.model_name" Text, "modbus.device.user_application_name" Text,
    "modbus.device.conformity_level" Unsigned, "modbus.device.other_objects" Texts,
];

/// What all transactions of the operation have in common.
pub(super) fn operation(adu: &Adu<'_>, framing: &'static str, is_request: bool, row: &mut Row<'_>) {
    row.set("modbus.framing", framing).set("modbus.unit_id", adu.unit);
    row.set("modbus.function_code", adu.function).set("modbus.function", names::function(adu.function));
    row.set_some("modbus.table", names::table(adu.function));
    let [read, write] = ranges(adu, is_request);
    if let Some(range) = read {
        row.set("modbus.address", range.start);
        if !matches!(adu.function, 5 | 6 | 22 | 24) {
            row.set("modbus.quantity", range.quantity);
        }
    }
    if let Some(range) = write {
        row.set("modbus.write_address", range.start).set("modbus.write_quantity", range.quantity);
    }
    if adu.refused {
        return;
    }
    match adu.function {
        8 => {
            row.set_some("modbus.subfunction_code", adu.word(0));
        }
        43 => {
            row.set_some("modbus.mei_type", adu.byte(0));
            if is_request && adu.byte(0) == Some(14) {
                row.set_some("modbus.device.read_code", adu.byte(1)).set_some("modbus.device.object_id", adu.byte(2));
            }
        }
        90 if is_request => {
            if let Some(request) = Umas::request(adu) {
                umas::operation(&request, row);
            }
        }
        _ => {}
    }
}

/// What this transaction alone has.
pub(super) fn event(request: Option<&Adu<'_>>, answer: Option<&Adu<'_>>, row: &mut Row<'_>) {
    let Some(any) = request.or(answer) else { return };
    row.set_some("modbus.transaction_id", any.transaction);
    if names::public(any.function).is_none() || any.function == 90 || any.function == 43 && any.byte(0) == Some(13) {
        row.set("modbus.payload_length", any.data.len() as u64);
    }
    if let Some(request) = request {
        row.set_some("modbus.request_values", written(request));
    }
    let success = answer.filter(|answer| !answer.refused);
    // An answer alone tells these too: it echoes them.
    if let Some(told) = request.or(success).filter(|told| !told.refused) {
        match told.function {
            20 | 21 => {
                let texts = FileRecords::read(told, request.is_some()).texts();
                row.set_some("modbus.file_records", Some(texts).filter(|texts| !texts.is_empty()));
            }
            22 => {
                row.set_some("modbus.and_mask", told.word(2)).set_some("modbus.or_mask", told.word(4));
            }
            _ => {}
        }
    }
    if any.function == 90 {
        umas::event(request.and_then(Umas::request).as_ref(), success.and_then(Umas::answer).as_ref(), row);
    }
    if let Some(told) = success.or(request).filter(|told| told.function == 8 && !told.refused) {
        diagnostic(told, row);
    }
    if let Some(answer) = success {
        let asked = request.and_then(|request| ranges(request, true)[0]).map(|range| range.quantity);
        row.set_some("modbus.response_values", read_values(answer, asked));
        answered(answer, row);
    } else if let Some(answer) = answer {
        row.set_some("modbus.exception_code", answer.byte(0));
        row.set_some("modbus.exception", answer.byte(0).and_then(names::exception));
    }
}

/// What an answer that does not refuse tells besides values.
fn answered(answer: &Adu<'_>, row: &mut Row<'_>) {
    match answer.function {
        7 => {
            row.set_some("modbus.exception_status", answer.byte(0));
        }
        11 => {
            row.set_some("modbus.event_status", answer.word(0)).set_some("modbus.event_count", answer.word(2));
        }
        12 => {
            row.set_some("modbus.event_status", answer.word(1)).set_some("modbus.event_count", answer.word(3));
            row.set_some("modbus.message_count", answer.word(5));
            let events = answer.data.get(7..).map(|events| events.iter().map(|byte| i64::from(*byte)).collect::<Vec<_>>());
            row.set_some("modbus.events", events);
        }
        17 => {
            if let Some(server) = identification::server_id(answer) {
                row.set("modbus.server_id", server.hex).set_some("modbus.run_indicator_status", server.is_running);
                row.set_some("modbus.additional_data", server.additional);
            }
        }
        24 => {
            row.set_some("modbus.fifo_count", answer.word(2));
        }
        43 if answer.byte(0) == Some(14) => device(answer, row),
        _ => {}
    }
}

fn device(answer: &Adu<'_>, row: &mut Row<'_>) {
    row.set_some("modbus.device.conformity_level", answer.byte(2));
    let mut others = Vec::new();
    let mut told = Vec::new();
    for (identifier, value) in identification::objects(answer).0 {
        match identification::OBJECTS.get(usize::from(identifier)) {
            // A device that names an object twice has its first word in the field, and the others beside it.
            Some((field, _)) if !told.contains(&identifier) => {
                told.push(identifier);
                row.set(field, value);
            }
            _ => others.push(format!("0x{identifier:02x}={value}")),
        }
    }
    row.set_some("modbus.device.other_objects", Some(others).filter(|others| !others.is_empty()));
}

fn diagnostic(adu: &Adu<'_>, row: &mut Row<'_>) {
    let words = adu.data.get(2..).map(registers).filter(|words| !words.is_empty());
    row.set_some("modbus.diagnostic_data", words);
}

/// `modbus.request_values`: what a request writes.
pub(super) fn written(adu: &Adu<'_>) -> Option<Vec<i64>> {
    match adu.function {
        _ if adu.refused => None,
        5 => match adu.word(2)? {
            0xFF00 => Some(vec![1]),
            0 => Some(vec![0]),
            _ => None,
        },
        6 => adu.word(2).map(|value| vec![i64::from(value)]),
        15 => Some(bits(adu.data.get(5..)?, usize::from(adu.word(2)?))),
        16 => Some(registers(adu.data.get(5..)?)).map(|values| at_most(values, adu.word(2))),
        23 => Some(registers(adu.data.get(9..)?)).map(|values| at_most(values, adu.word(6))),
        21 => Some(FileRecords::read(adu, true).values).filter(|values| !values.is_empty()),
        _ => None,
    }
}

/// `modbus.response_values`: what an answer brings; `asked`: the quantity, where the request is known.
pub(super) fn read_values(adu: &Adu<'_>, asked: Option<u16>) -> Option<Vec<i64>> {
    match adu.function {
        _ if adu.refused => None,
        1 | 2 => {
            let bytes = adu.data.get(1..)?;
            Some(bits(bytes, asked.map_or(bytes.len() * 8, usize::from)))
        }
        3 | 4 | 23 => Some(registers(adu.data.get(1..)?)).map(|values| at_most(values, asked)),
        20 => Some(FileRecords::read(adu, false).values).filter(|values| !values.is_empty()),
        24 => Some(registers(adu.data.get(4..)?)),
        _ => None,
    }
}

fn at_most(mut values: Vec<i64>, most: Option<u16>) -> Vec<i64> {
    if let Some(most) = most {
        values.truncate(usize::from(most));
    }
    values
}
