//! A message with every layout, in the shape of generated code, for this
//! crate's own tests.

use std::fmt;
use std::sync::LazyLock;

use crate::codegen::{
    Blob, Boxed, Choice, ClosedEnum, Decode, Double, Entries, Explicit, Fault, Fields, Group, Implicit,
    Int32, Int64, Label, Member, Nested, Oneof, Own, Packed, Repeated, Required, Sint64, Source, Str,
    Unknown, Visitor, debug, debug_enum,
};
use crate::{Bytes, Enumeration, Map, MapView, Message, RepeatedView, UnknownFields, UnknownFieldsView};

#[derive(Clone, Default, PartialEq)]
pub(crate) struct Sample {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) note: Option<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) counts: Map<String, i32>,
    pub(crate) numbers: Vec<i64>,
    pub(crate) reals: Vec<f64>,
    pub(crate) child: Option<Box<Sample>>,
    pub(crate) children: Vec<Sample>,
    pub(crate) color: Option<Color>,
    pub(crate) colors: Vec<Color>,
    pub(crate) palette: Map<i32, Color>,
    pub(crate) part: Option<Part>,
    pub(crate) choice: Option<Choose>,
    pub(crate) blob: Bytes,
    pub(crate) unknown_fields: UnknownFields,
}

impl Sample {
    const ID: Implicit<Sint64> = Implicit::new(1, "id");
    const NAME: Implicit<Str> = Implicit::new(2, "name");
    const NOTE: Explicit<Str> = Explicit::new(3, "note").redacted();
    const TAGS: Repeated<Str> = Repeated::new(4, "tags");
    const COUNTS: Entries<Str, Int32> = Entries::new(5, "counts");
    const NUMBERS: Packed<Int64> = Packed::new(6, "numbers");
    const REALS: Repeated<Double> = Repeated::new(7, "reals");
    const CHILD: Explicit<Boxed<Nested>> = Explicit::new(8, "child");
    const CHILDREN: Repeated<Nested> = Repeated::new(9, "children");
    const COLOR: Explicit<ClosedEnum> = Explicit::new(10, "color");
    const COLORS: Packed<ClosedEnum> = Packed::new(11, "colors");
    const PALETTE: Entries<Int32, ClosedEnum> = Entries::new(12, "palette");
    const PART: Explicit<Group> = Explicit::new(13, "part");
    const BLOB: Implicit<Blob> = Implicit::new(20, "blob");
}

impl Message for Sample {
    const NAME: &'static str = "test.Sample";
    const REQUIRED: bool = true;
    const RESERVED: &'static [&'static str] = &["old"];

    type View<'a> = SampleView<'a>;

    fn default_ref() -> &'static Self {
        static DEFAULT: LazyLock<Sample> = LazyLock::new(Sample::default);
        &DEFAULT
    }

    fn fields(&self) -> impl Fields<'_> {
        (
            (
                Self::ID.of(&self.id),
                Self::NAME.of(&self.name),
                Self::NOTE.of(&self.note),
                Self::TAGS.of(&self.tags),
                Self::COUNTS.of(&self.counts),
                Self::NUMBERS.of(&self.numbers),
                Self::REALS.of(&self.reals),
                Self::CHILD.of(&self.child),
                Self::CHILDREN.of(&self.children),
                Self::COLOR.of(&self.color),
                Self::COLORS.of(&self.colors),
                Self::PALETTE.of(&self.palette),
            ),
            (
                Self::PART.of(&self.part),
                Choice(&self.choice).within(14, 15),
                Self::BLOB.of(&self.blob),
                Choice(&self.choice).within(21, 21),
                Unknown.of(&self.unknown_fields),
            ),
        )
    }

    fn unknown_fields(&self) -> &UnknownFields {
        &self.unknown_fields
    }

    fn unknown_fields_mut(&mut self) -> &mut UnknownFields {
        &mut self.unknown_fields
    }
}

impl fmt::Debug for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug(self, f)
    }
}

crate::codegen::features!(Sample);

