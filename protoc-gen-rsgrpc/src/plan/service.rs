//! Plans a service: client, trait and server, and the module of its methods.

use std::collections::HashSet;

use super::imports::{Scope, Symbol};
use super::message::constant_name;
use super::model::{Docs, Item, Method, MethodConstant, Methods, Module, Service};
use super::names::{self, Names, ident};
use super::{Planner, docs};
use crate::options::Messages;
use crate::schema;

/// Methods that every client has.
const METHODS: &[&str] =
    &["clone", "clone_from", "clone_into", "fmt", "from", "into", "new", "to_owned", "type_id"];

/// Plans the service in the words of `scope`, and the module of its methods.
pub(super) fn plan(
    planner: &Planner<'_>,
    scope: &Scope,
    path: &[String],
    service: &schema::Service,
    deprecated: bool,
    items: &mut Vec<Item>,
) {
    let full = &service.name.full;
    let Some(given) = planner.places.service(full) else { return };
    let spelled = |method: &schema::Method| names::snake(&method.name);
    let mut taken = Names::default();
    METHODS.iter().for_each(|method| taken.reserve(method));
    let mut constants = Names::default();
    constants.reserve("NAME");

    let inside = [path, std::slice::from_ref(&given.module)].concat();
    let nested = Scope::new(inside, HashSet::new(), true);
    let docs = docs::of(service.comment.as_deref(), deprecated || service.deprecated);
    let mut mentions_deprecated = docs.deprecated;
    let methods = service.methods.iter().map(|method| {
        let types = [&method.input, &method.output];
        mentions_deprecated |= method.deprecated || types.iter().any(|name| planner.is_deprecated(name));
        let name = taken.take(spelled(method));
        let constant = constants.take(constant_name(&spelled(method)));
        let encoded = planner.options.views.contains(full, &method.name);
        Method {
            docs: docs::of(method.comment.as_deref(), method.deprecated),
            spelled: method.name.clone(),
            encoded: encoded.then(|| ident(&constants.take(format!("{constant}_ENCODED")))),
            constant: ident(&constant),
            name: ident(&name),
            kind: method.kind,
            input: planner.type_name(scope, &method.input),
            output: planner.type_name(scope, &method.output),
        }
    });
    let methods = methods.collect::<Vec<_>>();
    let constants = service.methods.iter().zip(&methods).flat_map(|(declared, method)| {
        let names = [Some((&method.constant, false)), method.encoded.as_ref().map(|name| (name, true))];
        names.into_iter().flatten().map(|(name, encoded)| MethodConstant {
            name: name.clone(),
            spelled: method.spelled.clone(),
            kind: method.kind,
            input: planner.type_name(&nested, &declared.input),
            output: planner.type_name(&nested, &declared.output),
            encoded,
        })
    });
    let codec = match planner.options.messages {
        Messages::Own => Symbol::Protobuf,
        Messages::Prost => Symbol::Prost,
        Messages::Protobuf => Symbol::GoogleProtobuf,
    };
    let constants = Item::Methods(Methods { full: full.clone(), codec, methods: constants.collect() });
    let module = ident(&given.module);
    items.push(Item::Service(Service {
        docs,
        full: full.clone(),
        name: ident(&given.name),
        client: ident(&given.client),
        server: ident(&given.server),
        module: module.clone(),
        strict: planner.options.strict,
        methods,
        mentions_deprecated,
    }));
    items.push(Item::Module {
        docs: Docs { lines: vec![format!(" The methods of `{full}`.")], deprecated: false },
        name: module,
        module: Module { scope: nested, items: vec![constants] },
        mentions_deprecated,
    });
}
