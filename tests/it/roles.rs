//! Who may do what: every field of the schema stands in `roles.txt` with the least role that may have it, and each role is
//! tried at each of them.

use std::collections::{BTreeMap, HashMap, VecDeque};

use serde_json::{Map, Value, json};

use crate::{
    app::{Setup, TestApp, database_of},
    uploads,
};

/// The least role for each field, a line each: `Type.field ROLE`.
const RULES: &str = include_str!("roles.txt");
/// The least first.
const ROLES: [&str; 3] = ["VIEWER", "OPERATOR", "ADMIN"];
/// Types that only a mutation returns, besides payloads.
const OF_MUTATIONS: [&str; 2] = ["StorageTestStep", "UserError"];

fn rules() -> BTreeMap<String, usize> {
    let rule = |line: &str| {
        let (field, role) = line.split_once(' ').unwrap();
        (field.to_owned(), ROLES.iter().position(|known| *known == role).unwrap())
    };
    RULES.lines().filter(|line| !line.is_empty()).map(rule).collect()
}

/// The schema, as introspection shows it.
struct Schema {
    types: HashMap<String, Value>,
}

impl Schema {
    async fn read(app: &TestApp) -> Self {
        let kind = "kind name ofType { kind name ofType { kind name ofType { kind name } } }";
        let query = format!(
            "{{ __schema {{ types {{ kind name isOneOf enumValues {{ name }} possibleTypes {{ name }} \
             fields {{ name type {{ {kind} }} args {{ name defaultValue type {{ {kind} }} }} }} \
             inputFields {{ name defaultValue type {{ {kind} }} }} }} }} }}"
        );
        let data = app.graphql(&query, json!({})).await;
        let types = data["__schema"]["types"].as_array().unwrap().clone();
        let types = types.into_iter().map(|kind| (kind["name"].as_str().unwrap().to_owned(), kind));
        Self { types: types.filter(|(name, _)| !name.starts_with("__")).collect() }
    }

    fn objects(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.types.iter().filter(|(_, kind)| kind["kind"] == "OBJECT")
    }

    fn fields<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a Value> {
        self.types[name]["fields"].as_array().into_iter().flatten()
    }

    /// A value of an input's type with nothing in it that need not be.
    fn value(&self, kind: &Value) -> Value {
        match kind["kind"].as_str().unwrap() {
            "NON_NULL" => self.value(&kind["ofType"]),
            "LIST" => json!([]),
            "ENUM" => self.types[kind["name"].as_str().unwrap()]["enumValues"][0]["name"].clone(),
            "INPUT_OBJECT" => {
                let known = &self.types[kind["name"].as_str().unwrap()];
                let fields = known["inputFields"].as_array().unwrap();
                let needed = fields.iter().filter(|field| field["type"]["kind"] == "NON_NULL");
                let needed = needed.filter(|field| field["defaultValue"].is_null());
                let one = fields.iter().take(usize::from(known["isOneOf"] == true));
                let fields = needed.chain(one).map(|field| (field["name"].as_str().unwrap(), &field["type"]));
                fields.map(|(name, kind)| (name.to_owned(), self.value(kind))).collect::<Map<_, _>>().into()
            }
            _ => match kind["name"].as_str().unwrap() {
                "Int" | "Float" => json!(1),
                "Boolean" => json!(true),
                "URL" => json!("https://example.com"),
                _ => json!("nonsense"),
            },
        }
    }

    /// The field as an operation selects it, with what it cannot be without, and the variables for that.
    fn selection(&self, field: &Value, inside: &str) -> (String, Vec<String>, Map<String, Value>) {
        let (mut arguments, mut declared, mut variables) = (Vec::new(), Vec::new(), Map::new());
        for argument in field["args"].as_array().unwrap() {
            if argument["type"]["kind"] == "NON_NULL" && argument["defaultValue"].is_null() {
                let name = argument["name"].as_str().unwrap();
                arguments.push(format!("{name}: ${name}"));
                declared.push(format!("${name}: {}!", argument["type"]["ofType"]["name"].as_str().unwrap()));
                variables.insert(name.to_owned(), self.value(&argument["type"]));
            }
        }
        let arguments = if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(", ")) };
        (format!("{}{arguments}{inside}", field["name"].as_str().unwrap()), declared, variables)
    }
}

/// What a type is when its lists and its nulls are taken away.
fn named(mut kind: &Value) -> (&str, &str) {
    while !kind["ofType"].is_null() {
        kind = &kind["ofType"];
    }
    (kind["kind"].as_str().unwrap(), kind["name"].as_str().unwrap())
}

/// What is selected of a type when nothing in it matters.
fn inside(kind: &Value) -> &'static str {
    if matches!(named(kind).0, "OBJECT" | "UNION" | "INTERFACE") { " { __typename }" } else { "" }
}

