use super::*;
use crate::Writer;
use crate::status::{Code, Status};
use http::HeaderMap;
use std::io::{self, Write};

const LIMIT: usize = 1 << 20;

/// Counts zeros. A message of anything else it cannot compress.
struct Zeros;

impl Compressor for Zeros {
    fn compress(&self, message: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
        if message.iter().any(|byte| *byte != 0) {
            return Err(io::Error::other("not zero"));
        }
        out.extend(message.len().to_string().bytes());
        Ok(())
    }

    fn decompress(&self, compressed: &[u8], out: &mut Decompressed) -> io::Result<()> {
        let count = std::str::from_utf8(compressed).ok().and_then(|count| count.parse().ok());
        let mut count: usize = count.ok_or(io::ErrorKind::InvalidData)?;
        while count > 0 {
            let part = count.min(1000);
            out.write_all(&[0; 1000][..part])?;
            count -= part;
        }
        Ok(())
    }
}

fn zeros() -> Encoding {
    Encoding::new("zeros", Zeros)
}

/// The built-in encodings, and one whose compressor reads from a reader.
fn encodings() -> Vec<Encoding> {
    struct Reader;
    impl Compressor for Reader {
        fn compress(&self, message: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
            out.extend([&message.len().to_be_bytes(), message].concat());
            Ok(())
        }
        fn decompress(&self, compressed: &[u8], out: &mut Decompressed) -> io::Result<()> {
            let Some((len, rest)) = compressed.split_first_chunk() else {
                return Err(io::ErrorKind::UnexpectedEof.into());
            };
            if rest.len() != usize::from_be_bytes(*len) {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            out.fill(rest)
        }
    }
    let mut encodings = Encoding::built_in();
    encodings.push(Encoding::new("reader", Reader));
    encodings
}

fn compressed(encoding: &Encoding, message: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    encoding.compressor().compress(message, &mut out).unwrap();
    out
}

/// Bytes that do not become smaller.
fn noise(len: usize) -> Vec<u8> {
    let mut state = 1_u64;
    std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    })
    .take(len)
    .collect()
}

#[test]
fn what_is_compressed_is_decompressed() {
    for encoding in encodings() {
        for len in [0, 1, 1000, 4096, 300_000] {
            for message in [vec![7; len], noise(len)] {
                let compressed = compressed(&encoding, &message);
                assert_eq!(encoding.decompress(&compressed, LIMIT).unwrap(), message, "{encoding:?}: {len}");
            }
        }
    }
}

#[test]
fn the_limit_is_for_what_a_message_was() {
    for encoding in encodings() {
        for len in [1, 4096, 100_000] {
            let compressed = compressed(&encoding, &vec![0; len]);
            assert_eq!(encoding.decompress(&compressed, len).unwrap().len(), len, "{encoding:?}");
            let status = encoding.decompress(&compressed, len - 1).unwrap_err();
            assert_eq!(status.code(), Code::ResourceExhausted, "{encoding:?}: {status}");
        }
    }
    let status = zeros().decompress(b"1000000000000000", LIMIT).unwrap_err();
    let message = "a message of 16 bytes, compressed with zeros, is larger than the limit of 1048576 bytes";
    assert_eq!((status.code(), status.message()), (Code::ResourceExhausted, message));
}

#[test]
fn memory_grows_with_what_is_there_and_not_past_the_limit() {
    for encoding in encodings() {
        let bomb = compressed(&encoding, &vec![0; 16 * LIMIT]);
        let mut out = Decompressed::new(LIMIT, bomb.len());
        encoding.compressor().decompress(&bomb, &mut out).unwrap_err();
        assert!(out.is_over());
        assert!(out.capacity() <= 2 * LIMIT, "{encoding:?}: {}", out.capacity());
    }
}

#[test]
fn a_compressor_cannot_hide_that_it_met_the_limit() {
    struct Careless;
    impl Compressor for Careless {
        fn compress(&self, _: &[u8], _: &mut Vec<u8>) -> io::Result<()> {
            Ok(())
        }
        fn decompress(&self, _: &[u8], out: &mut Decompressed) -> io::Result<()> {
            let _ = out.write_all(&[0; 11]);
            Ok(())
        }
    }
    let status = Encoding::new("careless", Careless).decompress(b"", 10).unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted);
}

