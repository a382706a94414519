//! One call a line of standard input, one line of outcome on standard output; the columns are those of `foreign.py`.

use std::borrow::Cow;
use std::io::BufRead as _;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio_modbus::client::{rtu, tcp, Context};
use tokio_modbus::prelude::*;
use tokio_modbus::Error;

use crate::{joined, words};

const TIMEOUT: Duration = Duration::from_millis(700);

pub async fn run(server: SocketAddr, is_rtu: bool) -> Result<(), Box<dyn std::error::Error>> {
    let stream = TcpStream::connect(server).await?;
    println!("connected {}", stream.local_addr()?.port());
    let mut context = if is_rtu { rtu::attach_slave(stream, Slave(1)) } else { tcp::attach_slave(stream, Slave(1)) };
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        println!("{}", call(&mut context, &line).await?);
    }
    context.disconnect().await?;
    Ok(())
}

async fn call(context: &mut Context, line: &str) -> Result<String, Box<dyn std::error::Error>> {
    let cells: Vec<&str> = line.split('\t').collect();
    let [function, unit, address, quantity, sent, write_address, extra] = cells.as_slice() else { return Err("seven cells".into()) };
    let numbers = |cell: &str| cell.split(',').filter_map(|value| value.parse::<u16>().ok()).collect::<Vec<_>>();
    let (address, quantity) = (address.parse().unwrap_or(0), quantity.parse().unwrap_or(0));
    let (sent, extra) = (numbers(sent), numbers(extra));
    let bits: Vec<bool> = sent.iter().map(|value| *value != 0).collect();
    context.set_slave(Slave(unit.parse()?));
    let function: u8 = function.parse()?;
    let request = match function {
        1 => Request::ReadCoils(address, quantity),
        2 => Request::ReadDiscreteInputs(address, quantity),
        3 => Request::ReadHoldingRegisters(address, quantity),
        4 => Request::ReadInputRegisters(address, quantity),
        5 => Request::WriteSingleCoil(address, bits[0]),
        6 => Request::WriteSingleRegister(address, sent[0]),
        15 => Request::WriteMultipleCoils(address, Cow::Owned(bits)),
        16 => Request::WriteMultipleRegisters(address, Cow::Owned(sent)),
        17 => Request::ReportServerId,
        22 => Request::MaskWriteRegister(address, sent[0], sent[1]),
        23 => Request::ReadWriteMultipleRegisters(address, quantity, write_address.parse()?, Cow::Owned(sent)),
        43 => {
            let code = [ReadCode::Basic, ReadCode::Regular, ReadCode::Extended, ReadCode::Specific][usize::from(extra[0] - 1)];
            Request::ReadDeviceIdentification(code, u8::try_from(extra[1])?)
        }
        // What the stack has no call for goes as bytes of ours.
        _ => Request::Custom(function, Cow::Owned(body(function, address, &sent, &extra))),
    };
    let asked = usize::from(quantity);
    Ok(match tokio::time::timeout(TIMEOUT, context.call(request)).await {
        Err(_) => "timeout\t".to_owned(),
        // The stack takes the refusal of a function that went as bytes for one of another function.
        Ok(Err(Error::Protocol(ProtocolError::FunctionCodeMismatch { result: Err(refusal), .. }))) if refusal.function.value() == function => {
            format!("exception {}\t", u8::from(refusal.exception))
        }
        Ok(Err(error)) => format!("error {}\t", error.to_string().replace(['\t', '\n'], " ")),
        Ok(Ok(Err(exception))) => format!("exception {}\t", u8::from(exception)),
        Ok(Ok(Ok(response))) => format!("ok\t{}", received(response, asked)),
    })
}

fn body(function: u8, address: u16, sent: &[u16], extra: &[u16]) -> Vec<u8> {
    let bytes = |values: &[u16]| values.iter().flat_map(|value| value.to_be_bytes()).collect::<Vec<_>>();
    match function {
        8 => [bytes(extra), bytes(sent)].concat(),
        20 => [vec![7, 6], bytes(extra)].concat(),
        21 => [vec![7 + 2 * sent.len() as u8, 6], bytes(extra), bytes(sent)].concat(),
        24 => bytes(&[address]),
        _ => bytes(sent),
    }
}

fn received(response: Response, asked: usize) -> String {
    match response {
        Response::ReadCoils(bits) | Response::ReadDiscreteInputs(bits) => joined(bits.into_iter().take(asked).map(u8::from)),
        Response::ReadHoldingRegisters(values) | Response::ReadInputRegisters(values) | Response::ReadWriteMultipleRegisters(values) => {
            joined(values)
        }
        Response::ReportServerId(id, runs, more) => joined([id, if runs { 255 } else { 0 }].into_iter().chain(more)),
        Response::ReadDeviceIdentification(found) => {
            let texts = found.device_id_objects.iter().map(|one| format!("{}={}", one.id, String::from_utf8_lossy(&one.value)));
            texts.collect::<Vec<_>>().join(";")
        }
        Response::Custom(7, data) => joined(data.iter()),
        Response::Custom(8, data) => joined(words(&data[2..])),
        Response::Custom(11, data) => joined(words(&data)),
        Response::Custom(12, data) => joined(words(&data[1..7]).into_iter().chain(data[7..].iter().map(|byte| u16::from(*byte)))),
        Response::Custom(20, data) => joined(words(&data[3..])),
        Response::Custom(24, data) => joined(words(&data[4..])),
        _ => String::new(),
    }
}
