//! What the schema says of real files, by way of protoc.

use crate::support::{notation, request, resolve};

#[track_caller]
fn test(text: &str, expected: &str) {
    let schema = resolve(&request(&[("a.proto", text)])).unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!(notation(&schema), expected);
}

#[test]
fn proto3() {
    test(
        r#"
        syntax = "proto3";
        package library.v1;
        message Book {
          repeated string authors = 4;
          string isbn = 1;
          optional uint32 pages = 6;
          Genre genre = 3;
          map<string, int32> copies = 5;
          oneof format { Paper paper = 7; string ebook_url = 8; }
          optional Paper spare = 9;
          repeated sint64 packed = 10;
          repeated Genre loose = 11 [packed = false];
          map<bool, Paper> papers = 12;
          message Paper { fixed32 weight = 1; }
        }
        enum Genre { GENRE_UNSPECIFIED = 0; GENRE_FICTION = 1; GENRE_NEGATIVE = -1; }
        service Library {
          rpc Get(Book) returns (Book);
          rpc List(Book) returns (stream Book);
          rpc Put(stream Book) returns (Book.Paper);
          rpc Swap(stream Book) returns (stream Book);
        }
        "#,
        "message library.v1.Book
  1 isbn: implicit string
  3 genre: implicit open library.v1.Genre
  4 authors: repeated string
  5 copies: map string int32
  6 pages: explicit uint32
  7 paper: oneof format library.v1.Book.Paper
  8 ebook_url: oneof format string
  9 spare: explicit library.v1.Book.Paper
  10 packed: packed sint64
  11 loose: repeated open library.v1.Genre
  12 papers: map bool library.v1.Book.Paper
message library.v1.Book.Paper
  1 weight: implicit fixed32
enum library.v1.Genre: open GENRE_UNSPECIFIED=0 GENRE_FICTION=1 GENRE_NEGATIVE=-1
service library.v1.Library
  Get: Unary library.v1.Book -> library.v1.Book
  List: ServerStreaming library.v1.Book -> library.v1.Book
  Put: ClientStreaming library.v1.Book -> library.v1.Book.Paper
  Swap: Bidi library.v1.Book -> library.v1.Book
",
    );
}

#[test]
fn proto2() {
    test(
        r#"
        syntax = "proto2";
        message M {
          required int32 id = 1;
          optional string name = 2 [default = "a\"b\n"];
          optional bytes raw = 3 [default = "\000\xff"];
          optional float ratio = 4 [default = -inf];
          optional double not = 5 [default = nan];
          optional Color color = 6 [default = GREEN];
          optional bool on = 7 [default = true];
          optional uint64 most = 8 [default = 18446744073709551615];
          repeated int32 plain = 9;
          repeated int32 tight = 10 [packed = true];
          repeated group Result = 11 { optional string url = 1; }
          optional group Extra = 12 { }
          oneof choice { int64 n = 13 [default = -5]; group Other = 14 { } }
          map<int32, Size> sizes = 15;
          extensions 100 to 200;
        }
        enum Color { option allow_alias = true; RED = 1; GREEN = 2; VERDE = 2; }
        enum Size { NONE = 0; }
        extend M { optional int32 more = 100; optional group Added = 101 { optional int32 x = 1; } }
        "#,
        r#"message M
  1 id: required int32
  2 name: explicit string = String("a\"b\n")
  3 raw: explicit bytes = Bytes([0, 255])
  4 ratio: explicit float = Float(-inf)
  5 not: explicit double = Double(NaN)
  6 color: explicit closed Color = Enum { name: "GREEN", number: 2 }
  7 on: explicit bool = Bool(true)
  8 most: explicit uint64 = Uint64(18446744073709551615)
  9 plain: repeated int32
  10 tight: packed int32
  11 result: repeated delimited M.Result
  12 extra: explicit delimited M.Extra
  13 n: oneof choice int64 = Int64(-5)
  14 other: oneof choice delimited M.Other
  15 sizes: map int32 closed Size
message M.Result
  1 url: explicit string
message M.Extra
message M.Other
message Added
  1 x: explicit int32
enum Color: closed RED=1 GREEN=2 VERDE=2
enum Size: closed NONE=0
"#,
    );
}

