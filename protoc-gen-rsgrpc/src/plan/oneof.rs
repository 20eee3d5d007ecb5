//! Plans the type of a `oneof`.

use super::imports::Scope;
use super::message::{constant_name, constant_of};
use super::model::{Oneof, Own, Variant};
use super::names::{self, Names, ident};
use super::places::numbered;
use super::table;
use super::{Planner, docs};
use crate::schema::{self, Kind, Shape};

/// The names of a member.
pub(super) struct Member {
    /// `EbookUrl`.
    pub variant: String,
    /// `EBOOK_URL`.
    pub constant: String,
    /// `into_ebook_url`.
    pub into: String,
}

/// The two types of a `oneof`.
pub(super) struct Types {
    /// `book::Format`.
    pub owned: String,
    /// `book::FormatView`, or the same.
    pub view: String,
    /// Whether the second one borrows.
    pub borrows: bool,
}

/// How `scope` calls the types of a message's `oneof`.
pub(super) fn types(planner: &Planner<'_>, scope: &Scope, message: &schema::Message, at: usize) -> Types {
    let borrows = borrows(message, at);
    let tokens = planner.places.get(&message.name.full).and_then(|named| {
        let names = named.oneofs.get(at)?;
        let place = named.place.child(&named.module);
        let view = if borrows { &names.view } else { &names.name };
        Some((scope.type_at(&place, &names.name, false), scope.type_at(&place, view, false)))
    });
    let (owned, view) = tokens.unwrap_or_default();
    Types { owned, view, borrows }
}

/// Plans the `oneof` in the words of `scope`, the module of the message's nested types.
pub(super) fn plan(
    planner: &Planner<'_>,
    scope: &Scope,
    message: &schema::Message,
    at: usize,
) -> Option<Oneof> {
    let oneof = message.oneofs.get(at)?;
    let named = planner.places.get(&message.name.full)?;
    let names = named.oneofs.get(at)?;
    let mut mentions_deprecated = named.deprecated;
    let mut inline_message = false;
    let mut variants = Vec::new();
    for (&index, member) in oneof.fields.iter().zip(members(message, at)) {
        let Some(field) = message.fields.get(index) else { continue };
        let column = table::column(planner, scope, &message.name.full, field);
        let facts = table::facts(planner, field);
        mentions_deprecated |= facts.deprecated;
        inline_message |= facts.has_message && !planner.graph.is_boxed(&message.name.full, field.number);
        variants.push(Variant {
            docs: docs::of(field.comment.as_deref(), field.deprecated),
            name: member.variant,
            constant: constant_of(&column, field, member.constant),
            into: facts.has_message.then_some(member.into),
            owned: column.owned,
            view: column.view,
            own: if column.own == Own::Clone { Own::Copy } else { column.own },
        });
    }
    Some(Oneof {
        docs: docs::of(oneof.comment.as_deref(), false)
            .or_else(|| format!(" What `{}` of `{}` can be.", oneof.name, message.name.full)),
        name: ident(&names.name),
        view: borrows(message, at).then(|| ident(&names.view)),
        uneven: inline_message && variants.len() > 1,
        variants,
        mentions_deprecated,
    })
}

/// Whether a member of the `oneof` borrows in a view.
fn borrows(message: &schema::Message, at: usize) -> bool {
    let fields = message.oneofs.get(at).map(|oneof| oneof.fields.as_slice()).unwrap_or_default();
    fields.iter().filter_map(|&field| message.fields.get(field)).any(|field| {
        let Shape::Singular { kind, .. } = &field.shape else { return false };
        matches!(kind, Kind::String | Kind::Bytes | Kind::Message { .. })
    })
}

/// The names of a `oneof`'s members.
pub(super) fn members(message: &schema::Message, at: usize) -> Vec<Member> {
    let fields = message.oneofs.get(at).map(|oneof| oneof.fields.as_slice()).unwrap_or_default();
    let fields = fields.iter().filter_map(|&field| message.fields.get(field));
    let spelled = fields.map(|field| (field.name.as_str(), i64::from(field.number))).collect::<Vec<_>>();
    // Variants and constants share a namespace, and `A` is in both cases.
    let mut names = Names::default();
    let variants = numbered(&mut names, spelled.iter().copied(), names::camel);
    let methods = numbered(&mut Names::default(), spelled, names::snake);
    let mut intos = Names::default();
    let member = |(variant, method): (String, String)| Member {
        variant: ident(&variant),
        constant: ident(&names.take(constant_name(&method))),
        into: ident(&intos.take(format!("into_{}", method.trim_start_matches('_')))),
    };
    variants.into_iter().zip(methods).map(member).collect()
}
