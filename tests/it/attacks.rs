//! What attackers send: each is refused at once, with a code, and the server goes on.

use std::time::Duration;

use carryall::{http::Reach, limits::Limits};
use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    app::{PATIENCE, Setup, TestApp, database_of, until},
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
        ("{ dataExports(first: 50) { nodes { id name } } }", Some("too complex")),
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

#[tokio::test]
async fn bodies_batches_and_forms_that_are_no_operation_are_refused() {
    let app = TestApp::start_without_worker(&[]).await;
    let mutation = "mutation { createDataExport(input: {name: \"x\"}) { dataExport { id } } }";
    let one = json!({"query": mutation});
    let batch = Value::from(vec![one.clone(); 1_000]).to_string();
    let huge = json!({"query": "{ viewer { name } }", "variables": {"a": "x".repeat(10 * 1024 * 1024)}}).to_string();
    let deep = format!("{{\"query\": \"{{ viewer {{ name }} }}\", \"variables\": {{\"a\": {}}}}}", "[".repeat(100_000));
    let multipart = "--x\r\nContent-Disposition: form-data; name=\"operations\"\r\n\r\n{}\r\n--x--\r\n";
    for (content_type, body, status) in [
        ("application/json", batch.as_str(), 400),
        ("application/json", &huge, 413),
        ("application/json", &deep, 400),
        ("multipart/form-data; boundary=x", multipart, 415),
        ("text/plain", &one.to_string(), 415),
        ("application/x-www-form-urlencoded", "query=mutation", 415),
    ] {
        let request = app.client.post(format!("{}/graphql", app.url)).bearer_auth(app.token.expose());
        let response = request.header(header::CONTENT_TYPE, content_type).body(body.to_owned()).send().await.unwrap();
        assert_eq!(response.status().as_u16(), status, "{content_type}");
        let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
        let told: Value = response.json().await.unwrap();
        assert!(told["errors"][0]["extensions"]["code"].is_string(), "{told}");
        assert_eq!(told["errors"][0]["extensions"]["requestId"], id);
    }
    let request = app.client.request(Method::GET, format!("{}/graphql", app.url)).bearer_auth(app.token.expose());
    assert_eq!(request.query(&[("query", mutation)]).send().await.unwrap().status(), StatusCode::METHOD_NOT_ALLOWED);
    // Without its length said before.
    let chunks = futures_util::stream::iter((0..2_000).map(|_| Ok::<_, std::io::Error>(vec![b' '; 1024])));
    let request = app.client.post(format!("{}/graphql", app.url)).bearer_auth(app.token.expose());
    let request = request.header(header::CONTENT_TYPE, "application/json").body(reqwest::Body::wrap_stream(chunks));
    assert_eq!(request.send().await.unwrap().status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(app.history().await.len(), 0);
}

#[tokio::test]
async fn tricks_with_paths_lead_nowhere() {
    let (_folder, database) = database_of("CREATE TABLE t (a)");
    let app = TestApp::start(&[("app", &database)]).await;
    let export = app.run("x").await;
    let link = export["downloadUrl"].as_str().unwrap();
    assert_eq!(app.client.get(link).send().await.unwrap().status(), StatusCode::OK);
    let (path, signed) = link.split_once('?').unwrap();
    let path = path.strip_prefix(&app.url).unwrap();
    let (folder, file) = path.rsplit_once('/').unwrap();
    for trick in [
        format!("{folder}/../../secret.key?{signed}"),
        format!("{folder}/..%2f..%2fsecret.key?{signed}"),
        format!("{folder}/%2e%2e%2f%2e%2e%2fcarryall.db?{signed}"),
        format!("{folder}/..%5c..%5csecret.key?{signed}"),
        format!("{folder}/{file}%00.zip?{signed}"),
        format!("{folder}//{file}?{signed}"),
        format!("/downloads/..%2f{file}?{signed}"),
        format!("{}?{signed}", path.to_uppercase()),
        format!("{folder}/{file}?{}", signed.replace("expires=", "expires=9")),
        format!("{folder}/{file}?{signed}0"),
        format!("{folder}/{file}?{signed}&{signed}"),
        format!("{folder}/{file}"),
        "/assets/../secret.key".to_owned(),
        "/assets/..%2f..%2fCargo.toml".to_owned(),
        "/assets//etc/passwd".to_owned(),
    ] {
        // Sent as it stands: a client would put the path straight.
        let (status, body) =
            raw(&app, &format!("GET {trick} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")).await;
        assert!(matches!(status, 400 | 403 | 404), "{trick}: {status}");
        assert!(!body.contains("PK\u{3}\u{4}") && !body.contains("[package]") && !body.contains("SQLite"), "{trick}");
    }
}

#[tokio::test]
async fn slow_and_silent_clients_are_cut_and_others_are_served_meanwhile() {
    let mut api_limits = Limits::default();
    (api_limits.header_seconds, api_limits.body_seconds, api_limits.connections) = (1, 1, 10);
    let app = TestApp::start_with(&[], Setup { api_limits, ..Setup::default() }).await;
    let authorization = format!("Authorization: Bearer {}\r\n", app.token.expose());
    let body = format!(
        "POST /graphql HTTP/1.1\r\nHost: localhost\r\n{authorization}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{{"
    );
    for begun in ["", "GET /graphql HTTP/1.1\r\nHost: loc", "\x16\x03\x01\x02\x00", &body] {
        let mut slow = connect(&app).await;
        slow.write_all(begun.as_bytes()).await.unwrap();
        let mut told = Vec::new();
        let cut = tokio::time::timeout(PATIENCE, slow.read_to_end(&mut told)).await;
        assert!(cut.is_ok(), "{begun:?} is still open");
        assert_eq!(told.starts_with(b"HTTP/1.1 408"), begun == body, "{begun:?}: {}", String::from_utf8_lossy(&told));
    }
    // One that has asked something, and then nothing more.
    let mut idle = connect(&app).await;
    idle.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    let mut told = Vec::new();
    assert!(tokio::time::timeout(PATIENCE, idle.read_to_end(&mut told)).await.is_ok(), "an idle one is still open");
    assert!(told.starts_with(b"HTTP/1.1 200"));
    // As many as there may be; those who wait hold their places only until they are cut.
    let mut crowd = Vec::new();
    for _ in 0..20 {
        crowd.push(connect(&app).await);
    }
    let served = async {
        loop {
            if let Ok(response) = app.client.get(format!("{}/healthz", app.url)).send().await {
                return response.status();
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    assert_eq!(tokio::time::timeout(PATIENCE, served).await.expect("nobody is served"), StatusCode::OK);
}

#[tokio::test]
async fn one_address_does_not_take_every_place() {
    let api_limits = Limits { connections_per_address: 3, ..Limits::default() };
    let reach = Reach { trusted_proxies: vec!["127.0.0.2/32".parse().unwrap()], ..Reach::default() };
    let app = TestApp::start_with(&[], Setup { api_limits, reach, ..Setup::default() }).await;
    let from = async |address: [u8; 4]| {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind((address, 0).into()).unwrap();
        let mut stream = socket.connect(app.url.strip_prefix("http://").unwrap().parse().unwrap()).await.unwrap();
        let _ = stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
        let mut begun = [0; 12];
        let answered = stream.read_exact(&mut begun).await.is_ok() && begun == *b"HTTP/1.1 200";
        (answered, stream)
    };
    let mut open = Vec::new();
    for expected in [true, true, true, false] {
        let (answered, stream) = from([127, 0, 0, 3]).await;
        assert_eq!(answered, expected);
        open.push(stream);
    }
    for _ in 0..5 {
        let (answered, stream) = from([127, 0, 0, 2]).await;
        assert!(answered, "a proxy that is trusted");
        open.push(stream);
    }
    assert!(from([127, 0, 0, 4]).await.0, "another address");
    drop(open);
    until("the places are free again", async || from([127, 0, 0, 3]).await.0).await;
}

#[tokio::test]
async fn http_2_is_not_spoken() {
    let app = TestApp::start_without_worker(&[]).await;
    let (status, _) = raw(&app, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await;
    assert_eq!(status, 0, "it was answered");
    assert_eq!(
        app.client.get(format!("{}/healthz", app.url)).send().await.unwrap().version(),
        reqwest::Version::HTTP_11
    );
}

#[tokio::test]
async fn a_head_that_is_too_long_is_refused() {
    let app = TestApp::start_without_worker(&[]).await;
    let long = "x".repeat(100_000);
    let (status, _) =
        raw(&app, &format!("GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Long: {long}\r\nConnection: close\r\n\r\n"))
            .await;
    assert_eq!(status, 431);
}

#[tokio::test]
async fn a_client_that_takes_nothing_of_a_download_is_cut() {
    let (_folder, database) = database_of(
        "CREATE TABLE t (a); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400) \
         INSERT INTO t SELECT randomblob(50000) FROM n",
    );
    let api_limits = Limits { write_seconds: 1, ..Limits::default() };
    let setup = Setup { api_limits, ..Setup::default() };
    let app = TestApp::start_with(&[("app", format!("sqlite:{}", database.display()))], setup).await;
    app.start_worker();
    let export = app.run("large").await;
    let path = export["downloadUrl"].as_str().unwrap().strip_prefix(&app.url).unwrap().to_owned();
    let mut stalled = connect(&app).await;
    stalled.write_all(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_secs(4)).await;
    let mut got = Vec::new();
    let _ = tokio::time::timeout(PATIENCE, stalled.read_to_end(&mut got)).await.expect("it is still sent");
    let size: usize = export["sizeBytes"].as_str().unwrap().parse().unwrap();
    assert!(got.starts_with(b"HTTP/1.1 200") && got.len() < size, "{} of {size} came", got.len());
}

#[tokio::test]
async fn a_token_that_asks_too_often_waits_and_an_address_that_guesses_is_told_so() {
    let mut api_limits = Limits::default();
    (api_limits.requests_per_second, api_limits.failed_sign_ins) = (2, 3);
    let app = TestApp::start_with(&[], Setup { api_limits, ..Setup::default() }).await;
    let ask = async |token: &str| {
        let request = app.client.post(format!("{}/graphql", app.url)).bearer_auth(token);
        request.json(&json!({"query": "{ viewer { name } }"})).send().await.unwrap()
    };
    let mut refused = None;
    for _ in 0..20 {
        let response = ask(app.token.expose()).await;
        if response.status() == StatusCode::TOO_MANY_REQUESTS {
            refused = Some(response);
            break;
        }
        assert_eq!(response.status(), StatusCode::OK);
    }
    let refused = refused.expect("twenty at once are served");
    assert_eq!(refused.headers()[header::RETRY_AFTER], "1");
    assert_eq!(refused.json::<Value>().await.unwrap()["errors"][0]["extensions"]["code"], "RATE_LIMITED");
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(ask(app.token.expose()).await.status(), StatusCode::OK, "after the wait it is let in");
    let mut guesses = Vec::new();
    for guess in 0..5 {
        guesses.push(ask(&format!("carryall_{guess}")).await.status().as_u16());
    }
    assert_eq!(guesses, [401, 401, 401, 429, 429]);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(ask(app.token.expose()).await.status(), StatusCode::OK, "a good token is let in from there too");
}

#[tokio::test]
async fn a_server_for_this_machine_alone_answers_to_no_other_name() {
    let reach = Reach { public_url: "https://carryall.example.com".parse().ok(), ..Reach::default() };
    let app = TestApp::start_with(&[], Setup { reach, ..Setup::default() }).await;
    for (host, status) in [
        ("localhost", 200),
        ("LOCALHOST:8080", 200),
        ("127.0.0.1:1", 200),
        ("[::1]:8080", 200),
        ("carryall.example.com", 200),
        ("evil.example", 421),
        ("127.0.0.1.evil.example", 421),
        ("localhost.evil.example", 421),
        ("192.0.2.1", 421),
        ("", 421),
    ] {
        let (told, _) = raw(&app, &format!("GET /healthz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")).await;
        assert_eq!(told, status, "{host}");
    }
}

async fn connect(app: &TestApp) -> TcpStream {
    TcpStream::connect(app.url.strip_prefix("http://").unwrap()).await.unwrap()
}

/// The status and the body of the answer to a request that is sent as it stands.
async fn raw(app: &TestApp, request: &str) -> (u16, String) {
    let mut stream = connect(app).await;
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let _ = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("no end");
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    (status, answer)
}
