//! Which part of a text stands in JSON as it is.

use crate::wire::{STEP, first_escaped};

/// Whether JSON asks for an escape: a quote, a backslash, or a control
/// character.
#[inline]
pub(super) const fn is_escaped(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

/// How many bytes there are before the first that is to be escaped.
#[inline]
pub(super) fn len(text: &[u8]) -> usize {
    let (steps, rest) = text.as_chunks::<STEP>();
    for (index, step) in steps.iter().enumerate() {
        let place = first_escaped(step);
        if place < STEP {
            return index * STEP + place;
        }
    }
    text.len() - rest.len() + rest.iter().take_while(|byte| !is_escaped(**byte)).count()
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