impl<'a> Decode<'a> for Sample {
    type Message = Self;

    fn merge<S: Source<'a>>(&mut self, tag: u32, source: &mut S) -> Result<(), Fault> {
        let unknown = &mut self.unknown_fields;
        match tag {
            tag if Self::ID.takes(tag) => Self::ID.merge(&mut self.id, source),
            tag if Self::NAME.takes(tag) => Self::NAME.merge(&mut self.name, source),
            tag if Self::NOTE.takes(tag) => Self::NOTE.merge(&mut self.note, source),
            tag if Self::TAGS.takes(tag) => Self::TAGS.merge(tag, &mut self.tags, source),
            tag if Self::COUNTS.takes(tag) => Self::COUNTS.merge(tag, &mut self.counts, source),
            tag if Self::NUMBERS.takes(tag) => Self::NUMBERS.merge(tag, &mut self.numbers, source),
            tag if Self::REALS.takes(tag) => Self::REALS.merge(tag, &mut self.reals, source),
            tag if Self::CHILD.takes(tag) => Self::CHILD.merge(&mut self.child, source),
            tag if Self::CHILDREN.takes(tag) => Self::CHILDREN.merge(tag, &mut self.children, source),
            tag if Self::COLOR.takes(tag) => Self::COLOR.merge_known(tag, &mut self.color, unknown, source),
            tag if Self::COLORS.takes(tag) => {
                Self::COLORS.merge_known(tag, &mut self.colors, unknown, source)
            }
            tag if Self::PALETTE.takes(tag) => {
                Self::PALETTE.merge_known(tag, &mut self.palette, unknown, source)
            }
            tag if Self::PART.takes(tag) => Self::PART.merge(&mut self.part, source),
            tag if Self::BLOB.takes(tag) => Self::BLOB.merge(&mut self.blob, source),
            tag if Choose::TEXT.takes(tag) => Choose::TEXT.set(&mut self.choice, Choose::Text, source),
            tag if Choose::PART.takes(tag) => {
                Choose::PART.merge(&mut self.choice, Choose::Part, Choose::into_part, source)
            }
            tag if Choose::COLOR.takes(tag) => {
                Choose::COLOR.set_known(tag, &mut self.choice, Choose::Color, unknown, source)
            }
            _ => Unknown.merge(tag, unknown, source),
        }
    }
}

#[derive(Clone, Default)]
pub(crate) struct SampleView<'a> {
    pub(crate) id: i64,
    pub(crate) name: &'a str,
    pub(crate) note: Option<&'a str>,
    pub(crate) tags: RepeatedView<'a, Str>,
    pub(crate) counts: MapView<'a, Str, Int32>,
    pub(crate) numbers: RepeatedView<'a, Int64>,
    pub(crate) reals: RepeatedView<'a, Double>,
    pub(crate) child: Option<Box<SampleView<'a>>>,
    pub(crate) children: RepeatedView<'a, Nested, SampleView<'a>>,
    pub(crate) color: Option<Color>,
    pub(crate) colors: RepeatedView<'a, ClosedEnum, Color>,
    pub(crate) palette: MapView<'a, Int32, ClosedEnum, i32, Color>,
    pub(crate) part: Option<PartView<'a>>,
    pub(crate) choice: Option<ChooseView<'a>>,
    pub(crate) blob: &'a [u8],
    pub(crate) unknown_fields: UnknownFieldsView<'a>,
}