#[test]
fn edition_2023() {
    test(
        r#"
        edition = "2023";
        package e;
        option features.repeated_field_encoding = EXPANDED;
        option features.message_encoding = DELIMITED;
        message M {
          string explicit = 1;
          string implicit = 2 [features.field_presence = IMPLICIT];
          string required = 3 [features.field_presence = LEGACY_REQUIRED];
          repeated int32 expanded = 4;
          repeated int32 packed = 5 [features.repeated_field_encoding = PACKED];
          M delimited = 6;
          M prefixed = 7 [features.message_encoding = LENGTH_PREFIXED];
          repeated M list = 8;
          map<string, M> never_delimited = 9;
          Closed closed = 10 [default = B];
          oneof choice { M member = 11; int32 number = 12 [default = 7]; }
          enum Closed { option features.enum_type = CLOSED; A = 3; B = 4; }
        }
        enum Open { ZERO = 0; }
        "#,
        r#"message e.M
  1 explicit: explicit string
  2 implicit: implicit string
  3 required: required string
  4 expanded: repeated int32
  5 packed: packed int32
  6 delimited: explicit delimited e.M
  7 prefixed: explicit e.M
  8 list: repeated delimited e.M
  9 never_delimited: map string e.M
  10 closed: explicit closed e.M.Closed = Enum { name: "B", number: 4 }
  11 member: oneof choice delimited e.M
  12 number: oneof choice int32 = Int32(7)
enum e.M.Closed: closed A=3 B=4
enum e.Open: open ZERO=0
"#,
    );
}

#[test]
fn editions_2024_and_2026() {
    for edition in ["2024", "2026"] {
        let text = format!(
            r#"
            edition = "{edition}";
            package e.v1;
            option features.field_presence = IMPLICIT;
            message Thing {{
              int32 id = 1;
              Thing next = 2;
              repeated int32 numbers = 3;
              Colour colour = 4;
            }}
            enum Colour {{ COLOUR_UNSPECIFIED = 0; }}
            "#
        );
        let expected = "message e.v1.Thing
  1 id: implicit int32
  2 next: explicit e.v1.Thing
  3 numbers: packed int32
  4 colour: implicit open e.v1.Colour
enum e.v1.Colour: open COLOUR_UNSPECIFIED=0
";
        test(&text, expected);
    }
}

#[test]
fn comments_deprecation_and_redaction() {
    let text = r#"
        // Syntax.
        syntax = "proto3";
        // Package.
        package p;
        // Message.
        message M {
          option deprecated = true;
          // Detached.

          // Leading.
          string a = 1; // Trailing.
          string b = 2; // Only trailing.
          string c = 3 [deprecated = true, debug_redact = true];
          // Oneof.
          oneof o { // After.
            // Member.
            int32 d = 4;
          }
          // Nested.
          enum E {
            // Value.
            ZERO = 0 [deprecated = true];
          }
        }
        // Service.
        service S {
          // Method.
          rpc Get(M) returns (M) { option deprecated = true; }
        }
    "#;
    let schema = resolve(&request(&[("a.proto", text)])).unwrap();
    let file = &schema.files[0];
    let comment = |comment: &Option<String>| comment.clone().unwrap_or_default().trim().to_owned();
    assert_eq!(comment(&file.comment), "Package.");
    let message = &file.messages[0];
    assert_eq!(comment(&message.comment), "Message.");
    assert!(message.deprecated);
    let comments: Vec<_> = message.fields.iter().map(|field| comment(&field.comment)).collect();
    assert_eq!(comments, ["Leading.", "Only trailing.", "", "Member."]);
    assert!(message.fields[2].deprecated && message.fields[2].redacted);
    assert!(!message.fields[0].deprecated && !message.fields[0].redacted);
    assert_eq!(comment(&message.oneofs[0].comment), "Oneof.");
    assert_eq!(comment(&message.enums[0].comment), "Nested.");
    assert_eq!(comment(&message.enums[0].values[0].comment), "Value.");
    assert!(message.enums[0].values[0].deprecated);
    assert_eq!(comment(&file.services[0].comment), "Service.");
    assert_eq!(comment(&file.services[0].methods[0].comment), "Method.");
    assert!(file.services[0].methods[0].deprecated);
}

#[test]
fn imports_are_there_but_not_to_be_generated() {
    let mut request = request(&[
        ("a.proto", "syntax = \"proto3\"; package a; message A {}"),
        ("b.proto", "syntax = \"proto3\"; package b; import \"a.proto\"; message B { a.A a = 1; }"),
    ]);
    request.file_to_generate.remove(0);
    let schema = resolve(&request).unwrap();
    let files: Vec<_> = schema.files.iter().map(|file| (file.path.as_str(), file.generate)).collect();
    assert_eq!(files, [("a.proto", false), ("b.proto", true)]);
    assert_eq!(notation(&schema), "message b.B\n  1 a: explicit a.A\n");
}
