//! What a document may be, before anything walks it.
//!
//! Fragments that spread each other make thousands of millions of fields out of a few hundred bytes, the parser takes a
//! stack's frame for each bracket, and the checks that come later walk everything. So a document is first cut into tokens,
//! then parsed, and then counted, each fragment once. As an extension of the schema this holds for every way in.

mod heavy;

use std::{collections::HashMap, sync::Arc};

use apollo_parser::{Lexer, TokenKind};
use async_graphql::{
    Positioned, Request, ServerError, ServerResult,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextPrepareRequest},
    parser::{
        parse_query,
        types::{Directive, ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet},
    },
};

use super::code::Code;
use crate::limits::Limits;

pub use heavy::is_heavy;

/// Deepest brackets in brackets, and selections in selections, fragments and all: the parser and the checks take a part of the
/// stack for each.
pub(super) const NESTING_MAXIMUM: usize = 64;

/// Most that an introspection may come to, where each list counts as long as ours are at most. GraphiQL's is just below.
const INTROSPECTION_MAXIMUM: u64 = 1_000_000;

/// Most fields in an introspection. Those of GraphiQL and of graphql-js have fewer, whatever their options.
const INTROSPECTION_FIELDS: u64 = 400;

/// As how long the lists of introspection count; everything else in it counts as one.
const INTROSPECTED: [(&str, u64); 8] = [
    ("types", 100),
    ("directives", 10),
    ("fields", 20),
    ("inputFields", 10),
    ("enumValues", 10),
    ("possibleTypes", 10),
    ("interfaces", 10),
    ("args", 5),
];

/// Puts the bounds on a schema.
pub(super) struct BoundedDocument(pub(super) Arc<Limits>);

impl ExtensionFactory for BoundedDocument {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self(Arc::clone(&self.0)))
    }
}

#[async_trait::async_trait]
impl Extension for BoundedDocument {
    async fn prepare_request(
        &self,
        ctx: &ExtensionContext<'_>,
        mut request: Request,
        next: NextPrepareRequest<'_>,
    ) -> ServerResult<Request> {
        request.set_parsed_query(parse(&request.query, &self.0)?);
        next.run(ctx, request).await
    }
}

/// The document of this text, if it keeps to the limits.
pub fn parse(text: &str, limits: &Limits) -> ServerResult<ExecutableDocument> {
    if text.len() as u64 > limits.document_bytes {
        return Err(too_large(format!(
            "The document has more than {} bytes (`document-bytes`).",
            limits.document_bytes
        )));
    }
    check_tokens(text, limits)?;
    let document = parse_query(text).map_err(|error| unparsed(&error.into()))?;
    check_counts(&document, limits)?;
    heavy::check(&document)?;
    Ok(document)
}

/// The kind of the operation that would be executed; None if the document does not say which.
pub fn operation_type(document: &ExecutableDocument, name: Option<&str>) -> Option<OperationType> {
    operation(document, name).map(|operation| operation.ty)
}

/// The operation that would be executed; None if the document does not say which.
pub(super) fn operation<'a>(document: &'a ExecutableDocument, name: Option<&str>) -> Option<&'a OperationDefinition> {
    let mut chosen = document
        .operations
        .iter()
        .filter(|(known, _)| name.is_none_or(|name| known.is_none_or(|known| known.as_str() == name)));
    let (_, operation) = chosen.next()?;
    chosen.next().is_none().then_some(&operation.node)
}

fn check_tokens(text: &str, limits: &Limits) -> ServerResult<()> {
    let (mut tokens, mut depth) = (0, 0_usize);
    for token in Lexer::new(text) {
        // What is no token here could be some elsewhere.
        let token = token.map_err(|cause| not_graphql(&format!("there is no token at byte {}", cause.index())))?;
        match token.kind() {
            TokenKind::Whitespace | TokenKind::Comment | TokenKind::Comma => continue,
            TokenKind::LCurly | TokenKind::LBracket | TokenKind::LParen => depth += 1,
            TokenKind::RCurly | TokenKind::RBracket | TokenKind::RParen => depth = depth.saturating_sub(1),
            _ => {}
        }
        tokens += 1;
        if tokens > limits.document_tokens {
            let most = limits.document_tokens;
            return Err(too_large(format!("The document has more than {most} tokens (`document-tokens`).")));
        }
        if depth > NESTING_MAXIMUM {
            return Err(too_complex(format!("The document has more than {NESTING_MAXIMUM} brackets in each other.")));
        }
    }
    Ok(())
}

fn check_counts(document: &ExecutableDocument, limits: &Limits) -> ServerResult<()> {
    let counted = Counter::count(document);
    if counted.depth > limits.document_depth {
        return Err(too_complex(format!(
            "The document is deeper than {} fields (`document-depth`): ask in parts.",
            limits.document_depth
        )));
    }
    if counted.introspection > INTROSPECTION_MAXIMUM {
        return Err(too_complex("The introspection asks for too much: ask in parts.".to_owned()));
    }
    for (count, limit, what) in [
        (counted.fields, limits.document_fields, "fields"),
        (counted.aliases, limits.document_aliases, "aliases"),
        (counted.directives, limits.document_directives, "directives"),
    ] {
        if count > limit {
            let name = format!("`document-{what}`");
            let message = format!(
                "The document has more than {limit} {what} ({name}), with those of its fragments: ask in parts."
            );
            return Err(too_complex(message));
        }
    }
    Ok(())
}

