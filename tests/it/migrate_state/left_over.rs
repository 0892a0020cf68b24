//! What a server that was killed has left goes along, and is made good for over PostgreSQL.

use carryall::database::{Address, Pool, copy};
use chrono::TimeDelta;
use entity::{data_export, upload};
use sea_orm::EntityTrait;

use super::*;
use crate::uploads;

#[tokio::test(flavor = "multi_thread")]
async fn a_run_and_a_copy_that_were_cut_off_are_taken_up_by_the_processes_over_postgresql() {
    let (_folder, source) = database_of("CREATE TABLE t (a)");
    let app = TestApp::start_without_worker(&[("app", &source)]).await;
    // Nothing listens there: each try is one more that has failed.
    uploads::configure(&app, "s", &uploads::space("http://127.0.0.1:1", "bucket")).await;
    let done = uploads::export(&app, "done").await;
    let waits = app.create("cut off").await;
    let id = |id: &str| app.uuid(id);
    app.execute(&format!(
        "UPDATE data_export SET state = 'RUNNING', phase = 'EXPORTING', worker = {} WHERE id = {}",
        app.somebody(),
        id(&waits)
    ))
    .await;
    app.mutate("uploadDataExport", json!({"id": done})).await;
    let carried = format!(
        "UPDATE upload SET status = 'UPLOADING', worker = {}, attempts = 1, begun = true, may_be_there = true",
        app.somebody()
    );
    assert_eq!(app.execute(&carried).await, 1);

    let database = Postgres::shared().database().await;
    let address = Address::parse(&database.address()).unwrap();
    copy(&app.address, &address, Pool::default()).await.unwrap();
    let db = address.open(Pool::default()).await.unwrap();
    let copied = upload::Entity::find().one(&db).await.unwrap().unwrap();
    assert_eq!((copied.status, copied.attempts), (upload::Status::Uploading, 1), "as it was");
    let engine = app.another_over(&address, Pool::default()).await;
    for _ in 0..6 {
        engine.tick().await;
        app.pass(TimeDelta::seconds(10));
    }
    let export = data_export::Entity::find_by_id(waits.parse::<uuid::Uuid>().unwrap()).one(&db).await.unwrap().unwrap();
    assert_eq!(export.failure_code, Some(data_export::FailureCode::WorkerLost));
    engine.drain(&app.stop).await.unwrap();
    let exports = data_export::Entity::find().all(&db).await.unwrap();
    let restart = exports.iter().find(|other| other.restart_of == Some(export.id)).unwrap();
    assert_eq!(restart.state, data_export::State::Completed);
    app.pass(TimeDelta::minutes(3));
    engine.serve_storages(&app.stop).await.unwrap();
    let tried = upload::Entity::find().one(&db).await.unwrap().unwrap();
    assert_eq!((tried.worker, tried.attempts), (None, 2), "taken up by another");
}
