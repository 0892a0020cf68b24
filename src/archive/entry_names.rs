//! Paths in the archive for tables of any name: ones that every system can extract, no two of which
//! are the same file where case does not count.

use std::collections::{HashMap, HashSet};

/// Most bytes of a file's name that a table's name takes, schema and all: with a number and an ending it stays below the
/// 255 that file systems take.
const LONGEST: usize = 180;
/// Names that Windows does not give to a file, whatever the ending
/// (<https://learn.microsoft.com/windows/win32/fileio/naming-a-file>).
const DEVICES: [&str; 4] = ["CON", "PRN", "AUX", "NUL"];

/// Characters that Windows does not take in a file's name.
const FORBIDDEN: [char; 9] = ['<', '>', ':', '"', '\\', '|', '?', '*', '/'];

/// Gives out paths, each once.
#[derive(Debug, Default)]
pub struct EntryNames {
    taken: HashSet<String>,
    /// The last number that a name got.
    numbers: HashMap<String, u32>,
}

impl EntryNames {
    /// A path for `table` of `source`, ending in `extension`. The descriptor keeps the exact name.
    /// Letters and digits of any script, `_`, `-` and `.` stay; anything else becomes `_`.
    pub fn claim(&mut self, source: &str, schema: Option<&str>, table: &str, extension: &str) -> String {
        let stem = match schema {
            Some(schema) => plain(&format!("{schema}.{table}")),
            None => plain(table),
        };
        self.once(&format!("{source}/{stem}"), &format!(".{extension}"))
    }

    /// A path for a file of `source`, whose folders and name stay as they are but for characters that not every system
    /// takes. The descriptor keeps the exact path.
    pub fn claim_file(&mut self, source: &str, path: &str) -> String {
        let parts: Vec<_> = path.split('/').map(|part| safe(part, LONGEST, |c| !FORBIDDEN.contains(&c))).collect();
        let path = format!("{source}/{}", parts.join("/"));
        // The number stands before the ending of the name; a dot in front of the name is none.
        let name = path.rfind('/').map_or(0, |slash| slash + 1);
        let dot = path[name..].rfind('.').filter(|dot| *dot > 0).map_or(path.len(), |dot| name + dot);
        self.once(&path[..dot], &path[dot..])
    }

    fn once(&mut self, stem: &str, ending: &str) -> String {
        let first = format!("{stem}{ending}");
        let mut path = first.clone();
        while !self.taken.insert(path.to_lowercase()) {
            let number = self.numbers.entry(first.to_lowercase()).or_insert(1);
            *number += 1;
            path = format!("{stem}-{number}{ending}");
        }
        path
    }
}

fn plain(name: &str) -> String {
    let mut plain = safe(name, LONGEST, |c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
    // One that begins with a dot is hidden.
    if plain.starts_with('.') {
        plain.replace_range(..1, "_");
    }
    plain
}

/// A name that every system takes for a file, of at most `longest` bytes, with `_` for what is not `allowed`.
fn safe(name: &str, longest: usize, allowed: impl Fn(char) -> bool) -> String {
    let mut plain: String = name.chars().map(|c| if allowed(c) && !c.is_control() { c } else { '_' }).collect();
    plain.truncate(plain.floor_char_boundary(longest));
    // A name that ends in a dot or a space is cut by Windows.
    if plain.ends_with(['.', ' ']) {
        plain.replace_range(plain.len() - 1.., "_");
    }
    if plain.is_empty() || is_device(&plain) {
        plain.insert(0, '_');
    }
    plain
}

/// What counts is the part before the first dot.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).to_uppercase();
    let port = stem.strip_prefix("COM").or_else(|| stem.strip_prefix("LPT"));
    let number =
        |rest: &str| matches!(rest, "¹" | "²" | "³") || (rest.len() == 1 && rest.as_bytes()[0].is_ascii_digit());
    DEVICES.contains(&stem.as_str()) || port.is_some_and(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(names: &[&str]) -> Vec<String> {
        let mut taken = EntryNames::default();
        names.iter().map(|name| taken.claim("s", None, name, "csv")).collect()
    }

    #[test]
    fn an_ordinary_name_stays_as_it_is_in_any_script() {
        assert_eq!(claim(&["accounts", "Ünïts", "客户"]), ["s/accounts.csv", "s/Ünïts.csv", "s/客户.csv"]);
    }

    #[test]
    fn a_hostile_name_stays_in_its_folder() {
        assert_eq!(
            claim(&["../../etc/passwd", "a\\b", ".", "..", ""]),
            ["s/_._.._etc_passwd.csv", "s/a_b.csv", "s/_.csv", "s/__.csv", "s/_-2.csv"]
        );
        assert_eq!(
            claim(&["nul", "com1.x", "a\nb\"c'd:e*f?g<h>i|j"]),
            ["s/_nul.csv", "s/_com1.x.csv", "s/a_b_c_d_e_f_g_h_i_j.csv"]
        );
    }

    #[test]
    fn a_long_name_fits_into_255_bytes_in_any_script() {
        for letter in ["x", "ü", "客", "𠮷"] {
            let name = letter.repeat(200);
            assert!(claim(&[&name, &name]).iter().all(|path| path.len() < 200 && path.contains(letter)), "{letter}");
        }
    }

    #[test]
    fn names_that_would_be_one_file_get_a_number() {
        assert_eq!(
            claim(&["a b", "a_b", "A_B", "a_b-2"]),
            ["s/a_b.csv", "s/a_b-2.csv", "s/A_B-3.csv", "s/a_b-2-2.csv"]
        );
    }

    #[test]
    fn a_file_keeps_its_folders_and_its_name() {
        let mut taken = EntryNames::default();
        let mut claim = |path: &str| taken.claim_file("s", path);
        assert_eq!(claim("a b/.env"), "s/a b/.env");
        assert_eq!(claim("Ünï (1)+@.tar.gz"), "s/Ünï (1)+@.tar.gz");
        assert_eq!(claim("a:b/c?.txt"), "s/a_b/c_.txt");
        assert_eq!(claim("A_b/C_.txt"), "s/A_b/C_-2.txt");
        assert_eq!(claim("../x/./nul"), "s/._/x/_/_nul");
        assert_eq!([claim("same"), claim("SAME")], ["s/same", "s/SAME-2"]);
    }

    #[test]
    fn a_schema_stands_before_the_name() {
        assert_eq!(EntryNames::default().claim("s", Some("public"), "t", "csv"), "s/public.t.csv");
    }
}
