//! No file imports another that imports it again, by whatever way.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use proc_macro2::{TokenStream, TokenTree};
use raadhuis_tests::files;

/// A module by its names below the crate, such as `["graphql", "connection"]`.
type Module = Vec<String>;

#[test]
fn no_files_of_a_crate_import_each_other_in_a_circle() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for folder in crate::architecture::FOLDERS {
        let source = if folder == "src" { root.join(folder) } else { root.join(folder).join("src") };
        let imports = read_imports(&source);
        assert!(!imports.is_empty(), "{folder} has no files");
        for module in imports.keys() {
            assert!(!reaches_itself(module, &imports), "{folder}: {} is in a circle", module.join("::"));
        }
    }
}

#[test]
fn a_circle_of_three_is_seen_and_a_chain_is_none() {
    let imports = |pairs: &[(&str, &str)]| {
        let mut all = BTreeMap::<Module, BTreeSet<Module>>::new();
        for (from, to) in pairs {
            all.entry(vec![(*from).to_owned()]).or_default().insert(vec![(*to).to_owned()]);
        }
        all
    };
    let circle = imports(&[("a", "b"), ("b", "c"), ("c", "a"), ("d", "a")]);
    assert!(["a", "b", "c"].iter().all(|name| reaches_itself(&vec![(*name).to_owned()], &circle)));
    assert!(!reaches_itself(&vec!["d".to_owned()], &circle));
    let mut paths = Vec::new();
    let code = "use crate::{a::{self, B}, c}; fn f() { super::g::h(); let x: self::y::Z; }";
    collect_paths(code.parse().unwrap(), &mut paths);
    let joined: Vec<String> = paths.iter().map(|path| path.join("::")).collect();
    assert_eq!(joined, ["crate::a::self", "crate::a::B", "crate::c", "super::g::h", "self::y::Z"]);
}

/// The modules that each module of a crate imports. The root is left out: it names all others.
fn read_imports(source: &Path) -> BTreeMap<Module, BTreeSet<Module>> {
    let mut codes = BTreeMap::new();
    for path in files(source) {
        let relative = path.strip_prefix(source).unwrap().with_extension("");
        let mut module: Module = relative.iter().map(|name| name.to_str().unwrap().to_owned()).collect();
        if module.last().is_some_and(|name| ["mod", "lib", "main"].contains(&name.as_str())) {
            module.pop();
        }
        let is_code = path.extension().is_some_and(|end| end == "rs") && !path.ends_with("tests.rs");
        if is_code && !module.is_empty() {
            codes.insert(module, crate::architecture::read_code(&path));
        }
    }
    let modules: BTreeSet<Module> = codes.keys().cloned().collect();
    let mut imports = BTreeMap::new();
    for (module, code) in codes {
        let mut paths = Vec::new();
        collect_paths(code.parse().unwrap(), &mut paths);
        let named = paths.iter().map(|path| resolve_path(path, &module, &modules));
        let others: BTreeSet<Module> =
            named.filter(|named| *named != module && modules.contains(named)).collect();
        imports.insert(module, others);
    }
    imports
}

/// The module in which a path ends.
fn resolve_path(path: &[String], module: &Module, modules: &BTreeSet<Module>) -> Module {
    let mut found = module.clone();
    for name in path {
        match name.as_str() {
            "crate" => found.clear(),
            "self" => {}
            "super" => drop(found.pop()),
            name => {
                let below: Module = found.iter().cloned().chain([name.to_owned()]).collect();
                if !modules.contains(&below) {
                    break;
                }
                found = below;
            }
        }
    }
    found
}

/// Collects all paths that begin with `crate`, `self` or `super`, those of nested imports one by one.
fn collect_paths(stream: TokenStream, found: &mut Vec<Vec<String>>) {
    let tokens: Vec<TokenTree> = stream.into_iter().collect();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        match token {
            TokenTree::Ident(name)
                if ["crate", "self", "super"].iter().any(|word| name == word)
                    && is_colons(&tokens, at + 1) =>
            {
                at = read_path(&tokens, at, Vec::new(), found);
            }
            TokenTree::Group(group) => {
                collect_paths(group.stream(), found);
                at += 1;
            }
            _ => at += 1,
        }
    }
}

fn is_colons(tokens: &[TokenTree], at: usize) -> bool {
    let is_colon =
        |at: usize| matches!(tokens.get(at), Some(TokenTree::Punct(sign)) if sign.as_char() == ':');
    is_colon(at) && is_colon(at + 1)
}

/// Reads the path at `at`; returns the position after it.
fn read_path(
    tokens: &[TokenTree],
    mut at: usize,
    mut path: Vec<String>,
    found: &mut Vec<Vec<String>>,
) -> usize {
    loop {
        match tokens.get(at) {
            Some(TokenTree::Ident(name)) => path.push(name.to_string()),
            Some(TokenTree::Group(group)) => {
                let inside: Vec<TokenTree> = group.stream().into_iter().collect();
                let is_comma =
                    |token: &TokenTree| matches!(token, TokenTree::Punct(sign) if sign.as_char() == ',');
                for part in inside.split(is_comma).filter(|part| !part.is_empty()) {
                    read_path(part, 0, path.clone(), found);
                }
                return at + 1;
            }
            _ => break,
        }
        at += 1;
        if !is_colons(tokens, at) {
            break;
        }
        at += 2;
    }
    found.push(path);
    at
}

fn reaches_itself(module: &Module, imports: &BTreeMap<Module, BTreeSet<Module>>) -> bool {
    let mut open: Vec<&Module> = vec![module];
    let mut seen = BTreeSet::new();
    while let Some(next) = open.pop() {
        for other in imports.get(next).into_iter().flatten() {
            if other == module {
                return true;
            }
            if seen.insert(other) {
                open.push(other);
            }
        }
    }
    false
}
