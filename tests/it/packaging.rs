//! What is in packaging/ and docs/ fits the program: the units are sound, and every setting and command that is named exists.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use tempfile::TempDir;

use crate::{
    process::{run, stdout},
    servers::tools::file,
};

/// Variables that no help lists whole: the rest of the name is the user's.
const OPEN: [&str; 2] = ["CARRYALL_SOURCE_", "CARRYALL_STORAGE_ENDPOINT_"];
/// Options of other programs.
const FOREIGN: [&str; 32] = [
    "--build-arg",
    "--cap-drop",
    "--chown",
    "--clean",
    "--dbname",
    "--env-file",
    "--file",
    "--from",
    "--if-exists",
    "--interval",
    "--isolation",
    "--locked",
    "--no-audit",
    "--no-fund",
    "--no-healthcheck",
    "--now",
    "--pipe",
    "--property",
    "--publish",
    "--quiet",
    "--read-only",
    "--release",
    "--rm",
    "--security-opt",
    "--start-period",
    "--stop-timeout",
    "--tag",
    "--timeout",
    "--tmpfs",
    "--uid",
    "--volume",
    "--wait",
];

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths.flat_map(|path| if path.is_dir() { files_in(&path) } else { vec![path] }).collect()
}

/// What `text` names that begins with `start`.
fn named<'a>(text: &'a str, start: &str, allowed: fn(char) -> bool) -> Vec<&'a str> {
    let at = |(place, _)| {
        let (before, rest) = text.split_at(place);
        let end = rest.find(|c| !allowed(c)).unwrap_or(rest.len());
        (!before.ends_with(allowed)).then(|| &rest[..end])
    };
    text.match_indices(start).filter_map(at).collect()
}

fn options(text: &str) -> Vec<&str> {
    named(text, "--", |c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

fn variables(text: &str) -> Vec<&str> {
    named(text, "CARRYALL_", |c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

/// The sub-commands, as they are typed, and all options and variables that their help tells of.
async fn known() -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut commands, mut settings) = (BTreeSet::new(), BTreeSet::new());
    let mut open = vec![Vec::<String>::new()];
    while let Some(command) = open.pop() {
        let arguments: Vec<_> = command.iter().map(String::as_str).chain(["--help"]).collect();
        let help = stdout(&run(Path::new("."), &arguments).await);
        settings.extend(options(&help).into_iter().chain(variables(&help)).map(str::to_owned));
        let Some((_, listed)) = help.split_once("\nCommands:\n") else {
            commands.insert(command.join(" "));
            continue;
        };
        // What is indented further goes on with the line before.
        let names = listed.lines().map_while(|line| line.strip_prefix("  ")).filter(|line| !line.starts_with(' '));
        for name in names.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help") {
            open.push(command.iter().cloned().chain([name.to_owned()]).collect());
        }
    }
    (commands, settings)
}

/// What is typed after the program's name, in a line of a shell or in backquotes: two words.
fn typed(text: &str) -> Vec<String> {
    let begins = |before: &str| ["`", "\n", "as_", "/bin/"].iter().any(|end| before.ends_with(end));
    let places = text.match_indices("carryall ").filter(|(place, _)| begins(&text[..*place]));
    let word = |word: &str| word.trim_end_matches(|c: char| !c.is_ascii_lowercase()).to_owned();
    let words = |(place, _)| text[place..].split_whitespace().skip(1).take(2).map(word).collect::<Vec<_>>();
    places.map(words).filter(|words| !words[0].is_empty()).map(|words| words.join(" ")).collect()
}

#[tokio::test]
async fn every_setting_and_command_that_the_packaging_and_the_docs_name_is_there() {
    let (commands, mut settings) = known().await;
    assert!(commands.contains("serve") && commands.contains("key rotate"), "{commands:?}");
    // The key itself is a variable alone.
    settings.insert("CARRYALL_SECRET_KEY".into());
    let (mut seen, mut foreign, mut unknown) = (0, BTreeSet::new(), Vec::new());
    for path in [files_in(&file("packaging")), files_in(&file("docs"))].concat() {
        let text = fs::read_to_string(&path).unwrap();
        let variables = variables(&text).into_iter().map(|name| {
            let known = settings.contains(name) || OPEN.iter().any(|start| name.starts_with(start));
            (name.to_owned(), known)
        });
        // Not the lines of tables.
        let options = options(&text).into_iter().filter(|name| name.contains(|c: char| c.is_ascii_lowercase()));
        let options = options.map(|name| {
            let others = !settings.contains(name) && FOREIGN.contains(&name);
            foreign.extend(others.then(|| name.to_owned()));
            (name.to_owned(), others || settings.contains(name))
        });
        let commands = typed(&text).into_iter().map(|typed| {
            let first = typed.split(' ').next().unwrap_or_default();
            let known = commands.contains(first) || commands.contains(&typed);
            (format!("carryall {typed}"), known)
        });
        for (name, known) in variables.chain(options).chain(commands) {
            seen += 1;
            if !known {
                unknown.push(format!("{} names {name}", path.display()));
            }
        }
    }
    assert!(unknown.is_empty(), "no command knows this: {unknown:#?}");
    assert!(seen > 100, "only {seen} names were seen: the test does not see them any more");
    let unused: Vec<_> = FOREIGN.iter().filter(|option| !foreign.contains(**option)).collect();
    assert!(unused.is_empty(), "nobody names {unused:?}: take them out of the list");
}

/// The units, with the program where it was built, in a folder of their own.
fn units() -> (TempDir, Vec<PathBuf>) {
    let folder = TempDir::new().unwrap();
    let units = files_in(&file("packaging/systemd")).into_iter();
    let units = units.filter(|path| path.extension().is_some_and(|extension| extension == "service"));
    let built = |path: PathBuf| {
        let unit = folder.path().join(path.file_name().unwrap());
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&unit, text.replace("/usr/bin/carryall", env!("CARGO_BIN_EXE_carryall"))).unwrap();
        unit
    };
    let units: Vec<_> = units.map(built).collect();
    assert_eq!(units.len(), 3);
    (folder, units)
}

