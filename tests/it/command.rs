//! The sub-commands and the settings of the process, with the real binary.

use std::{os::unix::fs::PermissionsExt, path::Path, process::Output};

use tempfile::TempDir;

use crate::{
    app::database_of,
    foreign::{python, seven_zip},
    process::{Server, carryall, run, stderr, stdout},
};

/// A folder with a small database `app.db` in it.
fn folder() -> TempDir {
    database_of("CREATE TABLE t (a INTEGER, b TEXT); INSERT INTO t VALUES (1, 'x'), (2, NULL)").0
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect::<Vec<_>>();
    names.sort();
    names
}

fn opens(archive: &Path, password: &str) -> bool {
    seven_zip(&["t", &format!("-p{password}")], archive).status.success()
}

const EXPORT: [&str; 5] = ["export", "--source", "app=sqlite:app.db", "--output", "out.zip"];

#[tokio::test]
async fn export_makes_a_proven_archive_without_a_server_and_leaves_nothing_else() {
    let folder = folder();
    let output = run(folder.path(), &EXPORT).await;
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(stdout(&output), "", "the password is on stderr alone");
    let said = stderr(&output);
    let password = said.lines().find_map(|line| line.strip_prefix("Password: ")).unwrap();
    let archive = folder.path().join("out.zip");
    python(
        "compare.py",
        &[archive.to_str().unwrap(), password, &format!("app={}", folder.path().join("app.db").display())],
    );
    assert_eq!(names(folder.path()), ["app.db", "out.zip"]);
    assert_eq!(archive.metadata().unwrap().permissions().mode() & 0o777, 0o600);
}

#[tokio::test]
async fn export_takes_the_password_from_a_file_or_a_variable_and_then_does_not_show_it() {
    let folder = folder();
    std::fs::write(folder.path().join("password"), "correct horse battery\n").unwrap();
    let output = run(folder.path(), &[&EXPORT[..], &["--password-file", "password"]].concat()).await;
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(!stderr(&output).contains("assword"), "{}", stderr(&output));
    assert!(opens(&folder.path().join("out.zip"), "correct horse battery"));
    let mut command = carryall();
    command.args(&EXPORT[..4]).arg("two.zip").env("CARRYALL_EXPORT_PASSWORD", "another horse battery");
    let output = command.current_dir(folder.path()).output().await.unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(opens(&folder.path().join("two.zip"), "another horse battery"));
}

#[tokio::test]
async fn export_refuses_what_it_cannot_do_and_leaves_no_file() {
    let folder = folder();
    std::fs::write(folder.path().join("short"), "short\n").unwrap();
    std::fs::write(folder.path().join("there.zip"), "mine").unwrap();
    let before = names(folder.path());
    let source = ["export", "--source", "app=sqlite:app.db", "--output"];
    for (arguments, blamed) in [
        ([&source[..], &["there.zip"]].concat(), "there.zip is there already"),
        ([&source[..], &["nowhere/out.zip"]].concat(), "nowhere cannot be written"),
        ([&source[..], &["new/"]].concat(), "not the name of a file"),
        ([&source[..], &["-"]].concat(), "not the name of a file"),
        ([&source[..], &["out.zip", "--ask-password"]].concat(), "no terminal"),
        ([&source[..], &["out.zip", "--password-file", "short"]].concat(), "12 to 99 characters"),
        ([&source[..], &["out.zip", "--password-file", "missing"]].concat(), "missing"),
        ([&source[..], &["out.zip", "--name", "a\nb"]].concat(), "control characters"),
        (["export", "--source", "app=sqlite:gone.db", "--output", "out.zip"].to_vec(), "gone.db"),
        (["export", "--source", "app=oracle://h/d", "--output", "out.zip"].to_vec(), "oracle"),
        (["export", "--output", "out.zip"].to_vec(), "no source is given"),
    ] {
        let output = run(folder.path(), &arguments).await;
        assert!(!output.status.success(), "{arguments:?}");
        assert!(stderr(&output).contains(blamed), "{arguments:?}: {}", stderr(&output));
        assert_eq!(names(folder.path()), before, "{arguments:?}");
    }
    assert_eq!(std::fs::read_to_string(folder.path().join("there.zip")).unwrap(), "mine");
}

#[tokio::test]
async fn a_token_made_beside_a_running_server_is_printed_alone_and_works() {
    let folder = folder();
    let data = folder.path().join("data");
    // Server::start makes its token by `carryall token create` while the server runs.
    let server = Server::start(&data, &["--demo"]).await;
    assert!(server.token.starts_with("carryall_") && !server.token.contains(char::is_whitespace));
    assert_eq!(server.graphql("{ viewer { name } }").await["viewer"]["name"], "t");
}

