//! What must not be had unseen: it is noted before it is given, and once for a request.

use carryall::limits::Limits;
use serde_json::{Value, json};

use super::{counted, deafen};
use crate::{
    app::{Setup, TestApp, database_of},
    progress::subscribe,
    uploads,
};

/// A server with a completed export, whose documents may be as long as they can be set.
async fn with_export() -> (tempfile::TempDir, TestApp, String) {
    let (folder, database) = database_of("CREATE TABLE t (a)");
    let api_limits = Limits { document_aliases: 1_000, document_complexity: 1_000_000, ..Limits::default() };
    let setup = Setup { api_limits, ..Setup::default() };
    let app = TestApp::start_with(&[("app", format!("sqlite:{}", database.display()))], setup).await;
    let id = uploads::export(&app, "export").await;
    (folder, app, id)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_request_asks_for_again_and_again_is_noted_once_and_each_link_that_differs() {
    let (_folder, app, id) = with_export().await;
    let fields = "filePassword again: filePassword downloadUrl longer: downloadUrl(expiresInSeconds: 600)";
    let aliases: String = (0..50).map(|alias| format!("a{alias}: dataExport(id: $id) {{ {fields} }} ")).collect();
    let query = format!("query ($id: ID!) {{ {aliases} }}");
    for request in 1..=2 {
        let given = app.graphql(&query, json!({"id": id})).await;
        let same = |alias: &Value| alias == &given["a0"] && alias["filePassword"].is_string();
        assert!(given.as_object().unwrap().values().all(same), "{given}");
        assert_eq!(counted(&app, "READ_PASSWORD").await, request);
        assert_eq!(counted(&app, "MADE_DOWNLOAD_LINK").await, 2 * request);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_request_is_not_given_link_after_link() {
    let (_folder, app, id) = with_export().await;
    let links: String =
        (1..=501).map(|seconds| format!("a{seconds}: downloadUrl(expiresInSeconds: {seconds}) ")).collect();
    let answer =
        app.answer(&format!("query ($id: ID!) {{ dataExport(id: $id) {{ {links} }} }}"), json!({"id": id})).await;
    let given = answer["data"]["dataExport"].as_object().unwrap().values().filter(|link| link.is_string()).count();
    assert_eq!((given, &answer["errors"][0]["extensions"]["code"]), (500, &json!("BAD_ARGUMENT")));
    let noted =
        app.state()
            .query_row("SELECT count(*) FROM audit_event WHERE action = 'MADE_DOWNLOAD_LINK'", [], |row| row.get(0));
    assert_eq!(noted, Ok(500));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_a_subscription_gives_is_noted_too() {
    let (_folder, app, id) = with_export().await;
    let mut socket = subscribe(&app, &id, "filePassword again: filePassword").await;
    let shown = socket.receive().await["payload"]["data"]["dataExportProgress"].clone();
    assert!(shown["filePassword"].is_string() && shown["again"] == shown["filePassword"], "{shown}");
    assert_eq!(counted(&app, "READ_PASSWORD").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_or_a_link_that_cannot_be_noted_is_not_given_under_any_alias() {
    let (_folder, app, id) = with_export().await;
    let export = app.export(&id).await;
    let links = counted(&app, "MADE_DOWNLOAD_LINK").await;
    deafen(&app);
    let query =
        "query ($id: ID!) { dataExport(id: $id) { a: filePassword b: filePassword c: downloadUrl d: downloadUrl } }";
    let answer = app.answer(query, json!({"id": id})).await;
    for alias in ["a", "b", "c", "d"] {
        assert_eq!(answer["data"]["dataExport"][alias], Value::Null, "{answer}");
    }
    let errors = answer["errors"].as_array().unwrap();
    assert!(errors.len() == 4 && errors.iter().all(|error| error["extensions"]["code"] == "INTERNAL"), "{answer}");
    for secret in [&export["filePassword"], &export["downloadUrl"]] {
        assert!(!answer.to_string().contains(secret.as_str().unwrap()), "{answer}");
    }
    app.state().execute_batch("DROP TRIGGER deaf").unwrap();
    assert_eq!(counted(&app, "MADE_DOWNLOAD_LINK").await, links);
}
