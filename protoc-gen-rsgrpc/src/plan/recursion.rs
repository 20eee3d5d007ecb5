//! What follows from messages holding messages: where a box is needed, and who has required fields inside.

use std::collections::{HashMap, HashSet};

use crate::schema::{Field, Kind, Message, Presence, Schema, Shape};

/// So many messages may lie in each other without a box between them: rustc gives up at about 128.
const UNBOXED: u32 = 64;

/// The schema's messages and what they hold, by full name.
#[derive(Debug, Default)]
pub(super) struct Graph {
    boxed: HashSet<(String, u32)>,
    required: HashSet<String>,
}

impl Graph {
    /// Looks at every message once. The answer does not depend on which files are generated.
    pub(super) fn new(schema: &Schema) -> Self {
        let mut messages = Vec::new();
        for file in &schema.files {
            collect(&file.messages, &mut messages);
        }
        let index: HashMap<&str, usize> =
            messages.iter().enumerate().map(|(at, message)| (message.name.full.as_str(), at)).collect();
        let by_value = messages.iter().map(|message| edges(message, &index, true)).collect::<Vec<_>>();
        let all = messages.iter().map(|message| edges(message, &index, false)).collect::<Vec<_>>();
        let boxed = boxed(&by_value)
            .into_iter()
            .filter_map(|(at, number)| Some((messages.get(at)?.name.full.clone(), number)))
            .collect();
        Self { boxed, required: required(&messages, &all) }
    }

    /// Whether field `number` of `message` has to hold its message in a box: the message would contain itself,
    /// or be nested too deep for rustc.
    pub(super) fn is_boxed(&self, message: &str, number: u32) -> bool {
        self.boxed.contains(&(message.to_owned(), number))
    }

    /// Whether `message` has required fields, itself or in a message that it can hold.
    pub(super) fn has_required(&self, message: &str) -> bool {
        self.required.contains(message)
    }
}

/// An edge: the index of the message held, and the number of the field that holds it.
type Edges = Vec<(usize, u32)>;

fn collect<'a>(messages: &'a [Message], out: &mut Vec<&'a Message>) {
    for message in messages {
        out.push(message);
        collect(&message.messages, out);
    }
}

fn edges(message: &Message, index: &HashMap<&str, usize>, by_value: bool) -> Edges {
    let edge = |field: &Field| {
        let kind = match &field.shape {
            Shape::Singular { kind, .. } => kind,
            Shape::Repeated { kind, .. } | Shape::Map { value: kind, .. } if !by_value => kind,
            Shape::Repeated { .. } | Shape::Map { .. } => return None,
        };
        let Kind::Message { name, .. } = kind else { return None };
        Some((*index.get(name.as_str())?, field.number))
    };
    message.fields.iter().filter_map(edge).collect()
}

/// The fields that need a box: those inside a strongly connected component (Tarjan's algorithm, without
/// recursion, in linear time), and those on top of a chain that is too long.
fn boxed(edges: &[Edges]) -> Vec<(usize, u32)> {
    const NEW: u32 = 0;
    let count = edges.len();
    let (mut order, mut low) = (vec![NEW; count], vec![0_u32; count]);
    let (mut component, mut depth) = (vec![usize::MAX; count], vec![0_u32; count]);
    let (mut next, mut components) = (NEW, 0);
    let (mut open, mut calls) = (Vec::new(), Vec::new());
    let mut boxed = Vec::new();
    // In a message being visited: which message, and which of its edges comes next.
    for root in 0..count {
        if get(&order, root) != NEW {
            continue;
        }
        calls.push((root, 0_usize));
        while let Some((at, edge)) = calls.pop() {
            if edge == 0 {
                next += 1;
                set(&mut order, at, next);
                set(&mut low, at, next);
                open.push(at);
            }
            let targets = edges.get(at).map(Vec::as_slice).unwrap_or_default();
            // The edge that was followed last has come back.
            if let Some(&(target, _)) = edge.checked_sub(1).and_then(|last| targets.get(last))
                && get(&component, target) == usize::MAX
            {
                let reached = get(&low, at).min(get(&low, target));
                set(&mut low, at, reached);
            }
            if let Some(&(target, _)) = targets.get(edge) {
                calls.push((at, edge + 1));
                if get(&order, target) == NEW {
                    calls.push((target, 0));
                }
                continue;
            }
            if get(&low, at) != get(&order, at) {
                continue;
            }
            let start = open.iter().rposition(|&member| member == at).unwrap_or_default();
            let members = open.split_off(start);
            for &member in &members {
                set(&mut component, member, components);
            }
            for &member in &members {
                for &(target, number) in edges.get(member).map(Vec::as_slice).unwrap_or_default() {
                    let below = get(&depth, target);
                    if get(&component, target) == components || below >= UNBOXED {
                        boxed.push((member, number));
                    } else {
                        let deeper = get(&depth, member).max(below + 1);
                        set(&mut depth, member, deeper);
                    }
                }
            }
            components += 1;
        }
    }
    boxed
}

