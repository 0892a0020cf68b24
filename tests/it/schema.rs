//! schema.graphql is what clients generate their code from, so it must be what the server has.

#[test]
fn schema_graphql_is_what_the_server_has() {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("schema.graphql");
    let checked_in = std::fs::read_to_string(file).unwrap();
    assert!(checked_in == carryall::graphql::sdl(), "schema.graphql is out of date: run `make schema`");
}