/// What a selection comes to.
#[derive(Clone, Copy, Default)]
struct Counts {
    fields: u64,
    aliases: u64,
    directives: u64,
    depth: u64,
    /// How deep selections are in each other, fragments and all.
    height: usize,
    /// What it would come to inside of an introspection.
    weight: u64,
    /// What the introspections in it come to.
    introspection: u64,
}

impl Counts {
    const ENDLESS: Self = Self {
        fields: u64::MAX,
        aliases: u64::MAX,
        directives: u64::MAX,
        depth: u64::MAX,
        height: usize::MAX,
        weight: u64::MAX,
        introspection: u64::MAX,
    };

    fn add(&mut self, other: Self) {
        self.fields = self.fields.saturating_add(other.fields);
        self.aliases = self.aliases.saturating_add(other.aliases);
        self.directives = self.directives.saturating_add(other.directives);
        self.depth = self.depth.max(other.depth);
        self.height = self.height.max(other.height);
        self.weight = self.weight.saturating_add(other.weight);
        self.introspection = self.introspection.saturating_add(other.introspection);
    }
}

/// Counts a document, each fragment once.
struct Counter<'a> {
    document: &'a ExecutableDocument,
    /// What each fragment comes to; that of one that is being counted is endless, since it spreads itself.
    fragments: HashMap<&'a str, Counts>,
}

impl<'a> Counter<'a> {
    /// All operations and all fragments, used or not: the checks that come later walk those too.
    fn count(document: &'a ExecutableDocument) -> Counts {
        let mut counter = Self { document, fragments: HashMap::new() };
        let mut counts = Counts::default();
        for (_, operation) in document.operations.iter() {
            counts.add(with(counter.selections(&operation.node.selection_set.node, 0), 0, &operation.node.directives));
        }
        for name in document.fragments.keys() {
            counts.add(counter.fragment(name, 0));
        }
        counts
    }

    fn selections(&mut self, selections: &'a SelectionSet, nesting: usize) -> Counts {
        if nesting > NESTING_MAXIMUM {
            return Counts::ENDLESS;
        }
        let mut counts = Counts::default();
        for selection in &selections.items {
            // A fragment is walked as a field is.
            counts.add(match &selection.node {
                Selection::Field(field) => self.field(&field.node, nesting + 1),
                Selection::InlineFragment(inline) => {
                    with(self.selections(&inline.node.selection_set.node, nesting + 1), 1, &inline.node.directives)
                }
                Selection::FragmentSpread(spread) => {
                    with(self.fragment(&spread.node.fragment_name.node, nesting + 1), 1, &spread.node.directives)
                }
            });
        }
        counts
    }

    fn field(&mut self, field: &'a Field, nesting: usize) -> Counts {
        let inside = with(self.selections(&field.selection_set.node, nesting), 1, &field.directives);
        let aliases = inside.aliases.saturating_add(u64::from(field.alias.is_some()));
        let name = field.name.node.as_str();
        let length = INTROSPECTED.iter().find(|(list, _)| *list == name).map_or(1, |(_, length)| *length);
        let weight = inside.weight.saturating_mul(length).saturating_add(1);
        let introspection = match name.starts_with("__") {
            true if inside.fields > INTROSPECTION_FIELDS => u64::MAX,
            true => weight,
            false => inside.introspection,
        };
        Counts { aliases, depth: inside.depth.saturating_add(1), weight, introspection, ..inside }
    }

    fn fragment(&mut self, name: &'a str, nesting: usize) -> Counts {
        if let Some(counts) = self.fragments.get(name) {
            let too_deep = nesting.saturating_add(counts.height) > NESTING_MAXIMUM;
            return if too_deep { Counts::ENDLESS } else { *counts };
        }
        let document = self.document;
        // One that is not there is for the validation to refuse.
        let Some(fragment) = document.fragments.get(name) else { return Counts::default() };
        self.fragments.insert(name, Counts::ENDLESS);
        let counts = with(self.selections(&fragment.node.selection_set.node, nesting), 0, &fragment.node.directives);
        self.fragments.insert(name, counts);
        counts
    }
}

/// The counts of what is inside of something that has these directives.
fn with(inside: Counts, fields: u64, directives: &[Positioned<Directive>]) -> Counts {
    let directives = inside.directives.saturating_add(directives.len() as u64);
    let height = inside.height.saturating_add(1);
    Counts { fields: inside.fields.saturating_add(fields), directives, height, ..inside }
}

fn too_large(message: String) -> ServerError {
    Code::DocumentTooLarge.error(message)
}

fn too_complex(message: String) -> ServerError {
    Code::TooComplex.error(message)
}

/// The parser shows the line, in which there may be a secret: what it expected there is enough.
fn unparsed(error: &ServerError) -> ServerError {
    let expected = error.message.rsplit('\n').find_map(|line| line.trim_start().strip_prefix("= "));
    let mut told = not_graphql(expected.unwrap_or("it cannot be read"));
    told.locations.clone_from(&error.locations);
    told
}

fn not_graphql(why: &str) -> ServerError {
    Code::ParseFailed.error(format!("The document is not GraphQL: {why}."))
}
