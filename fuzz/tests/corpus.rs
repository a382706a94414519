//! Every file of the corpus through what the fuzz targets run: without a fuzzer, on any compiler.

use std::fs;
use std::path::{Path, PathBuf};

use sentinel_fuzz::{claims, file, framing, link, recognise, tcp};

fn inputs(name: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("the folder can be read").path()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "{name}: no corpus");
    paths
}

/// Runs all of a folder, and names the files that break a law.
fn replay(name: &str, run: impl Fn(&[u8]) + std::panic::RefUnwindSafe) {
    let breaks = |path: &PathBuf| {
        let data = fs::read(path).expect("the corpus can be read");
        std::panic::catch_unwind(|| run(&data)).is_err()
    };
    let broken: Vec<PathBuf> = inputs(name).into_iter().filter(breaks).collect();
    assert!(broken.is_empty(), "these break a law, see the panics above: {broken:#?}");
}

#[test]
fn files() {
    replay("file", file::run);
}

#[test]
fn links() {
    replay("link", link::run);
}

#[test]
fn segments() {
    replay("tcp", tcp::run);
}

#[test]
fn names() {
    replay("recognise", recognise::run);
}

#[test]
fn framings() {
    for part in framing::parts() {
        replay(&format!("framing/{part}"), |data| framing::run(&part, data));
    }
}

#[test]
fn what_devices_say() {
    for part in claims::parts() {
        replay(&format!("claims/{part}"), |data| claims::run(&part, data));
    }
}
