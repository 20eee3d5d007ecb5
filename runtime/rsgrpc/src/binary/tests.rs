use crate::sample::{Choose, Color, Part, Sample, SampleView};
use crate::{Bytes, Cause, Enumeration, Limits, Message, View, Writer};

fn part(label: &str) -> Part {
    Part { label: Some(label.into()), weight: 3, ..Default::default() }
}

fn full() -> Sample {
    Sample {
        id: -5,
        name: "naïve".into(),
        note: Some(String::new()),
        tags: vec!["a".into(), "b".repeat(40), String::new()],
        counts: (0..40).map(|i| (format!("key {i}"), i)).collect(),
        numbers: vec![0, -1, 300, i64::MAX],
        reals: vec![0.0, -0.0, f64::INFINITY],
        child: Some(Box::new(Sample { name: "child".into(), ..Default::default() })),
        children: vec![Sample::default(), Sample { id: 1, ..Default::default() }],
        color: Some(Color::BLUE),
        colors: vec![Color::RED, Color::BLUE],
        palette: [(1, Color::BLUE)].into(),
        part: Some(part("group")),
        choice: Some(Choose::Part(part("chosen"))),
        blob: Bytes::from(vec![9; 20_000]),
        ..Default::default()
    }
}

/// Decodes both ways; both must come to the same end.
#[track_caller]
fn decode(bytes: &[u8]) -> Result<Sample, Cause> {
    // An exact allocation: a read past its end shows under a sanitizer.
    let bytes = bytes.to_vec().into_boxed_slice();
    let owned = Sample::decode(&bytes);
    let view = SampleView::decode(&bytes).map(|view| view.to_message());
    // By bytes: NaN is not equal to itself.
    assert_eq!(owned.as_ref().map(Message::encode), view.as_ref().map(Message::encode));
    if let Ok(message) = &owned {
        assert_eq!(message.encode().len(), message.encoded_len());
    }
    owned.map_err(|error| error.cause())
}

#[test]
fn round_trip() {
    let message = full();
    let bytes = message.encode();
    assert_eq!(bytes.len(), message.encoded_len());
    assert_eq!(decode(&bytes), Ok(message.clone()));
    let mut writer = Writer::default();
    message.encode_into(&mut writer);
    assert!(writer.has_segments());
    assert_eq!(writer.take().concat(), bytes);
}

#[test]
fn a_large_field_shares_the_input() {
    let message = full();
    let input = Bytes::from(message.encode());
    let decoded = Sample::decode_bytes(&input).unwrap();
    assert_eq!(decoded, message);
    assert!(input.as_ptr_range().contains(&decoded.blob.as_ptr()));
}

#[test]
fn lists_are_read_packed_or_not_and_between_other_fields() {
    // numbers (6): 1; id (1); numbers packed: 2, 3; reals (7) packed: 1.0; numbers: 4.
    let mut bytes = vec![0x30, 1, 0x08, 2, 0x32, 2, 2, 3, 0x3a, 8];
    bytes.extend(1.0_f64.to_le_bytes());
    bytes.extend([0x30, 4, 0x32, 0]);
    let message = decode(&bytes).unwrap();
    assert_eq!((message.numbers, message.reals, message.id), (vec![1, 2, 3, 4], vec![1.0], 1));
}

