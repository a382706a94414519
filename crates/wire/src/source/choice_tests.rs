//! What is wanted of the captures: a time, a clock put right, what was not read before.

use std::fs;
use std::path::PathBuf;

use super::sources_tests::{all, open, pcap, Place};
use super::*;

#[test]
fn only_the_time_that_was_asked_for_with_the_numbers_of_the_file() {
    let place = Place::new();
    let files = [place.file("a", &pcap(&[(1, 1), (5, 2), (3, 3), (9, 4)])), place.file("b", &pcap(&[(2, 5), (4, 6)]))];
    let mut sources = open(&files);
    sources.only(Some(2_000), Some(5_000));
    assert_eq!(all(&mut sources), [(2, 1, 1), (4, 1, 2), (3, 0, 3)]);
    assert_eq!(sources.files().iter().map(|file| (file.packets, file.outside, file.position)).collect::<Vec<_>>(), [(1, 3, 4), (2, 0, 2)]);
}

#[test]
fn a_wrong_clock_is_put_right_before_merging() {
    let place = Place::new();
    let files = [place.file("a", &pcap(&[(101, 1), (103, 2)])), place.file("b", &pcap(&[(2, 3), (4, 4)]))];
    let mut sources = open(&files);
    assert_eq!(sources.files().iter().map(|file| file.begins).collect::<Vec<_>>(), [Some(101_000), Some(2_000)]);
    sources.shift(0, -100_000);
    sources.only(Some(2_000), None);
    assert_eq!(all(&mut sources), [(2, 1, 1), (3, 0, 2), (4, 1, 2)]);
    let mut sources = open(&files);
    sources.shift(1, i64::MAX);
    assert_eq!(all(&mut sources).last(), Some(&(capture::TIME_END / 1_000, 1, 2)), "a time beyond all is the latest that can be");
}

#[test]
fn what_was_read_before_is_left_out() {
    let place = Place::new();
    let file = place.file("a", &pcap(&[(1, 1), (2, 2), (3, 3), (4, 4), (2, 5)]));
    let known = |packets, since, until| Known { packets, since, until };
    for (before, expected) in [
        (vec![], vec![1, 2, 3, 4, 5]),
        (vec![known(3, i64::MIN, i64::MAX)], vec![4, 5]),
        (vec![known(4, 2_000, 4_000)], vec![1, 4, 5]),
        (vec![known(9, i64::MIN, 2_000), known(9, 4_000, i64::MAX)], vec![2, 3, 5]),
        (vec![known(2, i64::MIN, i64::MAX), known(4, 4_000, i64::MAX)], vec![3, 5]),
    ] {
        let mut sources = open(std::slice::from_ref(&file));
        sources.known(0, before);
        let frames: Vec<_> = all(&mut sources).into_iter().map(|(.., frame)| frame).collect();
        assert_eq!(frames, expected);
        assert_eq!(sources.files()[0].known + sources.files()[0].packets, 5);
    }
    let mut sources = open(std::slice::from_ref(&file));
    sources.leave_out(0);
    assert!(all(&mut sources).is_empty());
}

#[test]
fn a_list_gives_the_same_files_again() {
    let place = Place::new();
    let folder = place.0.join("ring");
    fs::create_dir_all(&folder).expect("the temporary folder can be written");
    let first = place.file("ring/2", &pcap(&[(2, 1)]));
    let before: Vec<PathBuf> = open(&[folder.clone(), first]).files().iter().map(|file| PathBuf::from(&file.path)).collect();
    assert_eq!(before.len(), 2);
    place.file("ring/1", &pcap(&[(1, 1)]));
    let mut sources = Sources::listed(&before, &Limits::default());
    assert_eq!(all(&mut sources), [(2, 0, 1)], "what came into the folder since is not of the list");
    assert!(sources.files()[1].problem.as_deref().is_some_and(|line| line.starts_with("is the same file as ")));
    assert!(Sources::listed(&[folder], &Limits::default()).files()[0].problem.is_some());
}

#[test]
fn a_file_that_grew_ends_where_it_did_and_one_that_changed_is_told() {
    use sha2::{Digest, Sha256};
    let place = Place::new();
    let bytes = pcap(&[(1, 1), (2, 2), (3, 3)]);
    let file = place.file("a", &bytes);
    let mut sources = open(std::slice::from_ref(&file));
    sources.digest();
    all(&mut sources);
    let state = sources.files()[0].clone();
    assert_eq!((state.digest, state.disk_bytes, state.is_whole), (Some(Sha256::digest(&bytes).into()), bytes.len() as u64, true));
    for (length, is_end, packets) in [(bytes.len() - 17, true, 2), (bytes.len() - 17, false, 3), (bytes.len(), true, 3)] {
        let mut sources = open(std::slice::from_ref(&file));
        let mark = Mark { bytes: length as u64, digest: Sha256::digest(&bytes[..length]).into(), is_end };
        sources.expect(0, mark);
        assert_eq!((all(&mut sources).len(), sources.files()[0].has_changed), (packets, false));
        let mut sources = open(std::slice::from_ref(&file));
        sources.expect(0, Mark { digest: [0; 32], ..mark });
        all(&mut sources);
        assert!(sources.files()[0].has_changed);
    }
}
