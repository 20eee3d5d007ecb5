//! Numbers, strings, bytes and enums.

use super::kinds::Kinds;
use super::{both, reads, refused};
use crate::json::Cause;
use crate::sample::Sample;
use crate::wkt::{
    BoolValue, BytesValue, DoubleValue, FloatValue, Int32Value, Int64Value, StringValue, UInt32Value,
    UInt64Value,
};

#[test]
fn each_kind_there_and_back() {
    let message = Kinds {
        int32: i32::MIN,
        int64: i64::MIN,
        uint32: u32::MAX,
        uint64: u64::MAX,
        sint32: -1,
        fixed32: 1,
        fixed64: 2,
        sfixed32: -3,
        sfixed64: -4,
        float: 0.1,
        double: -2.5e-300,
        bool: true,
        fruit: 1.into(),
        maybe_fruit: Some(0.into()),
        fruits: vec![2.into(), 7.into()],
        by_bool: [(true, false), (false, true)].into_iter().collect(),
        by_int64: [(-5, 6)].into_iter().collect(),
        by_uint64: [(u64::MAX, 1.into())].into_iter().collect(),
        by_sint32: [(-1, "x".to_owned())].into_iter().collect(),
        floats: vec![f32::INFINITY, f32::NEG_INFINITY, f32::MAX],
        ..Kinds::default()
    };
    both(
        &message,
        concat!(
            r#"{"int32":-2147483648,"int64":"-9223372036854775808","uint32":4294967295,"#,
            r#""uint64":"18446744073709551615","sint32":-1,"fixed32":1,"fixed64":"2","sfixed32":-3,"#,
            r#""sfixed64":"-4","float":0.1,"double":-2.5e-300,"bool":true,"fruit":"APPLE","#,
            r#""odd \"name\"":"NONE","fruits":["PEAR",7],"byBool":{"true":false,"false":true},"#,
            r#""byInt64":{"-5":"6"},"byUint64":{"18446744073709551615":"APPLE"},"bySint32":{"-1":"x"},"#,
            r#""floats":["Infinity","-Infinity",3.4028235e+38]}"#
        ),
    );
}

