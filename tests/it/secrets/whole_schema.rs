//! Queries for everything that can be asked for without an argument, so that what is added to the schema is looked at too.

use serde_json::{Value, json};

use super::server::Watched;

/// What is there to be given out.
const GIVEN_OUT: [&str; 2] = ["filePassword", "downloadUrl"];
/// How deep objects are looked into.
const DEPTH: usize = 5;

const INTROSPECTION: &str = "{ __schema { types { name kind possibleTypes { name } fields { name \
    args { defaultValue type { kind } } type { name kind ofType { name kind ofType { name kind ofType { name kind } } } } } } } }";

/// Asks for everything.
pub async fn ask_for_everything(server: &mut Watched) {
    let types = server.ask("introspection", INTROSPECTION, json!({})).await["data"]["__schema"]["types"].clone();
    let roots = fields(&types, "Query", DEPTH);
    assert!(roots.len() > 5, "{roots:?}");
    for root in roots {
        let answer = server.ask("a query for everything", &format!("{{ {root} }}"), json!({})).await;
        assert_eq!(answer["errors"], Value::Null, "{root}");
    }
}

/// The fields of a type, each with what is asked for of it.
fn fields(types: &Value, name: &str, depth: usize) -> Vec<String> {
    let of = |name: &str| types.as_array().unwrap().iter().find(|known| known["name"] == name).unwrap();
    let required = |argument: &Value| argument["type"]["kind"] == "NON_NULL" && argument["defaultValue"].is_null();
    let mut all = Vec::new();
    for field in of(name)["fields"].as_array().unwrap() {
        let field_name = field["name"].as_str().unwrap();
        if GIVEN_OUT.contains(&field_name) || field["args"].as_array().unwrap().iter().any(required) {
            continue;
        }
        let mut kind = &field["type"];
        while !kind["ofType"].is_null() {
            kind = &kind["ofType"];
        }
        let kind_name = kind["name"].as_str().unwrap();
        match kind["kind"].as_str().unwrap() {
            // The members may have fields of the same name that are of different types.
            "UNION" => {
                let members = of(kind_name)["possibleTypes"].as_array().unwrap().iter().map(|member| {
                    let member = member["name"].as_str().unwrap();
                    let fields = fields(types, member, depth.saturating_sub(1)).into_iter();
                    let fields = fields.map(|field| format!("{member}_{}: {field}", field.split(' ').next().unwrap()));
                    format!("... on {member} {{ {} }}", fields.collect::<Vec<_>>().join(" "))
                });
                all.push(format!("{field_name} {{ __typename {} }}", members.collect::<Vec<_>>().join(" ")));
            }
            "OBJECT" if depth > 0 => {
                let inner = fields(types, kind_name, depth - 1);
                if !inner.is_empty() {
                    all.push(format!("{field_name} {{ {} }}", inner.join(" ")));
                }
            }
            "OBJECT" => {}
            _ => all.push(field_name.to_owned()),
        }
    }
    all
}
