//! The variables of a process, as an argument: only `main` reads the real ones.

use std::{collections::BTreeMap, ffi::OsString};

use crate::secret::Secret;

/// Variables and their values, which may be secrets.
#[derive(Clone, Debug, Default)]
pub struct Environment(BTreeMap<String, Secret>);

impl Environment {
    /// Takes variables in. One that is set to nothing is not set, and one that is not UTF-8 is none that is known here.
    pub fn of(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        let texts = variables.into_iter().filter_map(|(name, value)| {
            let (name, value) = (name.into_string().ok()?, value.into_string().ok()?);
            (!value.is_empty()).then(|| (name, Secret::new(value)))
        });
        Self(texts.collect())
    }

    /// The value of a variable, if it is set.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(Secret::expose)
    }

    /// The first of these variables that is set, and its value.
    pub(super) fn first<'a>(&'a self, names: &[&'static str]) -> Option<(&'static str, &'a str)> {
        names.iter().find_map(|name| Some((*name, self.get(name)?)))
    }
}
