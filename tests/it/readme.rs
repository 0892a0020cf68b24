//! What the README tells of limits and codes is what there is.

use std::{fs, path::Path};

use carryall::{graphql::Code, limits::Limits};

fn readme() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap()
}

/// The rows of the table that begins with this head.
fn rows(readme: &str, head: &str) -> Vec<String> {
    let (_, table) = readme.split_once(head).unwrap_or_else(|| panic!("there is no table {head}"));
    table.lines().skip(2).take_while(|line| line.starts_with('|')).map(str::to_owned).collect()
}

#[test]
fn every_limit_stands_in_the_readme_with_its_default_and_its_range() {
    let of = |limit: carryall::limits::Limit| {
        let (least, most) = limit.range.into_inner();
        format!("| `{}` | {} | {least} to {most} | {} |", limit.name, limit.default, limit.what)
    };
    let listed: Vec<_> = Limits::all().into_iter().map(of).collect();
    assert_eq!(rows(&readme(), "| limit | default | range | what it bounds |"), listed);
}

#[test]
fn every_code_stands_in_the_readme_with_what_to_do() {
    let listed: Vec<_> = Code::ALL.iter().map(|code| format!("| `{}` | {} |", code.as_str(), code.meaning())).collect();
    assert_eq!(rows(&readme(), "| code | what it means, and what to do |"), listed);
}
