//! schema.graphql is what clients generate their code from, so it must be what the server has, and say what everything is.

use async_graphql::{
    Positioned,
    parser::{
        parse_schema,
        types::{InputValueDefinition, TypeKind, TypeSystemDefinition},
    },
};

#[test]
fn schema_graphql_is_what_the_server_has() {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("schema.graphql");
    let checked_in = std::fs::read_to_string(file).unwrap();
    assert!(checked_in == carryall::graphql::sdl(), "schema.graphql is out of date: run `make schema`");
}

/// An element of a schema: its name, and whether it has a description that says something.
type Element = (String, bool);

fn element(name: String, description: Option<&Positioned<String>>) -> Element {
    (name, description.is_some_and(|text| !text.node.trim().is_empty()))
}

fn inputs<'a>(
    prefix: &'a str,
    inputs: &'a [Positioned<InputValueDefinition>],
    suffix: &'a str,
) -> impl Iterator<Item = Element> + 'a {
    inputs
        .iter()
        .map(move |input| element(format!("{prefix}{}{suffix}", input.node.name), input.node.description.as_ref()))
}

/// All that is defined in `sdl`: types, fields, arguments, values, directives.
fn elements(sdl: &str) -> Vec<Element> {
    let mut elements = Vec::new();
    for definition in parse_schema(sdl).unwrap().definitions {
        let definition = match definition {
            TypeSystemDefinition::Type(definition) => definition.node,
            // Those of the language itself are in it too, which the library describes.
            TypeSystemDefinition::Directive(_) | TypeSystemDefinition::Schema(_) => continue,
        };
        let name = definition.name.node.as_str();
        elements.push(element(name.to_owned(), definition.description.as_ref()));
        let fields = match &definition.kind {
            TypeKind::Object(object) => &object.fields,
            TypeKind::Interface(interface) => &interface.fields,
            TypeKind::InputObject(input) => {
                elements.extend(inputs(&format!("{name}."), &input.fields, ""));
                continue;
            }
            TypeKind::Enum(values) => {
                let values = values.values.iter().map(|value| &value.node);
                elements
                    .extend(values.map(|value| element(format!("{name}.{}", value.value), value.description.as_ref())));
                continue;
            }
            TypeKind::Scalar | TypeKind::Union(_) => continue,
        };
        for field in fields.iter().map(|field| &field.node) {
            let field_name = format!("{name}.{}", field.name);
            elements.extend(inputs(&format!("{field_name}("), &field.arguments, ")"));
            elements.push(element(field_name, field.description.as_ref()));
        }
    }
    elements
}

fn undescribed(elements: Vec<Element>) -> Vec<String> {
    elements.into_iter().filter(|(_, described)| !described).map(|(name, _)| name).collect()
}

#[test]
fn every_type_field_argument_and_value_of_the_schema_has_a_description() {
    let elements = elements(&carryall::graphql::sdl());
    for known in ["DateTime", "StorageConfig", "Query.dataExports(first)", "DataExportEdge.node", "SftpInput.port"] {
        assert!(elements.iter().any(|(name, _)| name == known), "the test does not see {known}");
    }
    assert_eq!(undescribed(elements), [""; 0]);
}

#[test]
fn each_element_without_a_description_is_named() {
    let sdl = "scalar S union U = A interface I { f: S } type A implements I { f(a: S, \"d\" b: S): S \"\" g: S } \
        enum E { V } input N { f: S }";
    let named = ["S", "U", "I", "I.f", "A", "A.f(a)", "A.f", "A.g", "E", "E.V", "N", "N.f"];
    assert_eq!(undescribed(elements(sdl)), named);
}