impl<'a> Decode<'a> for SampleView<'a> {
    type Message = Sample;

    fn merge<S: Source<'a>>(&mut self, tag: u32, source: &mut S) -> Result<(), Fault> {
        let unknown = &mut self.unknown_fields;
        match tag {
            tag if Sample::ID.takes(tag) => Sample::ID.merge(&mut self.id, source),
            tag if Sample::NAME.takes(tag) => Sample::NAME.merge(&mut self.name, source),
            tag if Sample::NOTE.takes(tag) => Sample::NOTE.merge(&mut self.note, source),
            tag if Sample::TAGS.takes(tag) => Sample::TAGS.merge(tag, &mut self.tags, source),
            tag if Sample::COUNTS.takes(tag) => Sample::COUNTS.merge(tag, &mut self.counts, source),
            tag if Sample::NUMBERS.takes(tag) => Sample::NUMBERS.merge(tag, &mut self.numbers, source),
            tag if Sample::REALS.takes(tag) => Sample::REALS.merge(tag, &mut self.reals, source),
            tag if Sample::CHILD.takes(tag) => Sample::CHILD.merge(&mut self.child, source),
            tag if Sample::CHILDREN.takes(tag) => Sample::CHILDREN.merge(tag, &mut self.children, source),
            tag if Sample::COLOR.takes(tag) => {
                Sample::COLOR.lend_known(tag, &mut self.color, unknown, source)
            }
            tag if Sample::COLORS.takes(tag) => {
                Sample::COLORS.lend_known(tag, &mut self.colors, unknown, source)
            }
            tag if Sample::PALETTE.takes(tag) => {
                Sample::PALETTE.lend_known(tag, &mut self.palette, unknown, source)
            }
            tag if Sample::PART.takes(tag) => Sample::PART.merge(&mut self.part, source),
            tag if Sample::BLOB.takes(tag) => Sample::BLOB.merge(&mut self.blob, source),
            tag if Choose::TEXT.takes(tag) => Choose::TEXT.set(&mut self.choice, ChooseView::Text, source),
            tag if Choose::PART.takes(tag) => {
                Choose::PART.merge(&mut self.choice, ChooseView::Part, ChooseView::into_part, source)
            }
            tag if Choose::COLOR.takes(tag) => {
                Choose::COLOR.lend_set_known(tag, &mut self.choice, ChooseView::Color, unknown, source)
            }
            _ => Unknown.lend(tag, unknown, source),
        }
    }
}

impl Own<Sample> for SampleView<'_> {
    fn own(&self) -> Sample {
        Sample {
            id: self.id.own(),
            name: self.name.own(),
            note: self.note.own(),
            tags: self.tags.own(),
            counts: self.counts.own(),
            numbers: self.numbers.own(),
            reals: self.reals.own(),
            child: self.child.as_ref().map(|child| Box::new(child.own())),
            children: self.children.own(),
            color: self.color.own(),
            colors: self.colors.own(),
            palette: self.palette.own(),
            part: self.part.own(),
            choice: self.choice.own(),
            blob: self.blob.own(),
            unknown_fields: self.unknown_fields.own(),
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Choose {
    Text(String),
    Part(Part),
    Color(Color),
}

impl Choose {
    const TEXT: Member<Str> = Member::new(14, "text");
    const PART: Member<Nested> = Member::new(15, "part_choice");
    const COLOR: Member<ClosedEnum> = Member::new(21, "color_choice");

    fn into_part(self) -> Option<Part> {
        match self {
            Self::Part(value) => Some(value),
            _ => None,
        }
    }
}

impl Oneof for Choose {
    const LABELS: &'static [&'static Label] = &[Self::TEXT.label(), Self::PART.label(), Self::COLOR.label()];

    fn visit<'m, V: Visitor<'m>>(&'m self, visitor: &mut V) {
        match self {
            Self::Text(value) => Self::TEXT.visit(value, visitor),
            Self::Part(value) => Self::PART.visit(value, visitor),
            Self::Color(value) => Self::COLOR.visit(value, visitor),
        }
    }
}

#[derive(Clone)]
pub(crate) enum ChooseView<'a> {
    Text(&'a str),
    Part(PartView<'a>),
    Color(Color),
}

impl<'a> ChooseView<'a> {
    fn into_part(self) -> Option<PartView<'a>> {
        match self {
            Self::Part(value) => Some(value),
            _ => None,
        }
    }
}

impl Own<Choose> for ChooseView<'_> {
    fn own(&self) -> Choose {
        match self {
            Self::Text(value) => Choose::Text(value.own()),
            Self::Part(value) => Choose::Part(value.own()),
            Self::Color(value) => Choose::Color(value.own()),
        }
    }
}

