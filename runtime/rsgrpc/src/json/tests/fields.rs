//! Names, null, lists, maps, oneofs.

use super::kinds::Kinds;
use super::{both, reads, refused};
use crate::Message;
use crate::json::Cause;
use crate::sample::{Choose, Color, Part, Sample};

#[test]
fn a_whole_message() {
    let message = Sample {
        id: -7,
        name: "n".into(),
        note: Some(String::new()),
        tags: vec!["a".into(), String::new()],
        counts: [("k".to_owned(), 1)].into_iter().collect(),
        numbers: vec![1, -1],
        reals: vec![0.5],
        child: Some(Box::new(Sample { id: 1, ..Sample::default() })),
        children: vec![Sample::default(), Sample { id: 2, ..Sample::default() }],
        color: Some(Color::RED),
        colors: vec![Color::BLUE],
        palette: [(3, Color::BLUE)].into_iter().collect(),
        part: Some(Part { label: Some("p".into()), weight: 9, ..Part::default() }),
        choice: Some(Choose::Text(String::new())),
        blob: vec![1, 2].into(),
        ..Sample::default()
    };
    both(
        &message,
        concat!(
            r#"{"id":"-7","name":"n","note":"","tags":["a",""],"counts":{"k":1},"numbers":["1","-1"],"#,
            r#""reals":[0.5],"child":{"id":"1"},"children":[{},{"id":"2"}],"color":"COLOR_RED","#,
            r#""colors":["COLOR_BLUE"],"palette":{"3":"COLOR_BLUE"},"part":{"label":"p","weight":"9"},"#,
            r#""text":"","blob":"AQI="}"#
        ),
    );
}

