//! Tokens to text, as a person would have laid it out: prettyplease for each item, and blank lines between
//! items, and between members where one of them has a body or a comment.

mod embedded;
mod fit;

use proc_macro2::TokenStream;
use syn::{File, ImplItem, Item, ItemImpl, ItemTrait, TraitItem};

use crate::emit::{self, Piece};
use crate::plan::{Module, Package};

const INDENT: &str = "    ";

/// The text of a package's file: comment lines, then items.
///
/// # Errors
/// The tokens are no items: a mistake of the plugin's own.
pub fn file(header: &str, package: &Package) -> Result<String, syn::Error> {
    let mut head = vec![item_text(emit::guard(package), 0)?];
    let body = blocks(&package.module, 0)?;
    head.splice(..0, uses(&package.module, 0)?);
    let embedded = package.embedded.as_ref().map(|embedded| embedded::text(embedded, package));
    let items = head.into_iter().chain(body).chain(embedded).flat_map(|block| ["\n".to_owned(), block]);
    Ok([header.to_owned()].into_iter().chain(items).collect())
}

/// The items of a module, each as it stands in the file. Written one at a time, since tokens take much more
/// memory than text.
fn blocks(module: &Module, depth: usize) -> Result<Vec<String>, syn::Error> {
    emit::pieces(module)
        .map(|piece| match piece {
            Piece::Item(tokens) => Ok(indented(&item_text(tokens, depth)?, depth)),
            Piece::Module(head, inside) => {
                let empty = unparse(vec![syn::parse2(quote::quote!(#head {}))?]);
                let items = blocks(inside, depth + 1)?;
                let items = uses(inside, depth + 1)?.into_iter().chain(items).collect::<Vec<_>>();
                Ok([indented(&open(&empty), depth), items.join("\n"), indented("}\n", depth)].concat())
            }
        })
        .collect()
}

/// The `use` items of a module whose other items are written, if there are any.
fn uses(module: &Module, depth: usize) -> Result<Option<String>, syn::Error> {
    let uses = module.scope.uses().into_iter().map(|item| Ok(indented(&item_text(item, depth)?, depth)));
    let uses = uses.collect::<Result<String, syn::Error>>()?;
    Ok(Some(uses).filter(|uses| !uses.is_empty()))
}

/// The text as it stands in the file. Doc comments become the lines that they are.
fn indented(lines: &str, depth: usize) -> String {
    let mut text = String::with_capacity(lines.len());
    for line in lines.lines() {
        let indent = line.len() - line.trim_start().len();
        for (index, part) in line.split(emit::LINE).enumerate() {
            if !line.is_empty() {
                text.extend(std::iter::repeat_n(INDENT, depth));
            }
            if index > 0 {
                text.extend(std::iter::repeat_n(' ', indent));
                text.push_str("///");
            }
            text.push_str(part);
            text.push('\n');
        }
    }
    text
}

fn item_text(tokens: TokenStream, depth: usize) -> Result<String, syn::Error> {
    Ok(match syn::parse2(tokens)? {
        Item::Impl(mut item) => {
            let members = std::mem::take(&mut item.items);
            let members = members.into_iter().map(|member| {
                let body = matches!(member, ImplItem::Fn(_));
                (body, member_text(member, depth))
            });
            let members = members.collect::<Vec<_>>();
            block(Item::Impl(item), members)
        }
        Item::Trait(mut item) => {
            let members = std::mem::take(&mut item.items);
            let members = members.into_iter().map(|member| (true, trait_member_text(member, depth)));
            let members = members.collect::<Vec<_>>();
            block(Item::Trait(item), members)
        }
        Item::Use(item) => fit::fill(&unparse(vec![Item::Use(item)]), depth * INDENT.len()),
        item => fit::fit(&unparse(vec![item]), depth * INDENT.len()),
    })
}

/// An item with braces around members that are printed one by one.
fn block(item: Item, members: Vec<(bool, String)>) -> String {
    let empty = unparse(vec![item]);
    if members.is_empty() {
        return empty;
    }
    let mut text = open(&empty);
    let mut last = None;
    for (body, member) in members {
        let stands_apart = body || member.lines().count() > 1;
        if last.is_some_and(|last| last || stands_apart) {
            text.push('\n');
        }
        last = Some(stands_apart);
        text.push_str(&member);
    }
    text + "}\n"
}

/// `impl X {}` to `impl X {`.
fn open(empty: &str) -> String {
    let head = empty.trim_end();
    let head = head.strip_suffix('}').unwrap_or(head).trim_end();
    format!("{head}\n")
}

/// A member as it stands in an `impl`.
fn member_text(member: ImplItem, depth: usize) -> String {
    let mut item: ItemImpl = syn::parse_quote!(impl X {});
    item.items.push(member);
    inside(&unparse(vec![Item::Impl(item)]), depth)
}

fn trait_member_text(member: TraitItem, depth: usize) -> String {
    let mut item: ItemTrait = syn::parse_quote!(
        trait X {}
    );
    item.items.push(member);
    inside(&unparse(vec![Item::Trait(item)]), depth)
}

/// What stands between the first line and the last.
fn inside(block: &str, depth: usize) -> String {
    let lines = block.lines().collect::<Vec<_>>();
    let members = lines.get(1..lines.len().saturating_sub(1)).unwrap_or_default();
    fit::fit(&members.join("\n"), depth * INDENT.len())
}

fn unparse(items: Vec<Item>) -> String {
    prettyplease::unparse(&File { shebang: None, frontmatter: None, attrs: Vec::new(), items })
}
