//! Varints in a row.
//!
//! A reader that asks each byte whether it is the last one waits for a
//! mispredicted branch at nearly every varint where they are of many lengths.
//! Here the last bytes of many are found at once, and each varint is cut out of
//! one load.

use super::varint;

const ONES: u64 = 0x0101_0101_0101_0101;

/// So many bytes are searched for the last bytes of varints at once.
const WINDOW: usize = 64;

/// As many are readable: ten bytes from any place in the window.
const READABLE: usize = WINDOW + 16;

/// The varints of a packed run, one by one.
//
// Invariant: `stops` has a bit for each of the first `WINDOW` bytes of `window`
// that ends a varint and lies behind `start`, which is less than `WINDOW` if
// there is one. `window` is then where `rest` begins.
#[derive(Clone, Copy)]
pub(crate) struct Varints<'a> {
    window: &'a [u8; READABLE],
    stops: u64,
    rest: &'a [u8],
    /// Where in `rest` the next one begins.
    start: usize,
}

impl<'a> Varints<'a> {
    /// Those of `run`.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) const fn new(run: &'a [u8]) -> Self {
        Self { window: &[0; READABLE], stops: 0, rest: run, start: 0 }
    }

    /// Whether all were read.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn is_empty(&self) -> bool {
        self.start >= self.rest.len()
    }

    /// The next one; none at the end, and where what follows is malformed.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn next(&mut self) -> Option<u64> {
        if self.stops != 0 {
            let last = self.stops.trailing_zeros() as usize;
            let more = last.wrapping_sub(self.start);
            if more < 8
                && let Some(bytes) = self.window.split_at(self.start % WINDOW).1.first_chunk()
            {
                self.stops &= self.stops - 1;
                self.start = last + 1;
                return Some(varint::fold(u64::from_le_bytes(*bytes) & u64::MAX >> (56 - 8 * more)));
            }
        }
        // By value, so that the cursor stays in registers.
        let (after, value) = self.far();
        *self = after;
        value
    }

    /// The next one, which has more than eight bytes, or begins behind the
    /// window, or where there is none.
    #[inline(never)]
    fn far(mut self) -> (Self, Option<u64>) {
        if self.stops == 0 {
            let rest = self.rest.get(self.start..).unwrap_or_default();
            self = Self::new(rest);
            if let Some(window) = rest.first_chunk() {
                (self.window, self.stops) = (window, stops(window));
            }
        }
        let Some((value, len)) = varint::read(self.rest.get(self.start..).unwrap_or_default()) else {
            return (Self::new(&[]), None);
        };
        self.start += len;
        self.stops &= self.stops.wrapping_sub(1);
        (self, Some(value))
    }
}

/// A bit for each byte of the window that ends a varint.
fn stops(window: &[u8; READABLE]) -> u64 {
    let (words, _) = window.as_chunks();
    words.iter().take(WINDOW / 8).rev().fold(0, |stops, word| {
        // The products add up without a carry: bit 8 × n goes to bit 56 + n.
        stops << 8 | (last_bytes(*word).wrapping_mul(0x0102_0408_1020_4080) >> 56)
    })
}

/// The lowest bit of each byte that ends a varint.
#[cfg_attr(not(debug_assertions), inline(always))]
fn last_bytes(word: [u8; 8]) -> u64 {
    !u64::from_le_bytes(word) >> 7 & ONES
}

/// The number of varints in a run, if it is well formed.
pub(crate) fn count(run: &[u8]) -> usize {
    let (words, rest) = run.as_chunks();
    // As many words as a byte can count.
    let counts = words.chunks(255).map(|words| {
        let counts: u64 = words.iter().map(|word| last_bytes(*word)).sum();
        counts.to_le_bytes().into_iter().map(usize::from).sum::<usize>()
    });
    counts.sum::<usize>() + rest.iter().filter(|byte| **byte < 0x80).count()
}

/// The number of varints in a run, if they are whole and none has more than
/// eight bytes.
pub(crate) fn count_short(run: &[u8]) -> Option<usize> {
    let (words, rest) = run.as_chunks();
    // How many bytes of a varint that goes on are behind.
    let (mut count, mut open) = (0, 0);
    for word in words {
        let last = last_bytes(*word) << 7;
        if open + last.trailing_zeros() / 8 > 7 {
            return None;
        }
        count += (last >> 7).wrapping_mul(ONES) >> 56;
        open = last.leading_zeros() / 8;
    }
    let mut count = count as usize;
    for byte in rest {
        let last = *byte < 0x80;
        count += usize::from(last);
        open = if last { 0 } else { open + 1 };
        if open > 7 {
            return None;
        }
    }
    (open == 0).then_some(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `value` as a varint, of `len` bytes at least.
    fn padded(value: u64, len: usize, out: &mut Vec<u8>) {
        let len = len.max(varint::len(value));
        out.extend((0..len).map(|place| {
            let low = value.checked_shr(7 * place as u32).unwrap_or(0) as u8 & 0x7f;
            if place + 1 < len { low | 0x80 } else { low }
        }));
    }

    /// Values of all lengths in no order.
    fn values(count: u64) -> impl Iterator<Item = u64> {
        (1..=count).map(|i| i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (i * 37 % 64))
    }

    fn read(run: &[u8]) -> Vec<u64> {
        let mut varints = Varints::new(run);
        std::iter::from_fn(|| varints.next()).collect()
    }

    #[test]
    fn what_was_written_is_read() {
        for size in [0, 1, 5, 20, 60, 64, 70, 80, 81, 90, 200, 1000] {
            for len in [1, 2, 8, 9, 10] {
                let mut run = Vec::new();
                values(size).for_each(|value| padded(value, len, &mut run));
                assert_eq!(read(&run), values(size).collect::<Vec<_>>(), "{size} {len}");
                assert_eq!(count(&run), size as usize);
                let longest = values(size).map(varint::len).max().unwrap_or(0).max(len);
                assert_eq!(count_short(&run), (size == 0 || longest <= 8).then_some(size as usize));
            }
        }
    }

    #[test]
    fn windows_end_anywhere() {
        for start in 0..80 {
            let expected: Vec<u64> = std::iter::repeat_n(1, start).chain(values(100)).collect();
            let mut run = Vec::new();
            expected.iter().for_each(|value| padded(*value, 1, &mut run));
            assert_eq!(read(&run), expected);
        }
    }

    #[test]
    fn malformed_varints_end_the_run() {
        for good in [0, 1, 50, 64, 100] {
            for (bad, spare) in
                [([0x80; 11].as_slice(), 100), (&[0xff; 10], 100), (&[0x80], 0), (&[0xff; 9], 0)]
            {
                let mut run = vec![7; good];
                run.extend_from_slice(bad);
                run.resize(run.len() + spare, 1);
                assert_eq!(read(&run), vec![7; good], "{good} {bad:x?}");
            }
        }
    }
}