#[test]
fn integers() {
    for (json, written) in [
        ("2147483647", "2147483647"),
        ("-2147483648", "-2147483648"),
        ("\"2147483647\"", "2147483647"),
        (r#""2\u003147483647""#, "2147483647"),
        ("-0", "0"),
        ("\"0\"", "0"),
        ("1e3", "1000"),
        ("\"1e5\"", "100000"),
        ("100000.000", "100000"),
        ("2.147483647e9", "2147483647"),
        ("-2.147483648e9", "-2147483648"),
        ("1200e-2", "12"),
    ] {
        reads::<Int32Value>(json, written);
    }
    for json in ["2147483648", "-2147483649", "1e10", "\"1e400\"", "1e99999999999999999999"] {
        refused::<Int32Value>(json, Cause::Range);
    }
    for json in [
        "1.5",
        "0.5",
        "\"0.5\"",
        "1e-1",
        "\"\"",
        "\" 1\"",
        "\"1 \"",
        "\"12abc\"",
        "\"3x3\"",
        "\"0x1\"",
        "\"+1\"",
        "\"01\"",
        "true",
        "{}",
        "[]",
        "null",
        "\"NaN\"",
    ] {
        refused::<Int32Value>(json, Cause::Type);
    }
    for json in ["+1", "01", "-01", "1.", ".5", "0x1", "1e", "-", "12abc", "1 2", "NaN"] {
        refused::<Int32Value>(json, Cause::Syntax);
    }
    reads::<UInt32Value>("4.294967295e9", "4294967295");
    reads::<UInt32Value>("-0", "0");
    refused::<UInt32Value>("4294967296", Cause::Range);
    refused::<UInt32Value>("-1", Cause::Range);
    reads::<Int64Value>("9223372036854775807", "\"9223372036854775807\"");
    reads::<Int64Value>("\"-9223372036854775808\"", "\"-9223372036854775808\"");
    refused::<Int64Value>("\"9223372036854775808\"", Cause::Range);
    refused::<Int64Value>("\"-9223372036854775809\"", Cause::Range);
    reads::<UInt64Value>("18446744073709551615", "\"18446744073709551615\"");
    refused::<UInt64Value>("\"18446744073709551616\"", Cause::Range);
}

#[test]
fn floats() {
    for (json, written) in [
        ("1", "1"),
        ("\"1\"", "1"),
        ("1.175494e-38", "1.175494e-38"),
        ("\"1.175494e-38\"", "1.175494e-38"),
        ("-0", "-0"),
        ("-0.0", "-0"),
        ("3.402823e38", "3.402823e+38"),
        ("\"NaN\"", "\"NaN\""),
        ("\"Infinity\"", "\"Infinity\""),
        ("\"-Infinity\"", "\"-Infinity\""),
    ] {
        reads::<FloatValue>(json, written);
        reads::<DoubleValue>(json, written);
    }
    for json in ["3.502823e+38", "-3.502823e+38", "\"3.502823e+38\""] {
        refused::<FloatValue>(json, Cause::Range);
    }
    for json in ["1.89769e+308", "-1.89769e308", "1e99999999999999999999"] {
        refused::<DoubleValue>(json, Cause::Range);
    }
    for json in ["NaN", "Infinity", "-Infinity", "1.e5"] {
        refused::<DoubleValue>(json, Cause::Syntax);
    }
    for json in ["\"\"", "\"12abc\"", "\"nan\"", "\"inf\"", "\"+Infinity\"", "\"infinity\"", "\" 1\"", "true"]
    {
        refused::<DoubleValue>(json, Cause::Type);
    }
    reads::<DoubleValue>("1e-400", "0");
}

#[test]
fn bools() {
    reads::<BoolValue>("true", "true");
    reads::<BoolValue>("false", "false");
    for json in ["0", "1", "\"true\"", "null"] {
        refused::<BoolValue>(json, Cause::Type);
    }
    for json in ["True", "FALSE", "truee"] {
        refused::<BoolValue>(json, Cause::Syntax);
    }
}

#[test]
fn strings() {
    for (json, text) in [
        (r#""Hello world!""#, "Hello world!"),
        (r#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"),
        (r#""\u8C37\u6b4C""#, "谷歌"),
        (r#""\uD83D\uDE01 and on""#, "😁 and on"),
        (r#""a\u0000b""#, "a\0b"),
        (r#""谷歌\n""#, "谷歌\n"),
        (r#""a long one without anything to escape""#, "a long one without anything to escape"),
    ] {
        let message: StringValue = crate::Message::from_json(json).unwrap();
        assert_eq!(message.value, text);
    }
    for json in [
        r#""\uD800""#,
        r#""\uDC00""#,
        r#""\uDE01\uD83D""#,
        r#""\uD800\u0041""#,
        r#""\uD800x""#,
        r#""\uD83D\uD83D\uDE01""#,
    ] {
        refused::<StringValue>(json, Cause::Utf8);
    }
    for json in [
        r#""\U8C37""#,
        r#""\uXXXX\u6B4C""#,
        r#""\u8C3""#,
        r#""\u+8C3""#,
        r#""\x""#,
        "\"a\nb\"",
        "\"\u{1}\"",
        "\"abc",
        r#""abc\"#,
        r#""\u12"#,
        r#""\ud83d\u"#,
        "'a'",
    ] {
        refused::<StringValue>(json, Cause::Syntax);
    }
    for json in ["12345", "true", "{}", "[]"] {
        refused::<StringValue>(json, Cause::Type);
    }
}

#[test]
fn bytes() {
    for (json, written) in [
        (r#""""#, r#""""#),
        (r#""AQI=""#, r#""AQI=""#),
        (r#""AQI""#, r#""AQI=""#),
        (r#""-_""#, r#""+w==""#),
        (r#""-_8=""#, r#""+/8=""#),
        (r#""+/8""#, r#""+/8=""#),
    ] {
        reads::<BytesValue>(json, written);
    }
    for json in [r#""!""#, r#""A""#, r#""AQ I""#, r#""+_""#, r#""AQI=AQI=""#, "1"] {
        refused::<BytesValue>(json, Cause::Type);
    }
}

#[test]
fn enums() {
    for (json, written) in [
        (r#"{"fruit":"PEAR"}"#, r#"{"fruit":"PEAR"}"#),
        (r#"{"fruit":"BIRNE"}"#, r#"{"fruit":"PEAR"}"#),
        (r#"{"fruit":1}"#, r#"{"fruit":"APPLE"}"#),
        (r#"{"fruit":1e0}"#, r#"{"fruit":"APPLE"}"#),
        (r#"{"fruit":123}"#, r#"{"fruit":123}"#),
        (r#"{"fruit":-1}"#, r#"{"fruit":-1}"#),
        (r#"{"fruit":0}"#, "{}"),
    ] {
        reads::<Kinds>(json, written);
    }
    refused::<Kinds>(r#"{"fruit":"pear"}"#, Cause::Unknown);
    refused::<Kinds>(r#"{"fruit":"1"}"#, Cause::Unknown);
    refused::<Kinds>(r#"{"fruit":PEAR}"#, Cause::Syntax);
    refused::<Kinds>(r#"{"fruit":2147483648}"#, Cause::Range);
    refused::<Kinds>(r#"{"fruit":true}"#, Cause::Type);
    // What a closed enum does not know has no place in JSON.
    reads::<Sample>(
        r#"{"color":-2,"colors":["COLOR_RED","COLOR_ROUGE"]}"#,
        r#"{"color":"COLOR_BLUE","colors":["COLOR_RED","COLOR_RED"]}"#,
    );
    refused::<Sample>(r#"{"color":5}"#, Cause::Unknown);
    refused::<Sample>(r#"{"colors":[5]}"#, Cause::Unknown);
    refused::<Sample>(r#"{"palette":{"1":5}}"#, Cause::Unknown);
}
