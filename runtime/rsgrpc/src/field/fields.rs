//! The fields of a message, as one value that can be walked both ways.

use crate::Visitor;
use crate::label::Label;

/// Fields with their values, by number, of a message that lives for `'m`. Tuples
/// of parts are parts too.
pub trait Fields<'m> {
    /// Hands out what is present, from the first to the last.
    fn visit<V: Visitor<'m>>(&self, visitor: &mut V);
    /// The same from the last to the first.
    fn visit_back<V: Visitor<'m>>(&self, visitor: &mut V);
    /// The first field that is `wanted`, present or not.
    fn find<F: FnMut(&'static Label) -> bool>(&self, wanted: &mut F) -> Option<&'static Label>;
    /// How many fields there are.
    fn count(&self) -> usize;
    /// The field at `index`; none where there are not so many.
    fn nth(&self, index: usize) -> Option<&'static Label>;
    /// The members of the `oneof` that has the field `number`; none where the
    /// field is in no `oneof`.
    fn oneof(&self, number: u32) -> &'static [&'static Label];
}

/// A field and its value.
#[derive(Debug)]
pub struct Of<L: 'static, T> {
    pub(super) layout: &'static L,
    pub(super) value: T,
}

/// Implements [`Fields`] for a single part, which has no direction.
macro_rules! part {
    ([$($generics:tt)*] $part:ty, |$field:ident, $visitor:ident| $visit:expr, |$me:ident, $wanted:ident| $find:expr, $count:expr, |$index:ident| $nth:expr, $oneof:expr) => {
        impl<'m, $($generics)*> crate::field::Fields<'m> for $part {
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn visit<W: crate::Visitor<'m>>(&self, $visitor: &mut W) {
                let $field = self;
                $visit
            }
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn visit_back<W: crate::Visitor<'m>>(&self, visitor: &mut W) {
                self.visit(visitor);
            }
            fn find<F: FnMut(&'static crate::label::Label) -> bool>(
                &self,
                $wanted: &mut F,
            ) -> Option<&'static crate::label::Label> {
                let $me = self;
                $find
            }
            #[cfg_attr(not(debug_assertions), inline(always))]
            #[allow(unused_variables, reason = "most parts are one field")]
            fn count(&self) -> usize {
                let $me = self;
                $count
            }
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn nth(&self, $index: usize) -> Option<&'static crate::label::Label> {
                let $me = self;
                $nth
            }
            fn oneof(&self, number: u32) -> &'static [&'static crate::label::Label] {
                let labels: &'static [&'static crate::label::Label] = $oneof;
                if labels.iter().any(|label| label.number == number) { labels } else { &[] }
            }
        }
    };
    ([$($generics:tt)*] $part:ty, |$field:ident, $visitor:ident| $visit:expr) => {
        crate::field::fields::part!([$($generics)*] $part, |$field, $visitor| $visit, |me, wanted| {
            let label = me.layout.label();
            wanted(label).then_some(label)
        }, 1, |index| if index == 0 { Some(me.layout.label()) } else { None }, &[]);
    };
}
pub(super) use part;

macro_rules! tuples {
    ($($($name:ident)* / $($back:ident)*;)*) => {$(
        #[allow(non_snake_case, unused_variables, unused_mut, unused_assignments, reason = "a variable for each type; none in the empty tuple")]
        impl<'m, $($name: Fields<'m>),*> Fields<'m> for ($($name,)*) {
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn visit<V: Visitor<'m>>(&self, visitor: &mut V) {
                let ($($name,)*) = self;
                $($name.visit(visitor);)*
            }
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn visit_back<V: Visitor<'m>>(&self, visitor: &mut V) {
                let ($($name,)*) = self;
                $($back.visit_back(visitor);)*
            }
            fn find<Want: FnMut(&'static Label) -> bool>(&self, wanted: &mut Want) -> Option<&'static Label> {
                let ($($name,)*) = self;
                $(
                    if let Some(label) = $name.find(wanted) {
                        return Some(label);
                    }
                )*
                None
            }
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn count(&self) -> usize {
                let ($($name,)*) = self;
                0 $(+ $name.count())*
            }
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn nth(&self, mut index: usize) -> Option<&'static Label> {
                let ($($name,)*) = self;
                $(
                    if index < $name.count() {
                        return $name.nth(index);
                    }
                    index -= $name.count();
                )*
                None
            }
            fn oneof(&self, number: u32) -> &'static [&'static Label] {
                let ($($name,)*) = self;
                $(
                    let labels = $name.oneof(number);
                    if !labels.is_empty() {
                        return labels;
                    }
                )*
                &[]
            }
        }
    )*};
}

tuples! {
    /;
    A / A;
    A B / B A;
    A B C / C B A;
    A B C D / D C B A;
    A B C D E / E D C B A;
    A B C D E F / F E D C B A;
    A B C D E F G / G F E D C B A;
    A B C D E F G H / H G F E D C B A;
    A B C D E F G H I / I H G F E D C B A;
    A B C D E F G H I J / J I H G F E D C B A;
    A B C D E F G H I J K / K J I H G F E D C B A;
    A B C D E F G H I J K L / L K J I H G F E D C B A;
}