#[test]
fn a_part_of_a_message_is_none() {
    for encoding in encodings() {
        let whole = compressed(&encoding, &noise(300));
        for len in 0..whole.len() {
            let status = encoding.decompress(&whole[..len], LIMIT).unwrap_err();
            assert_eq!(status.code(), Code::Internal, "{encoding:?}: {len}");
        }
    }
}

#[test]
fn nothing_follows_a_message() {
    for encoding in encodings() {
        for garbage in [&b"\0"[..], b"garbage behind the message"] {
            let bytes = [&compressed(&encoding, &[7; 300]), garbage].concat();
            let status = encoding.decompress(&bytes, LIMIT).unwrap_err();
            assert_eq!(status.code(), Code::Internal, "{encoding:?}");
        }
    }
}

#[test]
fn other_bytes_are_no_message() {
    for encoding in encodings() {
        let status = encoding.decompress(b"plain text", LIMIT).unwrap_err();
        assert_eq!(status.code(), Code::Internal, "{encoding:?}");
        let name = encoding.name();
        let message = format!("the message cannot be decompressed with {name}: ");
        assert!(status.message().starts_with(&message), "{status}");
        assert!(std::error::Error::source(&status).is_some());

        // Whatever becomes of it, it is an answer.
        let whole = compressed(&encoding, &[7; 300]);
        for at in 0..whole.len() {
            let mut broken = whole.clone();
            broken[at] ^= 0x55;
            let _ = encoding.decompress(&broken, LIMIT);
        }
    }
}

#[test]
#[cfg(any(feature = "gzip", feature = "zstd"))]
fn a_message_may_have_several_parts_where_the_format_has_them() {
    let formats = [
        #[cfg(feature = "gzip")]
        Encoding::gzip(),
        #[cfg(feature = "zstd")]
        Encoding::zstd(),
    ];
    for encoding in formats {
        let parts = [compressed(&encoding, b"one "), compressed(&encoding, b"two")].concat();
        assert_eq!(encoding.decompress(&parts, LIMIT).unwrap(), "one two");
    }
}

#[test]
#[cfg(feature = "zstd")]
fn a_zstd_window_is_bounded() {
    // A frame that announces a window of 1 GiB, and has one empty block.
    let status = Encoding::zstd().decompress(&[0x28, 0xb5, 0x2f, 0xfd, 0, 20 << 3, 1, 0, 0], LIMIT);
    let message = "the message cannot be decompressed with zstd: Frame requires too much memory for decoding";
    assert_eq!(status.unwrap_err().message(), message);
    // The same with 8 MiB.
    assert_eq!(
        Encoding::zstd().decompress(&[0x28, 0xb5, 0x2f, 0xfd, 0, 13 << 3, 1, 0, 0], LIMIT).unwrap(),
        ""
    );
}

#[track_caller]
fn written(encoder: &Encoder, message: &[u8]) -> Result<Option<Vec<u8>>, Status> {
    let mut out = Writer::default();
    out.prepend_shared(&bytes::Bytes::copy_from_slice(message));
    let compressed = encoder.compress(&mut out)?;
    assert_eq!(out.has_segments(), !compressed && message.len() >= 16 * 1024);
    Ok(compressed.then(|| out.to_vec()))
}

#[test]
fn messages_are_compressed_where_it_pays() {
    let compression = Compression::new().send(zeros()).min_size(4);
    let encoder = compression.encoder(None).unwrap();
    assert_eq!(written(&encoder, &[0; 3]).unwrap(), None);
    assert_eq!(written(&encoder, &[0; 4]).unwrap(), Some(b"4".to_vec()));
    assert_eq!(written(&encoder, &[0; 100_000]).unwrap(), Some(b"100000".to_vec()));
    let status = written(&encoder, b"text").unwrap_err();
    assert_eq!(status.to_string(), "INTERNAL: the message cannot be compressed with zeros: not zero");

    for encoding in encodings() {
        let compression = Compression::new().send(encoding).min_size(0);
        let encoder = compression.encoder(None).unwrap();
        assert_eq!(written(&encoder, b"").unwrap(), None);
        assert_eq!(written(&encoder, &noise(20_000)).unwrap(), None);
    }
}

