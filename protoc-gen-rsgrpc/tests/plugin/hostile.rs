//! Broken requests by the thousand: an answer each, never a panic.

use protoc_gen_rsgrpc::request::Request;
use protoc_gen_rsgrpc::{respond, schema};
use rsgrpc::Message;
use rsgrpc::descriptor::compiler::CodeGeneratorResponse;

use crate::support;

const PROTO3: &str = r#"
    syntax = "proto3";
    package library.v1;
    import "google/protobuf/timestamp.proto";
    // A book.
    message Book {
      string isbn = 1;
      Genre genre = 2;
      map<string, Paper> papers = 3;
      optional uint32 pages = 4;
      repeated Book sequels = 5;
      oneof format { Paper paper = 6; bytes scan = 7; }
      google.protobuf.Timestamp printed = 8;
      message Paper { double weight = 1; Book of = 2; }
    }
    enum Genre { GENRE_UNSPECIFIED = 0; GENRE_FICTION = 1; }
    service Library { rpc Get(Book) returns (stream Book); }
"#;

const PROTO2: &str = r#"
    syntax = "proto2";
    package old;
    message Old {
      required int32 id = 1 [default = -7];
      optional bytes raw = 2 [default = "\001"];
      repeated group Part = 3 { optional Color color = 1 [default = GREEN]; }
      enum Color { RED = 3; GREEN = 5; }
    }
"#;

/// xorshift64*: the same numbers in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(limit.max(1)).unwrap()).unwrap()
    }
}

fn sample() -> Vec<u8> {
    let mut request = support::request(&[("library.proto", PROTO3), ("old.proto", PROTO2)]);
    request.parameter = Some("request=view".to_owned());
    // Positions of comments are most of the bytes and say little.
    for location in request
        .proto_file
        .iter_mut()
        .flat_map(|file| &mut file.source_code_info)
        .flat_map(|info| &mut info.location)
    {
        location.span.clear();
    }
    request
        .proto_file
        .iter_mut()
        .filter(|file| file.name().starts_with("google/"))
        .for_each(|file| file.source_code_info = None);
    request.encode()
}

#[track_caller]
fn answer(request: &[u8]) -> CodeGeneratorResponse {
    let mut response = Vec::new();
    respond(request.to_owned(), &mut response).expect("a vector takes all");
    let response = CodeGeneratorResponse::decode(&response).expect("a response");
    assert!(response.error.is_none() || response.file.is_empty());
    response
}

#[test]
fn the_sample_itself_is_fine() {
    let response = answer(&sample());
    assert_eq!(response.error, None);
    let names: Vec<_> = response.file.iter().map(|file| file.name()).collect();
    assert_eq!(names, ["library.v1.rs", "old.rs", "mod.rs"]);
}

#[test]
fn cut_short_anywhere() {
    let bytes = sample();
    for end in 0..bytes.len() {
        answer(&bytes[..end]);
    }
    let error = answer(&bytes[..bytes.len() / 2]).error.unwrap();
    assert!(error.starts_with("the request is not a CodeGeneratorRequest: "), "{error}");
}

#[test]
fn bytes_changed() {
    let bytes = sample();
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let (mut refused, mut resolved) = (0, 0);
    for round in 0..5_000 {
        let mut bytes = bytes.clone();
        for _ in 0..=random.below(4) {
            let at = random.below(bytes.len());
            match random.below(4) {
                0 => bytes[at] ^= 1 << random.below(8),
                1 => bytes[at] = u8::try_from(random.below(256)).unwrap(),
                2 => drop(bytes.remove(at)),
                _ => bytes.insert(at, u8::try_from(random.below(256)).unwrap()),
            }
        }
        match Request::read(&bytes).and_then(|request| schema::resolve(request.files(), &request.generate)) {
            Err(_) => refused += 1,
            Ok(_) => resolved += 1,
        }
        // What is generated from it takes its time.
        if round % 16 == 0 {
            answer(&bytes);
        }
    }
    assert!(refused > 100 && resolved > 100, "{refused} refused, {resolved} resolved");
}

/// Keeps lengths right, so that what is wrong gets past the decoder.
#[test]
fn values_changed() {
    let bytes = sample();
    let mut random = Random(0x0123_4567_89ab_cdef);
    for _ in 0..400 {
        let mut bytes = bytes.clone();
        for _ in 0..=random.below(3) {
            let at = random.below(bytes.len());
            if bytes[at].is_ascii_graphic() {
                bytes[at] = b" ./-_Aa09#\n"[random.below(11)];
            } else if bytes[at] > 0x20 {
                bytes[at] ^= 0x7f;
            }
        }
        answer(&bytes);
    }
}

#[test]
fn noise() {
    let mut random = Random(42);
    for _ in 0..2_000 {
        let bytes: Vec<u8> =
            (0..random.below(200)).map(|_| u8::try_from(random.below(256)).unwrap()).collect();
        answer(&bytes);
    }
    assert_eq!(answer(b"").error.as_deref(), Some("the request names no file to generate"));
}

#[test]
fn messages_in_messages_in_messages() {
    // message_type { nested_type { nested_type { … } } }, far beyond what a stack holds.
    let mut message = b"\x0a\x01M".to_vec();
    for _ in 0..5_000 {
        message = field(3, &message);
    }
    let file = [field(1, b"a.proto"), field(4, &message)].concat();
    let request = [field(1, b"a.proto"), field(15, &file)].concat();
    assert!(answer(&request).error.is_some());
}

#[test]
fn as_deep_as_allowed() {
    let mut message = b"\x0a\x01M".to_vec();
    for _ in 1..schema::MAX_NESTING {
        message = [b"\x0a\x01M".to_vec(), field(3, &message)].concat();
    }
    let package = ["p"; schema::MAX_NESTING].join(".");
    let file = [field(1, b"a.proto"), field(2, package.as_bytes()), field(4, &message)].concat();
    let request = [field(1, b"a.proto"), field(15, &file)].concat();
    let response = answer(&request);
    assert_eq!(response.error, None);
    assert_eq!(response.file.len(), 2);
}

/// A length-delimited field.
fn field(number: u8, contents: &[u8]) -> Vec<u8> {
    let mut bytes = vec![number << 3 | 2];
    let mut length = contents.len();
    while length > 0x7f {
        bytes.push(u8::try_from(length & 0x7f).unwrap() | 0x80);
        length >>= 7;
    }
    bytes.push(u8::try_from(length).unwrap());
    bytes.extend(contents);
    bytes
}
