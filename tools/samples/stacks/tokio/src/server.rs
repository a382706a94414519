//! A server that logs each request as the stack hands it over, and what it gives the stack to answer.

use std::error::Error;
use std::fs::File;
use std::future::{ready, Ready};
use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use tokio::net::{TcpListener, TcpStream};
use tokio_modbus::prelude::*;
use tokio_modbus::server::{rtu_over_tcp, tcp, Service};

use crate::memory::{part, Memory, REFUSED};
use crate::{joined, words};

const UNITS: [u8; 3] = [1, 2, 100];
const OBJECTS: [(u8, &str); 7] =
    [(0, "Northwater"), (1, "TM-17"), (2, "0.17"), (3, "http://plant.example"), (4, "Lab"), (5, "tokio-modbus"), (6, "round trips")];

#[derive(Clone)]
struct Device {
    peer: SocketAddr,
    memory: Arc<Mutex<Memory>>,
    log: Arc<File>,
}

/// What was asked and answered, as text.
#[derive(Default)]
struct Told {
    address: String,
    quantity: String,
    sent: String,
    received: String,
    write_address: String,
    write_quantity: String,
    extra: String,
}

impl Service for Device {
    type Request = SlaveRequest<'static>;
    type Response = Response;
    type Exception = ExceptionCode;
    type Future = Ready<Result<Response, ExceptionCode>>;

    fn call(&self, asked: Self::Request) -> Self::Future {
        let SlaveRequest { slave, request } = asked;
        let function = request.function_code().value();
        let mut told = Told::default();
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let known = UNITS.contains(&slave);
        let done =
            answer(&mut memory, request, &mut told)
                .and_then(|answer| if known { Ok(answer) } else { Err(ExceptionCode::GatewayTargetDevice) });
        let outcome = match &done {
            Ok(_) => "ok".to_owned(),
            Err(code) => format!("exception {}", u8::from(*code)),
        };
        let time = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
        let Told { address, quantity, sent, received, write_address, write_quantity, extra } = told;
        let received = if done.is_ok() { received } else { String::new() };
        let line = format!(
            "{time}\t{}\t{slave}\t{function}\t{address}\t{quantity}\t{sent}\t{outcome}\t{received}\t{write_address}\t{write_quantity}\t{extra}\n",
            self.peer
        );
        if let Err(error) = (&*self.log).write_all(line.as_bytes()) {
            eprintln!("{error}");
        }
        ready(done)
    }
}

