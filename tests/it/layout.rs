//! The house rules that a compiler does not check: which module may name which, and what the README names.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The modules of the library, lowest first: one may name only those before it. `lib.rs` documents why.
const ORDER: [&str; 17] = [
    "clock", "secret", "scalar", "database", "limits", "token", "session", "audit", "demo", "source", "format",
    "archive", "storage", "files", "export", "graphql", "http",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

/// The library's modules that `text` names as `crate::…`, alone or in a list in braces.
fn named(text: &str) -> Vec<&str> {
    let mut named = Vec::new();
    for (start, _) in text.match_indices("crate::") {
        let rest = &text[start + "crate::".len()..];
        // In `use crate::{a::b, c::{d, e}}` each name that follows the outer brace or a comma at its level counts.
        let Some(list) = rest.strip_prefix('{') else {
            named.push(name_at(rest));
            continue;
        };
        let mut depth = 0;
        named.push(name_at(list.trim_start()));
        for (index, c) in list.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => named.push(name_at(list[index + 1..].trim_start())),
                _ => {}
            }
        }
    }
    named
}

fn name_at(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    &text[..end]
}

#[test]
fn a_module_names_only_modules_below_it() {
    let source = root().join("src");
    let mut checked = 0;
    for (place, module) in ORDER.iter().enumerate() {
        let file = source.join(format!("{module}.rs"));
        let files = if file.exists() { vec![file] } else { rust_files(&source.join(module)) };
        assert!(!files.is_empty(), "{module} is not there");
        for file in files {
            let text = fs::read_to_string(&file).unwrap();
            for name in named(&text).into_iter().filter(|name| ORDER.contains(name)) {
                let other = ORDER.iter().position(|module| *module == name).unwrap();
                assert!(other <= place, "{} names crate::{name}, which stands above {module}", file.display());
                checked += 1;
            }
        }
    }
    assert!(checked > 30, "only {checked} names were seen: the test does not see the code any more");
    let library = fs::read_to_string(source.join("lib.rs")).unwrap();
    let listed = library.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    let mut listed = listed.collect::<Vec<_>>();
    let mut order = ORDER.to_vec();
    listed.sort_unstable();
    order.sort_unstable();
    assert_eq!(listed, order, "a module of lib.rs has no place in the order");
}

#[test]
fn names_are_found_alone_and_in_lists() {
    let text = "use crate::{a::{b, c}, d, e::f};\nlet x = crate::g::h();\nuse crate::i;";
    assert_eq!(named(text), ["a", "d", "e", "g", "i"]);
}

#[test]
fn only_the_queue_writes_the_state_of_an_export() {
    let queue = |file: &&PathBuf| file.ends_with("export/queue.rs") || file.parent().unwrap().ends_with("export/queue");
    let (own, others): (Vec<_>, Vec<_>) = rust_files(&root().join("src")).into_iter().partition(|file| queue(&file));
    assert!(own.len() > 3, "the queue is not where it was");
    for file in &others {
        let text = fs::read_to_string(file).unwrap();
        let writes = text.contains("data_export::ActiveModel")
            || text.contains("data_export::{ActiveModel")
            || text.contains("data_export::{self");
        assert!(!writes, "{} writes exports", file.display());
    }
}

#[test]
fn every_path_that_the_readme_and_the_docs_name_is_there() {
    const TOPS: [&str; 12] = [
        "src/",
        "tests/",
        "benches/",
        "bench/",
        "web/",
        "entity/",
        "migration/",
        "examples/",
        "scripts/",
        ".ci/",
        "docs/",
        "packaging/",
    ];
    let pages = ["README.md", "docs/operations.md", "docs/scaling.md", "packaging/README.md"];
    let mut checked = 0;
    for page in pages.map(|page| root().join(page)) {
        let text = fs::read_to_string(&page).unwrap();
        let quoted = text.split('`').skip(1).step_by(2);
        let paths =
            quoted.filter(|text| TOPS.iter().any(|top| text.starts_with(top)) && !text.contains(char::is_whitespace));
        // What a link leads to, in the repository and without the heading.
        let links = text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next());
        let links = links.filter(|link| !link.is_empty() && !link.contains(':'));
        let links = links.map(|link| page.parent().unwrap().join(link));
        for path in paths.map(|path| root().join(path)).chain(links) {
            assert!(path.exists(), "{} names {}, which is not there", page.display(), path.display());
            checked += 1;
        }
    }
    assert!(checked > 30, "only {checked} paths were seen");
}
