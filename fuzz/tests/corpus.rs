//! Every file of the corpus through what the fuzz targets run: without a fuzzer, on any compiler.

use std::fs;
use std::path::{Path, PathBuf};

use sentinel_fuzz::{claims, file, framing, link, recognise, tcp};

fn inputs(name: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("the folder can be read").path()).collect();
    paths.sort();
    assert!(paths.len() > 10, "{name}: {} files are no corpus", paths.len());
    paths
}

/// Runs all of a folder, and names the file that breaks a law.
fn replay(name: &str, run: impl Fn(&[u8]) + std::panic::RefUnwindSafe) {
    for path in inputs(name) {
        let data = fs::read(&path).expect("the corpus can be read");
        if std::panic::catch_unwind(|| run(&data)).is_err() {
            panic!("{} breaks a law: see the panic above", path.display());
        }
    }
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