#[tokio::test]
async fn the_first_start_shows_a_token_once_and_makes_a_key_for_its_owner_only() {
    let folder = folder();
    let data = folder.path().join("data");
    let first = first_output(&data).await;
    let token = first.split_whitespace().find(|word| word.starts_with("carryall_")).unwrap().to_owned();
    assert!(first.contains(&format!("/#token={token}")), "{first}");
    assert_eq!(first_output(&data).await, "", "the second start shows none");
    let state = rusqlite::Connection::open(data.join("carryall.db")).unwrap();
    let noted = "SELECT actor || ' ' || action || ' ' || detail FROM audit_event, api_token \
        WHERE replace(subject, '-', '') = lower(hex(api_token.id))";
    let noted: String = state.query_row(noted, [], |row| row.get(0)).unwrap();
    assert_eq!(noted, "(the first start) CREATED_TOKEN admin, Admin");
    for file in ["secret.key", "carryall.db", "demo.db"] {
        assert_eq!(data.join(file).metadata().unwrap().permissions().mode() & 0o077, 0, "{file}");
    }
    assert_eq!(data.metadata().unwrap().permissions().mode() & 0o777, 0o700);
}

#[tokio::test]
async fn a_token_that_could_not_be_shown_is_not_stored() {
    let folder = folder();
    let data = folder.path().join("data");
    let mut command = carryall();
    command.args(["serve", "--demo", "--listen", "127.0.0.1:0", "--data-dir"]).arg(&data);
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = command.stdout(full).stderr(std::process::Stdio::null()).spawn().unwrap().wait().await.unwrap();
    assert!(!output.success());
    assert!(first_output(&data).await.contains("carryall_"), "the next start shows one");
}

#[tokio::test]
async fn many_commands_at_once_make_one_database() {
    let folder = folder();
    let data = folder.path().join("data");
    let create = ["token", "create", "--name", "x", "--role", "ADMIN", "--data-dir", data.to_str().unwrap()];
    let all = (0..8).map(|_| run(folder.path(), &create));
    for output in futures_util::future::join_all(all).await {
        assert!(output.status.success(), "{}", stderr(&output));
    }
}

