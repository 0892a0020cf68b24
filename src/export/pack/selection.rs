//! Which of a source's tables are exported: its own patterns, and those of one export.

use super::NamedSource;
use crate::source::{Contents, LeftOut, Patterns, Table};

/// Moves what is not to be exported to what is left out, where everyone can see it. A pattern that fits nothing is told: it
/// is likely a typing error.
pub(super) fn select(named: &NamedSource, exclude: &Patterns, unused: &mut Unused, contents: &mut Contents) {
    let names: Vec<[String; 2]> = contents.tables.iter().map(names).collect();
    let paths = contents.files.iter().map(|file| [file.path.clone(), file.path.clone()]);
    let all: Vec<_> = names.into_iter().chain(paths).collect();
    unused.see(named, &all);
    for patterns in [&named.include, &named.exclude] {
        let idle = patterns.each().filter(|pattern| !all.iter().any(|names| fit(pattern, names)));
        contents
            .warnings
            .extend(idle.map(|pattern| format!("the pattern {pattern} of source {} fits nothing", named.name)));
    }
    let reason = |names: &[String; 2]| {
        if !named.include.is_empty() && !fit(&named.include, names) {
            Some("not included by the settings")
        } else if fit(&named.exclude, names) {
            Some("excluded by the settings")
        } else if fit(exclude, names) || exclude.fit(&[&format!("{}/{}", named.name, names[1])]) {
            Some("excluded for this export")
        } else {
            None
        }
    };
    let mut reasons = all.iter().map(reason);
    let left_out = &mut contents.left_out;
    contents.tables.retain(|table| match reasons.next().flatten() {
        Some(reason) => {
            left_out.push(LeftOut { schema: table.schema.clone(), name: table.name.clone(), reason });
            false
        }
        None => true,
    });
    contents.files.retain(|file| match reasons.next().flatten() {
        Some(reason) => {
            left_out.push(LeftOut { schema: None, name: file.path.clone(), reason });
            false
        }
        None => true,
    });
}

fn names(table: &Table) -> [String; 2] {
    [table.name.clone(), table.full_name()]
}

fn fit(patterns: &Patterns, names: &[String; 2]) -> bool {
    patterns.fit(&[&names[0], &names[1]])
}

/// The patterns of an export that have not fitted anything yet, in any source.
pub(super) struct Unused(Vec<Patterns>);

impl Unused {
    pub(super) fn of(patterns: &Patterns) -> Self {
        Self(patterns.each().collect())
    }

    fn see(&mut self, named: &NamedSource, all: &[[String; 2]]) {
        let fits = |pattern: &Patterns, names: &[String; 2]| {
            fit(pattern, names) || pattern.fit(&[&format!("{}/{}", named.name, names[1])])
        };
        self.0.retain(|pattern| !all.iter().any(|names| fits(pattern, names)));
    }

    pub(super) fn warning(self) -> Option<String> {
        let patterns: Vec<_> = self.0.iter().map(ToString::to_string).collect();
        (!patterns.is_empty())
            .then(|| format!("no table fits what this export was to leave out: {}", patterns.join(", ")))
    }
}
