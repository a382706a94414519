//! tokio-modbus as a client that does what its standard input says, and as a server that logs what it was asked.
//!
//! usage: round_trips client IP PORT tcp|rtu_over_tcp
//!        round_trips server IP PORT tcp|rtu_over_tcp LOG

use std::error::Error;
use std::fmt::Display;

mod client;
mod memory;
mod server;

/// `1,2,3`.
fn joined<T: Display>(values: impl IntoIterator<Item = T>) -> String {
    values.into_iter().map(|value| value.to_string()).collect::<Vec<_>>().join(",")
}

/// Two bytes each, as registers.
fn words(bytes: &[u8]) -> Vec<u16> {
    bytes.chunks_exact(2).map(|two| u16::from_be_bytes([two[0], two[1]])).collect()
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [role, ip, port, framing, rest @ ..] = arguments.as_slice() else {
        return Err("usage: client|server IP PORT FRAMING [LOG]".into());
    };
    let address = format!("{ip}:{port}").parse()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match (role.as_str(), rest) {
        ("client", []) => runtime.block_on(client::run(address, framing == "rtu_over_tcp")),
        ("server", [log]) => runtime.block_on(server::run(address, framing == "rtu_over_tcp", log)),
        _ => Err("client or server?".into()),
    }
}
