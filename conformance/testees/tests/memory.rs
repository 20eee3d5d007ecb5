//! Small inputs that ask for much memory: an allocator counts what they get.

#![allow(unsafe_code, reason = "an allocator cannot be written without")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::fmt::Display;

use rsgrpc::wkt::{Any, Empty, FieldMask, ListValue, Struct, Type};
use rsgrpc::{Limits, Message, json, text};
use rsgrpc_testees::roundtrip::{proto2, proto3};

/// Counts the bytes that each thread holds.
struct Counting;

thread_local! {
    static HELD: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
}

/// Notes that a thread holds so much more, or less. While it ends, nobody looks.
fn count(bytes: isize) {
    let _ = HELD.try_with(|held| {
        held.set(held.get() + bytes);
        let _ = PEAK.try_with(|peak| peak.set(peak.get().max(held.get())));
    });
}

// SAFETY: all is left to the system's allocator; counting does not allocate. A
// `Layout`'s size fits into `isize`.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size as isize - layout.size() as isize);
        // SAFETY: the caller's promise.
        unsafe { System.realloc(at, layout, size) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// So many elements a bomb has.
const MANY: usize = 1 << 17;

/// The budget that bombs of this size exceed.
const BUDGET: usize = 1 << 19;

/// Beside the budget, a read may take so much for each byte of its input, as
/// [`Limits::memory`] says: a string of one byte is three of the input, and
/// holds 16; an unknown field is four, with the message around it, and takes 32.
const PER_BYTE: usize = 8;

/// … and so much for itself, its error, and the messages around the elements.
const ITSELF: usize = 64 << 10;

/// The most that `read` holds at a time, beyond what was held before.
fn peak<T>(read: impl FnOnce() -> T) -> (T, usize) {
    let before = HELD.get();
    PEAK.set(before);
    let result = read();
    (result, usize::try_from(PEAK.get() - before).unwrap_or(0))
}

/// Reads within a small budget and within the default one, and finds that both
/// hold. The small one is exceeded where `bomb` says so.
#[track_caller]
fn bounded<T, E: Display>(len: usize, bomb: Bomb, read: impl Fn(Limits) -> Result<T, E>) {
    let (result, peak_small) = peak(|| read(Limits::default().memory(BUDGET)).map(drop));
    let most = BUDGET + PER_BYTE * len + ITSELF;
    assert!(peak_small <= most, "{peak_small} of {most} bytes for an input of {len}");
    match (bomb, result) {
        (Bomb::Memory, Err(error)) => assert!(error.to_string().contains("too much memory"), "{error}"),
        (Bomb::Depth, Err(error)) => assert!(error.to_string().contains("too deeply"), "{error}"),
        (Bomb::Other, Err(_)) | (Bomb::Harmless, Ok(())) => {}
        (_, result) => panic!("{bomb:?} gave {:?}", result.map_err(|error| error.to_string())),
    }
    let (_, peak_default) = peak(|| read(Limits::default()).map(drop));
    let most = (64 << 20) + (16 + PER_BYTE) * len + ITSELF;
    assert!(peak_default <= most, "{peak_default} of {most} bytes by default for an input of {len}");
}

/// What becomes of an input.
#[derive(Clone, Copy, Debug)]
enum Bomb {
    /// Its elements take more than the budget.
    Memory,
    /// It is nested too deeply.
    Depth,
    /// It is refused for another reason.
    Other,
    /// It is accepted.
    Harmless,
}

/// Decodes a message and its view.
#[track_caller]
fn binary<M: Message>(bomb: Bomb, input: &[u8]) {
    bounded(input.len(), bomb, |limits| limits.decode::<M>(input));
    let shared = bytes::Bytes::copy_from_slice(input);
    bounded(input.len(), bomb, |limits| limits.decode_bytes::<M>(&shared));
    // A view leaves elements where they are: it may take what a message may not.
    let (_, peak) = peak(|| Limits::default().memory(BUDGET).view::<M::View<'_>>(input).map(drop));
    assert!(peak <= BUDGET + ITSELF, "{peak} bytes for a view of {}", input.len());
}

#[track_caller]
fn from_json<M: Message>(bomb: Bomb, input: &str) {
    bounded(input.len(), bomb, |limits| json::Parser::new().limits(limits).parse::<M>(input));
    let lenient = |limits| json::Parser::new().ignore_unknown(true).limits(limits);
    let (_, peak) = peak(|| lenient(Limits::default().memory(BUDGET)).parse::<M>(input).map(drop));
    let most = BUDGET + PER_BYTE * input.len() + ITSELF;
    assert!(peak <= most, "{peak} of {most} bytes, ignoring what is unknown");
}

#[track_caller]
fn from_text<M: Message>(bomb: Bomb, input: &str) {
    bounded(input.len(), bomb, |limits| text::Parser::new().limits(limits).parse::<M>(input));
}

/// A varint.
fn varint(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}

/// A field with a length.
fn field(number: u32, value: &[u8]) -> Vec<u8> {
    [varint((number << 3 | 2).into()), varint(value.len() as u64), value.to_vec()].concat()
}

/// A message in a message, so many times.
fn nested(number: u32, times: usize) -> Vec<u8> {
    (0..times).fold(Vec::new(), |inner, _| field(number, &inner))
}

#[test]
fn empty_messages() {
    binary::<ListValue>(Bomb::Memory, &[10, 0].repeat(1 << 20));
    binary::<Type>(Bomb::Memory, &field(2, &[]).repeat(MANY));
    binary::<proto3::Everything>(Bomb::Memory, &field(202, &[]).repeat(MANY));
    // Each in a box of its own.
    binary::<ListValue>(Bomb::Memory, &field(1, &field(6, &[])).repeat(MANY));
    binary::<ListValue>(Bomb::Memory, &field(1, &field(5, &[])).repeat(MANY));
    binary::<ListValue>(Bomb::Memory, &field(1, &field(6, &field(1, &[]))).repeat(MANY));
}

#[test]
fn small_numbers() {
    type M = proto3::Everything;
    // Packed: int64, double, bool; unpacked; packed in short runs.
    binary::<M>(Bomb::Memory, &field(42, &vec![1; MANY]));
    binary::<M>(Bomb::Memory, &field(51, &vec![0; 8 * MANY]));
    binary::<M>(Bomb::Harmless, &field(53, &vec![1; MANY]));
    binary::<M>(Bomb::Memory, &[varint(62 << 3), vec![1]].concat().repeat(MANY));
    binary::<M>(Bomb::Memory, &field(42, &[1]).repeat(MANY));
    // Closed enums: values that the schema knows, and others.
    binary::<proto2::Everything>(Bomb::Memory, &field(74, &vec![1; 2 * MANY]));
    binary::<proto2::Everything>(Bomb::Harmless, &field(74, &vec![100; MANY]));
}

#[test]
fn strings_and_bytes() {
    type M = proto3::Everything;
    binary::<Type>(Bomb::Memory, &[26, 0].repeat(MANY));
    binary::<Type>(Bomb::Memory, &field(3, b"a").repeat(MANY));
    binary::<Type>(Bomb::Memory, &field(3, b"three").repeat(MANY));
    binary::<M>(Bomb::Memory, &field(55, &[]).repeat(MANY));
    binary::<M>(Bomb::Memory, &field(55, b"a").repeat(MANY));
    binary::<M>(Bomb::Harmless, &field(14, &vec![b'a'; 4 << 20]));
    binary::<M>(Bomb::Harmless, &field(15, &vec![b'a'; 4 << 20]));
}

#[test]
fn map_entries() {
    let entries = |map: u32, entry: &dyn Fn(u64) -> Vec<u8>| {
        (0..MANY as u64).flat_map(|i| field(map, &entry(i))).collect::<Vec<_>>()
    };
    let number = |i| [vec![8], varint(i)].concat();
    let string = |i: u64| field(1, i.to_string().as_bytes());
    binary::<proto3::Everything>(Bomb::Memory, &entries(101, &number));
    binary::<proto3::Everything>(Bomb::Memory, &entries(129, &number));
    binary::<proto3::Everything>(Bomb::Memory, &entries(112, &string));
    binary::<proto3::Everything>(Bomb::Memory, &entries(203, &string));
    binary::<Struct>(Bomb::Memory, &entries(1, &string));
    // One key.
    binary::<Struct>(Bomb::Harmless, &[10, 0].repeat(MANY));
}

#[test]
fn unknown_fields() {
    binary::<Empty>(Bomb::Harmless, &[8, 0].repeat(MANY));
    binary::<Empty>(Bomb::Harmless, &[10, 0].repeat(MANY));
    // Groups, side by side and in each other.
    binary::<Empty>(Bomb::Harmless, &[11, 12].repeat(MANY));
    binary::<Empty>(Bomb::Depth, &[11].repeat(MANY));
    binary::<Empty>(Bomb::Other, &[12].repeat(MANY));
    // One in each of many messages.
    binary::<ListValue>(Bomb::Memory, &field(1, &[0x78, 0]).repeat(MANY));
    binary::<proto3::Everything>(Bomb::Memory, &field(57, &[0x78, 0]).repeat(MANY));
    let empty = [varint(178 << 3 | 3), vec![0x78, 0], varint(178 << 3 | 4)].concat();
    binary::<proto2::Everything>(Bomb::Harmless, &empty.repeat(MANY));
    let many = [varint(92 << 3 | 3), varint(92 << 3 | 4)].concat();
    binary::<proto2::Everything>(Bomb::Memory, &many.repeat(MANY));
}

#[test]
fn nested_messages() {
    binary::<proto3::Everything>(Bomb::Harmless, &nested(201, 100));
    binary::<proto3::Everything>(Bomb::Depth, &nested(201, 101));
    binary::<proto3::Everything>(Bomb::Depth, &nested(201, 5000));
    // Many deep ones.
    binary::<proto3::Everything>(Bomb::Memory, &field(202, &nested(201, 50)).repeat(100));
    binary::<proto3::Everything>(Bomb::Harmless, &nested(201, 50).repeat(100));
}

#[test]
fn json_nesting() {
    from_json::<ListValue>(Bomb::Depth, &"[".repeat(1 << 20));
    from_json::<Struct>(Bomb::Depth, &"{\"a\":".repeat(MANY));
    from_json::<proto3::Everything>(Bomb::Depth, &"{\"self\":".repeat(MANY));
    from_json::<proto3::Everything>(Bomb::Other, &format!("{{\"?\":{}", "[".repeat(1 << 20)));
    let any = r#"{"@type":"type.googleapis.com/google.protobuf.Any","value":"#;
    from_json::<Any>(Bomb::Depth, &any.repeat(1000));
    from_json::<Any>(Bomb::Depth, &(any.repeat(1000) + "{}" + &"}".repeat(1000)));
}

#[test]
fn json_elements() {
    type M = proto3::Everything;
    let list = |name: &str, value: &str| {
        let values = [value, ","].concat().repeat(MANY);
        format!("{{\"{name}\":[{values}{value}]}}")
    };
    from_json::<M>(Bomb::Memory, &list("listInt64", "1"));
    from_json::<M>(Bomb::Memory, &list("listString", "\"\""));
    from_json::<M>(Bomb::Memory, &list("listString", r#""\n""#));
    from_json::<M>(Bomb::Memory, &list("listBytes", "\"\""));
    from_json::<M>(Bomb::Memory, &list("listBytes", "\"AA\""));
    from_json::<M>(Bomb::Memory, &list("listMessage", "{}"));
    from_json::<M>(Bomb::Memory, &list("selves", "{}"));
    from_json::<M>(Bomb::Memory, &list("values", "[]"));
    from_json::<M>(Bomb::Memory, &list("values", "[[]]"));
    from_json::<Struct>(Bomb::Memory, &list("a", "{}"));
    from_json::<Struct>(Bomb::Memory, &list("a", "1"));
    let mask = format!("\"{}a\"", "a,".repeat(MANY));
    from_json::<FieldMask>(Bomb::Memory, &mask);
}

#[test]
fn json_keys() {
    let keys = |value: &str| {
        let keys: String = (0..MANY).map(|i| format!("\"{i}\":{value},")).collect();
        format!("{{{}\"\":{value}}}", keys)
    };
    from_json::<Struct>(Bomb::Memory, &keys("null"));
    from_json::<Struct>(Bomb::Memory, &keys("{}"));
    from_json::<proto3::Everything>(Bomb::Other, &keys("1"));
    from_json::<proto3::Everything>(Bomb::Memory, &format!("{{\"namedSelves\":{}}}", keys("{}")));
    from_json::<Struct>(Bomb::Other, &format!("{{{}}}", "\"a\":1,".repeat(MANY)));
}

#[test]
fn json_numbers_and_strings() {
    type M = proto3::Everything;
    for number in ["1e999999999", "1e-999999999", &"9".repeat(1 << 20), &format!("1e{}", "9".repeat(1 << 20))]
    {
        from_json::<M>(Bomb::Other, &format!("{{\"plainInt64\":{number}}}"));
        from_json::<M>(Bomb::Other, &format!("{{\"plainUint32\":\"{number}\"}}"));
    }
    from_json::<M>(Bomb::Other, r#"{"plainDouble":1e999999999}"#);
    from_json::<M>(Bomb::Harmless, &format!("{{\"plainDouble\":0.{}1}}", "0".repeat(1 << 20)));
    from_json::<M>(Bomb::Harmless, &format!("{{\"plainString\":\"{}\"}}", "a".repeat(4 << 20)));
    from_json::<M>(
        Bomb::Harmless,
        &format!("{{\"plainString\":\"{}\\n{}\"}}", "a".repeat(1 << 20), "b".repeat(9)),
    );
    from_json::<M>(Bomb::Harmless, &format!("{{\"plainString\":\"{}\"}}", "\\u0000".repeat(MANY)));
    from_json::<M>(Bomb::Harmless, &format!("{{\"plainBytes\":\"{}\"}}", "AAAA".repeat(MANY)));
    from_json::<M>(Bomb::Other, &format!("{{\"plainBytes\":\"{}", "A".repeat(1 << 20)));
    from_json::<M>(Bomb::Other, &format!("{{\"{}\":1}}", "a\\n".repeat(MANY)));
    from_json::<M>(Bomb::Other, &format!("{{\"plainEnum\":\"{}\"}}", "a".repeat(1 << 20)));
    from_json::<M>(Bomb::Other, &format!("{{\"timestamp\":\"{}\"}}", "9".repeat(1 << 20)));
    from_json::<M>(Bomb::Other, &format!("{{\"any\":{{\"@type\":\"a/{}\"}}}}", "a".repeat(1 << 20)));
}

#[test]
fn json_any() {
    let any = |name: &str, value: &str| {
        format!("{{\"value\":{value},\"@type\":\"type.googleapis.com/google.protobuf.{name}\"}}")
    };
    let list = format!("[{}1]", "1,".repeat(MANY));
    from_json::<Any>(Bomb::Memory, &any("ListValue", &list));
    // Encoded, it is longer than in JSON, and each level has a copy.
    let list = format!("[{}1]", "1,".repeat(4000));
    let deep = (0..50).fold(any("ListValue", &list), |inner, _| any("Any", &inner));
    from_json::<Any>(Bomb::Harmless, &deep);
}

#[test]
fn text_elements() {
    type M = proto3::Everything;
    let list = |name: &str, value: &str| {
        let values = [value, ","].concat().repeat(MANY);
        format!("{name}: [{values}{value}]")
    };
    from_text::<M>(Bomb::Memory, &list("list_int64", "1"));
    from_text::<M>(Bomb::Memory, &"list_int64: 1 ".repeat(MANY));
    from_text::<M>(Bomb::Memory, &list("list_string", "''"));
    from_text::<M>(Bomb::Memory, &list("list_string", "'a'"));
    from_text::<M>(Bomb::Memory, &list("list_bytes", "''"));
    from_text::<M>(Bomb::Memory, &list("list_bytes", "'a'"));
    from_text::<M>(Bomb::Memory, &list("list_message", "{}"));
    from_text::<M>(Bomb::Memory, &list("selves", "{}"));
    from_text::<ListValue>(Bomb::Memory, &list("values", "{}"));
    from_text::<ListValue>(Bomb::Memory, &list("values", "{list_value{}}"));
    let entries = |name: &str| (0..MANY).map(|i| format!("{name}{{key:{i}}}")).collect::<String>();
    from_text::<M>(Bomb::Memory, &entries("by_int32"));
    from_text::<M>(Bomb::Memory, &entries("to_message"));
    let records = "list_value{}".repeat(MANY);
    from_text::<ListValue>(Bomb::Other, &format!("values{{{records}}}"));
}

#[test]
fn text_nesting() {
    from_text::<M3>(Bomb::Depth, &"self{".repeat(MANY));
    from_text::<M3>(Bomb::Depth, &"self<".repeat(MANY));
    from_text::<ListValue>(Bomb::Depth, &"values{list_value{".repeat(MANY));
    let any = "[type.googleapis.com/google.protobuf.Any]{";
    from_text::<Any>(Bomb::Depth, &any.repeat(1000));
    from_text::<Any>(Bomb::Depth, &(any.repeat(1000) + &"}".repeat(1000)));
    let inner =
        format!("[a.b/google.protobuf.ListValue]{{values: [{}{{}}]}}", "{number_value:1},".repeat(4000));
    from_text::<Any>(Bomb::Harmless, &(any.repeat(50) + &inner + &"}".repeat(50)));
    let inner = format!("[a.b/google.protobuf.ListValue]{{values: [{}{{}}]}}", "{},".repeat(MANY));
    from_text::<Any>(Bomb::Memory, &inner);
}

type M3 = proto3::Everything;

#[test]
fn text_numbers_and_strings() {
    for number in ["1e999999999", &"9".repeat(1 << 20), &format!("0x{}", "f".repeat(1 << 20))] {
        from_text::<M3>(Bomb::Other, &format!("plain_int64: {number}"));
    }
    from_text::<M3>(Bomb::Harmless, &format!("plain_double: 0.{}1", "0".repeat(1 << 20)));
    from_text::<M3>(Bomb::Harmless, &format!("plain_string: '{}'", "a".repeat(4 << 20)));
    from_text::<M3>(Bomb::Harmless, &format!("plain_bytes: '{}'", "\\000".repeat(MANY)));
    from_text::<M3>(Bomb::Harmless, &format!("plain_string: {}", "'a'".repeat(MANY)));
    from_text::<M3>(Bomb::Other, &format!("plain_string: '{}", "a".repeat(1 << 20)));
    from_text::<M3>(Bomb::Other, &"a".repeat(1 << 20));
    from_text::<M3>(Bomb::Other, &format!("[{}]: 1", "a.".repeat(MANY)));
    from_text::<M3>(Bomb::Other, &format!("plain_enum: {}", "a".repeat(1 << 20)));
    from_text::<M3>(Bomb::Harmless, &"# nothing\n".repeat(MANY));
    from_text::<Any>(Bomb::Other, &format!("[a/{}] {{}}", "a".repeat(1 << 20)));
}
