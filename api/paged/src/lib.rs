//! The attribute `#[paged]`, which gives lists of the graph their page arguments.

use proc_macro::TokenStream;
use proc_macro2::Span;
use quote::{ToTokens, quote, quote_spanned};
use syn::{FnArg, ImplItem, ImplItemFn, ItemImpl, Pat, parse_macro_input, parse_quote_spanned};

/// Expands each parameter `paging: Paging` in an `#[Object]` impl into the four page arguments of Relay (`first`, `after`,
/// `last`, `before`), and collects their values in `paging`. A method without a `complexity` gets that of a list. It must
/// come before `#[Object]`.
#[proc_macro_attribute]
pub fn paged(_: TokenStream, item: TokenStream) -> TokenStream {
    let mut object = parse_macro_input!(item as ItemImpl);
    for item in &mut object.items {
        if let ImplItem::Fn(method) = item {
            expand_paging(method);
        }
    }
    object.into_token_stream().into()
}

fn expand_paging(method: &mut ImplItemFn) {
    // The new names get the span of the parameter, so that they are visible where the method was written.
    let Some(span) = method.sig.inputs.iter().find_map(find_paging) else { return };
    for input in std::mem::take(&mut method.sig.inputs) {
        if find_paging(&input).is_none() {
            method.sig.inputs.push(input);
            continue;
        }
        method.sig.inputs.push(parse_quote_spanned! { span =>
            #[graphql(desc = "The number of rows, at most 100; 20 when not given.")] first: Option<i32>
        });
        method.sig.inputs.push(parse_quote_spanned! { span =>
            #[graphql(desc = "Only rows after this cursor.")] after: Option<String>
        });
        method.sig.inputs.push(parse_quote_spanned! { span =>
            #[graphql(desc = "The number of rows from the end, at most 100; replaces first.")] last: Option<i32>
        });
        method.sig.inputs.push(parse_quote_spanned! { span =>
            #[graphql(desc = "Only rows before this cursor.")] before: Option<String>
        });
    }
    let collected = parse_quote_spanned! { span => let paging = Paging { first, after, last, before }; };
    method.block.stmts.insert(0, collected);
    if !method.attrs.iter().any(sets_complexity) {
        let complexity = quote_spanned! { span => "cost(first.or(last), child_complexity)" };
        method.attrs.push(parse_quote_spanned! { span => #[graphql(complexity = #complexity)] });
    }
}

/// The place of the parameter `paging`, if this is it.
fn find_paging(input: &FnArg) -> Option<Span> {
    let FnArg::Typed(input) = input else { return None };
    match &*input.pat {
        Pat::Ident(name) if name.ident == "paging" => Some(name.ident.span()),
        _ => None,
    }
}

fn sets_complexity(attribute: &syn::Attribute) -> bool {
    attribute.path().is_ident("graphql") && quote!(#attribute).to_string().contains("complexity")
}
