//! Which part of a text stands in JSON as it is.

/// Whether JSON asks for an escape: a quote, a backslash, or a control
/// character.
#[inline]
pub(super) const fn is_escaped(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

/// How many bytes there are before the first that is to be escaped.
#[inline]
pub(super) fn len(text: &[u8]) -> usize {
    // Most strings end here: what is left to read is longer than they are.
    let Some((head, rest)) = text.split_first_chunk::<BLOCK>() else { return words(text) };
    let len = words(head);
    if len < BLOCK { len } else { BLOCK + beyond(rest) }
}

/// The same for what follows a block.
#[inline(never)]
fn beyond(text: &[u8]) -> usize {
    let len = blocks(text);
    len + words(text.get(len..).unwrap_or_default())
}

/// The same, a word at a time.
#[inline]
fn words(text: &[u8]) -> usize {
    let (words, rest) = text.as_chunks();
    let mut len = 0;
    for word in words {
        let found = found(*word);
        if found != 0 {
            return len + found.trailing_zeros() as usize / 8;
        }
        len += 8;
    }
    match text.last_chunk() {
        // Looks once more at bytes that are plain.
        Some(last) if !rest.is_empty() => {
            let found = found(*last);
            if found == 0 { text.len() } else { text.len() - 8 + found.trailing_zeros() as usize / 8 }
        }
        _ => len + rest.iter().take_while(|byte| !is_escaped(**byte)).count(),
    }
}

/// What the compiler turns into a few vectors.
const BLOCK: usize = 32;

/// The length of the blocks in front that are plain.
fn blocks(text: &[u8]) -> usize {
    let (blocks, _) = text.as_chunks::<BLOCK>();
    let plain = blocks.iter().take_while(|block| {
        // Without a branch or a short cut, byte by byte.
        let mut escaped = [0; BLOCK];
        for (escaped, byte) in escaped.iter_mut().zip(*block) {
            *escaped = u8::from(*byte < 0x20) | u8::from(*byte == b'"') | u8::from(*byte == b'\\');
        }
        escaped == [0; BLOCK]
    });
    plain.count() * BLOCK
}

/// Has the high bit set of the first byte that is to be escaped, and none below
/// it.
#[inline]
const fn found(word: [u8; 8]) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let word = u64::from_le_bytes(word);
    let quote = word ^ (ONES * b'"' as u64);
    let backslash = word ^ (ONES * b'\\' as u64);
    // To subtract borrows from the next byte only where a byte was found.
    let found = (quote.wrapping_sub(ONES) & !quote)
        | (backslash.wrapping_sub(ONES) & !backslash)
        | (word.wrapping_sub(ONES * 0x20) & !word);
    found & HIGH
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths() {
        for byte in 0..=u8::MAX {
            for size in [1, 7, 8, 9, 31, 64, 65, 100] {
                for filler in [b'~', 0x20, 0x7f, 0x80, 0xa2, 0xdc, 0xff, b'!', b'#', b'[', b']'] {
                    let mut text = vec![filler; size];
                    assert_eq!(len(&text), size);
                    for at in [0, size / 2, size - 1] {
                        text[at] = byte;
                        assert_eq!(
                            len(&text),
                            if is_escaped(byte) { at } else { size },
                            "{byte} {size} {at}"
                        );
                        text[at] = filler;
                    }
                }
            }
        }
        assert_eq!(len(b""), 0);
        assert_eq!(len(b"aaaaaaaaa\"\0"), 9);
    }
}
