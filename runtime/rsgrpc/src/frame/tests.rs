use super::room::FIRST;
use super::*;
use crate::codec::Codec;
use crate::compression::{Compression, Compressor, Decompressed};
use crate::status::Code;
use std::io::{self, Write};

const LIMIT: usize = 1 << 20;

struct Raw;

impl Codec<Bytes> for Raw {
    fn encode(item: &Bytes, out: &mut Writer) -> Result<(), Status> {
        out.prepend_shared(item);
        Ok(())
    }
    fn decode(frame: Bytes) -> Result<Bytes, Status> {
        Ok(frame)
    }
}

fn framed(message: &[u8]) -> Vec<u8> {
    let framed = encode(Coding::of::<Raw>(), &Bytes::copy_from_slice(message), None).unwrap();
    framed.segments.into_iter().flatten().collect()
}

fn plain(limit: usize) -> Deframer {
    Deframer::new(limit, Received::Plain)
}

/// All messages in `bytes`, given in chunks of `size` bytes.
#[track_caller]
fn messages(bytes: &[u8], size: usize) -> Result<Vec<Bytes>, Status> {
    let mut deframer = plain(LIMIT);
    let mut messages = Vec::new();
    for chunk in bytes.chunks(size) {
        deframer.push(Bytes::copy_from_slice(chunk));
        loop {
            let read = deframer.read(Bytes::slice_ref);
            let Some(message) = read.map_or_else(|| deframer.next(), |message| Ok(Some(message)))? else {
                break;
            };
            messages.push(message);
        }
    }
    deframer.end()?;
    Ok(messages)
}

#[track_caller]
fn fails(bytes: &[u8], expected: &str) {
    for size in [1, 3, 5, 1024] {
        assert_eq!(messages(bytes, size).unwrap_err().to_string(), expected, "in chunks of {size}");
    }
}

#[test]
fn all_but_the_last_message_of_a_chunk_are_read_in_place() {
    let mut deframer = plain(LIMIT);
    let mut read = |chunk: Bytes| {
        deframer.push(chunk);
        let count = std::iter::from_fn(|| deframer.read(|_, frame| assert_eq!(frame, [7]))).count();
        (count, deframer.next().unwrap())
    };
    let chunk = Bytes::from(framed(&[7]).repeat(10));
    assert_eq!(read(chunk.clone()), (9, Some(Bytes::from_static(&[7]))));
    assert_eq!(read(chunk.slice(..chunk.len() - 1)), (9, None));
    assert_eq!(read(chunk.slice(chunk.len() - 1..)), (0, Some(Bytes::from_static(&[7]))));
}

#[test]
fn chunks_of_any_size_hold_the_same_messages() {
    let sent: Vec<Vec<u8>> = [0, 1, 4, 5, 6, 300, 20_000].map(|len| vec![7; len]).into();
    let bytes: Vec<u8> = sent.iter().flat_map(|message| framed(message)).collect();
    for size in [1, 2, 3, 4, 5, 6, 7, 11, 64, 311, 16_384, bytes.len()] {
        assert_eq!(messages(&bytes, size).unwrap(), sent, "in chunks of {size}");
    }
}

#[test]
fn a_message_in_one_chunk_is_not_copied() {
    let chunk = Bytes::from([framed(b"first"), framed(b"second")].concat());
    let mut deframer = plain(LIMIT);
    deframer.push(chunk.clone());
    assert_eq!(deframer.next().unwrap().unwrap().as_ptr(), chunk[5..].as_ptr());
    assert_eq!(deframer.next().unwrap().unwrap().as_ptr(), chunk[15..].as_ptr());
    assert_eq!(deframer.next().unwrap(), None);
}

#[test]
fn memory_follows_what_has_arrived_not_what_is_announced() {
    let mut deframer = plain(64 << 20);
    deframer.push(Bytes::from_static(&[0, 3, 255, 255, 255, 1, 2, 3]));
    assert_eq!(deframer.next().unwrap(), None);
    assert!(deframer.partial.capacity() <= FIRST);
    deframer.push(Bytes::from(vec![0; FIRST]));
    assert_eq!(deframer.next().unwrap(), None);
    assert!(deframer.partial.capacity() <= 5 * FIRST);
}

