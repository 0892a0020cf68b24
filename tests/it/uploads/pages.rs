//! The copies of a whole page of the history, which are read at once.

use serde_json::{Value, json};

use super::{configure, copy_all, export, space};
use crate::app::{TestApp, database_of};

#[tokio::test]
async fn each_export_of_a_page_has_its_own_copies_in_the_order_of_the_storages() {
    let (_folder, database) = database_of("CREATE TABLE t (a)");
    let app = TestApp::start_without_worker(&[("app", &database)]).await;
    copy_all(&app, 100).await;
    let before = export(&app, "before").await;
    // Nothing listens there.
    let nowhere = space("http://127.0.0.1:1", "bucket");
    configure(&app, "z", &nowhere).await;
    let one = export(&app, "one").await;
    configure(&app, "a", &space("http://127.0.0.1:1", "another")).await;
    let two = export(&app, "two").await;
    for id in [&one, &two] {
        app.mutate("uploadDataExport", json!({"id": id})).await;
    }
    let waiting = app.create("waiting").await;
    let fields = "id uploadStatus uploads { storage { name } sizeBytes }";
    let page = app.graphql(&format!("{{ dataExports {{ nodes {{ sizeBytes {fields} }} }} }}"), json!({})).await;
    let nodes = page["dataExports"]["nodes"].as_array().unwrap();
    let shown = |node: &Value| {
        let uploads = node["uploads"].as_array().unwrap();
        assert!(uploads.iter().all(|upload| upload["sizeBytes"] == node["sizeBytes"]), "{node}");
        let names = uploads.iter().map(|upload| upload["storage"]["name"].as_str().unwrap().to_owned());
        (node["id"].as_str().unwrap().to_owned(), names.collect::<String>())
    };
    let expected = [(waiting, ""), (two.clone(), "za"), (one, "za"), (before, "")];
    assert_eq!(nodes.iter().map(shown).collect::<Vec<_>>(), expected.map(|(id, names)| (id, names.to_owned())));
    assert_eq!(
        nodes.iter().map(|node| node["uploadStatus"].clone()).collect::<Vec<_>>(),
        ["PENDING", "PENDING", "PENDING", "NOT_REQUESTED"]
    );
    let alone = app
        .graphql(&format!("query ($id: ID!) {{ dataExport(id: $id) {{ sizeBytes {fields} }} }}"), json!({"id": two}))
        .await;
    assert_eq!(alone["dataExport"], nodes[1], "alone as in its page");
}