#[derive(Clone, Default, PartialEq)]
pub(crate) struct Part {
    pub(crate) label: Option<String>,
    pub(crate) names: Vec<String>,
    pub(crate) weight: i64,
    pub(crate) unknown_fields: UnknownFields,
}

impl Part {
    const LABEL: Required<Str> = Required::new(1, "label");
    const NAMES: Repeated<Str> = Repeated::new(2, "names");
    const WEIGHT: Implicit<Int64> = Implicit::new(1000, "weight");
}

impl Message for Part {
    const NAME: &'static str = "test.Part";
    const REQUIRED: bool = true;

    type View<'a> = PartView<'a>;

    fn default_ref() -> &'static Self {
        static DEFAULT: LazyLock<Part> = LazyLock::new(Part::default);
        &DEFAULT
    }

    fn fields(&self) -> impl Fields<'_> {
        (
            Self::LABEL.of(&self.label),
            Self::NAMES.of(&self.names),
            Self::WEIGHT.of(&self.weight),
            Unknown.of(&self.unknown_fields),
        )
    }

    fn unknown_fields(&self) -> &UnknownFields {
        &self.unknown_fields
    }

    fn unknown_fields_mut(&mut self) -> &mut UnknownFields {
        &mut self.unknown_fields
    }
}

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug(self, f)
    }
}

impl<'a> Decode<'a> for Part {
    type Message = Self;

    const LEAF: bool = true;

    fn merge<S: Source<'a>>(&mut self, tag: u32, source: &mut S) -> Result<(), Fault> {
        match tag {
            tag if Self::LABEL.takes(tag) => Self::LABEL.merge(&mut self.label, source),
            tag if Self::NAMES.takes(tag) => Self::NAMES.merge(tag, &mut self.names, source),
            tag if Self::WEIGHT.takes(tag) => Self::WEIGHT.merge(&mut self.weight, source),
            _ => Unknown.merge(tag, &mut self.unknown_fields, source),
        }
    }
}

#[derive(Clone, Default)]
pub(crate) struct PartView<'a> {
    pub(crate) label: Option<&'a str>,
    pub(crate) names: RepeatedView<'a, Str>,
    pub(crate) weight: i64,
    pub(crate) unknown_fields: UnknownFieldsView<'a>,
}

impl<'a> Decode<'a> for PartView<'a> {
    type Message = Part;

    const LEAF: bool = true;

    fn merge<S: Source<'a>>(&mut self, tag: u32, source: &mut S) -> Result<(), Fault> {
        match tag {
            tag if Part::LABEL.takes(tag) => Part::LABEL.merge(&mut self.label, source),
            tag if Part::NAMES.takes(tag) => Part::NAMES.merge(tag, &mut self.names, source),
            tag if Part::WEIGHT.takes(tag) => Part::WEIGHT.merge(&mut self.weight, source),
            _ => Unknown.lend(tag, &mut self.unknown_fields, source),
        }
    }
}

impl Own<Part> for PartView<'_> {
    fn own(&self) -> Part {
        Part {
            label: self.label.own(),
            names: self.names.own(),
            weight: self.weight.own(),
            unknown_fields: self.unknown_fields.own(),
        }
    }
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub(crate) struct Color(i32);

impl Color {
    pub(crate) const RED: Self = Self(0);
    pub(crate) const BLUE: Self = Self(-2);
}

impl Enumeration for Color {
    const NAME: &'static str = "test.Color";
    const NAMES: &'static [(i32, &'static str)] = &[(-2, "COLOR_BLUE"), (0, "COLOR_RED"), (0, "COLOR_ROUGE")];
}

impl From<i32> for Color {
    fn from(number: i32) -> Self {
        Self(number)
    }
}

impl From<Color> for i32 {
    fn from(value: Color) -> Self {
        value.0
    }
}

impl fmt::Debug for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug_enum(*self, f)
    }
}
