//! Documents that ask for too much.

use carryall::limits::Limits;
use reqwest::{StatusCode, header};
use serde_json::{Value, json};

use crate::{
    app::{PATIENCE, Setup, TestApp},
    socket::Socket,
};

/// A few hundred bytes that come to a hundred million fields: each fragment spreads the next one ten times.
fn bomb() -> String {
    let fragment = |number: u32| {
        let next = format!("...f{} ", number + 1).repeat(10);
        format!("fragment f{number} on Query {{ {} }} ", if number == 8 { "__typename".into() } else { next })
    };
    format!("{{ ...f1 }} {}", (1..=8).map(fragment).collect::<String>())
}

fn nested(depth: usize) -> String {
    format!("{}{{ b }}{}", "{ a ".repeat(depth), " }".repeat(depth))
}

/// Fragments that each spread the next, spread themselves from the last to the first, so that each is known when it is spread.
fn reversed_chain() -> String {
    let spreads = (0..500).rev().map(|at| format!("...f{at} ")).collect::<String>();
    let chain = (0..499).map(|at| format!("fragment f{at} on Query {{ ...f{} }} ", at + 1)).collect::<String>();
    format!("{{ {spreads} }} {chain} fragment f499 on Query {{ __typename }}")
}

/// Documents that ask for too much, and the code of the refusal.
fn documents() -> Vec<(&'static str, String, &'static str)> {
    let aliases = |number: usize| (0..number).map(|at| format!("a{at}: __typename ")).collect::<String>();
    let chain = (0..800).map(|at| format!("fragment f{at} on Query{{...f{}}}", at + 1)).collect::<String>();
    vec![
        ("fragments that multiply", bomb(), "TOO_COMPLEX"),
        ("deep nesting", nested(40), "TOO_COMPLEX"),
        ("brackets in brackets", format!("{{ a(b: {}{}) }}", "[".repeat(5_000), "]".repeat(5_000)), "TOO_COMPLEX"),
        ("brackets without an end", "{a".repeat(4_000), "TOO_COMPLEX"),
        (
            "brackets in types",
            format!("query ($a: {}Int{}) {{ __typename }}", "[".repeat(3_000), "]".repeat(3_000)),
            "TOO_COMPLEX",
        ),
        ("a thousand aliases", format!("{{ {} }}", aliases(1_000)), "TOO_COMPLEX"),
        ("ten thousand aliases", format!("{{ {} }}", aliases(10_000)), "DOCUMENT_TOO_LARGE"),
        (
            "aliases in fragments",
            format!("{{ {} }} fragment a on Query {{ {} }}", "...a ".repeat(50), aliases(90)),
            "TOO_COMPLEX",
        ),
        ("a thousand directives", format!("{{ __typename {} }}", "@include(if: true) ".repeat(1_000)), "TOO_COMPLEX"),
        ("many tokens", format!("{{ {} }}", "a ".repeat(20_000)), "DOCUMENT_TOO_LARGE"),
        ("many bytes", format!("{{ viewer {{ name }} }} #{}", "x".repeat(100_000)), "DOCUMENT_TOO_LARGE"),
        (
            "a circle of fragments",
            "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }".into(),
            "TOO_COMPLEX",
        ),
        ("a fragment in itself", "{ ...a } fragment a on Query { __typename ...a }".into(), "TOO_COMPLEX"),
        ("a chain of fragments", format!("{{ ...f0 }} {chain} fragment f800 on Query{{__typename}}"), "TOO_COMPLEX"),
        (
            "lists in lists",
            "{ dataExports(first: 100) { nodes { tables(first: 100) { nodes { name rowCount bytes sha256 } } } } }"
                .into(),
            "TOO_COMPLEX",
        ),
        (
            "a password many times",
            format!(
                "{{ dataExports(first: 100) {{ nodes {{ {} }} }} }}",
                (0..3).map(|at| format!("p{at}: filePassword ")).collect::<String>()
            ),
            "TOO_COMPLEX",
        ),
        (
            "many exports at once",
            "mutation { a: createDataExport(input: {name: \"a\"}) { dataExport { id } } \
                ...b } fragment b on Mutation { createDataExport(input: {name: \"b\"}) { dataExport { id } } }"
                .into(),
            "TOO_COMPLEX",
        ),
        (
            "one storage tried out again and again",
            format!(
                "subscription {{ {} }}",
                (0..2)
                    .map(|at| format!("a{at}: storageLocationTest(input: {{id: \"x\"}}) {{ ok }} "))
                    .collect::<String>()
            ),
            "TOO_COMPLEX",
        ),
        ("a chain that is spread from its end", reversed_chain(), "TOO_COMPLEX"),
        (
            "an introspection of everything in everything",
            format!(
                "{{ __schema {{ types {{ fields {{ type {{ ofType {{ fields {{ {} }} }} fields {{ {} }} }} }} }} }} }}",
                "name ".repeat(3_000),
                "name ".repeat(3_000)
            ),
            "TOO_COMPLEX",
        ),
        (
            "an introspection of one thing again and again",
            format!("{{ __schema {{ types {{ {} }} }} }}", "name ".repeat(1_100)),
            "TOO_COMPLEX",
        ),
        (
            "many changes",
            format!(
                "mutation {{ {} }}",
                (0..30)
                    .map(|at| format!(
                        "a{at}: pinDataExport(input: {{id: \"x\", pinned: true}}) {{ dataExport {{ id }} }} "
                    ))
                    .collect::<String>()
            ),
            "TOO_COMPLEX",
        ),
        ("no document", "\u{0}\u{7}{{{".into(), "GRAPHQL_PARSE_FAILED"),
        (
            "unknown fields",
            format!("{{ {} }}", (0..2_000).map(|at| format!("viewr{at} ")).collect::<String>()),
            "GRAPHQL_VALIDATION_FAILED",
        ),
    ]
}

