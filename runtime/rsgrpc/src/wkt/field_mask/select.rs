//! From paths to field numbers, along the types of a message.

use std::collections::BTreeMap;

use super::ALL;
use super::error::{FieldMaskError, Problem};
use crate::codegen::{Decode, Fault, Fields, Fill, Names, Place, RawList, Read, Source};
use crate::wkt::FieldMask;
use crate::{Bytes, Cause, Message, UnknownFields, UnknownFieldsView};

/// A path has at most so many fields: as deep as messages are by default.
pub(super) const MOST_FIELDS: usize = 100;

/// Fields of a message, by number.
#[derive(Debug, Default)]
pub(super) struct Selection(pub(super) BTreeMap<u32, Selected>);

#[derive(Debug)]
pub(super) enum Selected {
    /// All of the field.
    Whole(Shape),
    /// Some fields of the message in it.
    Part(Selection),
}

/// What comes of a field whose value is given twice.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Shape {
    /// The last value counts.
    Replaced,
    /// Messages merge, repeated fields and maps grow.
    Merged,
}

/// The fields of `M` that a mask covers.
pub(super) fn select<M: Message>(mask: &FieldMask) -> Result<Selection, FieldMaskError> {
    let mut selection = Selection::default();
    for path in &mask.paths {
        if path == ALL {
            for name in names::<M>() {
                selection.add(follow::<M>(name)?);
            }
        } else {
            selection.add(follow::<M>(path)?);
        }
    }
    Ok(selection)
}

/// The names of all fields.
pub(super) fn names<M: Message>() -> Vec<&'static str> {
    let mut names = Vec::new();
    M::default_ref().fields().find(&mut |label| {
        names.push(label.name);
        false
    });
    names
}

impl Selection {
    fn add(&mut self, found: Found) {
        let mut here = self;
        for number in found.outer {
            match here.0.entry(number).or_insert_with(|| Selected::Part(Self::default())) {
                Selected::Whole(_) => return,
                Selected::Part(inner) => here = inner,
            }
        }
        here.0.insert(found.number, Selected::Whole(found.shape));
    }
}

/// Where a path leads.
struct Found {
    /// The numbers of the fields on the way.
    outer: Vec<u32>,
    number: u32,
    shape: Shape,
}

fn follow<M: Message>(path: &str) -> Result<Found, FieldMaskError> {
    let mut probe = Probe { rest: Some(path), field: None, outer: Vec::new(), found: None };
    // A probe has no values, so it always fails: what it found counts.
    let _ = probe.enter(&mut M::default());
    match probe.found {
        Some(Ok((number, shape))) => Ok(Found { outer: probe.outer, number, shape }),
        Some(Err(problem)) => Err(FieldMaskError::of(problem, path)),
        None => Err(FieldMaskError::of(Problem::NoField(M::NAME.to_owned()), path)),
    }
}

/// A source without values: it has messages take in the fields that a path
/// names, and notes what they ask for.
struct Probe<'p> {
    /// What follows the field that is being taken in; none behind the last.
    rest: Option<&'p str>,
    /// That field, and the name of its message.
    field: Option<(Place<'p>, &'p str)>,
    /// The numbers of the fields before it.
    outer: Vec<u32>,
    found: Option<Result<(u32, Shape), Problem>>,
}

impl<'p> Probe<'p> {
    /// Has a message take in the path's next field.
    fn enter<M: Fill<'p>>(&mut self, message: &mut M) -> Result<(), Fault> {
        let Some(rest) = self.rest else {
            return Err(self.end(Shape::Merged));
        };
        if let Some((field, _)) = self.field {
            self.outer.push(field.number);
        }
        if self.outer.len() == MOST_FIELDS {
            return Err(self.fail(Problem::TooLong));
        }
        let (name, rest) = rest.split_once('.').map_or((rest, None), |(name, rest)| (name, Some(rest)));
        let Some(field) = message.named(name) else {
            return Err(self.fail(Problem::NoField(message.name().to_owned())));
        };
        self.rest = rest;
        self.field = Some((field, message.name()));
        message.fill(field.tag, self)
    }

    /// Notes what the field is, which has no fields of its own, or none that a
    /// path may name.
    #[inline(never)]
    fn end(&mut self, shape: Shape) -> Fault {
        self.found = self.field.map(|(field, message)| match self.rest {
            None => Ok((field.number, shape)),
            Some(_) => Err(Problem::NoMessage(message.to_owned(), field.name.to_owned())),
        });
        Fault::new(Cause::Borrow)
    }

    fn fail(&mut self, problem: Problem) -> Fault {
        self.found = Some(Err(problem));
        Fault::new(Cause::Borrow)
    }
}

