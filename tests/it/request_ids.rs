//! The id of a request leads from what a client is told of a fault to what the log has of it.

use serde_json::{Value, json};

use crate::{
    app::{client, until},
    process::{Server, carryall},
    socket::Socket,
};

#[tokio::test]
async fn a_fault_is_logged_under_the_id_that_the_client_is_told_whichever_way_it_asked_and_with_nothing_of_its_cause() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut command = carryall();
    command.args(["serve", "--demo", "--listen", "127.0.0.1:0", "--data-dir"]).arg(&data);
    // Errors alone, and where it listens.
    command.env("RUST_LOG", "error,carryall::command=info");
    let server = Server::spawn(command, &data).await;
    server.create().await;
    let export = server.settled().await[0]["id"].as_str().unwrap().to_owned();
    let state = rusqlite::Connection::open(data.join("carryall.db")).unwrap();
    state.execute_batch("ALTER TABLE exported_table RENAME TO gone").unwrap();

    let fields = "tables { totalCount }";
    let query = json!({"query": format!("{{ dataExports {{ nodes {{ {fields} }} }} }}")});
    let watch = json!({"query": format!("subscription {{ dataExportProgress(id: \"{export}\") {{ {fields} }} }}")});
    let request = client().post(format!("{}/graphql", server.url)).bearer_auth(&server.token);
    let answer = request.try_clone().unwrap().json(&query).send().await.unwrap();
    let header = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
    let posted: Value = answer.json().await.unwrap();
    assert_eq!(posted["errors"][0]["extensions"]["requestId"], header);
    let streamed =
        request.header("accept", "text/event-stream").json(&watch).send().await.unwrap().text().await.unwrap();
    let streamed: Value =
        serde_json::from_str(streamed.split("data: ").nth(1).unwrap().lines().next().unwrap()).unwrap();
    let mut socket = Socket::open(&server.url, &[]).await.unwrap();
    socket.init(json!({"Authorization": format!("Bearer {}", server.token)})).await;
    socket.receive().await;
    socket.subscribe("1", watch["query"].as_str().unwrap(), json!({})).await;
    let watched = socket.answer("1").await["payload"].clone();

    for told in [posted, streamed, watched] {
        let error = &told["errors"][0];
        assert_eq!(error["extensions"]["code"], "INTERNAL", "{told}");
        assert!(!told.to_string().contains("exported_table"), "{told}");
        let id = error["extensions"]["requestId"].as_str().unwrap().to_owned();
        let logged = async || {
            server
                .log()
                .lines()
                .any(|line| line.contains("ERROR") && line.contains(&id) && line.contains("exported_table"))
        };
        until("the log has the cause under the id", logged).await;
    }
}
