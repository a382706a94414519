//! The columns of UMAS.

use super::message::{double_word, Umas};
use super::place::{part, record_type, steps, subfunction, Step};
use super::variables::{memory, read, read_memory, variables, written, Variable};
use super::{device, functions};
use crate::columns::Row;

/// What all transactions of the operation have in common.
pub(in super::super) fn operation(request: &Umas<'_>, row: &mut Row<'_>) {
    row.set("modbus.umas.function_code", request.code);
    row.set_some("modbus.umas.function", functions::known(request.code).map(|(name, _)| name));
    row.set_some("modbus.umas.subfunction_code", subfunction(request));
    row.set_some("modbus.umas.record_type", record_type(request));
    if let Some(part) = part(request) {
        row.set("modbus.umas.memory_block", part.block).set_some("modbus.umas.offset", part.offset);
        row.set("modbus.umas.length", part.length);
    }
    let texts = if let Some(variables) = variables(request) {
        Some(variables.iter().map(Variable::text).collect::<Vec<_>>())
    } else {
        memory(request).map(|memory| memory.iter().map(|one| format!("{} {}", one.table, one.address)).collect())
    };
    row.set_some("modbus.umas.variables", texts);
    row.set_some("modbus.umas.steps", steps(request).map(|steps| steps.iter().map(Step::text).collect::<Vec<_>>()));
}

/// What this transaction alone has.
pub(in super::super) fn event(request: Option<&Umas<'_>>, answer: Option<&Umas<'_>>, row: &mut Row<'_>) {
    row.set_some("modbus.umas.session_key", request.or(answer).map(|told| told.session_key));
    row.set_some("modbus.umas.signed", request.or(answer).map(|told| told.signed).filter(|signed| *signed));
    if let Some(request) = request {
        asked(request, row);
    }
    if let Some(answer) = answer {
        row.set("modbus.umas.status", answer.code).set_some("modbus.umas.error_code", answer.error_code());
        if let Some(request) = request.filter(|_| answer.code == functions::OK) {
            answered(request, answer, row);
        }
    }
}

fn asked(request: &Umas<'_>, row: &mut Row<'_>) {
    match request.code {
        0x10 => {
            row.set_some("modbus.umas.reserved_by", device::reserving(request));
        }
        0x22 | 0x23 => {
            if let Some(variables) = variables(request) {
                row.set_some("modbus.umas.checksum", double_word(request.data, 0));
                row.set_some("modbus.umas.request_values", Some(written(&variables)).filter(|values| !values.is_empty()));
            }
        }
        0x25 => {
            let values = memory(request).map(|memory| memory.iter().filter_map(|one| one.value).collect::<Vec<_>>());
            row.set_some("modbus.umas.request_values", values);
        }
        // Two bytes of no known meaning, number of the block, its length.
        0x31 if request.word(4).is_some_and(|length| usize::from(length) + 6 == request.data.len()) => {
            row.set_some("modbus.umas.block_number", request.word(2)).set_some("modbus.umas.block_length", request.word(4));
        }
        0x34 if request.data.len() == 4 => {
            row.set_some("modbus.umas.block_number", request.word(2));
        }
        0x32 | 0x35 if request.data.len() == 4 => {
            row.set_some("modbus.umas.block_count", request.word(2));
        }
        _ => {}
    }
}

fn answered(request: &Umas<'_>, answer: &Umas<'_>, row: &mut Row<'_>) {
    match request.code {
        0x01 => {
            row.set_some("modbus.umas.longest_message", device::opened(answer).map(|opened| opened.longest));
        }
        0x02 => {
            if let Some(identity) = device::identity(answer) {
                row.set("modbus.umas.device.name", identity.name).set("modbus.umas.device.firmware", identity.firmware);
                row.set("modbus.umas.device.ident", identity.ident).set("modbus.umas.device.model", identity.model);
                row.set("modbus.umas.device.hardware", identity.hardware);
            }
        }
        0x03 if subfunction(request) == Some(0) => {
            if let Some(project) = device::project(answer) {
                row.set("modbus.umas.project.name", project.name).set("modbus.umas.project.revision", project.revision);
                row.set_some("modbus.umas.project.modified", project.modified);
            }
        }
        0x04 => {
            row.set_some("modbus.umas.status_words", device::status_words(answer));
        }
        0x06 if subfunction(request) == Some(6) => {
            row.set_some("modbus.umas.memory_card", device::card(answer));
        }
        0x10 if answer.data.len() == 1 => {
            row.set_some("modbus.umas.new_session_key", answer.byte(0));
        }
        0x22 => {
            row.set_some("modbus.umas.response_values", variables(request).and_then(|asked| read(&asked, answer)));
        }
        0x24 => {
            row.set_some("modbus.umas.response_values", memory(request).and_then(|asked| read_memory(&asked, answer)));
        }
        0x26 if record_type(request) == Some(super::VARIABLE_NAMES) => {
            let names = device::dictionary(answer).map(|found| found.into_iter().map(|(.., name)| name).collect::<Vec<_>>());
            row.set_some("modbus.umas.variable_names", names);
        }
        // Two bytes of no known meaning, length of the block.
        0x34 if answer.word(2).is_some_and(|length| usize::from(length) + 4 == answer.data.len()) => {
            row.set_some("modbus.umas.block_length", answer.word(2));
        }
        _ => {}
    }
}
