//! Every mutation is noted: its event is stored together with its change, or neither is.

use std::collections::BTreeSet;

use carryall::secret::Secret;
use serde_json::{Value, json};

use super::{counted, deafen};
use crate::{
    app::{TestApp, database_of, mutation},
    uploads,
};

/// Mutations of which nothing is noted, with the reason. There is none.
const NOT_AUDITED: [&str; 0] = [];

/// Something that somebody does, and the event that it leaves.
struct Deed {
    mutation: &'static str,
    input: Value,
    action: &'static str,
    /// An id; or, behind a slash, where the payload has it.
    subject: Value,
}

/// What there is to do something with.
#[derive(Default)]
struct Ids {
    /// A completed export with a copy at `copied_to`.
    export: String,
    /// Another one, without.
    other: String,
    waiting: String,
    running: String,
    copied_to: String,
    empty: String,
    token: String,
}

/// Every mutation at least once, so that each can be done whatever those before it have done.
fn deeds(ids: &Ids) -> Vec<Deed> {
    let deed = |mutation, input, action, subject| Deed { mutation, input, action, subject };
    let Ids { export, other, waiting, running, copied_to, empty, token } = ids;
    let third = uploads::space("http://127.0.0.1:9", "third");
    vec![
        deed("createDataExport", json!({"name": "new"}), "CREATED_EXPORT", json!("/dataExport/id")),
        deed("cancelDataExport", json!({"id": waiting}), "CANCELED_EXPORT", json!(waiting)),
        deed("cancelDataExport", json!({"id": running}), "CANCELED_EXPORT", json!(running)),
        deed("pinDataExport", json!({"id": export, "pinned": true}), "PINNED_EXPORT", json!(export)),
        deed("verifyDataExport", json!({"id": export}), "VERIFIED_EXPORT", json!(export)),
        deed("verifyDataExport", json!({"id": export, "storageId": copied_to}), "VERIFIED_EXPORT", json!(export)),
        deed("uploadDataExport", json!({"id": export}), "UPLOADED_EXPORT", json!(export)),
        deed("deleteDataExport", json!({"id": other}), "DELETED_EXPORT", json!(other)),
        deed("updateDataExportSettings", json!({"maximumExports": 3}), "CHANGED_SETTINGS", json!("settings")),
        deed(
            "createStorageLocation",
            json!({"name": "third", "config": third}),
            "CREATED_STORAGE",
            json!("/storageLocation/id"),
        ),
        deed("updateStorageLocation", json!({"id": empty, "enabled": false}), "CHANGED_STORAGE", json!(empty)),
        deed("testStorageLocation", json!({"id": copied_to}), "TESTED_STORAGE", json!(copied_to)),
        deed("testStorageLocation", json!({"config": third}), "TESTED_STORAGE", json!(null)),
        deed("deleteStorageLocation", json!({"id": empty}), "DELETED_STORAGE", json!(empty)),
        deed("createApiToken", json!({"name": "x", "role": "VIEWER"}), "CREATED_TOKEN", json!("/apiToken/id")),
        deed("revokeApiToken", json!({"id": token}), "REVOKED_TOKEN", json!(token)),
    ]
}

/// What each mutation refuses, as the user can correct it.
fn refused(ids: &Ids) -> Vec<(&'static str, Value)> {
    let Ids { export, copied_to, .. } = ids;
    let config = uploads::space("http://127.0.0.1:9", "third");
    vec![
        ("createDataExport", json!({"name": " "})),
        ("cancelDataExport", json!({"id": export})),
        ("pinDataExport", json!({"id": "nonsense", "pinned": true})),
        ("verifyDataExport", json!({"id": "nonsense"})),
        ("verifyDataExport", json!({"id": export, "storageId": "nonsense"})),
        ("uploadDataExport", json!({"id": export, "storageId": "nonsense"})),
        ("deleteDataExport", json!({"id": "nonsense"})),
        ("updateDataExportSettings", json!({"maximumExports": 0})),
        ("updateDataExportSettings", json!({"maximumExports": 3, "expectedVersion": 99})),
        ("createStorageLocation", json!({"name": "copied to", "config": config})),
        ("updateStorageLocation", json!({"id": copied_to, "enabled": false, "expectedVersion": 99})),
        ("updateStorageLocation", json!({"id": copied_to, "name": "empty"})),
        ("testStorageLocation", json!({"id": "nonsense"})),
        ("deleteStorageLocation", json!({"id": "nonsense"})),
        ("createApiToken", json!({"name": " ", "role": "VIEWER"})),
        ("revokeApiToken", json!({"id": "nonsense"})),
    ]
}

/// A server where every deed can be done, and whoever does it: the id of the token. No run begins, as there is no worker.
async fn stage() -> (tempfile::TempDir, TestApp, Ids, String) {
    let (folder, database) = database_of("CREATE TABLE t (a)");
    let mut app = TestApp::start_without_worker(&[("app", &database)]).await;
    let other = uploads::export(&app, "other").await;
    let (config, _) = uploads::bucket();
    let copied_to = uploads::configure(&app, "copied to", &config).await;
    uploads::copy_all(&app, 7).await;
    let export = uploads::export(&app, "export").await;
    uploads::carry(&app).await;
    let empty = uploads::configure(&app, "empty", &uploads::space("http://127.0.0.1:9", "empty")).await;
    let waiting = app.create("waiting").await;
    let running = app.create("running").await;
    app.state().execute("UPDATE data_export SET state = 'RUNNING' WHERE name = 'running'", []).unwrap();
    let mut tokens = Vec::new();
    for name in ["doer", "spare"] {
        tokens.push(app.mutate("createApiToken", json!({"name": name, "role": "ADMIN"})).await);
    }
    let id = |token: &Value| token["apiToken"]["id"].as_str().unwrap().to_owned();
    app.token = Secret::new(tokens[0]["secret"].as_str().unwrap().to_owned());
    // That a token is used for the first time is stored too.
    app.history().await;
    let ids = Ids { export, other, waiting, running, copied_to, empty, token: id(&tokens[1]) };
    (folder, app, ids, id(&tokens[0]))
}