macro_rules! ends {
    ($($method:ident: $type:ty;)*) => {$(
        fn $method(&mut self) -> Result<$type, Fault> {
            Err(self.end(Shape::Replaced))
        }
    )*};
}

impl<'a> Source<'a> for Probe<'a> {
    ends! {
        bool: bool;
        int32: i32;
        int64: i64;
        uint32: u32;
        uint64: u64;
        sint32: i32;
        sint64: i64;
        fixed32: u32;
        fixed64: u64;
        sfixed32: i32;
        sfixed64: i64;
        float: f32;
        double: f64;
        str: &'a str;
        bytes: Bytes;
        slice: &'a [u8];
    }

    fn string(&mut self, _: &mut String) -> Result<(), Fault> {
        Err(self.end(Shape::Replaced))
    }

    fn enumeration<N: Names>(&mut self, _: N) -> Result<i32, Fault> {
        Err(self.end(Shape::Replaced))
    }

    fn known<N: Names>(&mut self, _: N) -> Result<Result<i32, &'a [u8]>, Fault> {
        Err(self.end(Shape::Replaced))
    }

    fn message<M: Fill<'a>>(&mut self, _: u32, slot: &mut M) -> Result<(), Fault> {
        self.enter(slot)
    }

    fn check_message<M: Decode<'a>>(&mut self, _: u32) -> Result<(), Fault> {
        self.enter(&mut M::default())
    }

    fn group<M: Fill<'a>>(&mut self, _: u32, slot: &mut M) -> Result<(), Fault> {
        self.enter(slot)
    }

    fn check_group<M: Decode<'a>>(&mut self, _: u32) -> Result<(), Fault> {
        self.enter(&mut M::default())
    }

    fn many<K: Read<'a, T>, T: Default>(&mut self, _: u32, _: K, _: &mut Vec<T>) -> Result<(), Fault> {
        Err(self.end(Shape::Merged))
    }

    fn many_known<N: Names, E: From<i32>>(
        &mut self,
        _: u32,
        _: N,
        _: &mut Vec<E>,
        _: &mut UnknownFields,
    ) -> Result<(), Fault> {
        Err(self.end(Shape::Merged))
    }

    fn lend<K: Read<'a, T>, T: Default>(&mut self, _: u32, _: K, _: &mut RawList<'a>) -> Result<(), Fault> {
        Err(self.end(Shape::Merged))
    }

    fn lend_known<N: Names>(
        &mut self,
        _: u32,
        _: N,
        _: &mut RawList<'a>,
        _: &mut UnknownFieldsView<'a>,
    ) -> Result<(), Fault> {
        Err(self.end(Shape::Merged))
    }

    fn entry<K: Read<'a, A>, V: Read<'a, B>, A: Default, B: Default>(
        &mut self,
        _: (K, V),
        _: &mut A,
        _: &mut B,
    ) -> Result<(), Fault> {
        Err(self.end(Shape::Merged))
    }

    fn entry_known<K: Read<'a, A>, A: Default, N: Names>(
        &mut self,
        _: (K, N),
        _: &mut A,
        _: &mut i32,
    ) -> Result<Option<&'a [u8]>, Fault> {
        Err(self.end(Shape::Merged))
    }

    fn lend_entry<K: Read<'a, A>, V: Read<'a, B>, A: Default, B: Default>(
        &mut self,
        _: u32,
        _: (K, V),
        _: &mut RawList<'a>,
    ) -> Result<(), Fault> {
        Err(self.end(Shape::Merged))
    }

    fn lend_entry_known<K: Read<'a, A>, A: Default, N: Names>(
        &mut self,
        _: u32,
        _: (K, N),
        _: &mut RawList<'a>,
        _: &mut UnknownFieldsView<'a>,
    ) -> Result<(), Fault> {
        Err(self.end(Shape::Merged))
    }

    fn unknown(&mut self, _: u32, _: &mut UnknownFields) -> Result<(), Fault> {
        Err(self.end(Shape::Replaced))
    }

    fn lend_unknown(&mut self, _: u32, _: &mut UnknownFieldsView<'a>) -> Result<(), Fault> {
        Err(self.end(Shape::Replaced))
    }

    fn charge(&mut self, _: usize) -> Result<(), Fault> {
        Ok(())
    }
}
