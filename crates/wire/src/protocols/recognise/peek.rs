//! Bounds-checked looks at bytes: `None` where nothing is there.

pub(crate) fn byte(bytes: &[u8], at: usize) -> Option<u8> {
    bytes.get(at).copied()
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}

pub(crate) fn be16(bytes: &[u8], at: usize) -> Option<u16> {
    array(bytes, at).map(u16::from_be_bytes)
}

pub(crate) fn le16(bytes: &[u8], at: usize) -> Option<u16> {
    array(bytes, at).map(u16::from_le_bytes)
}

pub(crate) fn be24(bytes: &[u8], at: usize) -> Option<u32> {
    array::<3>(bytes, at).map(|[a, b, c]| u32::from_be_bytes([0, a, b, c]))
}

pub(crate) fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    array(bytes, at).map(u32::from_be_bytes)
}

pub(crate) fn le32(bytes: &[u8], at: usize) -> Option<u32> {
    array(bytes, at).map(u32::from_le_bytes)
}

/// `length` bytes from `at`.
pub(crate) fn slice(bytes: &[u8], at: usize, length: usize) -> Option<&[u8]> {
    bytes.get(at..at.checked_add(length)?)
}

/// Everything from `at`; nothing if there is less.
pub(crate) fn rest(bytes: &[u8], at: usize) -> &[u8] {
    bytes.get(at..).unwrap_or_default()
}

/// The first line, without its end; `None` if no line ends within `limit` bytes.
pub(crate) fn line(bytes: &[u8], limit: usize) -> Option<&[u8]> {
    let window = bytes.get(..limit).unwrap_or(bytes);
    let end = window.iter().position(|&byte| byte == b'\n')?;
    let line = window.get(..end)?;
    Some(line.strip_suffix(b"\r").unwrap_or(line))
}

/// Whether these are printable ASCII or tabs.
pub(crate) fn is_text(bytes: &[u8]) -> bool {
    bytes.iter().all(|&byte| byte == b'\t' || (0x20..0x7f).contains(&byte))
}

/// Whether `word` is in `bytes`, in any case.
pub(crate) fn contains(bytes: &[u8], word: &[u8]) -> bool {
    !word.is_empty() && bytes.windows(word.len()).any(|window| window.eq_ignore_ascii_case(word))
}

/// Whether `bytes` begin with `word`, in any case.
pub(crate) fn starts(bytes: &[u8], word: &[u8]) -> bool {
    bytes.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}

/// A DER/BER length (X.690, 8.1.3; definite, at most 4 bytes): its value and where the contents begin.
pub(crate) fn ber_length(bytes: &[u8], at: usize) -> Option<(usize, usize)> {
    let first = byte(bytes, at)?;
    if first < 0x80 {
        return Some((usize::from(first), at.checked_add(1)?));
    }
    let count = usize::from(first & 0x7f);
    if !(1..=4).contains(&count) {
        return None;
    }
    let start = at.checked_add(1)?;
    let length = slice(bytes, start, count)?.iter().fold(0usize, |sum, &byte| (sum << 8) | usize::from(byte));
    Some((length, start.checked_add(count)?))
}

/// The contents of the BER element `tag` at `at`: length and where they begin; they may reach past what is there.
pub(crate) fn ber(bytes: &[u8], at: usize, tag: u8) -> Option<(usize, usize)> {
    (byte(bytes, at)? == tag).then_some(())?;
    ber_length(bytes, at.checked_add(1)?)
}