fn systemd_analyze(arguments: &[&str], unit: &Path) -> Output {
    let output = Command::new("systemd-analyze").args(arguments).arg(unit).output();
    output.expect("systemd-analyze is needed: `make test` installs it")
}

#[test]
fn systemd_finds_nothing_wrong_with_the_units_and_they_are_shut_off() {
    let (_folder, units) = units();
    for unit in &units {
        let verified = systemd_analyze(&["verify", "--man=no"], unit);
        let said = [verified.stdout, verified.stderr].concat();
        assert!(verified.status.success() && said.is_empty(), "{}", String::from_utf8_lossy(&said));
        // In tenths: 0 is shut off from everything, 100 from nothing.
        let exposed = systemd_analyze(&["security", "--offline=true", "--threshold=15"], unit);
        assert!(exposed.status.success(), "{}", String::from_utf8_lossy(&exposed.stdout));
    }
}

#[test]
fn a_unit_is_given_longer_to_stop_than_its_exports_and_holds_no_settings_that_everybody_can_read() {
    let (_folder, units) = units();
    for unit in &units {
        let text = fs::read_to_string(unit).unwrap();
        let seconds = |what: &str| {
            let rest = text.split_once(what).map_or("", |(_, rest)| rest);
            rest[..rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(0)].parse().unwrap_or(0_u32)
        };
        let (grace, stop) = (seconds("--shutdown-grace "), seconds("\nTimeoutStopSec="));
        assert!(grace > 0 && stop >= grace + 30, "{}: {grace} and {stop} seconds", unit.display());
        // `systemctl show` tells what stands there.
        assert!(!text.contains("\nEnvironment=") && text.contains("\nEnvironmentFile="), "{}", unit.display());
    }
}