#[test]
fn a_message_over_the_limit_is_refused_by_its_prefix() {
    fails(
        &[0, 0, 16, 0, 1],
        "RESOURCE_EXHAUSTED: a message of 1048577 bytes is larger than the limit of 1048576 bytes",
    );
    fails(
        &[0, 255, 255, 255, 255, 0],
        "RESOURCE_EXHAUSTED: a message of 4294967295 bytes is larger than the limit of 1048576 bytes",
    );
}

#[test]
fn the_end_inside_a_message_is_an_error() {
    for bytes in [&[0][..], &[0, 0, 0, 0], &[0, 0, 0, 0, 1], &[0, 0, 0, 0, 3, 1, 2]] {
        fails(bytes, "INTERNAL: the stream ended inside a message");
    }
}

#[test]
fn flags_are_zero() {
    fails(&[1, 0, 0, 0, 0], "INTERNAL: a message is marked as compressed, but no encoding was named");
    fails(&[2, 0, 0, 0, 0], "INTERNAL: a message has unknown flags 0x02");
    fails(&[0x80, 0, 0, 0, 0], "INTERNAL: a message has unknown flags 0x80");
}

#[test]
fn an_unsupported_encoding_refuses_compressed_messages_only() {
    let mut deframer = Deframer::new(LIMIT, Received::Refused(Status::unimplemented("no snappy")));
    deframer.push(Bytes::from_static(&[0, 0, 0, 0, 1, 9, 1, 0, 0, 0, 0]));
    assert_eq!(deframer.next().unwrap().unwrap(), [9][..]);
    assert_eq!(deframer.next().unwrap_err().code(), Code::Unimplemented);
}

#[test]
fn large_payloads_stay_segments_of_their_own() {
    let payload = Bytes::from(vec![1; 100_000]);
    let framed = encode(Coding::of::<Raw>(), &payload, None).unwrap();
    let segments: Vec<Bytes> = framed.segments.into_iter().collect();
    assert_eq!(segments[0], [0, 0, 1, 0x86, 0xa0][..]);
    assert_eq!(segments[1].as_ptr(), payload.as_ptr());
}

/// Doubles what it decompresses: "ab" is "aabb".
struct Double;

impl Compressor for Double {
    fn compress(&self, message: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
        out.extend(message.iter().step_by(2));
        Ok(())
    }
    fn decompress(&self, compressed: &[u8], out: &mut Decompressed) -> io::Result<()> {
        compressed.iter().try_for_each(|byte| out.write_all(&[*byte; 2]))
    }
}

#[test]
fn flags_say_which_messages_are_compressed() {
    let encoding = Encoding::new("double", Double);
    let compression = Compression::new().send(encoding.clone()).min_size(4);
    let encoder = compression.encoder(None);
    let mut bytes = Vec::new();
    for message in [&b"aabb"[..], b"cc", b""] {
        let message = Bytes::from_static(message);
        let framed = encode(Coding::of::<Raw>(), &message, encoder.as_ref()).unwrap();
        assert_eq!(framed.encoding.is_some(), message.len() == 4);
        bytes.extend(framed.segments.into_iter().flatten());
    }
    assert_eq!(bytes, b"\x01\0\0\0\x02ab\0\0\0\0\x02cc\0\0\0\0\0");
    for size in [1, 4, 7, bytes.len()] {
        let mut deframer = Deframer::new(4, Received::Encoded(encoding.clone()));
        assert!(!deframer.was_compressed());
        let mut found = Vec::new();
        for chunk in bytes.chunks(size) {
            deframer.push(Bytes::copy_from_slice(chunk));
            while let Some(message) = deframer.next().unwrap() {
                found.push((message, deframer.was_compressed()));
            }
        }
        let expected = [("aabb", true), ("cc", false), ("", false)];
        assert_eq!(found, expected.map(|(message, compressed)| (Bytes::from(message), compressed)));
    }
}

#[test]
fn the_limit_is_for_messages_as_they_come_and_as_they_were() {
    for message in [&b"\x01\0\0\0\x05aaaaa"[..], b"\x01\0\0\0\x03abc"] {
        let mut deframer = Deframer::new(4, Received::Encoded(Encoding::new("double", Double)));
        deframer.push(Bytes::from_static(message));
        assert_eq!(deframer.next().unwrap_err().code(), Code::ResourceExhausted);
    }
}
