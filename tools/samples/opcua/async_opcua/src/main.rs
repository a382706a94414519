//! async-opcua as a server and a client, for the sample captures.
//!
//!     opcua_round_trips server HOST PORT LOG FOLDER
//!     opcua_round_trips client URL LOG FOLDER POLICY MODE
//!
//! The client tells of each call what it gives to the stack and gets from it. The server's stack keeps its messages to itself, so its LOG
//! stays empty: what was asked and answered is told by the other side.

mod client;
mod line;
mod log;
mod server;

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["server", host, port, _, folder, ..] => server::run(host, port, folder).await,
        ["client", url, log, folder, policy, mode, ..] => client::run(url, log, folder, policy, mode).await,
        _ => panic!("server HOST PORT LOG FOLDER | client URL LOG FOLDER POLICY MODE"),
    }
}
