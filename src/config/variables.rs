//! Variables that nobody reads. A mistyped flag, or a mistyped name in `carryall.toml`, is refused; what stands in the environment
//! may be there for another program, so that it is only told.

use std::{collections::HashSet, env};

use clap::Command;

/// Those that are no flag's.
const OTHERS: [&str; 2] = [super::secret_key::VARIABLE, "CARRYALL_EXPORT_PASSWORD"];
/// Those of the examples, which are clients, and of the measurements, which start us.
const CLIENTS: [&str; 3] = ["CARRYALL_URL", "CARRYALL_TOKEN", "CARRYALL_BIN"];
/// Each with the name of a source, or of an endpoint, behind it.
const BEGINNINGS: [&str; 2] = ["CARRYALL_SOURCE_", "CARRYALL_STORAGE_ENDPOINT_"];

/// The variables `CARRYALL_…` that are set and that no part of `command` reads, in order.
pub(crate) fn unknown(command: &Command) -> Vec<String> {
    let mut known: HashSet<String> = OTHERS.iter().chain(&CLIENTS).map(|name| (*name).to_owned()).collect();
    collect(command, &mut known);
    let set = env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let ours = set.filter(|name| name.starts_with("CARRYALL_") && !known.contains(name));
    let mut unknown: Vec<_> =
        ours.filter(|name| BEGINNINGS.iter().all(|beginning| !name.starts_with(beginning))).collect();
    unknown.sort_unstable();
    unknown
}

fn collect(command: &Command, known: &mut HashSet<String>) {
    let variables = command.get_arguments().filter_map(|argument| argument.get_env()?.to_str());
    known.extend(variables.map(str::to_owned));
    command.get_subcommands().for_each(|command| collect(command, known));
}