/// What a server prints on stdout from its start to its stop; its log must hold no token.
async fn first_output(data: &Path) -> String {
    let mut command = carryall();
    command.args(["serve", "--demo", "--listen", "127.0.0.1:0", "--data-dir"]).arg(data);
    let log = data.with_extension("log");
    command.stdout(std::process::Stdio::piped()).stderr(std::fs::File::create(&log).unwrap());
    let mut child = command.spawn().unwrap();
    while !std::fs::read_to_string(&log).unwrap().contains("listening at") {
        assert!(child.try_wait().unwrap().is_none(), "{}", std::fs::read_to_string(&log).unwrap());
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    child.start_kill().unwrap();
    let output = child.wait_with_output().await.unwrap();
    assert!(!std::fs::read_to_string(&log).unwrap().contains("carryall_"), "the log holds the token");
    stdout(&output)
}

#[tokio::test]
async fn a_wrong_setting_ends_the_start_with_one_line_that_says_which_and_why() {
    let folder = folder();
    std::fs::write(folder.path().join("unknown.toml"), "lisen = \"127.0.0.1:1\"\n").unwrap();
    std::fs::write(folder.path().join("broken.toml"), "listen = \n").unwrap();
    std::fs::write(folder.path().join("endpoint.toml"), "[storage-endpoint]\ndropbox = \"https://h\"\n").unwrap();
    std::fs::write(folder.path().join("limits.toml"), "[limits]\ndocument-depth = 1000\n").unwrap();
    std::fs::write(folder.path().join("file"), "").unwrap();
    for (arguments, blamed) in [
        (vec!["serve"], "--source"),
        (vec!["serve", "--demo", "--listen", "nonsense"], "--listen"),
        (vec!["serve", "--demo", "--listen", "192.0.2.1:1"], "--listen"),
        (vec!["serve", "--source", "app"], "--source"),
        (vec!["serve", "--demo", "--source", "demo=sqlite:app.db"], "--demo"),
        (vec!["serve", "--source", "App=sqlite:app.db"], "--source App"),
        (vec!["serve", "--source", "a=sqlite:x", "--source", "a=sqlite:y"], "given twice"),
        (vec!["serve", "--source", "app=mongodb://h/d"], "mongodb"),
        (vec!["serve", "--source", "app=postgres://h/d?sslmod=verify-full"], "`sslmod`"),
        (vec!["serve", "--demo", "--database-url", "postgres://h/d?sslmod=verify-full"], "`sslmod`"),
        (vec!["serve", "--demo", "--listen", "127.0.0.1:0", "--database-url", "oracle://h/d"], "--database-url"),
        (vec!["serve", "--demo", "--database-url", "postgres://u:a#b/c@h/d"], "`#` %23"),
        (vec!["serve", "--demo", "--listen", "127.0.0.1:0", "--files-url", "s3://bucket"], "--files-url"),
        (vec!["serve", "--demo", "--listen", "127.0.0.1:0", "--public-url", "example.com"], "--public-url"),
        (vec!["serve", "--demo", "--listen", "127.0.0.1:0", "--data-dir", "file"], "data folder"),
        (vec!["serve", "--demo", "--listen", "127.0.0.1:0", "--secret-key-file", "app.db"], "key file"),
        (vec!["serve", "--demo", "--extra-ca-file", "gone.pem"], "--extra-ca-file"),
        (vec!["serve", "--demo", "--storage-endpoint", "amazon=https://h"], "there is no endpoint `amazon`"),
        (vec!["serve", "--demo", "--storage-endpoint", "amazon-s3=h"], "--storage-endpoint amazon-s3"),
        (vec!["serve", "--demo", "--upload-bandwidth", "10"], "--upload-bandwidth"),
        (vec!["serve", "--demo", "--config", "endpoint.toml"], "storage-endpoint.dropbox in endpoint.toml"),
        (vec!["serve", "--demo", "--allowed-origin", "https://h/path"], "--allowed-origin"),
        (vec!["serve", "--demo", "--trusted-proxy", "proxy"], "--trusted-proxy"),
        (vec!["serve", "--demo", "--limit", "document-depth"], "--limit"),
        (vec!["serve", "--demo", "--limit", "document-depth=1"], "document-depth must be 5 to 50"),
        (vec!["serve", "--demo", "--limit", "depth=9"], "there is no limit `depth`"),
        (vec!["serve", "--demo", "--config", "limits.toml"], "[limits] in limits.toml"),
        (vec!["serve", "--no-such-flag"], "--no-such-flag"),
        (vec!["token", "create", "--name", "x", "--role", "KING"], "ADMIN"),
        (vec!["serve", "--config", "gone.toml"], "gone.toml"),
        (vec!["serve", "--config", "unknown.toml"], "lisen"),
        (vec!["serve", "--config", "broken.toml"], "broken.toml, line 1"),
    ] {
        let output = run(folder.path(), &arguments).await;
        let said = stderr(&output);
        let lines = said.lines().filter(|line| !line.contains(" INFO ")).collect::<Vec<_>>();
        assert!(!output.status.success(), "{arguments:?}");
        assert_eq!(lines.len(), 1, "{arguments:?}: {said}");
        assert!(lines[0].starts_with("carryall: ") && lines[0].contains(blamed), "{arguments:?}: {said}");
    }
}

#[tokio::test]
async fn a_variable_that_nobody_reads_is_told_of_and_its_value_is_not() {
    let set =
        ["CARRYALL_DATABSE_URL", "CARRYALL_SOURCE_SHOP", "CARRYALL_SECRET_KEY", "CARRYALL_TOKEN", "CARRYALL_LISTEN"];
    let output = carryall().arg("schema").envs(set.map(|name| (name, "s3cret"))).output().await.unwrap();
    let said = stderr(&output);
    assert!(output.status.success() && said.lines().count() == 1, "{said}");
    assert!(said.contains("CARRYALL_DATABSE_URL is set") && !said.contains("s3cret"), "{said}");
}

#[tokio::test]
async fn settings_come_from_flags_then_variables_then_the_file() {
    let folder = folder();
    let toml = "listen = \"127.0.0.1:0\"\ndata-dir = \"from-file\"\n[source.app]\nurl = \"sqlite:app.db\"\n";
    std::fs::write(folder.path().join("carryall.toml"), toml).unwrap();
    for (variable, flag, used) in [
        (None, None, "from-file"),
        (Some("from-variable"), None, "from-variable"),
        (Some("from-variable"), Some("from-flag"), "from-flag"),
    ] {
        let mut command = carryall();
        command.arg("serve").current_dir(folder.path()).env("CARRYALL_SOURCE_CRM", "sqlite:app.db");
        // Set to nothing, as compose files do, is not set.
        command
            .env("CARRYALL_LISTEN", "")
            .env("CARRYALL_CONFIG", "")
            .env("CARRYALL_PUBLIC_URL", "")
            .env("CARRYALL_ALLOWED_ORIGINS", "")
            .env("CARRYALL_TRUSTED_PROXIES", "")
            .env("CARRYALL_LIMITS", "")
            .env("CARRYALL_TLS_CERTIFICATE_FILE", "")
            .env("CARRYALL_TLS_KEY_FILE", "")
            .env("CARRYALL_DEMO", "")
            .env("CARRYALL_ALLOW_LOOPBACK_STORAGE", "")
            .env("CARRYALL_EXTRA_CA_FILE", "")
            .env("CARRYALL_UPLOAD_BANDWIDTH", "")
            .env("CARRYALL_STORAGE_ENDPOINT_AMAZON_S3", "")
            .env("CARRYALL_SECRET_KEY_FILE", "");
        command.envs(variable.map(|value| ("CARRYALL_DATA_DIR", value)));
        command.args(flag.map(|value| ["--data-dir", value]).into_iter().flatten());
        let server = Server::spawn(command, &folder.path().join(used)).await;
        server.create().await;
        assert_eq!(server.settled().await[0]["status"], "COMPLETED");
        let data = server.graphql("{ dataExports { nodes { snapshots { source } } } }").await;
        let sources = serde_json::json!([{"source": "app"}, {"source": "crm"}]);
        assert_eq!(data["dataExports"]["nodes"][0]["snapshots"], sources, "the file's and the variable's");
        server.kill().await;
    }
}

#[tokio::test]
async fn a_password_in_the_argument_list_is_warned_of_and_not_repeated() {
    let folder = folder();
    let output = run(folder.path(), &["serve", "--source", "app=mongodb://me:hunter2@h/d"]).await;
    let said = stderr(&output);
    assert!(said.contains("argument list") && said.contains("CARRYALL_SOURCE_APP"), "{said}");
    assert!(!output.status.success() && !said.contains("hunter2"), "{said}");
}

#[tokio::test]
async fn one_data_folder_has_one_server() {
    let folder = folder();
    let data = folder.path().join("data");
    let _server = Server::start(&data, &["--demo"]).await;
    let data = data.to_str().unwrap();
    let second = run(folder.path(), &["serve", "--demo", "--listen", "127.0.0.1:0", "--data-dir", data]).await;
    assert!(!second.status.success() && stderr(&second).contains("in use by another"), "{}", stderr(&second));
}

#[tokio::test]
async fn a_start_with_another_key_is_refused_before_anything_is_lost() {
    let folder = folder();
    let data = folder.path().join("data");
    let server = Server::start(&data, &["--demo"]).await;
    server.create().await;
    let before = server.settled().await;
    server.kill().await;
    let serve = ["serve", "--demo", "--listen", "127.0.0.1:0", "--data-dir", data.to_str().unwrap()];
    std::fs::rename(data.join("secret.key"), folder.path().join("kept.key")).unwrap();
    let missing = run(folder.path(), &serve).await;
    assert!(stderr(&missing).contains("put the file back"), "{}", stderr(&missing));
    assert!(!data.join("secret.key").exists(), "no new key was made");
    let other = folder.path().join("other");
    Server::start(&other, &["--demo"]).await.kill().await;
    let wrong = run(folder.path(), &[&serve[..], &["--secret-key-file", "other/secret.key"]].concat()).await;
    assert!(stderr(&wrong).contains("is not the key"), "{}", stderr(&wrong));
    std::fs::rename(folder.path().join("kept.key"), data.join("secret.key")).unwrap();
    let server = Server::start(&data, &["--demo"]).await;
    assert_eq!(server.history().await[0]["filePassword"], before[0]["filePassword"]);
}

#[tokio::test]
async fn healthcheck_succeeds_for_a_server_that_is_well_and_fails_when_there_is_none() {
    let folder = folder();
    let server = Server::start(&folder.path().join("data"), &["--demo"]).await;
    let address = server.url.strip_prefix("http://").unwrap().to_owned();
    let well = run(folder.path(), &["healthcheck", "--listen", &address]).await;
    assert!(well.status.success(), "{}", stderr(&well));
    server.kill().await;
    let gone: Output = run(folder.path(), &["healthcheck", "--listen", &address]).await;
    assert_eq!(gone.status.code(), Some(1));
    assert!(stderr(&gone).contains(&address), "{}", stderr(&gone));
}

#[tokio::test]
async fn schema_prints_the_schema() {
    let folder = folder();
    let output = run(folder.path(), &["schema"]).await;
    assert_eq!(stdout(&output), carryall::graphql::sdl());
}

#[tokio::test]
async fn a_password_in_an_address_given_without_a_name_is_not_repeated() {
    let folder = folder();
    let output = run(folder.path(), &["serve", "--source", "postgres://u:s3cret@h/db?sslmode=disable"]).await;
    let said = stderr(&output);
    assert!(output.status.code() == Some(2) && said.contains("NAME=URL") && !said.contains("s3cret"), "{said}");
}

#[tokio::test]
async fn a_server_that_crashes_leaves_no_core_dump() {
    let folder = folder();
    let server = Server::start(&folder.path().join("data"), &["--demo"]).await;
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", server.child.id().unwrap())).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"], "{core}");
}