/// The answer to somebody with this token.
async fn answer(app: &TestApp, token: Option<&str>, query: &str, variables: &Map<String, Value>) -> Value {
    let request =
        app.client.post(format!("{}/graphql", app.url)).json(&json!({"query": query, "variables": variables}));
    let request = match token {
        Some(token) => request.bearer_auth(token),
        None => request,
    };
    request.send().await.unwrap().json().await.unwrap()
}

fn is_forbidden(answer: &Value) -> bool {
    let errors = answer["errors"].as_array().cloned().unwrap_or_default();
    errors.iter().any(|error| error["extensions"]["code"] == "FORBIDDEN")
}

/// A server with an export that was copied to a storage, and a token of each role.
async fn populated() -> (tempfile::TempDir, TestApp, Vec<String>) {
    let (folder, database) = database_of("CREATE TABLE t (a)");
    // Each field is tried with each token, one after the other.
    let api_limits = carryall::limits::Limits { requests_per_second: 100_000, ..Default::default() };
    let setup = Setup { api_limits, ..Setup::default() };
    let app = TestApp::start_with(&[("app", format!("sqlite:{}", database.display()))], setup).await;
    uploads::copy_all(&app, 7).await;
    let (config, _) = uploads::bucket();
    uploads::configure(&app, "bucket", &config).await;
    uploads::export(&app, "export").await;
    uploads::carry(&app).await;
    let mut tokens = Vec::new();
    for role in ROLES {
        tokens.push(token_of(&app, json!({"name": role, "role": role})).await.1);
    }
    (folder, app, tokens)
}

/// Makes a token, and returns its id and the token itself.
async fn token_of(app: &TestApp, input: Value) -> (String, String) {
    let operation = "mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) { \
        apiToken { id } secret userErrors { message } } }";
    let payload = app.graphql(operation, json!({"input": input})).await["createApiToken"].clone();
    assert_eq!(payload["userErrors"], json!([]));
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&payload["apiToken"]["id"]), text(&payload["secret"]))
}