fn get<T: Copy + Default>(values: &[T], at: usize) -> T {
    values.get(at).copied().unwrap_or_default()
}

fn set<T>(values: &mut [T], at: usize, value: T) {
    if let Some(slot) = values.get_mut(at) {
        *slot = value;
    }
}

/// Goes from the messages with required fields to those that hold them.
fn required(messages: &[&Message], edges: &[Edges]) -> HashSet<String> {
    let mut holders = vec![Vec::new(); messages.len()];
    for (holder, edges) in edges.iter().enumerate() {
        for &(target, _) in edges {
            if let Some(holders) = holders.get_mut(target) {
                holders.push(holder);
            }
        }
    }
    let is_required =
        |field: &Field| matches!(field.shape, Shape::Singular { presence: Presence::Required { .. }, .. });
    let mut open = (0..messages.len())
        .filter(|&at| messages.get(at).is_some_and(|message| message.fields.iter().any(is_required)))
        .collect::<Vec<_>>();
    let mut found = HashSet::new();
    while let Some(at) = open.pop() {
        if messages.get(at).is_some_and(|message| found.insert(message.name.full.clone())) {
            open.extend(holders.get(at).into_iter().flatten());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{File, Name};

    /// A schema of messages, each with the indices of those that it holds: field 1 the first, and so on.
    fn schema(holds: &[&[usize]], presence: &Presence) -> Schema {
        let message = |(at, targets): (usize, &&[usize])| Message {
            name: Name { full: format!("m{at}"), simple: format!("m{at}") },
            comment: None,
            deprecated: false,
            fields: (1..)
                .zip(targets.iter())
                .map(|(number, target)| field(number, *target, presence))
                .collect(),
            set: false,
            reserved: Vec::new(),
            extensions: Vec::new(),
            oneofs: Vec::new(),
            messages: Vec::new(),
            enums: Vec::new(),
        };
        let file = File {
            path: "a.proto".into(),
            package: String::new(),
            generate: true,
            comment: None,
            deprecated: false,
            messages: holds.iter().enumerate().map(message).collect(),
            enums: Vec::new(),
            services: Vec::new(),
            extensions: vec![],
        };
        Schema { files: vec![file] }
    }

    fn field(number: u32, target: usize, presence: &Presence) -> Field {
        let kind = Kind::Message { name: format!("m{target}"), delimited: false };
        Field {
            number,
            name: format!("f{number}"),
            json_name: String::new(),
            comment: None,
            deprecated: false,
            redacted: false,
            shape: Shape::Singular { presence: presence.clone(), kind },
        }
    }

    #[track_caller]
    fn test(holds: &[&[usize]], boxed: &[(usize, u32)]) {
        let graph = Graph::new(&schema(holds, &Presence::Explicit { default: None }));
        for (at, targets) in holds.iter().enumerate() {
            for (number, _) in (1..).zip(targets.iter()) {
                let expected = boxed.contains(&(at, number));
                assert_eq!(graph.is_boxed(&format!("m{at}"), number), expected, "m{at}, field {number}");
            }
        }
    }

    #[test]
    fn boxes_are_where_a_way_leads_back() {
        test(&[&[1], &[]], &[]);
        test(&[&[0]], &[(0, 1)]);
        test(&[&[1], &[0, 2], &[3], &[2]], &[(0, 1), (1, 1), (2, 1), (3, 1)]);
        test(&[&[1, 2], &[3], &[3], &[]], &[]);
        test(
            &[&[1, 3], &[2], &[0], &[4], &[3, 0]],
            &[(0, 1), (0, 2), (1, 1), (2, 1), (3, 1), (4, 1), (4, 2)],
        );
    }

    #[test]
    fn a_long_chain_is_broken() {
        let next: Vec<[usize; 1]> = (1..200).map(|at| [at]).collect();
        let mut holds: Vec<&[usize]> = next.iter().map(<[usize; 1]>::as_slice).collect();
        holds.push(&[]);
        test(&holds, &[(134, 1), (69, 1), (4, 1)]);
    }

    #[test]
    fn required_fields_are_inherited() {
        let mut schema = schema(&[&[1], &[2], &[], &[0]], &Presence::Explicit { default: None });
        schema.files[0].messages[1].fields.push(field(2, 2, &Presence::Required { default: None }));
        let graph = Graph::new(&schema);
        let required = ["m0", "m1", "m2", "m3"].map(|name| graph.has_required(name));
        assert_eq!(required, [true, true, false, true]);
    }
}