#[test]
fn either_name() {
    reads::<Sample>(r#"{"partChoice":{"label":""}}"#, r#"{"partChoice":{"label":""}}"#);
    reads::<Sample>(r#"{"part_choice":{"label":""}}"#, r#"{"partChoice":{"label":""}}"#);
    reads::<Sample>(r#"{"n\u0061me":"x"}"#, r#"{"name":"x"}"#);
    reads::<Kinds>(r#"{"odd \"name\"":1,"by_bool":{}}"#, r#"{"odd \"name\"":"APPLE"}"#);
    reads::<Kinds>(r#"{"maybe_fruit":1}"#, r#"{"odd \"name\"":"APPLE"}"#);
    // In any order.
    reads::<Sample>(r#"{"blob":"","tags":["x"],"id":1}"#, r#"{"id":"1","tags":["x"]}"#);
    for json in [r#"{"NAME":1}"#, r#"{"":1}"#, r#"{"maybeFruit":1}"#, r#"{"[a.b]":1}"#] {
        refused::<Kinds>(json, Cause::Unknown);
    }
}

#[test]
fn twice() {
    refused::<Sample>(r#"{"name":"a","name":"a"}"#, Cause::Duplicate);
    refused::<Sample>(r#"{"child":{},"child":{}}"#, Cause::Duplicate);
    refused::<Sample>(r#"{"tags":[],"tags":[]}"#, Cause::Duplicate);
    refused::<Sample>(r#"{"name":null,"name":"a"}"#, Cause::Duplicate);
    refused::<Sample>(r#"{"partChoice":{"label":""},"part_choice":{"label":""}}"#, Cause::Duplicate);
    refused::<Sample>(r#"{"counts":{"a":1,"b":2,"\u0061":1}}"#, Cause::Duplicate);
    refused::<Sample>(r#"{"palette":{"1":0,"1":0}}"#, Cause::Duplicate);
    let many: Vec<String> = (0..100).map(|key| format!("\"{key}\":1")).collect();
    refused::<Sample>(&format!(r#"{{"counts":{{{},"50":1}}}}"#, many.join(",")), Cause::Duplicate);
}

#[test]
fn null() {
    let nothing = r#"{"id":null,"name":null,"note":null,"tags":null,"counts":null,"numbers":null,
        "reals":null,"child":null,"children":null,"color":null,"colors":null,"palette":null,"part":null,
        "text":null,"blob":null}"#;
    reads::<Sample>(nothing, "{}");
    let nothing = r#"{"int32":null,"double":null,"bool":null,"fruit":null,"maybe_fruit":null,
        "fruits":null,"by_bool":null}"#;
    reads::<Kinds>(nothing, "{}");
    refused::<Sample>("null", Cause::Type);
    refused::<Sample>(r#"{"tags":["a",null]}"#, Cause::Type);
    refused::<Sample>(r#"{"children":[null]}"#, Cause::Type);
    refused::<Sample>(r#"{"colors":[null]}"#, Cause::Type);
    refused::<Sample>(r#"{"counts":{"a":null}}"#, Cause::Type);
    refused::<Sample>(r#"{"counts":{null:1}}"#, Cause::Syntax);
    refused::<Sample>(r#"{"name":nul}"#, Cause::Syntax);
    refused::<Sample>(r#"{"tags":nul}"#, Cause::Syntax);
}

#[test]
fn lists() {
    reads::<Sample>(r#"{"numbers":[1,"2",3e0]}"#, r#"{"numbers":["1","2","3"]}"#);
    reads::<Sample>(r#"{"numbers":[]}"#, "{}");
    for json in [
        r#"{"numbers":1}"#,
        r#"{"numbers":[1,false]}"#,
        r#"{"numbers":[{}]}"#,
        r#"{"numbers":["a"]}"#,
        r#"{"children":{}}"#,
        r#"{"children":[1]}"#,
        r#"{"tags":[1]}"#,
        r#"{"tags":[[]]}"#,
    ] {
        refused::<Sample>(json, Cause::Type);
    }
}

#[test]
fn maps() {
    reads::<Kinds>(r#"{"byBool":{"tr\u0075e":false}}"#, r#"{"byBool":{"true":false}}"#);
    reads::<Kinds>(r#"{"byInt64":{"\u0031":2}}"#, r#"{"byInt64":{"1":"2"}}"#);
    reads::<Kinds>(r#"{"byInt64":{}}"#, "{}");
    reads::<Sample>(r#"{"counts":{"":0}}"#, r#"{"counts":{"":0}}"#);
    for json in [
        r#"{"byBool":{"True":true}}"#,
        r#"{"byInt64":{"":1}}"#,
        r#"{"byInt64":{"a":1}}"#,
        r#"{"byInt64":[]}"#,
        r#"{"byBool":{"true":"true"}}"#,
    ] {
        refused::<Kinds>(json, Cause::Type);
    }
    refused::<Kinds>(r#"{"byInt64":{1:2}}"#, Cause::Syntax);
    refused::<Kinds>(r#"{"byBool":{true:true}}"#, Cause::Syntax);
    refused::<Kinds>(r#"{"bySint32":{"2147483648":""}}"#, Cause::Range);
}

#[test]
fn oneofs() {
    reads::<Sample>(r#"{"text":"a","partChoice":null}"#, r#"{"text":"a"}"#);
    reads::<Sample>(r#"{"colorChoice":null,"text":"a"}"#, r#"{"text":"a"}"#);
    refused::<Sample>(r#"{"text":"a","partChoice":{"label":""}}"#, Cause::Duplicate);
    refused::<Sample>(r#"{"colorChoice":0,"text":""}"#, Cause::Duplicate);
}

#[test]
fn required() {
    refused::<Sample>(r#"{"part":{}}"#, Cause::Required);
    refused::<Sample>(r#"{"children":[{"part":{"weight":1}}]}"#, Cause::Required);
}

/// However numbers stand in a list, and whatever is around them.
#[test]
fn lists_of_numbers() {
    let numbers =
        ["0", "\"-1\"", "2e1", "\"18446744073709\"", "-9223372036854775808", " 7 ", "\n\"8\"", "1.0"];
    let reals = ["0.5", "-1e-7", "\"NaN\"", "\"1.25\"", " 3", "0.1234567890123456789", "16777217", "-0"];
    for count in [1, 5, 9, 30, 200] {
        let list = |all: &[&str]| all.iter().cycle().take(count).copied().collect::<Vec<_>>().join(",");
        let json = format!(r#"{{"numbers":[{}],"reals":[{}],"name":"x"}}"#, list(&numbers), list(&reals));
        let message = Sample::from_json(&json).unwrap();
        let number = |text: &&str| text.trim().trim_matches('"').parse::<f64>().unwrap();
        let expected = |all: &[&str]| all.iter().cycle().take(count).map(number).collect::<Vec<_>>();
        assert_eq!(message.numbers.iter().map(|value| *value as f64).collect::<Vec<_>>(), expected(&numbers));
        let bits = |values: &[f64]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&message.reals), bits(&expected(&reals)));
        for (odd, cause) in
            [("x", Cause::Syntax), ("01", Cause::Syntax), ("", Cause::Syntax), ("0.5", Cause::Type)]
        {
            let json = format!(
                r#"{{"numbers":[{},{odd},1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17]}}"#,
                list(&numbers)
            );
            let error = Sample::from_json(&json).unwrap_err();
            assert_eq!(
                (error.cause(), error.path()),
                (cause, format!("numbers[{count}]").as_str()),
                "{json}"
            );
        }
    }
}

#[test]
fn places_of_errors() {
    for (json, place, path) in [
        ("{\n \"id\": 1,\n \"name\": }", (3, 10), "name"),
        ("{\"name\":\"a\",\n \"name\":\"b\"}", (2, 2), ""),
        ("{\"text\":\"a\", \n  \"partChoice\":{}}", (2, 3), "part_choice"),
        ("{\"id\":", (1, 7), "id"),
        ("{\"id\"", (1, 6), ""),
        ("{\"name\":\"a\" \"id\":1}", (1, 13), ""),
        ("{\"child\":{\"name\":\"a\",\"id\":x}}", (1, 27), "child.id"),
    ] {
        let error = Sample::from_json(json).unwrap_err();
        assert_eq!(
            (error.line(), error.column(), error.path()),
            (Some(place.0), Some(place.1), path),
            "{json}"
        );
    }
}