/// All that is stored besides the log, and the finished archives.
fn stored(app: &TestApp) -> Vec<String> {
    let state = app.state();
    let mut tables =
        state.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'audit_event'").unwrap();
    let tables: Vec<String> = tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let mut stored = app.file_names();
    for table in tables {
        let mut rows = state.prepare(&format!("SELECT * FROM \"{table}\"")).unwrap();
        let columns = rows.column_count();
        let mut rows = rows.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let values = (0..columns).map(|column| row.get_ref_unwrap(column));
            stored.push(format!("{table} {:?}", values.collect::<Vec<_>>()));
        }
    }
    stored
}

/// The whole log, the newest first.
async fn log(app: &TestApp) -> Vec<Value> {
    let data =
        app.graphql("{ auditEvents(first: 100) { nodes { id actor actorId action subject } } }", json!({})).await;
    data["auditEvents"]["nodes"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mutation_that_cannot_be_noted_changes_nothing_and_else_leaves_one_event_of_who_did_what() {
    let (_folder, app, ids, doer) = stage().await;
    deafen(&app);
    let before = stored(&app);
    for Deed { mutation: name, input, .. } in deeds(&ids) {
        let answer = app.answer(&mutation(name), json!({"input": input})).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "INTERNAL", "{name} {input}: {answer}");
        assert_eq!(answer["data"], Value::Null, "{name} {input}");
        assert_eq!(stored(&app), before, "{name} {input}");
    }
    // That it could not be noted is all that kept it from being done.
    app.state().execute_batch("DROP TRIGGER deaf").unwrap();
    for Deed { mutation: name, input, action, subject } in deeds(&ids) {
        let before = log(&app).await;
        let payload = app.mutate(name, input.clone()).await;
        assert_eq!(payload["userErrors"], json!([]), "{name} {input}");
        let mut after = log(&app).await;
        let known = after.split_off(after.len() - before.len());
        assert_eq!(known, before, "{name} {input}");
        let subject = subject.as_str().and_then(|subject| payload.pointer(subject)).unwrap_or(&subject);
        after.iter_mut().for_each(|event| drop(event.as_object_mut().unwrap().remove("id")));
        let expected = json!({"actor": "doer", "actorId": doer, "action": action, "subject": subject});
        assert_eq!(after, [expected], "{name} {input}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_or_changes_nothing_is_not_noted() {
    let (_folder, app, ids, _) = stage().await;
    // Every storage that is left has a copy of the export.
    app.mutate("updateStorageLocation", json!({"id": ids.empty, "enabled": false})).await;
    let before = log(&app).await;
    for (name, input) in refused(&ids) {
        let payload = app.mutate(name, input.clone()).await;
        assert_ne!(payload["userErrors"], json!([]), "{name} {input}");
        assert_eq!(log(&app).await, before, "{name} {input}");
    }
    for (name, input) in [("updateDataExportSettings", json!({})), ("uploadDataExport", json!({"id": ids.export}))] {
        assert_eq!(app.mutate(name, input).await["userErrors"], json!([]), "{name}");
        assert_eq!(log(&app).await, before, "{name}");
    }
}

#[tokio::test]
async fn a_wish_that_comes_again_with_its_key_is_noted_once() {
    let app = TestApp::start_without_worker(&[]).await;
    let wish = json!({"name": "once", "idempotencyKey": "key"});
    let at_once = (0..8).map(|_| app.create_of(wish.clone()));
    let made: BTreeSet<String> = futures_util::future::join_all(at_once).await.into_iter().collect();
    assert!(made.contains(&app.create_of(wish.clone()).await) && made.len() == 1, "{made:?}");
    assert_eq!(counted(&app, "CREATED_EXPORT").await, 1);
}

#[tokio::test]
async fn every_mutation_of_the_schema_is_noted_or_has_a_reason_not_to_be() {
    let app = TestApp::start_without_worker(&[]).await;
    let data = app.graphql("{ __schema { mutationType { fields { name } } } }", json!({})).await;
    let all = data["__schema"]["mutationType"]["fields"].as_array().unwrap().clone();
    let all: BTreeSet<_> = all.iter().map(|field| field["name"].as_str().unwrap()).collect();
    let ids = Ids::default();
    let audited: BTreeSet<_> = deeds(&ids).iter().map(|deed| deed.mutation).collect();
    let refused: BTreeSet<_> = refused(&ids).into_iter().map(|(name, _)| name).collect();
    assert!(NOT_AUDITED.iter().all(|name| !audited.contains(name)));
    let known: BTreeSet<_> = audited.iter().copied().chain(NOT_AUDITED).collect();
    assert_eq!(known, all, "a mutation has no place in `deeds` or in `NOT_AUDITED`");
    assert_eq!(refused, audited, "a mutation has no place in `refused`");
}
