//! Plans a message: its struct, constants, getters and the parts of `fields()`.

use super::imports::{Scope, Symbol};
use super::model::{Choice, Constant, Field, Getter, Message, Own, Part, Slot};
use super::names::{self, Names, ident};
use super::places::numbered;
use super::table::{self, Column};
use super::{Planner, docs, oneof};
use crate::schema::{self, Presence, Shape};

/// So many fields make a message too large to be inlined where it is decoded.
const LEAF_FIELDS: usize = 8;

/// Methods that a getter must not hide.
const METHODS: &[&str] = &[
    "borrow",
    "borrow_mut",
    "clone",
    "clone_from",
    "clone_into",
    "decode",
    "decode_bytes",
    "default",
    "default_ref",
    "encode",
    "encode_into",
    "encoded_len",
    "eq",
    "fields",
    "fmt",
    "from",
    "from_text",
    "into",
    "merge",
    "missing",
    "ne",
    "to_owned",
    "to_text",
    "try_from",
    "try_into",
    "type_id",
    "unknown_fields",
    "unknown_fields_mut",
];

/// Plans `message` in the words of `scope`, the module that it is in.
pub(super) fn plan(
    planner: &Planner<'_>,
    scope: &Scope,
    message: &schema::Message,
    deprecated: bool,
) -> Message {
    let full = &message.name.full;
    let (name, view) =
        planner.places.get(full).map(|named| (named.name.as_str(), named.view.as_str())).unwrap_or_default();
    let names = FieldNames::new(message);
    let mut getters = Names::default();
    METHODS.iter().for_each(|method| getters.reserve(method));
    let (mut names_of_constants, mut constants) = (Names::default(), Vec::new());

    let docs = docs::of(message.comment.as_deref(), deprecated || message.deprecated)
        .or_else(|| format!(" The message `{full}`."));
    let mut mentions_deprecated = docs.deprecated;
    let mut oneofs = Vec::new();
    for at in 0..message.oneofs.len() {
        oneofs.push(OneofOf::new(planner, scope, message, at, &names));
    }
    let (mut slots, mut fields) = (Vec::new(), Vec::new());
    let mut leaf = message.fields.len() <= LEAF_FIELDS;
    for (index, field) in message.fields.iter().enumerate() {
        let slot = names.slots.get(index).map(String::as_str).unwrap_or_default();
        let facts = table::facts(planner, field);
        leaf &= !facts.has_message && !facts.is_map;
        mentions_deprecated |= facts.deprecated;
        if let Some(at) = oneof_of(field) {
            let Some(oneof) = oneofs.get_mut(at) else { continue };
            let Some(member) = oneof.members.next() else { continue };
            slots.extend(oneof.slot.take());
            let choice = Choice {
                owned: oneof.types.owned.clone(),
                view: oneof.types.view.clone(),
                variant: member.variant,
                into: facts.has_message.then_some(member.into),
            };
            fields.push(Field {
                slot: ident(slot),
                constant: member.constant,
                merge: facts.merge,
                choice: Some(choice),
            });
            continue;
        }
        let column = table::column(planner, scope, full, field);
        let constant = ident(&names_of_constants.take(constant_name(slot)));
        constants.push(constant_of(&column, field, constant.clone()));
        fields.push(Field { slot: ident(slot), constant, merge: facts.merge, choice: None });
        let getter = column.read.map(|(read, returns)| Getter {
            name: ident(&getters.take(slot.to_owned())),
            field: field.name.clone(),
            returns,
            read,
            default: column.default,
            float: column.float,
        });
        slots.push(Slot {
            docs: docs::of(field.comment.as_deref(), field.deprecated),
            name: ident(slot),
            owned: column.owned,
            view: column.view,
            own: column.own,
            getter,
        });
    }
    Message {
        docs,
        full: full.clone(),
        name: ident(name),
        view: ident(view),
        slots,
        unknown: ident(&names.unknown),
        parts: parts(message, &fields),
        constants,
        fields,
        reserved: message.reserved.clone(),
        leaf,
        required: planner.graph.has_required(full),
        mentions_deprecated,
    }
}

/// The index of the `oneof` that the field is in.
pub(super) fn oneof_of(field: &schema::Field) -> Option<usize> {
    match field.shape {
        Shape::Singular { presence: Presence::Oneof { index, .. }, .. } => Some(index),
        _ => None,
    }
}

