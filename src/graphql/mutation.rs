//! What can be changed.

use std::sync::Arc;

use async_graphql::{Context, InputObject, Object, SimpleObject};

use super::{
    data_export::{DataExport, TableFormat},
    data_export_settings::{UpdateDataExportSettingsInput, UpdateDataExportSettingsPayload},
    failure::Failure,
    user_error::UserError,
    viewer::Viewer,
};
use crate::export::{CreateError, Engine, Wish};

/// What can be changed.
pub struct Mutation;

#[Object]
impl Mutation {
    /// Queues an export and returns at once; `dataExportProgress` tells how it goes.
    async fn create_data_export(
        &self,
        ctx: &Context<'_>,
        input: CreateDataExportInput,
    ) -> Result<CreateDataExportPayload, Failure> {
        let viewer = ctx.data::<Viewer>()?;
        let wish = Wish {
            name: &input.name,
            created_by: &viewer.name,
            format: input.format.map(Into::into),
            exclude_tables: &input.exclude_tables,
        };
        match ctx.data::<Arc<Engine>>()?.create(wish).await {
            Ok(export) => {
                Ok(CreateDataExportPayload { data_export: Some(DataExport(export)), user_errors: Vec::new() })
            }
            Err(CreateError::Name(wrong)) => {
                Ok(CreateDataExportPayload { data_export: None, user_errors: vec![UserError::from_name(&wrong)] })
            }
            Err(CreateError::Patterns(place, wrong)) => {
                let user_errors = vec![UserError::from_pattern("excludeTables", place, &wrong)];
                Ok(CreateDataExportPayload { data_export: None, user_errors })
            }
            Err(cause) => Err(cause.into()),
        }
    }

    /// Changes the settings: all that the input names, or nothing.
    async fn update_data_export_settings(
        &self,
        ctx: &Context<'_>,
        input: UpdateDataExportSettingsInput,
    ) -> Result<UpdateDataExportSettingsPayload, Failure> {
        match ctx.data::<Arc<Engine>>()?.update_settings(input.into()).await {
            Ok(settings) => {
                Ok(UpdateDataExportSettingsPayload { settings: Some(settings.into()), user_errors: Vec::new() })
            }
            Err(wrong) => {
                let user_errors = UserError::from_settings(wrong)?;
                Ok(UpdateDataExportSettingsPayload { settings: None, user_errors })
            }
        }
    }
}

/// A wish for an export.
#[derive(Debug, InputObject)]
pub struct CreateDataExportInput {
    /// What it is to be called: 1 to 200 characters, no control characters.
    name: String,
    /// How its tables are written; without it, as the settings say.
    format: Option<TableFormat>,
    /// Tables to leave out: their names, with their schema or without, or patterns such as `*_log`; `SOURCE/NAME` means those
    /// of one source. At most 1,000. What was left out stands in the archive's descriptor.
    #[graphql(default)]
    exclude_tables: Vec<String>,
}

/// The queued export, or what keeps it from being queued.
#[derive(SimpleObject)]
pub struct CreateDataExportPayload {
    /// The export; null if nothing was queued.
    data_export: Option<DataExport>,
    /// What is wrong with the input.
    user_errors: Vec<UserError>,
}
