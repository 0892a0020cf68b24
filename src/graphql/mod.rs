//! The GraphQL API. It reads Carryall's tables directly; every change goes through [`Engine`].
//!
//! `schema.graphql` at the top of the repository is what this module generates (`carryall schema`); a test
//! fails when the two differ.

mod api_token;
mod audit_action;
mod audit_event;
mod code;
mod completion;
mod copies;
mod cost;
mod data_export;
mod data_export_change;
mod data_export_connection;
mod data_export_progress;
mod data_export_settings;
mod document;
mod export_failure;
mod export_verification;
mod exported_table;
mod failure;
mod file_status;
mod guard;
mod latest;
mod mutation;
mod noted;
mod query;
mod retention_decision;
mod source_snapshot;
mod storage_location;
mod storage_location_change;
mod storage_location_mutation;
mod subscription;
mod unechoed;
mod upload;
mod user_error;
mod viewer;
mod worker;

use std::sync::Arc;

use async_graphql::{SchemaBuilder, connection::Connection};
use chrono::{DateTime, Utc};
use sea_orm::DatabaseConnection;

use crate::{export::Engine, limits::Limits};

pub use code::Code;
pub use document::{is_heavy, operation_type, parse};
pub use mutation::Mutation;
pub use query::Query;
pub use subscription::Subscription;
pub use viewer::Viewer;

/// The schema of the API.
pub type Schema = async_graphql::Schema<Query, Mutation, Subscription>;

/// Where the server is reached from outside, without a slash at the end. Given with each request, since it
/// may be read from the request.
#[derive(Clone, Debug)]
pub struct PublicUrl(pub String);

/// The schema, ready to execute. A request must bring a [`Viewer`] and a [`PublicUrl`].
pub fn schema(engine: Arc<Engine>, db: DatabaseConnection, limits: &Arc<Limits>) -> Schema {
    builder(limits).data(engine).data(db).data(latest::Latest::default()).finish()
}

/// The schema in the schema definition language.
pub fn sdl() -> String {
    let options = async_graphql::SDLExportOptions::new().sorted_fields().sorted_enum_items();
    builder(&Arc::default()).finish().sdl_with_options(options)
}

/// A page of a list. The library has no place for the description of one, nor a good one of a moment: they are given below.
type Page<Node> = Connection<String, Node, data_export_connection::TotalCount>;

fn builder(limits: &Arc<Limits>) -> SchemaBuilder<Query, Mutation, Subscription> {
    Schema::build(Query, Mutation::default(), Subscription)
        .limit_complexity(Limits::size(limits.document_complexity))
        .limit_recursive_depth(document::NESTING_MAXIMUM)
        .extension(document::BoundedDocument(Arc::clone(limits)))
        .extension(unechoed::Unechoed)
        .extension(noted::NotedOnce)
        .extension(completion::Completion)
        .override_output_type_description::<Page<data_export::DataExport>>("A page of the history, newest first.")
        .override_output_type_description::<Page<audit_event::AuditEvent>>("A page of the audit log, newest first.")
        .override_output_type_description::<Page<exported_table::ExportedTable>>("A page of the tables in an archive.")
        .override_output_type_description::<DateTime<Utc>>(
            "A moment, as RFC 3339 writes it, such as `2026-01-31T23:59:59.123456+00:00`. It is in UTC where it comes out.",
        )
}
