//! Which of a source's tables are exported: its own patterns, and those of one export.

use super::NamedSource;
use crate::source::{Contents, LeftOut, Patterns};

/// What something is called: by its name, by its name with its schema, and by that with its source.
type Names = [String; 3];

/// Moves what is not to be exported to what is left out, where everyone can see it. A pattern that fits nothing is told: it
/// is likely a typing error.
pub(super) fn select(named: &NamedSource, exclude: &Patterns, unused: &mut Unused, contents: &mut Contents) {
    let tables = contents.tables.iter().map(|table| names(named, &table.name, table.full_name()));
    let files = contents.files.iter().map(|file| names(named, &file.path, file.path.clone()));
    let all: Vec<Names> = tables.chain(files).collect();
    unused.0.retain(|pattern| !all.iter().any(|names| pattern.fit(names)));
    for pattern in named.include.each().chain(named.exclude.each()) {
        if !all.iter().any(|names| pattern.fit(own(names))) {
            contents.warnings.push(format!("the pattern {pattern} of source {} fits nothing", named.name));
        }
    }
    let reason = |names: &Names| {
        if !named.include.is_empty() && !named.include.fit(own(names)) {
            Some("not included by the settings")
        } else if named.exclude.fit(own(names)) {
            Some("excluded by the settings")
        } else {
            exclude.fit(names).then_some("excluded for this export")
        }
    };
    let mut reasons = all.iter().map(reason);
    let left_out = &mut contents.left_out;
    let mut keep = |schema: Option<&String>, name: &str| {
        let reason = reasons.next().flatten();
        let left = reason.map(|reason| LeftOut { schema: schema.cloned(), name: name.to_owned(), reason });
        let keep = left.is_none();
        left_out.extend(left);
        keep
    };
    contents.tables.retain(|table| keep(table.schema.as_ref(), &table.name));
    contents.files.retain(|file| keep(None, &file.path));
}

fn names(named: &NamedSource, name: &str, full: String) -> Names {
    let with_source = format!("{}/{full}", named.name);
    [name.to_owned(), full, with_source]
}

/// The names within the source: its own settings need not say which it is.
fn own(names: &Names) -> &[String] {
    &names[..2]
}

/// The patterns of an export that have not fitted anything yet, in any source.
pub(super) struct Unused(Vec<Patterns>);

impl Unused {
    pub(super) fn of(patterns: &Patterns) -> Self {
        Self(patterns.each().collect())
    }

    pub(super) fn warning(self) -> Option<String> {
        let patterns: Vec<_> = self.0.iter().map(ToString::to_string).collect();
        let told = "no table fits what this export was to leave out";
        (!patterns.is_empty()).then(|| format!("{told}: {}", patterns.join(", ")))
    }
}