/// The constant of a field in `column`, without a value.
pub(super) fn constant_of(column: &Column, field: &schema::Field, name: String) -> Constant {
    Constant {
        name,
        layout: column.layout.clone(),
        kinds: column.kinds.clone(),
        number: field.number,
        field: field.name.clone(),
        json: (field.json_name != made_json_name(&field.name)).then(|| field.json_name.clone()),
        redacted: field.redacted,
    }
}

/// The name in JSON that the runtime makes of a field's name, as protoc does; the name itself where that would be
/// longer than the runtime has room for.
fn made_json_name(name: &str) -> String {
    let (mut made, mut capital) = (String::new(), false);
    for letter in name.chars() {
        match letter {
            '_' => capital = true,
            letter => {
                made.push(if capital { letter.to_ascii_uppercase() } else { letter });
                capital = false;
            }
        }
    }
    if made.len() > 46 { name.to_owned() } else { made }
}

/// The name of a field's constant. A name without letters has no upper case, and its getter has it already.
pub(super) fn constant_name(slot: &str) -> String {
    if slot.contains(|c: char| c.is_ascii_alphabetic()) {
        slot.to_ascii_uppercase()
    } else {
        format!("FIELD{slot}")
    }
}

/// The names of the struct's fields.
struct FieldNames {
    /// For each field of the schema the slot it goes to; the members of a `oneof` share one.
    slots: Vec<String>,
    oneofs: Vec<String>,
    unknown: String,
}

impl FieldNames {
    fn new(message: &schema::Message) -> Self {
        let mut names = Names::default();
        let alone = message.fields.iter().filter(|field| oneof_of(field).is_none());
        let alone = alone.map(|field| (field.name.as_str(), i64::from(field.number)));
        let mut given = numbered(&mut names, alone, names::snake).into_iter();
        let oneofs =
            message.oneofs.iter().map(|oneof| names.take(names::snake(&oneof.name))).collect::<Vec<_>>();
        let slots = message.fields.iter().map(|field| match oneof_of(field) {
            Some(at) => oneofs.get(at).cloned().unwrap_or_default(),
            None => given.next().unwrap_or_default(),
        });
        let slots = slots.collect();
        Self { slots, oneofs, unknown: names.take("unknown_fields".to_owned()) }
    }
}

/// A `oneof` while the fields of its message are planned.
struct OneofOf {
    types: oneof::Types,
    members: std::vec::IntoIter<oneof::Member>,
    /// Its slot, until the first member is met.
    slot: Option<Slot>,
}

impl OneofOf {
    fn new(
        planner: &Planner<'_>,
        scope: &Scope,
        message: &schema::Message,
        at: usize,
        names: &FieldNames,
    ) -> Self {
        let types = oneof::types(planner, scope, message, at);
        let option = scope.symbol(Symbol::Option);
        let (owned, view) = (&types.owned, &types.view);
        let slot = Slot {
            docs: docs::of(message.oneofs.get(at).and_then(|oneof| oneof.comment.as_deref()), false),
            name: ident(names.oneofs.get(at).map(String::as_str).unwrap_or_default()),
            owned: format!("{option}<{owned}>"),
            view: if types.borrows { format!("{option}<{view}<'a>>") } else { format!("{option}<{view}>") },
            own: if types.borrows { Own::Own } else { Own::Clone },
            getter: None,
        };
        Self { members: oneof::members(message, at).into_iter(), slot: Some(slot), types }
    }
}

/// The parts of `fields()`, by number: a `oneof` stands once, or once for each run of its members.
fn parts(message: &schema::Message, fields: &[Field]) -> Vec<Part> {
    // The oneof, the first field with its number, and the last number.
    let mut runs: Vec<(Option<usize>, &Field, u32, u32)> = Vec::new();
    let mut count = vec![0_u32; message.oneofs.len()];
    for (declared, field) in message.fields.iter().zip(fields) {
        let choice = oneof_of(declared);
        match runs.last_mut() {
            Some((last, .., end)) if choice.is_some() && *last == choice => *end = declared.number,
            _ => {
                if let Some(count) = choice.and_then(|at| count.get_mut(at)) {
                    *count += 1;
                }
                runs.push((choice, field, declared.number, declared.number));
            }
        }
    }
    let part = |(choice, field, first, last): (Option<usize>, &Field, u32, u32)| match choice {
        None => Part::Field { constant: field.constant.clone(), slot: field.slot.clone() },
        Some(at) => Part::Choice {
            slot: field.slot.clone(),
            within: (count.get(at) > Some(&1)).then_some((first, last)),
        },
    };
    runs.into_iter().map(part).collect()
}