#[tokio::test]
async fn a_document_that_asks_for_too_much_is_refused_by_every_way_in() {
    let api_limits = Limits { message_bytes: 1_000_000, ..Limits::default() };
    let app = TestApp::start_with(&[], Setup { api_limits, ..Setup::default() }).await;
    let mut socket = Socket::signed_in(&app, app.token.expose()).await;
    for (number, (what, document, code)) in documents().into_iter().enumerate() {
        let posted = tokio::time::timeout(PATIENCE, app.answer(&document, json!({}))).await.expect(what);
        assert_eq!(posted["errors"][0]["extensions"]["code"], code, "{what}: {posted}");
        assert_eq!(posted.get("data"), None, "{what}");
        let errors = posted["errors"].as_array().unwrap().len();
        assert!(errors <= 20, "{what}: {errors} errors");
        let id = number.to_string();
        socket.subscribe(&id, &document, json!({})).await;
        let over = socket.answer(&id).await;
        assert_eq!(
            (&over["type"], &over["payload"][0]["extensions"]["code"]),
            (&json!("error"), &json!(code)),
            "{what}"
        );
        let streamed = app.client.post(format!("{}/graphql", app.url)).bearer_auth(app.token.expose());
        let streamed = streamed.header(header::ACCEPT, "text/event-stream").json(&json!({"query": document}));
        let streamed = streamed.send().await.unwrap();
        assert_eq!(streamed.status(), StatusCode::BAD_REQUEST, "{what}");
        let streamed: Value = streamed.json().await.unwrap();
        assert_eq!(streamed["errors"][0]["extensions"]["code"], code, "{what}");
        let by_get = app.client.get(format!("{}/graphql", app.url)).bearer_auth(app.token.expose());
        if document.len() < 8_000 {
            let by_get: Value = by_get.query(&[("query", &document)]).send().await.unwrap().json().await.unwrap();
            let refused = by_get["errors"][0]["extensions"]["code"].as_str().unwrap();
            assert!(
                refused == code || refused == "METHOD_NOT_ALLOWED" && document.starts_with("mutation"),
                "{what}: {by_get}"
            );
        }
    }
    assert_eq!(app.history().await.len(), 0);
}

#[tokio::test]
async fn a_limit_is_a_setting() {
    let mut api_limits = Limits::default();
    (api_limits.document_depth, api_limits.document_aliases, api_limits.document_complexity) = (5, 0, 100);
    let app = TestApp::start_with(&[], Setup { api_limits, ..Setup::default() }).await;
    for (document, wrong) in [
        ("{ dataExports { nodes { uploads { storage { lastFailure { code } } } } } }", Some("deeper than 5 fields")),
        ("{ me: viewer { name } }", Some("more than 0 aliases")),
        ("{ dataExports(first: 50) { nodes { id name } } }", Some("document-complexity")),
        ("{ dataExports(first: 10) { nodes { id name } } viewer { name } }", None),
    ] {
        let answer = app.answer(document, json!({})).await;
        match wrong {
            Some(wrong) => assert!(answer["errors"][0]["message"].as_str().unwrap().contains(wrong), "{answer}"),
            None => assert_eq!(answer.get("errors"), None, "{document}"),
        }
    }
}

#[tokio::test]
async fn graphiqls_introspection_is_within_the_limits_and_nobody_else_gets_one() {
    let app = TestApp::start_without_worker(&[]).await;
    let kind = "kind name ofType { ".repeat(9) + "name" + &" }".repeat(9);
    let query = format!(
        "{{ __schema {{ types {{ name fields(includeDeprecated: true) {{ name args {{ name type {{ {kind} }} }} }} }} }} }}"
    );
    assert!(app.graphql(&query, json!({})).await["__schema"]["types"].is_array());
    let request = app.client.post(format!("{}/graphql", app.url));
    for query in [query.as_str(), "{ viewr { name } }"] {
        let refused: Value =
            request.try_clone().unwrap().json(&json!({"query": query})).send().await.unwrap().json().await.unwrap();
        assert_eq!(refused["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
        assert!(!refused.to_string().contains("viewer"), "{refused}");
    }
}