/// Does what is asked; tells what that was.
fn answer(memory: &mut Memory, request: Request<'static>, told: &mut Told) -> Result<Response, ExceptionCode> {
    let missing = ExceptionCode::IllegalDataAddress;
    let named = |address: u16, quantity: usize, told: &mut Told| {
        (told.address, told.quantity) = (address.to_string(), quantity.to_string());
        match address.checked_sub(REFUSED).and_then(|code| u8::try_from(code).ok()) {
            Some(code @ 1..) => Err(ExceptionCode::new(code)),
            _ => Ok(()),
        }
    };
    match request {
        Request::ReadCoils(address, quantity) | Request::ReadDiscreteInputs(address, quantity) => {
            named(address, quantity.into(), told)?;
            let is_coils = matches!(request, Request::ReadCoils(..));
            let table = if is_coils { &mut memory.coils } else { &mut memory.inputs };
            let bits = part(table, address, quantity.into()).ok_or(missing)?.to_vec();
            told.received = joined(bits.iter().map(|bit| u8::from(*bit)));
            Ok(if is_coils { Response::ReadCoils(bits) } else { Response::ReadDiscreteInputs(bits) })
        }
        Request::ReadHoldingRegisters(address, quantity) | Request::ReadInputRegisters(address, quantity) => {
            named(address, quantity.into(), told)?;
            let is_holding = matches!(request, Request::ReadHoldingRegisters(..));
            let table = if is_holding { &mut memory.holding } else { &mut memory.input };
            let values = part(table, address, quantity.into()).ok_or(missing)?.to_vec();
            told.received = joined(&values);
            Ok(if is_holding { Response::ReadHoldingRegisters(values) } else { Response::ReadInputRegisters(values) })
        }
        Request::WriteSingleCoil(address, bit) => {
            told.sent = u8::from(bit).to_string();
            named(address, 1, told)?;
            part(&mut memory.coils, address, 1).ok_or(missing)?.fill(bit);
            Ok(Response::WriteSingleCoil(address, bit))
        }
        Request::WriteSingleRegister(address, value) => {
            told.sent = value.to_string();
            named(address, 1, told)?;
            part(&mut memory.holding, address, 1).ok_or(missing)?.fill(value);
            Ok(Response::WriteSingleRegister(address, value))
        }
        Request::WriteMultipleCoils(address, bits) => {
            told.sent = joined(bits.iter().map(|bit| u8::from(*bit)));
            named(address, bits.len(), told)?;
            part(&mut memory.coils, address, bits.len()).ok_or(missing)?.copy_from_slice(&bits);
            Ok(Response::WriteMultipleCoils(address, bits.len() as u16))
        }
        Request::WriteMultipleRegisters(address, values) => {
            told.sent = joined(values.iter());
            named(address, values.len(), told)?;
            part(&mut memory.holding, address, values.len()).ok_or(missing)?.copy_from_slice(&values);
            Ok(Response::WriteMultipleRegisters(address, values.len() as u16))
        }
        Request::MaskWriteRegister(address, and, or) => {
            told.sent = joined([and, or]);
            told.address = address.to_string();
            let register = part(&mut memory.holding, address, 1).ok_or(missing)?;
            register[0] = register[0] & and | or & !and;
            Ok(Response::MaskWriteRegister(address, and, or))
        }
        Request::ReadWriteMultipleRegisters(address, quantity, write_address, values) => {
            told.sent = joined(values.iter());
            (told.write_address, told.write_quantity) = (write_address.to_string(), values.len().to_string());
            named(address, quantity.into(), told)?;
            part(&mut memory.holding, write_address, values.len()).ok_or(missing)?.copy_from_slice(&values);
            let read = part(&mut memory.holding, address, quantity.into()).ok_or(missing)?.to_vec();
            told.received = joined(&read);
            Ok(Response::ReadWriteMultipleRegisters(read))
        }
        Request::ReportServerId => {
            told.received = joined([17, 255].into_iter().chain(b"tokio".iter().copied()));
            Ok(Response::ReportServerId(17, true, b"tokio".to_vec()))
        }
        Request::ReadDeviceIdentification(code, object) => {
            let number = [ReadCode::Basic, ReadCode::Regular, ReadCode::Extended, ReadCode::Specific].iter().position(|one| *one == code);
            told.extra = format!("{},{object}", number.map_or(0, |at| at + 1));
            let fits = |id: u8| match code {
                ReadCode::Basic => id < 3,
                ReadCode::Specific => id == object,
                _ => true,
            };
            let objects: Vec<_> = OBJECTS.into_iter().filter(|(id, _)| fits(*id)).collect();
            if objects.is_empty() {
                return Err(missing);
            }
            told.received = objects.iter().map(|(id, text)| format!("{id}={text}")).collect::<Vec<_>>().join(";");
            Ok(Response::ReadDeviceIdentification(ReadDeviceIdentificationResponse {
                read_code: code,
                conformity_level: ConformityLevel::RegularIdentification,
                more_follows: MoreFollows::default(),
                next_object_id: NextObjectId::default(),
                device_id_objects: objects
                    .into_iter()
                    .map(|(id, text)| DeviceIdObject { id, value: text.as_bytes().to_vec().into() })
                    .collect(),
            }))
        }
        Request::Custom(8, data) if data.len() == 4 => {
            (told.extra, told.sent) = (words(&data)[0].to_string(), words(&data)[1].to_string());
            told.received = told.sent.clone();
            Ok(Response::Custom(8, data.to_vec().into()))
        }
        Request::Custom(20, data) if data.len() == 8 => {
            told.extra = joined(words(&data[2..]));
            let values: Vec<u16> = (42..).take(usize::from(words(&data[2..])[2]).min(120)).collect();
            told.received = joined(&values);
            let bytes = values.iter().flat_map(|value| value.to_be_bytes());
            let length = 1 + 2 * values.len() as u8;
            Ok(Response::Custom(20, [length + 1, length, 6].into_iter().chain(bytes).collect()))
        }
        Request::Custom(21, data) if data.len() > 8 => {
            (told.extra, told.sent) = (joined(words(&data[2..8])), joined(words(&data[8..])));
            Ok(Response::Custom(21, data.to_vec().into()))
        }
        _ => Err(ExceptionCode::IllegalFunction),
    }
}

pub async fn run(address: SocketAddr, is_rtu: bool, log: &str) -> Result<(), Box<dyn Error>> {
    let (log, memory) = (Arc::new(File::create(log)?), Arc::new(Mutex::new(Memory::new())));
    let listener = TcpListener::bind(address).await?;
    println!("listening");
    let device = |peer| Ok(Some(Device { peer, memory: memory.clone(), log: log.clone() }));
    let wrong = |error: std::io::Error| eprintln!("{error}");
    if is_rtu {
        let connected = |stream: TcpStream, peer| async move { rtu_over_tcp::accept_tcp_connection(stream, peer, device) };
        rtu_over_tcp::Server::new(listener).serve(&connected, wrong).await?;
    } else {
        let connected = |stream: TcpStream, peer| async move { tcp::accept_tcp_connection(stream, peer, device) };
        tcp::Server::new(listener).serve(&connected, wrong).await?;
    }
    Ok(())
}
