//! dataExports: the history in pages, as Relay clients walk it.

use serde_json::{Value, json};

use crate::app::{TestApp, database_of};

async fn app_with_five() -> (TestApp, tempfile::TempDir) {
    let (folder, database) = database_of("CREATE TABLE t (a)");
    let app = TestApp::start_without_worker(&[("app", &database)]).await;
    for name in ["1", "2", "3", "4", "5"] {
        app.create(name).await;
    }
    (app, folder)
}

async fn page(app: &TestApp, arguments: &str) -> (Vec<String>, Value) {
    let operation = format!(
        "{{ dataExports({arguments}) {{ nodes {{ name }} edges {{ cursor node {{ id }} }} totalCount \
         pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }}"
    );
    let data = app.graphql(&operation, json!({})).await;
    let connection = data["dataExports"].clone();
    let names = connection["nodes"].as_array().unwrap().iter().map(|node| node["name"].as_str().unwrap().to_owned());
    (names.collect(), connection)
}

fn cursor(connection: &Value, which: &str) -> String {
    connection["pageInfo"][which].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_newest_come_first_and_pages_lead_on_to_the_oldest() {
    let (app, _folder) = app_with_five().await;
    let (names, first) = page(&app, "first: 2").await;
    assert_eq!((names, &first["totalCount"]), (vec!["5".into(), "4".into()], &json!(5)));
    assert_eq!(first["pageInfo"]["hasPreviousPage"], false);
    assert_eq!(first["pageInfo"]["hasNextPage"], true);
    let (names, second) = page(&app, &format!("first: 2, after: {:?}", cursor(&first, "endCursor"))).await;
    assert_eq!(names, ["3", "2"]);
    assert_eq!(second["pageInfo"]["hasPreviousPage"], true);
    let (names, third) = page(&app, &format!("first: 2, after: {:?}", cursor(&second, "endCursor"))).await;
    assert_eq!(names, ["1"]);
    assert_eq!(third["pageInfo"]["hasNextPage"], false);
}

#[tokio::test]
async fn pages_lead_back_from_the_oldest() {
    let (app, _folder) = app_with_five().await;
    let (names, last) = page(&app, "last: 2").await;
    assert_eq!(names, ["2", "1"]);
    assert_eq!(last["pageInfo"]["hasNextPage"], false);
    let (names, before) = page(&app, &format!("last: 2, before: {:?}", cursor(&last, "startCursor"))).await;
    assert_eq!(names, ["4", "3"]);
    assert_eq!(before["pageInfo"]["hasPreviousPage"], true);
    assert_eq!(before["pageInfo"]["hasNextPage"], true);
}

#[tokio::test]
async fn a_page_stays_in_place_when_new_exports_come() {
    let (app, _folder) = app_with_five().await;
    let (_, first) = page(&app, "first: 2").await;
    app.create("6").await;
    let (names, _) = page(&app, &format!("first: 2, after: {:?}", cursor(&first, "endCursor"))).await;
    assert_eq!(names, ["3", "2"]);
}

#[tokio::test]
async fn a_page_that_is_not_served_is_refused_with_a_code() {
    let (app, _folder) = app_with_five().await;
    for arguments in ["first: 101", "first: 0", "first: -1", "last: 101", "first: 1, last: 1", "after: \"nonsense\""] {
        let answer = app.answer(&format!("{{ dataExports({arguments}) {{ totalCount }} }}"), json!({})).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_ARGUMENT", "{arguments}: {answer}");
    }
}

#[tokio::test]
async fn an_export_that_is_not_there_is_null() {
    let (app, _folder) = app_with_five().await;
    for id in ["nonsense", "01a206a4-0c85-7155-9bf8-595267aa41f0"] {
        let data = app.graphql("query ($id: ID!) { dataExport(id: $id) { id } }", json!({"id": id})).await;
        assert_eq!(data["dataExport"], Value::Null);
    }
}

#[tokio::test]
async fn each_export_leads_to_the_completed_one_before_it_whose_tables_can_be_compared() {
    let (_folder, database) = database_of("CREATE TABLE t (a); INSERT INTO t VALUES (1)");
    let app = TestApp::start_without_worker(&[("app", &database)]).await;
    let completed = async |name: &str| {
        let id = app.create(name).await;
        app.drain().await;
        id
    };
    let first = completed("first").await;
    let canceled = app.create("canceled").await;
    app.mutate("cancelDataExport", json!({"id": canceled})).await;
    let source = rusqlite::Connection::open(&database).unwrap();
    source.execute_batch("INSERT INTO t VALUES (2), (3)").unwrap();
    let second = completed("second").await;
    let waiting = app.create("waiting").await;
    let operation = "query ($id: ID!) { dataExport(id: $id) { tables { nodes { name rowCount } } \
        previous { name tables { nodes { name rowCount } } } } }";
    let read = async |id: &str| app.graphql(operation, json!({"id": id})).await["dataExport"].clone();
    let compared = read(&second).await;
    assert_eq!(compared["tables"]["nodes"], json!([{"name": "t", "rowCount": "3"}]));
    let before = json!({"name": "first", "tables": {"nodes": [{"name": "t", "rowCount": "1"}]}});
    assert_eq!(compared["previous"], before);
    assert_eq!(read(&waiting).await["previous"]["name"], "second");
    assert_eq!(read(&canceled).await["previous"]["name"], "first");
    assert_eq!(read(&first).await["previous"], Value::Null);
    app.mutate("deleteDataExport", json!({"id": first})).await;
    assert_eq!(read(&second).await["previous"], Value::Null, "it is not in the history any more");
}

#[tokio::test]
async fn looking_for_the_one_before_each_of_a_page_costs_what_it_is() {
    let app = TestApp::start_without_worker(&[]).await;
    let page = |times: usize| {
        let each: String = (0..times).map(|at| format!("a{at}: previous {{ id }} ")).collect();
        format!("{{ dataExports(first: 100) {{ nodes {{ {each} }} }} }}")
    };
    assert_eq!(app.answer(&page(20), json!({})).await.get("errors"), None);
    let refused = app.answer(&page(25), json!({})).await;
    assert_eq!(refused["errors"][0]["extensions"]["code"], "TOO_COMPLEX", "{refused}");
}
