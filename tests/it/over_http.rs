//! GraphQL over HTTP: methods, media types and status codes. The whole specification is audited in `web/tests/overHttp.spec.ts`.

use reqwest::{Method, RequestBuilder, StatusCode, header};
use serde_json::{Value, json};

use crate::app::TestApp;

const JSON: &str = "application/json; charset=utf-8";
const RESPONSE: &str = "application/graphql-response+json; charset=utf-8";

fn request(app: &TestApp, method: Method) -> RequestBuilder {
    app.client.request(method, format!("{}/graphql", app.url)).bearer_auth(app.token.expose())
}

fn by_get(app: &TestApp, parameters: &[(&str, &str)]) -> RequestBuilder {
    request(app, Method::GET).query(parameters)
}

#[tokio::test]
async fn the_answer_is_in_the_media_type_that_is_wanted_and_its_status_says_whether_it_was_executed() {
    let app = TestApp::start_without_worker(&[]).await;
    let (good, unparsed, invalid) = ("{ viewer { name } }", "{ viewer", "{ nothing }");
    let failing = "{ dataExports(first: 1000) { totalCount } }";
    for (accept, query, status, content_type) in [
        (None, good, 200, JSON),
        (Some("*/*"), unparsed, 200, JSON),
        (Some("application/json"), invalid, 200, JSON),
        (Some("application/graphql-response+json"), good, 200, RESPONSE),
        (Some("application/graphql-response+json"), unparsed, 400, RESPONSE),
        (Some("application/graphql-response+json"), invalid, 400, RESPONSE),
        (Some("application/graphql-response+json"), failing, 200, RESPONSE),
        (Some("application/json;q=0.5, application/graphql-response+json"), good, 200, RESPONSE),
    ] {
        for method in [Method::POST, Method::GET] {
            let request = if method == Method::POST {
                request(&app, method.clone()).json(&json!({"query": query}))
            } else {
                by_get(&app, &[("query", query)])
            };
            let request = accept.into_iter().fold(request, |request, accept| request.header(header::ACCEPT, accept));
            let response = request.send().await.unwrap();
            let told = (response.status().as_u16(), response.headers()[header::CONTENT_TYPE].to_str().unwrap());
            assert_eq!(told, (status, content_type), "{method} {accept:?} {query}");
            assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
            let body: Value = response.json().await.unwrap();
            assert_eq!(body["errors"].is_array(), query != good, "{query}: {body}");
        }
    }
    let refused = by_get(&app, &[("query", good)]).header(header::ACCEPT, "text/html").send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::NOT_ACCEPTABLE);
}

#[tokio::test]
async fn by_get_nothing_is_changed() {
    let app = TestApp::start_without_worker(&[]).await;
    let mutation = "mutation { createDataExport(input: {name: \"x\"}) { dataExport { id } } }";
    let both = format!("query read {{ viewer {{ name }} }} {}", mutation.replace("mutation", "mutation write"));
    let refused = by_get(&app, &[("query", mutation)]).send().await.unwrap();
    assert_eq!(
        (refused.status(), &refused.headers()[header::ALLOW]),
        (StatusCode::METHOD_NOT_ALLOWED, &"POST".parse().unwrap())
    );
    for (name, status) in [("write", 405), ("read", 200)] {
        let response = by_get(&app, &[("query", &both), ("operationName", name)]).send().await.unwrap();
        assert_eq!(response.status().as_u16(), status, "{name}");
    }
    let subscription = by_get(&app, &[("query", "subscription { dataExportProgress(id: \"x\") { id } }")]);
    assert_eq!(subscription.send().await.unwrap().status(), StatusCode::METHOD_NOT_ALLOWED);
    // A browser that is cut off asks again by itself.
    let doing = by_get(&app, &[("query", "subscription { storageLocationTest(input: {id: \"x\"}) { ok } }")]);
    let refused = doing.header(header::ACCEPT, "text/event-stream").send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::METHOD_NOT_ALLOWED);
    for method in [Method::PUT, Method::DELETE, Method::PATCH] {
        let response = request(&app, method).json(&json!({"query": mutation})).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
        assert!(response.headers()[header::ALLOW].to_str().unwrap().contains("POST"));
    }
    assert_eq!(app.history().await.len(), 0);
    let variables = [("query", "query ($id: ID!) { dataExport(id: $id) { id } }"), ("variables", "{\"id\": \"x\"}")];
    let answered: Value = by_get(&app, &variables).send().await.unwrap().json().await.unwrap();
    assert_eq!(answered, json!({"data": {"dataExport": null}}));
    let broken = by_get(&app, &[("query", "{ viewer { name } }"), ("variables", "{a-secret")]).send().await.unwrap();
    assert_eq!(broken.status(), StatusCode::BAD_REQUEST);
    assert!(!broken.text().await.unwrap().contains("a-secret"));
}

#[tokio::test]
async fn what_is_not_json_in_utf_8_is_refused_by_its_media_type() {
    let app = TestApp::start_without_worker(&[]).await;
    let query = json!({"query": "{ viewer { name } }"}).to_string();
    for (content_type, status) in [
        ("application/json", 200),
        ("Application/JSON; charset=\"UTF-8\"", 200),
        ("application/json; charset=utf-16", 415),
        ("multipart/form-data; boundary=x", 415),
        ("application/graphql", 415),
    ] {
        let request = request(&app, Method::POST).header(header::CONTENT_TYPE, content_type).body(query.clone());
        assert_eq!(request.send().await.unwrap().status().as_u16(), status, "{content_type}");
    }
}
