//! HTTP: what a server and a browser say they are. Cookies, credentials and what is asked for are not looked at.

use super::{text, Said, Source, Took};
use crate::protocols::recognise::peek::{is_text, starts};

pub(super) static BANNER: Source = Source {
    name: "HTTP banner",
    meaning: "a web server or a browser says which software it is",
    about: "the IP address that sent it; not where a proxy says that it passed the words on",
    attributes: &["software", "realm", "os"],
    specification: "RFC 9110, 10.1.5, 10.2.4, 11.6.1",
};

pub(super) static REQUEST: Source = Source {
    name: "HTTP request",
    meaning: "a browser says the name of the web server that it wants",
    about: "the server that is asked, in the words of the browser",
    attributes: &["alias"],
    specification: "RFC 9110, 7.2",
};

/// Fields of one header; the attack: a header of nothing but fields.
const FIELDS: usize = 100;

/// The header of the first message.
pub(super) fn read(bytes: &[u8], last: bool, said: &mut Said) -> Took {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4);
    let length = match (end, last) {
        (Some(length), _) => length,
        // Of a header that was cut only whole lines are believed.
        (None, true) => bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1),
        (None, false) => return Took::More,
    };
    header(&bytes[..length], said);
    Took::All(length.max(1))
}

fn header(bytes: &[u8], said: &mut Said) {
    let value = |name: &str| value_of(fields(bytes), name).filter(|value| is_text(value)).map(text);
    let first = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    // A proxy between says so.
    if value("via").is_some() || value("x-forwarded-for").is_some() {
        return;
    }
    if starts(first, b"HTTP/") {
        if let Some(server) = value("server") {
            said.of_sender(&BANNER, "software", server);
        }
        let realm = value("www-authenticate").and_then(|challenge| {
            let after = challenge.split_once("realm=\"")?.1;
            Some(after.split_once('"')?.0.to_owned())
        });
        if let Some(realm) = realm {
            said.of_sender(&BANNER, "realm", realm);
        }
        return;
    }
    // `METHOD target HTTP/1.1`: a request for a proxy has a whole address as its target.
    let target = first.split(|byte| *byte == b' ').nth(1).unwrap_or_default();
    if !target.starts_with(b"/") {
        return;
    }
    if let Some(agent) = value("user-agent") {
        if let Some(system) = agent.split(['(', ')', ';']).map(str::trim).find(|part| part.starts_with("Windows NT ")) {
            said.of_sender(&BANNER, "os", system);
        }
        said.of_sender(&BANNER, "software", agent);
    }
    if let Some(host) = value("host") {
        let name = host
            .rsplit_once(':')
            .filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()))
            .map_or(host.as_str(), |(name, _)| name);
        if name.parse::<std::net::IpAddr>().is_err() && !name.starts_with('[') {
            said.of_receiver(&REQUEST, "alias", name.to_lowercase());
        }
    }
}

/// Name and value of the lines after the first.
pub(super) fn fields(bytes: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let lines = bytes.split(|byte| *byte == b'\n').skip(1).take(FIELDS);
    lines.map_while(|line| {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let colon = line.iter().position(|byte| *byte == b':')?;
        Some((&line[..colon], line[colon + 1..].trim_ascii()))
    })
}

/// The first field of this name, in any case.
pub(super) fn value_of<'a>(mut fields: impl Iterator<Item = (&'a [u8], &'a [u8])>, name: &str) -> Option<&'a [u8]> {
    fields.find(|(one, _)| one.eq_ignore_ascii_case(name.as_bytes())).map(|(_, value)| value)
}
