//! One reader of what devices say of themselves, alone on any bytes: most would not be asked for them otherwise.
//!
//! Input of a reader of frames or datagrams: the message. Of a stream: the size of pieces, the bytes of the first end
//! with their length in two bytes before them, then those of the second; any cutting must tell the same.

use sentinel_wire::claims::{alone, LONGEST, SOURCES};

use crate::bytes::Bytes;
use crate::memory;

/// Bytes that one input may hold at once.
const MOST: usize = 1 << 20;
/// Claims of one message.
const CLAIMS: usize = 64;

/// Every reader's name.
pub fn parts() -> Vec<String> {
    alone::readers()
}

/// See the module.
///
/// # Panics
/// If a law does not hold, or there is no such part.
pub fn run(part: &str, data: &[u8]) {
    let words = memory::bounded(MOST, || {
        if !part.ends_with("-stream") {
            return alone::read(part, [data, &[]], &[]);
        }
        let mut rest = Bytes(data);
        let sizes = [usize::from(rest.byte()) + 1, usize::from(rest.byte()) + 1];
        let length = usize::from(rest.word());
        let ends = [rest.take(length), rest.0];
        let whole = alone::read(part, ends, &[]);
        assert_eq!(whole, alone::read(part, ends, &sizes), "another cutting tells something else");
        whole
    });
    let words = words.unwrap_or_else(|| panic!("no reader {part}"));
    assert!(part.ends_with("-stream") || words.len() <= CLAIMS, "{} claims of one message", words.len());
    for word in words {
        let length = word.value.chars().count();
        assert!(length > 0 && length <= LONGEST && !word.value.contains(char::is_control), "the value {:?}", word.value);
        let source = SOURCES.iter().find(|one| one.name == word.source);
        assert!(source.is_some_and(|one| one.attributes.contains(&word.attribute)), "{} tells {}", word.source, word.attribute);
    }
}
