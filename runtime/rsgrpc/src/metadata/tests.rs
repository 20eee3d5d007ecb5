use super::*;
use http::HeaderName;

fn received(headers: &[(&'static str, &[u8])]) -> Metadata {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(HeaderName::from_static(name), HeaderValue::from_bytes(value).unwrap());
    }
    Metadata::from_headers(map)
}

#[track_caller]
fn refused(error: Result<(), MetadataError>, text: &str) {
    assert_eq!(error.unwrap_err().to_string(), text);
}

#[test]
fn several_values_keep_their_order() {
    let mut metadata = Metadata::new();
    metadata.append("Fruit", "apple").unwrap();
    metadata.append("fruit", "pear").unwrap();
    metadata.append_bin("raw-bin", [0]).unwrap();
    metadata.append_bin("raw-bin", b"").unwrap();
    assert_eq!(metadata.get("fruit"), Some("apple"));
    assert_eq!(metadata.get_all("fruit").collect::<Vec<_>>(), ["apple", "pear"]);
    assert_eq!(metadata.get_all_bin("raw-bin").collect::<Vec<_>>(), [&[0][..], b""]);
    assert_eq!(metadata.len(), 4);
    assert_eq!(
        format!("{metadata:?}"),
        r#"{"fruit": "apple", "fruit": "pear", "raw-bin": b"\0", "raw-bin": b""}"#
    );

    metadata.insert("fruit", "plum").unwrap();
    assert_eq!(metadata.get_all("fruit").collect::<Vec<_>>(), ["plum"]);
    assert!(metadata.remove("fruit"));
    assert!(!metadata.remove("fruit"));
    assert!(!metadata.contains("fruit"));
    assert!(metadata.contains("raw-bin"));
}

#[test]
fn text_and_binary_do_not_mix() {
    let mut metadata = Metadata::new();
    refused(
        metadata.insert("trace-bin", "x"),
        "metadata name \"trace-bin\" ends in -bin and needs a binary value",
    );
    refused(
        metadata.insert_bin("trace", "x"),
        "metadata name \"trace\" does not end in -bin and needs an ASCII value",
    );
    metadata.insert_bin("Trace-Bin", "x").unwrap();
    assert_eq!(metadata.get("trace-bin"), None);
    assert_eq!(metadata.get_bin("trace-bin").as_deref(), Some(&b"x"[..]));
}

#[test]
fn illegal_metadata_is_refused() {
    let mut metadata = Metadata::new();
    refused(metadata.insert("", "x"), "metadata without a name");
    for name in ["a b", "ä", "a:b", ":path", "a\n", "a!", "\0"] {
        let text = format!("metadata name {name:?}: only letters, digits, `_`, `-` and `.` are allowed");
        refused(metadata.insert(name, "x"), &text);
    }
    for name in ["grpc-status", "GRPC-anything", "te", "Content-Type", "user-agent", "connection", "host"] {
        refused(metadata.insert(name, "x"), &format!("metadata name {name:?} is reserved for gRPC"));
    }
    refused(
        metadata.insert_bin("grpc-trace-bin", "x"),
        "metadata name \"grpc-trace-bin\" is reserved for gRPC",
    );
    for value in ["a\r\nset: b", "tab\t", "ü", "\u{7f}", "\0"] {
        refused(metadata.insert("name", value), "metadata \"name\": the value is not printable ASCII");
    }
    assert!(metadata.is_empty());
}

#[test]
fn size_is_bounded() {
    let mut metadata = Metadata::new();
    metadata.insert("abc", "12345").unwrap();
    assert_eq!(metadata.size(), 40);
    refused(
        metadata.insert_bin("big-bin", vec![0; Metadata::MAX_SIZE]),
        "metadata \"big-bin\": together more than 262144 bytes",
    );
    assert_eq!(metadata.size(), 40);
}

#[test]
fn what_peers_send_is_read_leniently() {
    let metadata = received(&[
        ("list-bin", b"AQ==,Ag, Aw"),
        ("list-bin", b"BA"),
        ("broken-bin", b"!!,/w"),
        ("latin", b"\xe4"),
        ("latin", b"a"),
        ("tab", b"a\tb"),
    ]);
    assert_eq!(metadata.get_all_bin("list-bin").collect::<Vec<_>>(), [[1u8], [2], [3], [4]].map(Vec::from));
    assert_eq!(metadata.get_all_bin("broken-bin").collect::<Vec<_>>(), [vec![255]]);
    assert_eq!(metadata.get("latin"), Some("a"));
    assert_eq!(metadata.get("tab"), None);
    assert_eq!(metadata.get("not a name \0"), None);
    assert_eq!(metadata.get_bin("nothing-bin"), None);
}

#[test]
fn the_protocols_own_headers_are_hidden_and_never_echoed() {
    let metadata = received(&[
        ("te", b"trailers"),
        ("content-type", b"application/grpc"),
        ("grpc-timeout", b"1S"),
        ("grpc-previous-rpc-attempts", b"2"),
        ("user-agent", b"grpc-go/1.80"),
        ("mine", b"1"),
    ]);
    let shown = metadata.iter().map(|(name, _)| name).collect::<Vec<_>>();
    assert_eq!(shown, ["grpc-previous-rpc-attempts", "user-agent", "mine"]);
    assert_eq!(metadata.get("grpc-timeout"), None);
    assert_eq!(metadata.get("user-agent"), Some("grpc-go/1.80"));

    let mut echoed = HeaderMap::new();
    metadata.write(&mut echoed);
    assert_eq!(echoed.keys().collect::<Vec<_>>(), ["mine"]);
}

/// Whatever a peer sends is read without a panic, and can be echoed.
#[test]
fn random_headers() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % u64::try_from(below).unwrap()).unwrap()
    };
    let names =
        ["a", "a-bin", "grpc-status", "grpc-message", "grpc-status-details-bin", "te", "x_1.y", "user-agent"];
    for _ in 0..20_000 {
        let mut headers = HeaderMap::new();
        for _ in 0..random(6) {
            let bytes = (0..random(12)).map(|_| match random(3) {
                0 => b"%,=+/ 09AZaz"[random(12)],
                _ => u8::try_from(random(256)).unwrap(),
            });
            if let Ok(value) = HeaderValue::from_bytes(&bytes.collect::<Vec<_>>()) {
                headers.append(HeaderName::from_static(names[random(names.len())]), value);
            }
        }
        let metadata = Metadata::from_headers(headers.clone());
        assert_eq!(metadata.iter().count(), metadata.len());
        assert!(!format!("{metadata:?}").is_empty());
        let mut echo = HeaderMap::new();
        metadata.write(&mut echo);
        assert!(Metadata::from_headers(echo).size() <= metadata.size());
        if let Some(Err(status)) = Status::read_trailers(&mut headers) {
            let mut forwarded = HeaderMap::new();
            status.write_trailers(&mut forwarded);
            let again = Status::read_trailers(&mut forwarded).unwrap().unwrap_err();
            assert_eq!((again.code(), again.message()), (status.code(), status.message()));
            assert_eq!(again.details(), status.details());
        }
    }
}

#[test]
fn secrets_are_not_shown() {
    let mut metadata = Metadata::new();
    for name in ["authorization", "cookie", "request-id"] {
        metadata.insert(name, "7f3a").unwrap();
    }
    let shown = r#"{"authorization": .., "cookie": .., "request-id": "7f3a"}"#;
    assert_eq!(format!("{metadata:?}"), shown);
    assert_eq!(metadata.get("authorization"), Some("7f3a"));
}
