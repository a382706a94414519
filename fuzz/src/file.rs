//! Files of any content: pcap, pcapng, packed or not, one or several at once, as they lie in a folder.
//!
//! Input: how many files and how to read them, the lengths of all but the last in two bytes each, then their bytes.

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use sentinel_wire::engine::{Engine, Options};
use sentinel_wire::source::{Known, Mark, Sources};
use sentinel_wire::Limits;

use crate::bytes::Bytes;
use crate::{engine, memory};

/// Bytes that one input may hold at once: a buffer per open file, a packet, block or window in each.
const MOST: usize = 8 << 20;
/// The same with an engine.
const ENGINE: usize = MOST + (24 << 20);
/// Of a packed file: the decoder keeps as much for each that is open.
const WINDOW: usize = 1 << 20;
/// Files of one input.
const FILES: u8 = 3;

/// A folder for the files of one thread, removed with it.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let memory = Path::new("/dev/shm");
        let parent = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
        let folder = parent.join(format!("sentinel-fuzz-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed)));
        fs::create_dir_all(folder.join("below")).expect("the folder for temporary files can be written");
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

thread_local! {
    static FOLDER: RefCell<Folder> = RefCell::new(Folder::new());
}

/// See the module.
pub fn run(data: &[u8]) {
    let mut rest = Bytes(data);
    let options = rest.byte();
    let count = (options & 0x0F) % FILES + 1;
    let lengths: Vec<usize> = (1..count).map(|_| usize::from(rest.word())).collect();
    let parts: Vec<&[u8]> = lengths.into_iter().chain([usize::MAX]).map(|length| rest.take(length)).collect();
    FOLDER.with_borrow(|folder| {
        // The last of three lies one folder deeper.
        let place = |number: usize| if number == 2 { folder.0.join("below") } else { folder.0.clone() };
        let paths: Vec<PathBuf> = (0..parts.len()).map(|number| place(number).join(format!("{number}.pcap"))).collect();
        for (path, part) in paths.iter().zip(&parts) {
            fs::write(path, part).expect("the folder for temporary files can be written");
        }
        let open_files = if options & 0x40 != 0 { 1 } else { 2 };
        if paths.len() == 1 {
            memory::bounded(MOST, || read(&paths, open_files));
        } else {
            // A folder, a file that is in it too, and one that does not exist; or a folder twice, and a device.
            let named = if options & 0x10 != 0 {
                [folder.0.clone(), PathBuf::from("/dev/null"), folder.0.clone()]
            } else {
                [folder.0.clone(), paths[0].clone(), folder.0.join("none")]
            };
            memory::bounded(MOST, || read(&named, open_files));
            memory::bounded(MOST, || read(&paths, open_files));
        }
        if options & 0x80 != 0 {
            memory::bounded(ENGINE, || all(&paths));
        }
        if options & 0x20 != 0 {
            memory::bounded(MOST, || handled(&paths));
        }
        for path in paths.iter().skip(1) {
            let _ = fs::remove_file(path);
        }
    });
}

/// The same through the engine.
fn all(paths: &[PathBuf]) {
    let mut engine = Engine::open(paths, Options { limits: Limits { window_bytes: WINDOW, ..engine::limits() }, ..Options::default() });
    while engine.next_batch().is_some() {}
    let files: u64 = engine.files().iter().map(|file| file.packets).sum();
    assert_eq!(engine.counters().packets + engine.duplicates(), files, "packets given and counted");
    assert!(engine.interfaces().is_empty() && engine.notices().is_empty(), "files are no interfaces");
}

/// Part of them, with a clock that was wrong, and with what was read before left out.
fn handled(paths: &[PathBuf]) {
    let mut first = Sources::listed(paths, &limits(2));
    first.digest();
    let mut wanted = 0_u64;
    while wanted < 2 && first.next_packet().is_some() {
        wanted += 1;
    }
    first.look_up();
    let before = first.files().to_vec();
    let mut again = Sources::listed(paths, &limits(2));
    let begin = before.iter().filter_map(|file| file.begins).min().unwrap_or_default();
    again.only(Some(begin), begin.checked_add(3_600_000_000_000));
    again.digest();
    for (number, file) in before.iter().enumerate() {
        again.known(number, vec![Known { packets: file.position, since: begin, until: i64::MAX }]);
        if let Some(digest) = file.digest {
            again.expect(number, Mark { bytes: file.disk_bytes, digest, is_end: number == 1 });
        }
    }
    again.shift(paths.len() - 1, -5_000_000);
    if paths.len() > 2 {
        again.leave_out(1);
    }
    let mut given = 0_u64;
    while again.next_packet().is_some() {
        given += 1;
    }
    again.look_up();
    let (ended, bytes) = again.progress();
    let sizes: u64 = again.files().iter().filter_map(|file| file.size).sum();
    assert!(ended == paths.len() && bytes <= sizes, "{ended} files ended, {bytes} bytes read of {sizes}");
    let counted: u64 = again.files().iter().map(|file| file.packets).sum();
    assert_eq!(given + again.duplicates(), counted, "packets given and counted");
    assert!(!again.files().iter().any(|file| file.has_changed), "a file changed that nobody wrote");
}

fn limits(open_files: usize) -> Limits {
    Limits { packet_bytes: 4_096, interfaces: 4, block_bytes: 1 << 16, window_bytes: WINDOW, open_files, ..Limits::default() }
}

fn read(paths: &[PathBuf], open_files: usize) {
    let limits = limits(open_files);
    let mut sources = Sources::open(paths, &limits);
    let mut given = 0_u64;
    let mut last = [0_u64; 2 * FILES as usize];
    while let Some(packet) = sources.next_packet() {
        given += 1;
        assert!(packet.bytes.len() <= limits.packet_bytes, "a packet of {} bytes", packet.bytes.len());
        assert!(packet.original as usize >= packet.bytes.len(), "less on the wire than was captured");
        let before = &mut last[packet.file as usize];
        assert!(packet.frame > *before, "frame {} after {before}", packet.frame);
        *before = packet.frame;
    }
    assert!(sources.next_packet().is_none(), "a packet after the end");
    let counted: u64 = sources.files().iter().map(|file| file.packets).sum();
    assert_eq!(given + sources.duplicates(), counted, "packets given and counted");
    for file in sources.files() {
        assert!(!file.unusable || file.problem.is_some(), "{} is unusable for no reason told", file.path);
        assert!(file.interfaces.len() <= limits.interfaces.max(1), "more interfaces than the limit");
    }
}
