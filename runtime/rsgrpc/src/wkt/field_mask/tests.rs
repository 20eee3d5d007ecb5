use super::*;
use crate::sample::{Choose, Color, Part, Sample};
use crate::{Bytes, Map};

type Mask<'p> = &'p [&'p str];

fn mask(paths: Mask<'_>) -> FieldMask {
    paths.iter().copied().collect()
}

#[track_caller]
fn invalid(path: &str, error: &str) {
    let mask = mask(&["id", path]);
    assert_eq!(mask.validate::<Sample>().unwrap_err().to_string(), error);
    let mut sample = full();
    assert!(mask.apply(&mut sample).is_err());
    assert!(mask.merge(&Sample::default(), &mut sample).is_err());
    assert!(mask.replace(&Sample::default(), &mut sample).is_err());
    assert_eq!(sample, full());
}

/// `apply` to a message with every field.
#[track_caller]
fn keeps(paths: Mask<'_>, expected: &Sample) {
    let mut sample = full();
    mask(paths).apply(&mut sample).unwrap();
    assert_eq!(sample, *expected);
}

#[track_caller]
fn merges(paths: Mask<'_>, target: &Sample, source: &Sample, merged: &Sample, replaced: &Sample) {
    let (mut a, mut b) = (target.clone(), target.clone());
    mask(paths).merge(source, &mut a).unwrap();
    assert_eq!(a, *merged);
    mask(paths).replace(source, &mut b).unwrap();
    assert_eq!(b, *replaced);
}

/// `normalized`, `union` and `intersection` of the same two masks.
#[track_caller]
fn sets(a: Mask<'_>, b: Mask<'_>, union: Mask<'_>, intersection: Mask<'_>) {
    for (a, b) in [(mask(a), mask(b)), (mask(b), mask(a))] {
        assert_eq!(a.union(&b), mask(union));
        assert_eq!(a.intersection(&b), mask(intersection));
    }
    assert_eq!(mask(union).normalized(), mask(union));
}

fn part(label: &str, weight: i64) -> Part {
    Part { label: Some(label.into()), weight, ..Part::default() }
}

fn full() -> Sample {
    let mut full = Sample {
        id: -7,
        name: "name".into(),
        note: Some(String::new()),
        tags: vec!["a".into(), String::new()],
        counts: Map::from([("one".to_owned(), 1)]),
        numbers: vec![1, -1],
        reals: vec![0.5],
        child: Some(Box::new(Sample { id: 8, part: Some(part("inner", 1)), ..Sample::default() })),
        children: vec![Sample::default(), Sample { id: 1, ..Sample::default() }],
        color: Some(Color::BLUE),
        colors: vec![Color::RED],
        palette: Map::from([(1, Color::BLUE)]),
        part: Some(part("part", 2)),
        choice: Some(Choose::Part(part("chosen", 3))),
        blob: Bytes::from_static(&[0, 255]),
        ..Sample::default()
    };
    full.unknown_fields.push(99 << 3, &[1]);
    full
}

#[test]
fn paths() {
    for name in FieldMask::all::<Sample>().paths {
        mask(&[&name]).validate::<Sample>().unwrap();
    }
    assert_eq!(FieldMask::all::<Part>(), mask(&["label", "names", "weight"]));
    for path in ["*", "child.child.part.label", "part.weight", "part_choice.label", "child.children"] {
        mask(&[path]).validate::<Sample>().unwrap();
    }
    invalid("", "``: test.Sample has no such field");
    invalid("nome", "`nome`: test.Sample has no such field");
    invalid("choice", "`choice`: test.Sample has no such field");
    invalid("child.*", "`child.*`: test.Sample has no such field");
    invalid("child.", "`child.`: test.Sample has no such field");
    invalid(".id", "`.id`: test.Sample has no such field");
    invalid("child.part.x\n", "`child.part.x\\n`: test.Part has no such field");
    let closed = "has no fields of its own, or more than one value";
    invalid("id.x", &format!("`id.x`: `id` of test.Sample {closed}"));
    invalid("child.name.", &format!("`child.name.`: `name` of test.Sample {closed}"));
    invalid("children.id", &format!("`children.id`: `children` of test.Sample {closed}"));
    invalid("counts.one", &format!("`counts.one`: `counts` of test.Sample {closed}"));
    invalid("palette.1", &format!("`palette.1`: `palette` of test.Sample {closed}"));
    invalid("colors.x", &format!("`colors.x`: `colors` of test.Sample {closed}"));
    invalid("color.x", &format!("`color.x`: `color` of test.Sample {closed}"));
    invalid("text.x", &format!("`text.x`: `text` of test.Sample {closed}"));
}

#[test]
fn long_paths() {
    let deep = |fields: usize| format!("{}id", "child.".repeat(fields - 1));
    mask(&[&deep(100)]).validate::<Sample>().unwrap();
    for fields in [101, 1_000_000] {
        let error = mask(&[&deep(fields)]).validate::<Sample>().unwrap_err();
        assert!(error.to_string().ends_with("`: more than 100 fields deep"), "{error}");
        assert_eq!(error.path().len(), 200);
    }
}

#[test]
fn keeping() {
    let none = Sample::default();
    keeps(&[], &none);
    keeps(&["*"], &full());
    keeps(&["id"], &Sample { id: -7, ..none.clone() });
    let Sample { note, tags, counts, palette, colors, blob, .. } = full();
    keeps(
        &["note", "tags", "counts", "palette", "colors", "blob"],
        &Sample { note, tags, counts, palette, colors, blob, ..none.clone() },
    );
    let weight = Part { weight: 2, ..Part::default() };
    keeps(&["part.weight"], &Sample { part: Some(weight), ..none.clone() });
    let inner = Sample { id: 8, ..none.clone() };
    keeps(&["child.id", "child.name"], &Sample { child: Some(Box::new(inner)), ..none.clone() });
    keeps(&["child.id", "child"], &Sample { child: full().child, ..none.clone() });
    keeps(&["child", "child.id"], &Sample { child: full().child, ..none.clone() });
    // The message stays where a path leads through it, even if nothing of it does.
    keeps(&["child.name"], &Sample { child: Some(Box::default()), ..none.clone() });
    keeps(&["text"], &none);
    let chosen = Some(Choose::Part(Part { label: Some("chosen".into()), ..Part::default() }));
    keeps(&["text", "part_choice.label"], &Sample { choice: chosen, ..none.clone() });

    let mut all = Sample { unknown_fields: UnknownFields::new(), ..full() };
    let expected = all.clone();
    FieldMask::all::<Sample>().apply(&mut all).unwrap();
    assert_eq!(all, expected);
}

#[test]
fn scalars() {
    let (old, none) = (full(), Sample::default());
    let new = Sample { id: 5, note: None, name: "ignored".into(), ..none.clone() };
    let expected = Sample { id: 5, note: None, color: None, ..full() };
    merges(&["id", "note", "color"], &old, &new, &expected, &expected);
    merges(&[], &old, &new, &old, &old);
    let blank = Sample { name: String::new(), blob: Bytes::new(), ..full() };
    merges(&["name", "blob"], &old, &none, &blank, &blank);
}

#[test]
fn repeated_and_maps() {
    let old = full();
    let new = Sample {
        tags: vec!["b".into()],
        numbers: vec![2],
        counts: Map::from([("one".into(), 2), ("two".into(), 2)]),
        ..Sample::default()
    };
    let merged = Sample {
        tags: vec!["a".into(), String::new(), "b".into()],
        numbers: vec![1, -1, 2],
        counts: new.counts.clone(),
        ..full()
    };
    let replaced = Sample {
        tags: new.tags.clone(),
        numbers: vec![2],
        counts: new.counts.clone(),
        colors: vec![],
        ..full()
    };
    merges(&["tags", "numbers", "counts", "colors"], &old, &new, &merged, &replaced);
}

#[test]
fn messages() {
    let old = full();
    let new = Sample {
        part: Some(Part { weight: 9, ..Part::default() }),
        child: Some(Box::new(Sample { id: 9, name: "new".into(), ..Sample::default() })),
        ..Sample::default()
    };
    let merged = Sample { part: Some(part("part", 9)), ..full() };
    let replaced = Sample { part: new.part.clone(), ..full() };
    merges(&["part"], &old, &new, &merged, &replaced);
    // Not set in the source: merging changes nothing, replacing clears.
    merges(&["part"], &old, &Sample::default(), &old, &Sample { part: None, ..full() });

    let mut child = full().child.unwrap();
    child.name = "new".into();
    child.part.as_mut().unwrap().label = None;
    let expected = Sample { child: Some(child), ..full() };
    merges(&["child.name", "child.part.label"], &old, &new, &expected, &expected);
    // Neither has the message: it is not made.
    let none = Sample::default();
    merges(&["child.name"], &none, &none, &none, &none);
}

#[test]
fn oneofs() {
    let old = full();
    let text = Sample { choice: Some(Choose::Text("new".into())), ..Sample::default() };
    let expected = Sample { choice: text.choice.clone(), ..full() };
    merges(&["text"], &old, &text, &expected, &expected);
    // Another member is none of the mask's business.
    merges(&["text"], &old, &Sample::default(), &old, &old);
    let cleared = Sample { choice: None, ..full() };
    merges(&["part_choice"], &old, &text, &old, &cleared);
}

#[test]
fn all_fields() {
    let new = Sample { id: 1, tags: vec!["b".into()], ..Sample::default() };
    let mut merged = full();
    mask(&["*"]).merge(&new, &mut merged).unwrap();
    assert_eq!((merged.id, merged.name.as_str(), merged.tags.len()), (1, "", 3));
    mask(&["id", "*"]).replace(&new, &mut merged).unwrap();
    assert_eq!(merged, new);
}

#[test]
fn sets_of_paths() {
    sets(&["a"], &["b"], &["a", "b"], &[]);
    sets(&["a.b", "c", "a-b"], &["a", "c.d.e"], &["a", "a-b", "c"], &["a.b", "c.d.e"]);
    sets(&["a.b", "a.c"], &["a.c", "a.d"], &["a.b", "a.c", "a.d"], &["a.c"]);
    sets(&["a", "a.b", "a"], &[], &["a"], &[]);
    sets(&["*", "a"], &["b.c", "", "!"], &["*"], &["", "!", "b.c"]);
    sets(&["ab"], &["a"], &["a", "ab"], &[]);
    assert!(mask(&["a.b"]).covers("a.b.c") && mask(&["*"]).covers("x"));
    assert!(!mask(&["a.b"]).covers("a") && !mask(&["a"]).covers("ab"));
}

#[test]
fn large_sets() {
    let even: FieldMask = (0..50_000).map(|number| format!("f{}", number * 2)).collect();
    let third: FieldMask = (0..50_000).map(|number| format!("f{}", number * 3)).collect();
    assert_eq!(even.intersection(&third).paths.len(), 16_667);
    assert_eq!(even.union(&third).paths.len(), 83_333);
}

#[test]
fn camel_case() {
    for (snake, camel) in
        [("", ""), ("a", "a"), ("foo_bar.baz_qux,a", "fooBar.bazQux,a"), ("_a", "A"), ("a1.b2c", "a1.b2c")]
    {
        let mask: FieldMask = snake.parse().unwrap();
        assert_eq!(mask.to_camel_case().unwrap(), camel);
        assert_eq!(FieldMask::from_camel_case(camel), Ok(mask.clone()));
        assert_eq!(mask.to_string(), snake);
    }
    for path in ["fooBar", "foo__bar", "foo_3_bar", "foo_", "foo_.a", "foo_Bar", "a,b", ""] {
        let error = mask(&[path]).to_camel_case().unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("`{path}`: cannot be written both in snake case and in lower camel case")
        );
    }
    for text in ["foo_bar", "a,,b", ",", "a,b_"] {
        assert!(FieldMask::from_camel_case(text).is_err(), "{text}");
    }
}
