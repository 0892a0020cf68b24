//! Downloads: links that are signed and expire, and ranges of the archive.

use chrono::TimeDelta;
use reqwest::{Method, Response, StatusCode, header};
use serde_json::{Value, json};

use crate::app::{TestApp, database_of};

async fn completed() -> (TestApp, Vec<u8>, Value, tempfile::TempDir) {
    let (folder, database) = database_of("CREATE TABLE t (a); INSERT INTO t VALUES (randomblob(5000))");
    let app = TestApp::start(&[("app", &database)]).await;
    let export = app.run("x").await;
    let bytes = std::fs::read(app.archive(&export).0).unwrap();
    (app, bytes, export, folder)
}

async fn get(app: &TestApp, method: Method, url: &str, headers: &[(&str, &str)]) -> Response {
    let request = app.client.request(method, url);
    headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)).send().await.unwrap()
}

fn text(response: &Response, name: header::HeaderName) -> String {
    response.headers()[name].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_link_gives_the_archive_with_its_name_length_and_type_and_without_a_token() {
    let (app, bytes, export, _folder) = completed().await;
    let response = get(&app, Method::GET, export["downloadUrl"].as_str().unwrap(), &[]).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(text(&response, header::CONTENT_TYPE), "application/zip");
    assert_eq!(text(&response, header::CONTENT_LENGTH), bytes.len().to_string());
    assert_eq!(text(&response, header::ACCEPT_RANGES), "bytes");
    let disposition = format!("attachment; filename={}", export["fileName"]);
    assert_eq!(text(&response, header::CONTENT_DISPOSITION), disposition);
    assert_eq!(response.bytes().await.unwrap(), bytes);
    let head = get(&app, Method::HEAD, export["downloadUrl"].as_str().unwrap(), &[]).await;
    assert_eq!((head.status(), text(&head, header::CONTENT_LENGTH)), (StatusCode::OK, bytes.len().to_string()));
}

#[tokio::test]
async fn a_range_gives_just_its_bytes() {
    let (app, bytes, export, _folder) = completed().await;
    let url = export["downloadUrl"].as_str().unwrap();
    let length = bytes.len();
    for (range, from, to) in [
        ("bytes=0-0".to_owned(), 0, 1),
        ("bytes=10-19".to_owned(), 10, 20),
        (format!("bytes={}-", length - 5), length - 5, length),
        ("bytes=-7".to_owned(), length - 7, length),
        (format!("bytes=10-{}", length + 100), 10, length),
    ] {
        let response = get(&app, Method::GET, url, &[("Range", &range)]).await;
        assert_eq!(response.status(), StatusCode::PARTIAL_CONTENT, "{range}");
        assert_eq!(text(&response, header::CONTENT_RANGE), format!("bytes {from}-{}/{length}", to - 1));
        assert_eq!(response.bytes().await.unwrap(), bytes[from..to], "{range}");
    }
    let beyond = get(&app, Method::GET, url, &[("Range", &format!("bytes={length}-"))]).await;
    assert_eq!(beyond.status(), StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(text(&beyond, header::CONTENT_RANGE), format!("bytes */{length}"));
}

#[tokio::test]
async fn a_broken_download_goes_on_only_with_the_same_archive() {
    let (app, bytes, export, _folder) = completed().await;
    let url = export["downloadUrl"].as_str().unwrap();
    let tag = text(&get(&app, Method::GET, url, &[]).await, header::ETAG);
    let same = get(&app, Method::GET, url, &[("Range", "bytes=5-"), ("If-Range", &tag)]).await;
    assert_eq!(same.status(), StatusCode::PARTIAL_CONTENT);
    let other = get(&app, Method::GET, url, &[("Range", "bytes=5-"), ("If-Range", "\"another\"")]).await;
    assert_eq!((other.status(), other.bytes().await.unwrap().len()), (StatusCode::OK, bytes.len()));
    for ignored in ["bytes=0-1,4-5", "lines=1-2", "nonsense"] {
        let whole = get(&app, Method::GET, url, &[("Range", ignored)]).await;
        assert_eq!(whole.status(), StatusCode::OK, "{ignored}");
    }
}

#[tokio::test]
async fn a_link_that_has_expired_or_was_changed_gives_nothing() {
    let (app, _, export, _folder) = completed().await;
    let url = export["downloadUrl"].as_str().unwrap().to_owned();
    let (path, query) = url.split_once("?expires=").unwrap();
    let (expires, signature) = query.split_once('&').unwrap();
    let later = expires.parse::<i64>().unwrap() + 1;
    let refusal = async |url: &str| {
        let refused = get(&app, Method::GET, url, &[]).await;
        assert_eq!(refused.status(), StatusCode::FORBIDDEN, "{url}");
        let error = refused.json::<Value>().await.unwrap()["errors"][0].clone();
        (error["message"].clone(), error["extensions"]["code"].clone())
    };
    app.pass(TimeDelta::seconds(299));
    assert_eq!(get(&app, Method::GET, &url, &[]).await.status(), StatusCode::OK);
    app.pass(TimeDelta::seconds(1));
    let over = refusal(&url).await;
    let id = export["id"].as_str().unwrap();
    for changed in [
        path.to_owned(),
        format!("{path}?expires={later}&{signature}"),
        format!("{path}?expires={expires}&signature=AAAA"),
        format!("{path}?expires={expires}&signature="),
        format!("{path}?expires=never&{signature}"),
        url.replace(".zip?", ".zap?"),
        url.replace(id, "01a206a4-0c85-7155-9bf8-595267aa41f0"),
        url.replace(id, "nothing"),
    ] {
        assert_eq!(refusal(&changed).await, over, "{changed}");
    }
}

#[tokio::test]
async fn a_download_that_was_begun_goes_on_when_its_link_is_over() {
    let sql = "CREATE TABLE t (a); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400) \
        INSERT INTO t SELECT randomblob(50000) FROM n";
    let (_folder, database) = database_of(sql);
    let app = TestApp::start(&[("app", &database)]).await;
    let export = app.run("large").await;
    let url = export["downloadUrl"].as_str().unwrap();
    let mut response = get(&app, Method::GET, url, &[]).await;
    let mut bytes = response.chunk().await.unwrap().unwrap().to_vec();
    app.pass(TimeDelta::hours(1));
    assert_eq!(get(&app, Method::GET, url, &[]).await.status(), StatusCode::FORBIDDEN);
    while let Some(more) = response.chunk().await.unwrap() {
        bytes.extend_from_slice(&more);
    }
    assert_eq!(bytes, std::fs::read(app.archive(&export).0).unwrap());
}

#[tokio::test]
async fn a_link_lives_as_long_as_was_asked_for_up_to_a_day() {
    let (app, _, export, _folder) = completed().await;
    let query = "query ($id: ID!, $seconds: Int!) { dataExport(id: $id) { downloadUrl(expiresInSeconds: $seconds) } }";
    for seconds in [0, -1, 86401] {
        let answer = app.answer(query, json!({"id": export["id"], "seconds": seconds})).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_ARGUMENT", "{seconds}");
    }
    let data = app.graphql(query, json!({"id": export["id"], "seconds": 86400})).await;
    app.pass(TimeDelta::hours(23));
    let url = data["dataExport"]["downloadUrl"].as_str().unwrap().to_owned();
    assert_eq!(get(&app, Method::GET, &url, &[]).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn an_archive_that_somebody_took_away_or_cut_short_is_not_offered() {
    let (app, bytes, export, _folder) = completed().await;
    let url = export["downloadUrl"].as_str().unwrap();
    let (archive, _) = app.archive(&export);
    std::fs::write(&archive, &bytes[1..]).unwrap();
    assert_eq!(app.export(export["id"].as_str().unwrap()).await["downloadUrl"], Value::Null);
    assert_eq!(get(&app, Method::GET, url, &[]).await.status(), StatusCode::GONE);
    std::fs::remove_file(&archive).unwrap();
    assert_eq!(app.export(export["id"].as_str().unwrap()).await["downloadUrl"], Value::Null);
    assert_eq!(get(&app, Method::GET, url, &[]).await.status(), StatusCode::GONE);
}