#[test]
fn elements_stay_in_order_whenever_they_are_read() {
    let children = |ids: std::ops::Range<i64>| {
        let children = ids.map(|id| Sample { id, tags: vec!["tag".into(); 50], ..Default::default() });
        Sample { children: children.collect(), ..Default::default() }.encode()
    };
    // They are many bytes in memory, and other fields come between them.
    let unknown = [0xf8, 0x07, 1];
    let between = Sample { id: 9, name: "name".into(), tags: vec!["a".into(); 100], ..Default::default() };
    let pieces = [&children(0..5), &between.encode()[..], &children(5..6), &unknown, &children(6..20)];
    let message = decode(&pieces.concat()).unwrap();
    assert!(message.children.iter().map(|child| child.id).eq(0..20));
    assert!(message.children.iter().all(|child| child.tags == vec!["tag"; 50]));
    assert_eq!((message.id, &*message.name, message.tags.len()), (9, "name", 100));
    assert_eq!(message.unknown_fields.as_bytes(), unknown);
    // What is wrong is found, and where it is wrong first: in them, or behind.
    let mut broken = pieces.concat();
    let at = children(0..1).len() - 1;
    assert_eq!(std::mem::replace(&mut broken[at], 0xff), b'g');
    assert_eq!(decode(&broken), Err(Cause::Utf8));
    assert_eq!(decode(&broken[..broken.len() - 1]), Err(Cause::Utf8));
    assert_eq!(decode(&pieces.concat()[..broken.len() - 1]), Err(Cause::Truncated));
}

#[test]
fn what_the_schema_does_not_know_is_kept() {
    // Unknown varint, group and length-delimited fields.
    let unknown = [0xf8, 0x07, 1, 0xfb, 0x07, 0x08, 1, 0xfc, 0x07, 0xfa, 0x07, 1, b'x'];
    let message = decode(&unknown).unwrap();
    assert_eq!(message.unknown_fields.as_bytes(), unknown);
    assert_eq!(message.encode(), unknown);
}

#[test]
fn a_closed_enum_gives_up_numbers_that_it_does_not_know() {
    // color: 7; colors: packed 0, 7; palette: {1: 7}, {2: 0}; color_choice: 7.
    let bytes = [0x50, 7, 0x5a, 2, 0, 7, 0x62, 4, 8, 1, 16, 7, 0x62, 4, 8, 2, 16, 0, 0xa8, 1, 7];
    let message = decode(&bytes).unwrap();
    assert_eq!((message.color, message.choice), (None, None));
    assert_eq!(message.colors, [Color::RED]);
    assert_eq!(message.palette, [(2, Color::RED)].into());
    assert_eq!(message.unknown_fields.as_bytes(), [0x50, 7, 0x58, 7, 0x62, 4, 8, 1, 16, 7, 0xa8, 1, 7]);
}

#[test]
fn messages_merge_and_scalars_are_replaced() {
    let first = Sample { id: 1, child: Some(Box::new(Sample { id: 7, ..Default::default() })), ..full() };
    let second = Sample {
        choice: Some(Choose::Part(Part { weight: 9, ..part("b") })),
        child: Some(Box::new(Sample { name: "late".into(), ..Default::default() })),
        ..Default::default()
    };
    let merged = decode(&[first.encode(), second.encode()].concat()).unwrap();
    assert_eq!(merged.id, 1);
    assert_eq!(merged.child.map(|child| (child.id, child.name)), Some((7, "late".into())));
    assert_eq!(merged.choice, Some(Choose::Part(Part { weight: 9, ..part("b") })));
}

/// A field that is delimited by its length.
fn field(number: u8, value: &[u8]) -> Vec<u8> {
    let mut bytes = vec![number << 3 | 2, u8::try_from(value.len()).unwrap()];
    bytes.extend(value);
    bytes
}

