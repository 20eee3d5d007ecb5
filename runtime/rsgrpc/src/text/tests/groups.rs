//! Groups, which are called by their types' names.

use std::sync::LazyLock;

use crate::codegen::{Decode, Explicit, Fault, Fields, Group, Int64, Own, Source, Unknown};
use crate::{Message, UnknownFields};

#[derive(Clone, Debug, Default, PartialEq)]
struct Holder {
    // optional group Result = 1 { … }
    result: Option<Inner>,
    // Result other = 2 [features.message_encoding = DELIMITED];
    other: Option<Inner>,
    unknown_fields: UnknownFields,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Inner {
    id: Option<i64>,
    unknown_fields: UnknownFields,
}

impl Holder {
    const RESULT: Explicit<Group> = Explicit::new(1, "result");
    const OTHER: Explicit<Group> = Explicit::new(2, "other");
}

impl Inner {
    const ID: Explicit<Int64> = Explicit::new(1, "id");
}

impl<'a> Decode<'a> for Holder {
    type Message = Self;

    fn merge<S: Source<'a>>(&mut self, tag: u32, source: &mut S) -> Result<(), Fault> {
        match tag {
            tag if Self::RESULT.takes(tag) => Self::RESULT.merge(&mut self.result, source),
            tag if Self::OTHER.takes(tag) => Self::OTHER.merge(&mut self.other, source),
            _ => Unknown.merge(tag, &mut self.unknown_fields, source),
        }
    }
}

impl<'a> Decode<'a> for Inner {
    type Message = Self;

    fn merge<S: Source<'a>>(&mut self, tag: u32, source: &mut S) -> Result<(), Fault> {
        match tag {
            tag if Self::ID.takes(tag) => Self::ID.merge(&mut self.id, source),
            _ => Unknown.merge(tag, &mut self.unknown_fields, source),
        }
    }
}

/// The rest of a message, which is its own view.
macro_rules! message {
    ($name:ident, $full:literal, |$this:ident| $fields:expr) => {
        impl Message for $name {
            const NAME: &'static str = $full;
            type View<'a> = Self;

            fn default_ref() -> &'static Self {
                static DEFAULT: LazyLock<$name> = LazyLock::new($name::default);
                &DEFAULT
            }

            fn fields(&self) -> impl Fields<'_> {
                let $this = self;
                $fields
            }

            fn unknown_fields(&self) -> &UnknownFields {
                &self.unknown_fields
            }

            fn unknown_fields_mut(&mut self) -> &mut UnknownFields {
                &mut self.unknown_fields
            }
        }

        impl Own<$name> for $name {
            fn own(&self) -> $name {
                self.clone()
            }
        }
    };
}
message!(Holder, "test.Holder", |this| (Self::RESULT.of(&this.result), Self::OTHER.of(&this.other)));
message!(Inner, "test.Holder.Result", |this| Self::ID.of(&this.id));

fn inner(id: i64) -> Inner {
    Inner { id: Some(id), ..Default::default() }
}

#[test]
fn a_group_is_called_by_its_type() {
    let message = Holder { result: Some(inner(1)), other: Some(inner(2)), ..Default::default() };
    let text = "Result {\n  id: 1\n}\nother {\n  id: 2\n}\n";
    assert_eq!(message.to_text(), text);
    assert_eq!(Holder::from_text(text).unwrap(), message);
}

#[test]
fn or_by_its_field() {
    for text in ["Result { id: 1 }", "Result: { id: 1 }", "result { id: 1 }"] {
        assert_eq!(Holder::from_text(text).unwrap().result, Some(inner(1)), "{text}");
    }
    for text in ["RESULT {}", "ReSult {}", "Other {}", "Result: []", "Result {} result {}"] {
        assert!(Holder::from_text(text).is_err(), "{text}");
    }
    let error = Holder::from_text("Other {}").unwrap_err().to_string();
    assert!(error.contains("`test.Holder` has no field `Other`"), "{error}");
}
