//! SSDP: what UPnP devices (routers, cameras, media devices) announce of themselves.

use super::http::{fields, value_of};
use super::{text, Said, Source};
use crate::protocols::recognise::peek::starts;

pub(super) static SOURCE: Source = Source {
    name: "SSDP banner",
    meaning: "a device announces its services to the network (UPnP)",
    about: "the IP address that sent it, unless the description lies at another",
    attributes: &["software", "service", "url", "uuid"],
    specification: "UPnP Device Architecture 2.0, 1",
};

pub(super) fn read(bytes: &[u8], said: &mut Said) {
    if !starts(bytes, b"NOTIFY ") && !starts(bytes, b"HTTP/1.") {
        return;
    }
    let value = |name: &str| value_of(fields(bytes), name).map(text);
    if value("nts").is_some_and(|kind| kind != "ssdp:alive") {
        return;
    }
    let place = value("location");
    if let Some(place) = &place {
        // `http://ADDRESS:PORT/path`: of another address it is a proxy's, or another's.
        let host = place.split_once("://").map_or("", |(_, rest)| rest.split(['/', '?', '#']).next().unwrap_or_default());
        let host =
            host.strip_prefix('[').and_then(|host| host.split(']').next()).unwrap_or_else(|| host.split(':').next().unwrap_or_default());
        if host.parse().ok() != said.sender {
            return;
        }
        said.of_sender(&SOURCE, "url", place.split(['?', '#']).next().unwrap_or_default());
    }
    if let Some(server) = value("server") {
        said.of_sender(&SOURCE, "software", server);
    }
    if let Some(kind) = value("nt").or_else(|| value("st")).filter(|kind| kind.starts_with("urn:") && kind.contains(":device:")) {
        said.of_sender(&SOURCE, "service", kind);
    }
    if let Some(uuid) =
        value("usn").and_then(|usn| usn.strip_prefix("uuid:").map(|rest| rest.split("::").next().unwrap_or_default().to_owned()))
    {
        said.of_sender(&SOURCE, "uuid", uuid);
    }
}