#[test]
fn lists_go_on_in_the_next_piece_of_their_message() {
    let (child, children, tags, reals, numbers, colors) = (8, 9, 4, 7, 6, 11);
    let tag = |text: &str| field(tags, text.as_bytes());
    let piece = |text: &str, number: u8| {
        let packed = field(numbers, &[number, 0]);
        let unpacked = [numbers << 3, number];
        let entry = field(5, &[10, 1, b'0' + number, 16, number]);
        [tag(text), packed, unpacked.to_vec(), field(colors, &[0, 9]), entry, tag("")].concat()
    };
    // What lies between is not of the list, although the numbers are the same.
    let between =
        [tag("between"), field(reals, &[1; 16]), field(numbers, &[7]), field(tags, b"too")].concat();
    let split = [field(child, &piece("a", 1)), between.clone(), field(child, &piece("b", 2))].concat();
    let message = decode(&split).unwrap();
    let inner = message.child.as_deref().unwrap();
    assert_eq!(inner.tags, ["a", "", "b", ""]);
    assert_eq!(inner.numbers, [1, 0, 1, 2, 0, 2]);
    assert_eq!(inner.colors, [Color::RED, Color::RED]);
    assert_eq!(inner.counts.len(), 2);
    assert_eq!((message.tags.len(), message.numbers.len()), (2, 1));
    // In pieces that are in pieces, among elements of a list, in groups.
    let deep = [field(child, &split), between.clone(), field(child, &split)].concat();
    assert_eq!(decode(&deep).unwrap().child.unwrap().child.unwrap().tags.len(), 8);
    let element = field(children, &split);
    let elements = [element.clone(), between, field(tags, b"x"), element].concat();
    for element in decode(&elements).unwrap().children {
        assert_eq!(element.child.unwrap().tags, ["a", "", "b", ""]);
    }
    // A group has no length to be known by.
    let group = |fields: &[&[u8]]| [&[13 << 3 | 3], fields.concat().as_slice(), &[13 << 3 | 4]].concat();
    let (label, x, y) = (field(1, b"l"), field(2, b"x"), field(2, b"y"));
    let groups = [group(&[&label, &x, &label]), field(2, b"between"), group(&[&y, &x])].concat();
    assert_eq!(decode(&groups).unwrap().part.unwrap().names, ["x", "y", "x"]);
    let deep = [field(child, &groups), field(2, b"z"), field(child, &groups)].concat();
    assert_eq!(decode(&deep).unwrap().child.unwrap().part.unwrap().names.len(), 6);
}

#[test]
fn whole_messages_in_pieces() {
    let nested = |child: Sample| Sample { child: Some(Box::new(child)), ..full() };
    let bytes = nested(nested(full())).encode();
    let message = decode(&bytes.repeat(3)).unwrap();
    assert_eq!(message.child.unwrap().child.unwrap().tags.len(), 3 * full().tags.len());
}

/// Were the input gone through for each piece, this would take hours.
#[test]
fn many_pieces_are_walked_in_one_go() {
    let piece = field(8, &field(4, b"x"));
    let message = decode(&piece.repeat(100_000)).unwrap();
    assert_eq!(message.child.unwrap().tags.len(), 100_000);
    let element = field(9, &piece.repeat(2));
    let message = decode(&element.repeat(50_000)).unwrap();
    assert!(message.children.iter().all(|element| element.child.as_ref().unwrap().tags.len() == 2));
}

#[test]
fn broken_input_is_refused_with_its_place() {
    let cases: [(&[u8], Cause); 15] = [
        (&[0x08], Cause::Varint),
        (&[0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02], Cause::Varint),
        (&[0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], Cause::Varint),
        (&[0x12, 5, b'a'], Cause::Truncated),
        (&[0x12, 1, 0xff], Cause::Utf8),
        (&[0x39, 1, 2, 3], Cause::Truncated),
        (&[0x00, 1], Cause::Tag),
        (&[0x0f, 1], Cause::Tag),
        (&[0x80], Cause::Tag),
        (&[0xd2, 0xfe, 0xf9, 0xfa, 0x80, 0x00, 0x00], Cause::Tag),
        (&[0x6b, 0x0a, 0], Cause::Truncated),
        (&[0x6b, 0x74], Cause::Group),
        (&[0x6c], Cause::Group),
        (&[0x32, 2, 0x80, 0x80], Cause::Varint),
        (&[0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], Cause::Truncated),
    ];
    for (bytes, cause) in cases {
        assert_eq!(decode(bytes), Err(cause), "{bytes:x?}");
    }
    let error = Sample::decode(&[0x08, 2, 0x6b, 0x0a, 1, 0xff]).unwrap_err();
    assert_eq!(error.to_string(), "test.Part, byte 5: a string is not UTF-8");
}

