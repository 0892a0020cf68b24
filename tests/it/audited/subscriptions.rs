//! Every subscription that does something is noted before it does it.

use std::collections::BTreeSet;

use serde_json::json;

use super::{counted, deafen, events};
use crate::{
    app::TestApp,
    uploads::{self, tested},
};

/// Those that only watch.
const WATCHING: [&str; 1] = ["dataExportProgress"];
/// Those that do something.
const DOING: [&str; 1] = ["storageLocationTest"];

#[tokio::test]
async fn every_subscription_of_the_schema_watches_or_is_noted() {
    let app = TestApp::start_without_worker(&[]).await;
    let data = app.graphql("{ __schema { subscriptionType { fields { name } } } }", json!({})).await;
    let all = data["__schema"]["subscriptionType"]["fields"].as_array().unwrap().clone();
    let all: BTreeSet<_> = all.iter().map(|field| field["name"].as_str().unwrap()).collect();
    assert_eq!(all, WATCHING.into_iter().chain(DOING).collect());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storage_that_is_tried_out_step_by_step_is_noted_once_and_is_not_tried_if_it_cannot_be() {
    let app = TestApp::start_without_worker(&[]).await;
    let (config, _) = uploads::bucket();
    let id = uploads::configure(&app, "bucket", &config).await;
    let refused = tested::events(tested::watch(&app, app.token.expose(), json!({"id": "nonsense"})).await).await;
    assert_eq!((refused.len(), counted(&app, "TESTED_STORAGE").await), (1, 0));
    let seen = tested::events(tested::watch(&app, app.token.expose(), json!({"id": id})).await).await;
    assert_eq!((&seen.last().unwrap()["ok"], counted(&app, "TESTED_STORAGE").await), (&json!(true), 1));
    let seen = tested::events(tested::watch(&app, app.token.expose(), json!({"config": config})).await).await;
    assert_eq!((&seen.last().unwrap()["ok"], counted(&app, "TESTED_STORAGE").await), (&json!(true), 2));
    let detail = events(&app).await.pop().unwrap().1.unwrap();
    assert!(detail.starts_with("settings that are not kept: DigitaloceanSpaces"), "{detail}");
    deafen(&app);
    let failed = tested::watch(&app, app.token.expose(), json!({"id": id})).await.receive().await;
    assert!(failed.to_string().contains("INTERNAL") && !failed.to_string().contains("steps"), "{failed}");
}
