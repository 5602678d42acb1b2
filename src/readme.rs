//! Compares the README with the command line: the README must name every option at the commands that have it, and no
//! other.

use std::collections::{BTreeMap, BTreeSet};

use clap::CommandFactory;

use crate::command::Cli;

type Options = BTreeMap<String, BTreeSet<String>>;

const README: &str = include_str!("../README.md");

fn collect_known() -> Options {
    let mut known = Options::new();
    for command in Cli::command().get_subcommands() {
        let options = command.get_arguments().filter(|argument| !argument.is_hide_set());
        let names = options.filter_map(|argument| argument.get_long()).map(str::to_owned).collect();
        known.insert(command.get_name().to_owned(), names);
    }
    known
}

fn find_code(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The names of options in a text.
fn find_options(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| c.is_whitespace() || c == ',' || c == ';' || c == '`' || c == '[')
        .filter_map(|word| word.strip_prefix("--"))
        .map(str::to_owned)
}

/// The options that the README names, by command.
fn collect_documented(known: &Options) -> Options {
    let mut documented = Options::new();
    for line in README.lines() {
        if let Some(rest) = line.strip_prefix("raadhuis ") {
            let command = rest.split_whitespace().next().unwrap_or_default();
            documented.entry(command.to_owned()).or_default().extend(find_options(rest));
        }
        let cells: Vec<&str> = line.trim_matches('|').split('|').collect();
        let [options, commands, _] = cells.as_slice() else { continue };
        let named: BTreeSet<&str> = find_code(commands).collect();
        let is_listed = |command: &str| match commands.trim().strip_prefix("all") {
            Some(_) => !named.contains(command),
            None => named.contains(command),
        };
        for command in known.keys().filter(|command| is_listed(command)) {
            documented.entry(command.clone()).or_default().extend(find_options(options));
        }
    }
    documented
}

#[test]
fn the_readme_names_every_option_of_every_command_and_no_other() {
    let known = collect_known();
    let documented = collect_documented(&known);
    let none = BTreeSet::new();
    let mut wrong = Vec::new();
    for (command, options) in &known {
        let named = documented.get(command).unwrap_or(&none);
        wrong.extend(options.difference(named).map(|option| format!("{command} --{option} is not named")));
        wrong.extend(named.difference(options).map(|option| format!("{command} has no --{option}")));
    }
    wrong
        .extend(documented.keys().filter(|name| !known.contains_key(*name)).map(|name| format!("no {name}")));
    assert!(wrong.is_empty(), "{wrong:#?}");
}