#[test]
fn a_required_field_is_asked_for() {
    let error = Sample::decode(&[0x4a, 2, 0x6b, 0x6c]).unwrap_err();
    assert_eq!(error.to_string(), "test.Sample: required field `children.part.label` is missing");
    assert_eq!(decode(&[0x6b, 0x6c]), Err(Cause::Required));
}

#[test]
fn depth_is_limited() {
    let nested = |levels: usize| {
        (0..levels).fold(Vec::new(), |inner: Vec<u8>, _| {
            let mut writer = Writer::default();
            writer.bytes(0x42, &inner);
            writer.to_vec()
        })
    };
    assert!(decode(&nested(100)).is_ok());
    assert_eq!(decode(&nested(101)), Err(Cause::Depth));
    // Groups that nobody knows count too.
    assert_eq!(decode(&[0xfb, 0x07].repeat(101)), Err(Cause::Depth));
    assert!(Limits::default().depth(0).decode::<Sample>(&nested(1)).is_err());
}

#[test]
fn memory_is_limited() {
    // Two bytes for each empty message, one for each number.
    let tight = Limits::default().memory(1 << 14);
    let messages = [0x4a, 0].repeat(500);
    let error = tight.decode::<Sample>(&messages).unwrap_err();
    assert_eq!((error.cause(), error.offset()), (Cause::Memory, 1));
    // A view takes none, unless required fields have to be looked for.
    assert_eq!(tight.view::<SampleView<'_>>(&messages).err().unwrap().cause(), Cause::Memory);
    assert!(tight.view::<crate::wkt::ListValueView<'_>>(&[0x0a, 0].repeat(500)).is_ok());
    let mut numbers = vec![0x32, 0xb8, 0x17];
    numbers.extend(vec![1; 3_000]);
    assert_eq!(tight.decode::<Sample>(&numbers).unwrap_err().cause(), Cause::Memory);
    assert!(Sample::decode(&numbers).is_ok());
    // A message is booked once, however many pieces it comes in.
    let pieces = [0x42, 0].repeat(500);
    assert!(tight.decode::<Sample>(&pieces).is_ok());
    assert!(tight.view::<SampleView<'_>>(&pieces).is_ok());
}

#[test]
fn debug_shows_names_and_hides_what_is_redacted() {
    let message = Sample {
        note: Some("secret".into()),
        colors: vec![Color::BLUE, Color::from(9)],
        counts: [("a".to_owned(), 1)].into(),
        ..Default::default()
    };
    assert_eq!(
        format!("{message:?}"),
        r#"Sample { note: [REDACTED], counts: {"a": 1}, colors: [COLOR_BLUE, Color(9)] }"#
    );
    assert_eq!(Color::from_name("COLOR_ROUGE"), Some(Color::RED));
    assert_eq!(Color::RED.name(), Some("COLOR_RED"));

    // A type's redacted fields stay hidden where an `Any` holds it.
    let any = crate::wkt::Any {
        type_url: "x/test.Sample".into(),
        value: message.encode().into(),
        ..Default::default()
    };
    let shown = format!("{any:?}");
    assert_eq!(shown, r#"Any { type_url: "x/test.Sample", value: [encoded] }"#);
}

/// Pieces in any order, whole or with a byte changed: what is read later makes no difference, as views leave nothing for
/// later.
#[test]
fn pieces_in_any_order_are_read_like_views() {
    let mut seed = 7_u64;
    let mut next = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    let small = || Sample { blob: Bytes::new(), ..full() };
    let mut accepted = 0;
    for _ in 0..if cfg!(miri) { 3 } else { 1_000 } {
        let mut bytes = Vec::new();
        for piece in 0..=next(8) {
            let tags = |count| (0..count).map(|at| format!("{piece} {at}")).collect();
            let piece = match next(6) {
                0 => Sample { tags: tags(next(60)), ..Default::default() },
                1 => Sample {
                    children: vec![Sample { tags: tags(60), ..full() }; next(6)],
                    ..Default::default()
                },
                2 => Sample { choice: Some(Choose::Part(part("choice"))), ..Default::default() },
                3 => Sample { child: Some(Box::new(small())), ..Default::default() },
                4 => Sample { children: vec![Sample::default()], ..Default::default() },
                _ => small(),
            };
            bytes.extend(piece.encode());
            if next(4) == 0 {
                bytes.extend([0xf8, 0x07, 1]);
            }
        }
        if next(2) == 0 && !bytes.is_empty() {
            let at = next(bytes.len());
            bytes[at] = next(256) as u8;
        }
        let complete = decode(&bytes);
        accepted += usize::from(complete.is_ok());
        let understood = !matches!(complete, Err(cause) if cause != Cause::Required);
        assert_eq!(Limits::default().view_partial::<SampleView<'_>>(&bytes).is_ok(), understood);
    }
    assert!(accepted > 0);
}

/// Random changes of good input: both decoders agree, and what is accepted
/// survives a round trip.
#[test]
fn mutated_input_is_refused_or_understood() {
    let mut seed = 1_u64;
    let mut next = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    let bytes = Sample { blob: Bytes::from_static(b"blob"), ..full() }.encode();
    let mut accepted = 0;
    for _ in 0..if cfg!(miri) { 60 } else { 100_000 } {
        let mut changed = bytes.clone();
        for _ in 0..=next(3) {
            let at = next(changed.len());
            changed[at] = next(256) as u8;
        }
        if next(4) == 0 {
            changed.truncate(next(bytes.len()));
        }
        if let Ok(message) = decode(&changed) {
            accepted += 1;
            let again = Sample::decode(&message.encode()).unwrap();
            assert_eq!(again.encode(), message.encode());
        }
    }
    assert!(accepted > 0);
}

#[test]
fn packed_runs_are_checked_to_the_last_byte() {
    // Varints of every length, at every place among eight bytes; whole, cut off,
    // and too long.
    for len in 1..=11 {
        for before in 0..9 {
            for cut in [0, 1] {
                let mut run = vec![1; before];
                run.resize(before + len - 1, 0x80);
                run.push(if len == 10 { 1 } else { 2 });
                run.extend([3; 9]);
                run.truncate(if cut == 0 { before + len + 9 } else { before + len - 1 });
                let bytes = [&[0x32, run.len() as u8][..], &run].concat();
                let decoded = decode(&bytes).map(|sample| sample.numbers.len());
                match (len, cut) {
                    (11, _) => assert_eq!(decoded, Err(Cause::Varint), "{before}"),
                    (1, 1) => assert_eq!(decoded, Ok(before)),
                    (_, 1) => assert!(decoded.is_err(), "{len} {before}"),
                    _ => assert_eq!(decoded, Ok(before + 1 + 9), "{len} {before}"),
                }
            }
        }
    }
    // Values of fixed size.
    for len in 0..20_u8 {
        let bytes = [&[0x3a, len][..], &vec![1; len.into()]].concat();
        let expected = if len % 8 == 0 { Ok(usize::from(len) / 8) } else { Err(Cause::Truncated) };
        assert_eq!(decode(&bytes).map(|sample| sample.reals.len()), expected, "{len}");
    }
}

#[test]
fn walks_go_to_other_threads() {
    fn sent<T: Send + Sync>(value: T) -> T {
        value
    }
    let bytes = full().encode();
    let view = SampleView::decode(&bytes).unwrap();
    assert_eq!(sent(view.numbers.iter()).count(), 4);
    assert_eq!(sent(view.counts.iter()).count(), 40);
}
