//! Which tables: patterns for their names.

use std::fmt;

use globset::{Glob, GlobBuilder, GlobMatcher};

/// Patterns for names, as in `billing.*`: `*` stands for any characters, `?` for one, `[ab]` for one of these, `{a,b}` for
/// one of these words. A pattern is held against a table's name, and against its name with its schema.
#[derive(Clone, Default)]
pub struct Patterns(Vec<GlobMatcher>);

/// Why a text is no pattern.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{pattern}` is not a pattern for names: {why}")]
pub struct PatternError {
    /// The text.
    pub pattern: String,
    /// What is wrong with it.
    pub why: String,
}

impl Patterns {
    /// The patterns that are written so.
    pub fn parse(texts: &[String]) -> Result<Self, PatternError> {
        let pattern = |text: &String| match glob(text) {
            Ok(glob) => Ok(glob.compile_matcher()),
            Err(why) => Err(PatternError { pattern: text.clone(), why }),
        };
        texts.iter().map(pattern).collect::<Result<_, _>>().map(Self)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether one of them fits one of the `names` of a table.
    pub fn fit(&self, names: &[impl AsRef<str>]) -> bool {
        self.0.iter().any(|pattern| names.iter().any(|name| pattern.is_match(name.as_ref())))
    }

    /// The patterns, each on its own.
    pub fn each(&self) -> impl Iterator<Item = Self> {
        self.0.iter().map(|pattern| Self(vec![pattern.clone()]))
    }
}

fn glob(text: &str) -> Result<Glob, String> {
    if text.is_empty() {
        return Err("it is empty".into());
    }
    // A name is no path: what stands for any character stands for a slash too.
    GlobBuilder::new(text).literal_separator(false).build().map_err(|cause| cause.kind().to_string())
}

impl fmt::Display for Patterns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts: Vec<_> = self.0.iter().map(|pattern| format!("`{}`", pattern.glob())).collect();
        f.write_str(&texts.join(", "))
    }
}

impl fmt::Debug for Patterns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_fits_a_name_with_its_schema_or_without() -> Result<(), PatternError> {
        let fits = |pattern: &str, names: &[&str]| Patterns::parse(&[pattern.to_owned()]).map(|all| all.fit(names));
        assert!(fits("notes", &["notes", "public.notes"])?);
        assert!(fits("public.*", &["notes", "public.notes"])?);
        assert!(fits("*_log", &["a/b_log"])?);
        assert!(fits("{a,b}?", &["b1"])?);
        assert!(!fits("note", &["notes", "public.notes"])?);
        assert!(!fits("Notes", &["notes"])?);
        Ok(())
    }

    #[test]
    fn a_text_that_is_no_pattern_is_named() {
        for text in ["", "[a", "{a"] {
            let error = Patterns::parse(&[text.to_owned()]).err();
            assert_eq!(error.map(|error| error.pattern).as_deref(), Some(text));
        }
    }
}
