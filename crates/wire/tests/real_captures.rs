//! Every real capture is read to its end, with the number of packets that its manifest tells.
//!
//! The captures are not part of the repository: `SENTINEL_CAPTURES` names their folder, else `shared/captures` beside the
//! repository is tried. Without them the test says so loudly and passes.

use std::fs;
use std::path::{Path, PathBuf};

use sentinel_wire::link::{self, Payload};
use sentinel_wire::source::Sources;
use sentinel_wire::{network, Limits};

fn folder() -> Option<PathBuf> {
    let folder = match std::env::var_os("SENTINEL_CAPTURES") {
        Some(named) => PathBuf::from(named),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/captures"),
    };
    if folder.join("captures").is_dir() {
        return Some(folder);
    }
    println!("NOT TESTED: no captures below {} (set SENTINEL_CAPTURES)", folder.display());
    None
}

/// Path in the folder and number of packets, of each row of MANIFEST.tsv.
fn manifest(folder: &Path) -> Vec<(String, u64)> {
    let text = fs::read_to_string(folder.join("MANIFEST.tsv")).unwrap_or_default();
    let mut rows = text.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let names = rows.next().unwrap_or_default();
    let column = |name: &str| names.iter().position(|one| *one == name);
    let (Some(file), Some(packets)) = (column("file"), column("packets")) else { return Vec::new() };
    rows.filter_map(|row| Some((row.get(file)?.to_string(), row.get(packets)?.parse().ok()?))).collect()
}

#[test]
fn every_capture_has_as_many_packets_as_its_manifest_tells() {
    let Some(folder) = folder() else { return };
    let expected = manifest(&folder);
    if expected.is_empty() {
        println!("NOT TESTED: {} has no MANIFEST.tsv with the columns file and packets", folder.display());
    }
    let mut wrong = Vec::new();
    for (name, packets) in &expected {
        let mut sources = Sources::open(&[folder.join(name)], &Limits::default());
        let (mut counted, mut last_frame) = (0, 0);
        while let Some(packet) = sources.next_packet() {
            counted += 1;
            assert!(packet.frame > last_frame, "{name}: frame {} after {last_frame}", packet.frame);
            last_frame = packet.frame;
        }
        let state = &sources.files()[0];
        if counted != *packets || state.packets != counted {
            wrong.push(format!("{name}: {counted} packets, {packets} expected ({:?})", state.problem));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    println!("{} captures have the number of packets that was expected", expected.len());
}

#[test]
fn the_folder_as_a_whole_holds_the_same_packets() {
    let Some(folder) = folder() else { return };
    let mut sources = Sources::open(&[folder.join("captures")], &Limits::default());
    let mut given: u64 = 0;
    while sources.next_packet().is_some() {
        given += 1;
    }
    let read: u64 = sources.files().iter().map(|file| file.packets).sum();
    assert_eq!(given + sources.duplicates(), read);
    let expected: u64 = manifest(&folder).iter().map(|(_, packets)| packets).sum();
    if expected > 0 {
        assert_eq!(read, expected);
    }
}

#[test]
fn every_frame_is_read_or_told_unread() {
    let Some(folder) = folder() else { return };
    let limits = Limits::default();
    let mut sources = Sources::open(&[folder.join("captures")], &limits);
    let (mut datagrams, mut rest) = (0_u64, 0_u64);
    while let Some(packet) = sources.next_packet() {
        let is_cut = (packet.bytes.len() as u64) < u64::from(packet.original);
        match link::read(packet.link, packet.bytes, &limits).payload {
            Payload::Ip(ip) if network::read(ip, is_cut).is_ok() => datagrams += 1,
            _ => rest += 1,
        }
    }
    assert!(datagrams > rest, "real captures are mostly IP: {datagrams} datagrams, {rest} other frames");
}
