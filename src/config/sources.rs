//! The sources: which databases are exported, and under which names.

use std::{collections::BTreeMap, env, sync::Arc};

use carryall::{
    export::NamedSource,
    source::{self, Patterns},
};
use clap::Args;

use super::{
    ConfigError,
    file::{File, SourceTable},
};

/// What begins the variable that gives a source.
const VARIABLE: &str = "CARRYALL_SOURCE_";

/// What is said when there is no source.
pub(super) const NONE: &str = "no source is given, so there is nothing to export: give one as --source NAME=URL, as CARRYALL_SOURCE_NAME, \
    in carryall.toml, or try --demo";

/// What a source's name may be.
const NAME: &str = "1 to 40 lower-case letters, digits, - and _";

fn is_name(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
    !name.is_empty() && name.len() <= 40 && name.chars().all(allowed)
}

/// The sources given as flags.
#[derive(Args, Debug)]
pub(crate) struct SourceArgs {
    /// A database to export, such as app=sqlite:///srv/app/data.db; may be given several times. One with a password
    /// belongs into the variable CARRYALL_SOURCE_NAME, where others on this machine do not see it
    #[arg(long = "source", value_name = "NAME=URL")]
    sources: Vec<String>,
}

/// The sources by name, in the order of their names.
#[derive(Default)]
pub(crate) struct Sources {
    by_name: BTreeMap<String, NamedSource>,
}

impl Sources {
    /// The sources of all places; for the same name, the flag's before the variable's before the file's.
    pub(super) fn collect(args: SourceArgs, file: &File) -> Result<Self, ConfigError> {
        let mut sources = Self::default();
        for (name, table) in &file.source {
            let setting = format!("[source.{name}] in {}", file.path.display());
            sources.add(name, &table.url, &setting)?;
            sources.select(name, table, &setting)?;
        }
        sources.add_variables()?;
        sources.add_flags(&args.sources)?;
        Ok(sources)
    }

    /// The sources of `carryall export`, which reads no file: those of flags and variables.
    pub(crate) fn of_command(args: SourceArgs) -> Result<Self, ConfigError> {
        let sources = Self::collect(args, &File::default())?;
        if sources.is_empty() {
            return Err(ConfigError::new(
                "--source",
                "no source is given: give one as --source NAME=URL, or as CARRYALL_SOURCE_NAME",
            ));
        }
        Ok(sources)
    }

    /// Adds the source at `url`, or puts it in place of the one with this name. `setting` is what is blamed.
    pub(super) fn add(&mut self, name: &str, url: &str, setting: &str) -> Result<(), ConfigError> {
        if !is_name(name) {
            return Err(ConfigError::new(setting, format!("`{name}` cannot be a source's name, which has {NAME}")));
        }
        let source = source::open(url).map_err(|cause| ConfigError::new(setting, cause))?;
        let (include, exclude) = match self.by_name.remove(name) {
            // Only the address is put in its place: which tables are exported is said by the file alone.
            Some(before) => (before.include, before.exclude),
            None => Default::default(),
        };
        let named = NamedSource { name: name.to_owned(), source: Arc::from(source), include, exclude };
        self.by_name.insert(name.to_owned(), named);
        Ok(())
    }

    /// Says which tables of the source are exported.
    fn select(&mut self, name: &str, table: &SourceTable, setting: &str) -> Result<(), ConfigError> {
        let parse = |key: &str, texts: &[String]| {
            Patterns::parse(texts).map_err(|cause| ConfigError::new(format!("{setting}, {key}"), cause))
        };
        if let Some(named) = self.by_name.get_mut(name) {
            named.include = parse("include", &table.include)?;
            named.exclude = parse("exclude", &table.exclude)?;
        }
        Ok(())
    }

    /// Adds the demo source, for which the name must be free.
    pub(super) fn add_demo(&mut self, name: &str, url: &str) -> Result<(), ConfigError> {
        if self.by_name.contains_key(name) {
            return Err(ConfigError::new("--demo", format!("a source named `{name}` is given too: rename that one")));
        }
        self.add(name, url, "--demo")
    }

    /// The names of the sources.
    pub(crate) fn names(&self) -> Vec<&str> {
        self.by_name.keys().map(String::as_str).collect()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.by_name.is_empty()
    }

    /// The sources, ready to be read.
    pub(crate) fn into_named(self) -> Arc<[NamedSource]> {
        self.by_name.into_values().collect()
    }

    fn add_variables(&mut self) -> Result<(), ConfigError> {
        let mut found = env::vars_os()
            .filter_map(|(key, value)| Some((key.to_str()?.strip_prefix(VARIABLE)?.to_owned(), value)))
            .collect::<Vec<_>>();
        found.sort();
        for (name, url) in found {
            let setting = format!("{VARIABLE}{name}");
            let url = url.to_str().ok_or_else(|| ConfigError::new(&setting, "it is not UTF-8"))?;
            self.add(&name.to_ascii_lowercase(), url, &setting)?;
        }
        Ok(())
    }

    fn add_flags(&mut self, flags: &[String]) -> Result<(), ConfigError> {
        let mut names = std::collections::HashSet::new();
        for flag in flags {
            // The flag itself is not quoted: it may hold a password.
            let (name, url) =
                flag.split_once('=').ok_or_else(|| ConfigError::new("--source", "a source is written NAME=URL"))?;
            if !name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ' ' | '.')) {
                // What stands there may be the beginning of an address, password and all.
                return Err(ConfigError::new("--source", format!("a source is written NAME=URL; a name has {NAME}")));
            }
            if !names.insert(name) {
                return Err(ConfigError::new("--source", format!("the name `{name}` is given twice")));
            }
            if source::holds_password(url) {
                let variable = name.to_ascii_uppercase().replace('-', "_");
                tracing::warn!(
                    "the password of source {name} stands in the argument list, where others on this machine can read it: \
                     give the address as {VARIABLE}{variable} or in carryall.toml instead"
                );
            }
            self.add(name, url, &format!("--source {name}"))?;
        }
        Ok(())
    }
}