#[tokio::test]
async fn every_field_of_the_schema_has_a_rule() {
    let app = TestApp::start_without_worker(&[]).await;
    let schema = Schema::read(&app).await;
    let mut fields: Vec<String> = Vec::new();
    for (name, _) in schema.objects() {
        fields.extend(schema.fields(name).map(|field| format!("{name}.{}", field["name"].as_str().unwrap())));
    }
    fields.sort();
    let rules: Vec<String> = rules().into_keys().collect();
    let missing: Vec<_> = fields.iter().filter(|field| !rules.contains(field)).collect();
    let gone: Vec<_> = rules.iter().filter(|rule| !fields.contains(rule)).collect();
    assert!(
        missing.is_empty() && gone.is_empty(),
        "without a rule in roles.txt: {missing:#?}; no longer there: {gone:#?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn each_role_may_call_what_its_rule_says_and_nobody_anything_without_a_token() {
    let (_folder, app, tokens) = populated().await;
    let schema = Schema::read(&app).await;
    let rules = rules();
    for (kind, keyword) in [("Query", "query"), ("Mutation", "mutation")] {
        for field in schema.fields(kind) {
            let (selected, declared, variables) = schema.selection(field, inside(&field["type"]));
            let declared = if declared.is_empty() { String::new() } else { format!("({})", declared.join(", ")) };
            let query = format!("{keyword} {declared} {{ {selected} }}");
            let least = rules[&format!("{kind}.{}", field["name"].as_str().unwrap())];
            for (role, token) in tokens.iter().enumerate() {
                let answer = answer(&app, Some(token), &query, &variables).await;
                assert_eq!(is_forbidden(&answer), role < least, "{} {query}: {answer}", ROLES[role]);
                let validated = answer["data"].is_object() || answer["errors"][0]["path"].is_array();
                assert!(validated, "it was not even tried: {query}: {answer}");
            }
            let refused = answer(&app, None, &query, &variables).await;
            assert_eq!(refused["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "{query}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_role_reads_what_its_rule_says_wherever_it_is_reached_from() {
    let (_folder, app, tokens) = populated().await;
    let schema = Schema::read(&app).await;
    let rules = rules();
    // The way to each type: what stands before and behind its fields in a query, and the role that the way needs.
    let mut ways: HashMap<String, (String, String, usize)> = HashMap::new();
    ways.insert("Query".into(), (String::new(), String::new(), 0));
    let mut next = VecDeque::from(["Query".to_owned()]);
    while let Some(from) = next.pop_front() {
        let (before, behind, role) = ways[&from].clone();
        for field in schema.fields(&from) {
            let (kind, to) = named(&field["type"]);
            let (selected, declared, _) = schema.selection(field, "");
            let role = role.max(rules[&format!("{from}.{}", field["name"].as_str().unwrap())]);
            if !declared.is_empty() || !matches!(kind, "OBJECT" | "UNION") {
                continue;
            }
            let possible = schema.types[to]["possibleTypes"].as_array().cloned().unwrap_or_default();
            let members = possible.iter().map(|member| member["name"].as_str().unwrap().to_owned());
            let members: Vec<String> = if kind == "UNION" { members.collect() } else { vec![to.to_owned()] };
            for member in members {
                let of = if kind == "UNION" { format!("... on {member} {{ ") } else { String::new() };
                let end = if kind == "UNION" { " } }" } else { " }" };
                ways.entry(member.clone()).or_insert_with(|| {
                    next.push_back(member);
                    (format!("{before}{selected} {{ {of}"), format!("{end}{behind}"), role)
                });
            }
        }
    }
    let mut guarded = 0;
    for (name, _) in
        schema.objects().filter(|(name, _)| !["Query", "Mutation", "Subscription"].contains(&name.as_str()))
    {
        let Some((before, behind, way)) = ways.get(name) else {
            assert!(name.ends_with("Payload") || OF_MUTATIONS.contains(&name.as_str()), "there is no way to {name}");
            continue;
        };
        for field in schema.fields(name) {
            let (selected, declared, _) = schema.selection(field, inside(&field["type"]));
            assert!(declared.is_empty(), "{name}.{selected}: what it needs is not known");
            let query = format!("{{ {before}{selected}{behind} }}");
            let rule = rules[&format!("{name}.{}", field["name"].as_str().unwrap())];
            guarded += usize::from(rule > *way);
            for (role, token) in tokens.iter().enumerate() {
                let answer = answer(&app, Some(token), &query, &Map::new()).await;
                assert_eq!(is_forbidden(&answer), role < rule.max(*way), "{} {query}: {answer}", ROLES[role]);
            }
        }
    }
    assert!(guarded >= 2, "only {guarded} fields have rules of their own");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_good_until_it_expires_or_is_revoked_and_is_listed_without_itself() {
    let app = TestApp::start_without_worker(&[]).await;
    let end = app.now() + chrono::TimeDelta::hours(1);
    let (_, expiring) = token_of(&app, json!({"name": "expiring", "role": "VIEWER", "expiresAt": end})).await;
    let (id, revoked) = token_of(&app, json!({"name": "revoked", "role": "OPERATOR"})).await;
    let who = async |token: &str| answer(&app, Some(token), "{ viewer { name role } }", &Map::new()).await;
    assert_eq!(who(&expiring).await["data"]["viewer"], json!({"name": "expiring", "role": "VIEWER"}));
    assert_eq!(who(&revoked).await["data"]["viewer"]["name"], "revoked");
    let listed = app.graphql("{ apiTokens { name role lastUsedAt expiresAt } }", json!({})).await["apiTokens"].clone();
    let names: Vec<_> = listed.as_array().unwrap().iter().map(|token| token["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["revoked", "expiring", "tester"]);
    assert!(
        listed[0]["lastUsedAt"].is_string() && listed[1]["expiresAt"].is_string() && listed[0]["expiresAt"].is_null()
    );
    let revoke = "mutation ($id: ID!) { revokeApiToken(input: {id: $id}) { revokedApiTokenId userErrors { code } } }";
    assert_eq!(app.graphql(revoke, json!({"id": id})).await["revokeApiToken"]["revokedApiTokenId"], *id);
    assert_eq!(app.graphql(revoke, json!({"id": id})).await["revokeApiToken"]["userErrors"][0]["code"], "NOT_FOUND");
    let who_am_i = app.graphql("{ apiTokens { id name } }", json!({})).await["apiTokens"][1].clone();
    assert_eq!(who_am_i["name"], "tester");
    let last = app.graphql(revoke, json!({"id": who_am_i["id"]})).await["revokeApiToken"].clone();
    assert_eq!((&last["revokedApiTokenId"], &last["userErrors"][0]["code"]), (&Value::Null, &json!("IN_USE")));
    app.pass(chrono::TimeDelta::hours(1));
    for over in [&expiring, &revoked] {
        assert_eq!(who(over).await["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    }
    for (input, code) in [
        (json!({"name": " ", "role": "VIEWER"}), "INVALID"),
        (json!({"name": "late", "role": "VIEWER", "expiresAt": end}), "OUT_OF_RANGE"),
    ] {
        let operation =
            "mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) { secret userErrors { code } } }";
        let payload = app.graphql(operation, json!({"input": input})).await["createApiToken"].clone();
        assert_eq!((&payload["secret"], &payload["userErrors"][0]["code"]), (&Value::Null, &json!(code)));
    }
}
