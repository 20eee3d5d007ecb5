//! Header compression (RFC 7541): written without any, read in full.

use crate::huffman;
use std::collections::VecDeque;

/// A header list as literals that are never indexed, without Huffman coding (RFC 7541 §6.2.2).
#[must_use]
pub fn encode(list: &[(&str, &str)]) -> Vec<u8> {
    let mut block = Vec::new();
    for (name, value) in list {
        block.push(0);
        for text in [name, value] {
            integer(&mut block, 7, text.len());
            block.extend(text.as_bytes());
        }
    }
    block
}

/// An integer whose first byte has so many bits (RFC 7541 §5.1), the others being 0.
fn integer(block: &mut Vec<u8>, bits: u32, value: usize) {
    let most = (1 << bits) - 1;
    if value < most {
        block.push(u8::try_from(value).unwrap());
        return;
    }
    block.push(u8::try_from(most).unwrap());
    let mut rest = value - most;
    while rest >= 128 {
        block.push(u8::try_from(rest % 128 + 128).unwrap());
        rest /= 128;
    }
    block.push(u8::try_from(rest).unwrap());
}

/// A name and a value.
pub type Field = (String, String);

/// Reads the header blocks of one direction of a connection, in order.
#[derive(Debug)]
pub struct Decoder {
    /// The newest first.
    dynamic: VecDeque<Field>,
    limit: usize,
}

impl Default for Decoder {
    fn default() -> Self {
        Self { dynamic: VecDeque::new(), limit: 4096 }
    }
}

impl Decoder {
    /// # Panics
    /// The block is malformed.
    #[must_use]
    pub fn decode(&mut self, mut block: &[u8]) -> Vec<Field> {
        let mut list = Vec::new();
        while let Some(&first) = block.first() {
            match first.leading_zeros() {
                0 => {
                    let index = take_integer(&mut block, 7);
                    list.push(self.entry(index));
                }
                1 => {
                    let field = self.literal(&mut block, 6);
                    self.dynamic.push_front(field.clone());
                    self.evict();
                    list.push(field);
                }
                2 => {
                    self.limit = take_integer(&mut block, 5);
                    self.evict();
                }
                _ => list.push(self.literal(&mut block, 4)),
            }
        }
        list
    }

    fn literal(&self, block: &mut &[u8], bits: u32) -> Field {
        let name = match take_integer(block, bits) {
            0 => take_text(block),
            index => self.entry(index).0,
        };
        (name, take_text(block))
    }

    fn entry(&self, index: usize) -> Field {
        let index = index.checked_sub(1).expect("an index");
        match STATIC.get(index) {
            Some((name, value)) => ((*name).to_owned(), (*value).to_owned()),
            None => self.dynamic[index - STATIC.len()].clone(),
        }
    }

    fn evict(&mut self) {
        while self.dynamic.iter().map(|(name, value)| name.len() + value.len() + 32).sum::<usize>()
            > self.limit
        {
            self.dynamic.pop_back();
        }
    }
}

fn take_byte(block: &mut &[u8]) -> u8 {
    let (first, rest) = block.split_first().expect("more of the block");
    *block = rest;
    *first
}

fn take_integer(block: &mut &[u8], bits: u32) -> usize {
    let most = (1_usize << bits) - 1;
    let mut value = usize::from(take_byte(block)) & most;
    if value < most {
        return value;
    }
    let mut shift = 0;
    loop {
        let byte = usize::from(take_byte(block));
        value += (byte & 127) << shift;
        shift += 7;
        if byte < 128 {
            return value;
        }
    }
}

fn take_text(block: &mut &[u8]) -> String {
    let huffman = block.first().is_some_and(|first| *first >= 128);
    let length = take_integer(block, 7);
    let (text, rest) = block.split_at(length);
    *block = rest;
    let text = if huffman { huffman::decode(text) } else { text.to_vec() };
    String::from_utf8(text).expect("text")
}

/// RFC 7541, appendix A.
const STATIC: [(&str, &str); 61] = [
    (":authority", ""),
    (":method", "GET"),
    (":method", "POST"),
    (":path", "/"),
    (":path", "/index.html"),
    (":scheme", "http"),
    (":scheme", "https"),
    (":status", "200"),
    (":status", "204"),
    (":status", "206"),
    (":status", "304"),
    (":status", "400"),
    (":status", "404"),
    (":status", "500"),
    ("accept-charset", ""),
    ("accept-encoding", "gzip, deflate"),
    ("accept-language", ""),
    ("accept-ranges", ""),
    ("accept", ""),
    ("access-control-allow-origin", ""),
    ("age", ""),
    ("allow", ""),
    ("authorization", ""),
    ("cache-control", ""),
    ("content-disposition", ""),
    ("content-encoding", ""),
    ("content-language", ""),
    ("content-length", ""),
    ("content-location", ""),
    ("content-range", ""),
    ("content-type", ""),
    ("cookie", ""),
    ("date", ""),
    ("etag", ""),
    ("expect", ""),
    ("expires", ""),
    ("from", ""),
    ("host", ""),
    ("if-match", ""),
    ("if-modified-since", ""),
    ("if-none-match", ""),
    ("if-range", ""),
    ("if-unmodified-since", ""),
    ("last-modified", ""),
    ("link", ""),
    ("location", ""),
    ("max-forwards", ""),
    ("proxy-authenticate", ""),
    ("proxy-authorization", ""),
    ("range", ""),
    ("referer", ""),
    ("refresh", ""),
    ("retry-after", ""),
    ("server", ""),
    ("set-cookie", ""),
    ("strict-transport-security", ""),
    ("transfer-encoding", ""),
    ("user-agent", ""),
    ("vary", ""),
    ("via", ""),
    ("www-authenticate", ""),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(list: &[(&str, &str)]) -> Vec<Field> {
        list.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn what_is_written_can_be_read() {
        let long = "x".repeat(5000);
        let list = [(":method", "POST"), ("a", ""), ("b", &"y".repeat(127)), ("c", &long)];
        assert_eq!(Decoder::default().decode(&encode(&list)), fields(&list));
    }

    /// RFC 7541, appendix C.4: requests with Huffman coding and a dynamic table.
    #[test]
    fn examples_of_the_specification() {
        let mut decoder = Decoder::default();
        let first = b"\x82\x86\x84\x41\x8c\xf1\xe3\xc2\xe5\xf2\x3a\x6b\xa0\xab\x90\xf4\xff";
        let second = b"\x82\x86\x84\xbe\x58\x86\xa8\xeb\x10\x64\x9c\xbf";
        let third = b"\x82\x87\x85\xbf\x40\x88\x25\xa8\x49\xe9\x5b\xa9\x7d\x7f\x89\x25\xa8\x49\xe9\x5b\xb8\xe8\xb4\xbf";
        let head =
            [(":method", "GET"), (":scheme", "http"), (":path", "/"), (":authority", "www.example.com")];
        assert_eq!(decoder.decode(first), fields(&head));
        assert_eq!(decoder.decode(second), fields(&[&head[..], &[("cache-control", "no-cache")]].concat()));
        let last = decoder.decode(third);
        assert_eq!(
            last[1..],
            fields(&[
                (":scheme", "https"),
                (":path", "/index.html"),
                (":authority", "www.example.com"),
                ("custom-key", "custom-value"),
            ])
        );
    }
}
