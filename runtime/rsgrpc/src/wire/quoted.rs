//! Strings between quotes: their end found, and what stands before it copied,
//! by loads of a fixed size.

use super::append::{STEP, escaped, first_escaped};

/// As many bytes as one look covers.
const LOOK: usize = 2 * STEP;

/// How many bytes stand before the quote that ends a string, of which `text` is
/// what follows its first quote. None where JSON has an escape before it, or
/// something that should be one, or there is no quote.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) fn quoted_len(text: &[u8]) -> Option<usize> {
    let Some(look) = text.first_chunk::<LOOK>() else { return long(text, 0) };
    let (steps, _) = look.as_chunks();
    let found = steps.iter().rev().fold(0, |mask, step| mask << STEP | escaped(step));
    if found == 0 {
        return long(text, LOOK);
    }
    let len = found.trailing_zeros() as usize;
    (text.get(len) == Some(&b'"')).then_some(len)
}

/// The same from a place on, before which nothing is found.
#[inline(never)]
fn long(text: &[u8], from: usize) -> Option<usize> {
    let (steps, rest) = text.get(from..)?.as_chunks::<STEP>();
    let in_steps = steps.iter().enumerate().find_map(|(index, step)| {
        let place = first_escaped(step);
        (place < STEP).then_some(index * STEP + place)
    });
    let place = match in_steps {
        Some(place) => place,
        None => {
            let in_rest = rest.iter().position(|byte| *byte < b' ' || matches!(byte, b'"' | b'\\'))?;
            steps.len() * STEP + in_rest
        }
    };
    let len = from + place;
    (text.get(len) == Some(&b'"')).then_some(len)
}

/// Replaces the content of `slot` by the first `len` bytes of `text`; by nothing
/// where they end within a character.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) fn set_start(slot: &mut String, text: &str, len: usize) {
    if len == 0 || len > LOOK || text.len() < LOOK || !text.is_char_boundary(len) || slot.capacity() > 0 {
        set_any(slot, text, len);
        return;
    }
    // As many as are copied; those behind the string are spare.
    let mut fresh = Vec::<u8>::with_capacity(if len <= STEP { STEP } else { LOOK });
    // SAFETY: `text` has 32 bytes, of which no more are copied than there is
    // room for. The first `len`, 32 at most and no more than are copied, are
    // those of a `str`, to the end of a character. The old string owns no memory.
    unsafe {
        if len <= STEP {
            fresh.as_mut_ptr().cast::<[u8; STEP]>().write(text.as_ptr().cast::<[u8; STEP]>().read());
        } else {
            fresh.as_mut_ptr().cast::<[u8; LOOK]>().write(text.as_ptr().cast::<[u8; LOOK]>().read());
        }
        fresh.set_len(len);
        std::ptr::write(slot, String::from_utf8_unchecked(fresh));
    }
}

#[inline(never)]
fn set_any(slot: &mut String, text: &str, len: usize) {
    let text = text.get(..len).unwrap_or_default();
    if slot.capacity() < text.len() {
        *slot = text.to_owned();
    } else {
        slot.clear();
        slot.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_found_wherever_it_is() {
        for len in 0..100 {
            for behind in [0, 1, 40] {
                let text = [&b"a".repeat(len), &b"\""[..], &b"\\".repeat(behind)].concat();
                assert_eq!(quoted_len(&text), Some(len));
                for byte in (0..b' ').chain([b'\\']) {
                    for at in [0, len / 2, len.saturating_sub(1)].into_iter().filter(|at| *at < len) {
                        let mut text = text.clone();
                        text[at] = byte;
                        assert_eq!(quoted_len(&text), None, "{len} {at} {byte}");
                    }
                }
            }
            assert_eq!(quoted_len(&b"a".repeat(len)), None);
        }
        assert_eq!(quoted_len("äé谷\"".as_bytes()), Some(7));
    }

    #[test]
    fn each_length_is_copied() {
        let text = "naïve ∑ text that goes on for longer than two chunks of thirty-two bytes";
        for end in [10, 31, 32, text.len()] {
            let text = &text[..end];
            for len in (0..=text.len()).filter(|len| text.is_char_boundary(*len)) {
                for old in ["", "old", "an old content that is longer than thirty-two bytes"] {
                    let mut slot = String::from(old);
                    set_start(&mut slot, text, len);
                    assert_eq!(slot, text[..len]);
                }
            }
        }
        for (len, old) in [(3, ""), (3, "old"), (100, "")] {
            let mut slot = String::from(old);
            set_start(&mut slot, "naïve and so on, for more than thirty-two bytes", len);
            assert_eq!(slot, "");
        }
    }
}
