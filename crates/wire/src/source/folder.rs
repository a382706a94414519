//! Which files are meant by the paths that were given: folders are looked into, and nothing is read twice.

use std::collections::{HashMap, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};

use super::compressed::unreadable;

/// A path that may be a capture, or one about which there is something to say.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) path: PathBuf,
    pub(super) kind: Kind,
}

/// How a path came to be here.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Named by the user: if it is no capture, that is a problem.
    Named,
    /// Standard input, a named pipe, a device: it can be opened once only, and not be looked at before.
    Stream,
    /// Found in a folder: if it is no capture, it is passed over.
    InFolder,
    /// Not read for this reason; true if that loses something.
    Skipped(String, bool),
}

/// For each path that was given, the files that are meant; those of a folder by name.
///
/// Links are followed. A folder or file that was met before is not read again, which also ends a circle of links.
pub(super) fn find(paths: &[PathBuf]) -> Vec<Vec<Found>> {
    let mut search = Search::default();
    let each = paths.iter().map(|path| {
        search.path(path);
        std::mem::take(&mut search.found)
    });
    each.collect()
}

/// For each path of a list, the one file that it is; folders are not looked into again.
pub(super) fn listed(paths: &[PathBuf]) -> Vec<Vec<Found>> {
    let mut search = Search::default();
    let each = paths.iter().map(|path| {
        match fs::metadata(path) {
            Ok(about) if about.is_dir() => search.add(path, Kind::Skipped("is a folder: its files are named".to_owned(), false)),
            _ => search.path(path),
        }
        std::mem::take(&mut search.found)
    });
    each.collect()
}

#[derive(Default)]
struct Search {
    found: Vec<Found>,
    /// Real path of what was met, and the name by which it was.
    met: HashMap<PathBuf, PathBuf>,
}

impl Search {
    fn path(&mut self, path: &Path) {
        if path.as_os_str() == "-" {
            let is_first = self.met.insert(path.to_owned(), path.to_owned()).is_none();
            let again = || Kind::Skipped("is standard input, which was named before".to_owned(), false);
            self.add(path, if is_first { Kind::Stream } else { again() });
            return;
        }
        match fs::metadata(path) {
            Ok(about) if about.is_dir() => self.folders(path),
            Ok(about) if about.is_file() => self.file(path, Kind::Named),
            Ok(_) => self.add(path, Kind::Stream),
            Err(error) => self.add(path, Kind::Skipped(unreadable(&error), true)),
        }
    }

    fn add(&mut self, path: &Path, kind: Kind) {
        self.found.push(Found { path: path.to_owned(), kind });
    }

    /// The name by which the same file or folder was met before.
    fn met_before(&mut self, path: &Path) -> Option<PathBuf> {
        let real = fs::canonicalize(path).ok()?;
        let before = self.met.get(&real).cloned();
        if before.is_none() {
            self.met.insert(real, path.to_owned());
        }
        before
    }

    fn file(&mut self, path: &Path, kind: Kind) {
        let kind = match self.met_before(path) {
            Some(before) => Kind::Skipped(format!("is the same file as {}: read once", before.display()), false),
            None => kind,
        };
        self.add(path, kind);
    }

    /// A folder and all below it. Not recursive: the depth of folders is no bound of ours.
    fn folders(&mut self, top: &Path) {
        let mut waiting = VecDeque::from([top.to_owned()]);
        while let Some(folder) = waiting.pop_front() {
            if let Some(before) = self.met_before(&folder) {
                let is_above = fs::canonicalize(&folder).is_ok_and(|real| {
                    folder.parent().and_then(|parent| fs::canonicalize(parent).ok()).is_some_and(|parent| parent.starts_with(real))
                });
                let what = if is_above { "is a link to a folder above it," } else { "is the same folder as" };
                self.add(&folder, Kind::Skipped(format!("{what} {}: read once", before.display()), false));
                continue;
            }
            let mut entries: Vec<PathBuf> = match fs::read_dir(&folder) {
                Ok(entries) => entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect(),
                Err(error) => {
                    self.add(&folder, Kind::Skipped(unreadable(&error), true));
                    continue;
                }
            };
            entries.sort();
            let mut below = Vec::new();
            for path in entries {
                match fs::metadata(&path) {
                    Ok(about) if about.is_dir() => below.push(path),
                    Ok(about) if about.is_file() => self.file(&path, Kind::InFolder),
                    // Pipes and devices in a folder would block or never end; a link that leads nowhere holds nothing.
                    _ => {}
                }
            }
            for path in below.into_iter().rev() {
                waiting.push_front(path);
            }
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn place(name: &str) -> PathBuf {
        let place = std::env::temp_dir().join(format!("sentinel-folder-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&place);
        fs::create_dir_all(place.join("b/c")).expect("the temporary folder can be written");
        place
    }

    #[test]
    fn folders_are_read_with_what_is_below() {
        let place = place("below");
        for name in ["z", "a", "b/2", "b/c/1"] {
            fs::write(place.join(name), name).expect("the temporary folder can be written");
        }
        let found: Vec<_> = find(std::slice::from_ref(&place)).into_iter().flatten().collect();
        let names: Vec<_> = found.iter().filter_map(|one| one.path.strip_prefix(&place).ok()).collect();
        assert_eq!(names, [Path::new("a"), Path::new("z"), Path::new("b/2"), Path::new("b/c/1")]);
        assert!(found.iter().all(|one| one.kind == Kind::InFolder));
        let _ = fs::remove_dir_all(&place);
    }

    #[test]
    fn circles_of_links_end() {
        let place = place("circle");
        symlink(&place, place.join("b/up")).expect("links can be made");
        symlink(place.join("b/c"), place.join("twin")).expect("links can be made");
        let lines: Vec<_> = find(std::slice::from_ref(&place)).into_iter().flatten().map(|one| one.kind).collect();
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert!(matches!(&lines[0], Kind::Skipped(line, false) if line.starts_with("is a link to a folder above it, ")), "{lines:?}");
        assert!(matches!(&lines[1], Kind::Skipped(line, false) if line.starts_with("is the same folder as ")), "{lines:?}");
        let _ = fs::remove_dir_all(&place);
    }

    #[test]
    fn what_is_not_there_is_told() {
        let kinds: Vec<_> = find(&["/no/such/file".into(), "-".into(), "-".into()]).into_iter().flatten().map(|one| one.kind).collect();
        assert_eq!(kinds[0], Kind::Skipped("does not exist".to_owned(), true));
        assert_eq!(kinds[1], Kind::Stream);
        assert!(matches!(kinds[2], Kind::Skipped(..)));
    }
}