#[test]
fn a_call_decides_before_its_channel() {
    let other = Encoding::new("other", Zeros);
    let name = |compression: &Compression, choice: Option<Option<Encoding>>| {
        compression.encoder(choice.as_ref()).map(|encoder| encoder.encoding().name().to_owned())
    };
    let plain = Compression::new();
    assert_eq!(name(&plain, None), None);
    assert_eq!(name(&plain, Some(Some(zeros()))).as_deref(), Some("zeros"));
    let compressing = plain.send(zeros());
    assert_eq!(name(&compressing, None).as_deref(), Some("zeros"));
    assert_eq!(name(&compressing, Some(None)), None);
    assert_eq!(name(&compressing, Some(Some(other))).as_deref(), Some("other"));
}

fn request(headers: &[(&'static str, &'static str)]) -> HeaderMap {
    let pairs = headers.iter();
    pairs.map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value))).collect()
}

#[test]
fn responses_are_compressed_as_the_client_reads_them() {
    let encodes = |headers: &[(&'static str, &'static str)], choice: Option<Option<Encoding>>| {
        let request = request(headers);
        let terms = Terms::new(&Compression::new().send(zeros()), &request);
        terms.encoder(choice, &request).is_some()
    };
    for reads in ["zeros", "identity,zeros", "gzip , zeros ,x"] {
        assert!(encodes(&[("grpc-accept-encoding", reads)], None), "{reads}");
        assert!(!encodes(&[("grpc-accept-encoding", reads)], Some(None)));
    }
    assert!(encodes(&[("grpc-accept-encoding", "gzip"), ("grpc-accept-encoding", "zeros")], None));
    for not in ["", "identity", "zeros2", "zero,s", "identity;zeros"] {
        assert!(!encodes(&[("grpc-accept-encoding", not)], None), "{not}");
        assert!(!encodes(&[("grpc-accept-encoding", not)], Some(Some(zeros()))), "{not}");
    }
    assert!(!encodes(&[], None));
}

#[test]
fn encodings_that_are_not_accepted_are_refused() {
    let compression = Compression::new().accept([zeros()]);
    let received = |name| Terms::new(&compression, &request(&[("grpc-encoding", name)])).received();
    assert!(matches!(received("identity"), Received::Plain));
    assert!(matches!(received("zeros"), Received::Encoded(_)));
    for unknown in ["snappy", "Zeros", "", "gzip"] {
        let Received::Refused(status) = received(unknown) else { panic!("{unknown} is accepted") };
        let message = format!("messages are compressed with {unknown:?}; supported: identity,zeros");
        assert_eq!((status.code(), status.message()), (Code::Unimplemented, &message[..]));
    }
    assert!(matches!(Terms::new(&compression, &HeaderMap::new()).received(), Received::Plain));
}

#[test]
fn the_built_in_encodings_are_accepted() {
    let mut expected = "identity".to_owned();
    if cfg!(feature = "gzip") {
        expected += ",gzip,deflate";
    }
    if cfg!(feature = "zstd") {
        expected += ",zstd";
    }
    assert_eq!(Compression::new().header(), &expected[..]);
    assert_eq!(Compression::new().accept([]).header(), "identity");
}

#[test]
fn names_are_as_they_may_stand_in_a_list() {
    assert_eq!(zeros().name(), "zeros");
    for name in ["", "identity", "a,b", "a b", "Gzip", "ü"] {
        let made = std::panic::catch_unwind(|| Encoding::new(name, Zeros));
        assert!(made.is_err(), "{name:?}");
    }
}

/// Each part costs far more than the 10 or 20 bytes of an empty one.
#[track_caller]
#[cfg(any(feature = "gzip", feature = "zstd"))]
fn parts_are_few(encoding: &Encoding) {
    let part = compressed(encoding, b"");
    assert_eq!(encoding.decompress(&part.repeat(16), LIMIT).unwrap(), "");
    let status = encoding.decompress(&part.repeat(1000), LIMIT).unwrap_err();
    let name = encoding.name();
    let message = format!("the message cannot be decompressed with {name}: it consists of too many parts");
    assert_eq!((status.code(), status.message()), (Code::Internal, &message[..]));
    // Large ones are as many as there are.
    let part = compressed(encoding, &noise(8 * 1024));
    let whole = encoding.decompress(&part.repeat(100), LIMIT).unwrap();
    assert_eq!(whole.len(), 100 * 8 * 1024);
}

#[cfg(feature = "gzip")]
#[test]
fn members_of_gzip_are_few() {
    parts_are_few(&Encoding::gzip());
}

#[cfg(feature = "zstd")]
#[test]
fn frames_of_zstd_are_few() {
    parts_are_few(&Encoding::zstd());
}
