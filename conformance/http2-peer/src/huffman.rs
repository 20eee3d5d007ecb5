//! The Huffman code of RFC 7541, appendix B.

/// How many bits each byte takes. The code is canonical: codes of one length count up with the bytes, and each
/// length goes on where the shorter ones have ended. So the lengths are all there is to know.
#[rustfmt::skip]
const LENGTHS: [u8; 256] = [
    13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
    6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
    13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
    15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
    20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
    22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
    26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
    20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
];

/// The text behind a code.
///
/// # Panics
/// It is none.
pub(crate) fn decode(code: &[u8]) -> Vec<u8> {
    let mut by_length = (0..=255_u8).collect::<Vec<_>>();
    by_length.sort_by_key(|byte| LENGTHS[usize::from(*byte)]);
    let mut text = Vec::new();
    let mut bits = code.iter().flat_map(|byte| (0..8).rev().map(move |bit| u32::from(byte >> bit & 1)));
    'bytes: loop {
        // `first` is the code of `symbols[0]` if that has `length` bits.
        let (mut code, mut first, mut length) = (0, 0, 0);
        let mut symbols = &by_length[..];
        loop {
            let Some(bit) = bits.next() else {
                // What is left is padding: ones, less than a byte.
                assert!(length < 8 && code == (1_u32 << length) - 1, "a code that is cut off");
                break 'bytes;
            };
            (code, first, length) = (code << 1 | bit, first << 1, length + 1);
            let count = symbols.iter().take_while(|byte| LENGTHS[usize::from(**byte)] == length).count();
            let index = usize::try_from(code - first).unwrap();
            if index < count {
                text.push(symbols[index]);
                continue 'bytes;
            }
            first += u32::try_from(count).unwrap();
            symbols = &symbols[count..];
        }
    }
    text
}
