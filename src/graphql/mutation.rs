//! What can be changed.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, MergedObject, Object, SimpleObject};
use entity::data_export::Model;

use super::{
    api_token::ApiTokenMutation,
    cost::CHANGE,
    data_export::{DataExport, TableFormat},
    data_export_change::{
        CancelDataExportInput, CancelDataExportPayload, DeleteDataExportInput, DeleteDataExportPayload,
        PinDataExportInput, PinDataExportPayload, UploadDataExportInput, UploadDataExportPayload,
        VerifyDataExportInput, VerifyDataExportPayload, outcome, parsed,
    },
    data_export_settings::{UpdateDataExportSettingsInput, UpdateDataExportSettingsPayload},
    failure::Failure,
    guard,
    storage_location_mutation::StorageLocationMutation,
    user_error::UserError,
    viewer::Viewer,
};
use crate::{
    audit::Actor,
    export::{Engine, UploadError, VerifyCopyError, Wish},
};

/// What can be changed.
#[derive(Default, MergedObject)]
pub struct Mutation(DataExportMutation, StorageLocationMutation, ApiTokenMutation);

/// What can be changed of exports and of the settings.
#[derive(Default)]
pub struct DataExportMutation;

#[Object]
impl DataExportMutation {
    /// Queues an export and returns at once; `dataExportProgress` tells how it goes.
    #[graphql(guard = "guard::operator", complexity = "CHANGE + child_complexity")]
    async fn create_data_export(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What the export is to be called, and what it is to hold.")] input: CreateDataExportInput,
    ) -> Result<CreateDataExportPayload, Failure> {
        let wish = Wish {
            name: &input.name,
            by: actor(ctx)?,
            format: input.format.map(Into::into),
            exclude_tables: &input.exclude_tables,
            pinned: input.pinned,
            upload: input.upload,
            idempotency_key: input.idempotency_key.as_deref(),
        };
        match ctx.data::<Arc<Engine>>()?.create(wish).await {
            Ok(export) => {
                Ok(CreateDataExportPayload { data_export: Some(DataExport::alone(export)), user_errors: Vec::new() })
            }
            Err(cause) => {
                let user_errors = vec![UserError::from_create(cause)?];
                Ok(CreateDataExportPayload { data_export: None, user_errors })
            }
        }
    }

    /// Calls an export off: one that waits at once, one that runs within two seconds.
    #[graphql(guard = "guard::operator", complexity = "CHANGE + child_complexity")]
    async fn cancel_data_export(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which export is to be called off.")] input: CancelDataExportInput,
    ) -> Result<CancelDataExportPayload, Failure> {
        let (data_export, user_errors) = outcome(cancel(ctx.data()?, &input.id, actor(ctx)?).await)?;
        Ok(CancelDataExportPayload { data_export: data_export.map(DataExport::alone), user_errors })
    }

    /// Removes an export that is not running, with its file, and with its copies at the storages.
    #[graphql(guard = "guard::admin", complexity = "CHANGE + child_complexity")]
    async fn delete_data_export(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which export is to be removed.")] input: DeleteDataExportInput,
    ) -> Result<DeleteDataExportPayload, Failure> {
        let (deleted_data_export_id, user_errors) = outcome(delete(ctx.data()?, input.id, actor(ctx)?).await)?;
        Ok(DeleteDataExportPayload { deleted_data_export_id, user_errors })
    }

    /// Keeps an export whatever the maximum, or lets it go. One that is let go is removed after the next export, if it is
    /// past the maximum.
    #[graphql(guard = "guard::operator", complexity = "CHANGE + child_complexity")]
    async fn pin_data_export(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which export is to be kept, or let go.")] input: PinDataExportInput,
    ) -> Result<PinDataExportPayload, Failure> {
        let (data_export, user_errors) = outcome(pin(ctx.data()?, &input, actor(ctx)?).await)?;
        Ok(PinDataExportPayload { data_export: data_export.map(DataExport::alone), user_errors })
    }

    /// Begins to read the archive on the instance again and to compare it with what was exported: `verification` tells what
    /// came of it. With `storageId`, that storage is asked whether its copy is whole: `uploads` tells.
    #[graphql(guard = "guard::operator", complexity = "CHANGE + child_complexity")]
    async fn verify_data_export(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which archive is to be read again.")] input: VerifyDataExportInput,
    ) -> Result<VerifyDataExportPayload, Failure> {
        let (data_export, user_errors) = outcome(verify(ctx.data()?, &input, actor(ctx)?).await)?;
        Ok(VerifyDataExportPayload { data_export: data_export.map(DataExport::alone), user_errors })
    }

    /// Copies an export to the storages again, at once: to those that have not got it whole, or to the one of `storageId`.
    #[graphql(guard = "guard::operator", complexity = "CHANGE + child_complexity")]
    async fn upload_data_export(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which export is to be copied, and where to.")] input: UploadDataExportInput,
    ) -> Result<UploadDataExportPayload, Failure> {
        let (data_export, user_errors) = outcome(upload(ctx.data()?, &input, actor(ctx)?).await)?;
        Ok(UploadDataExportPayload { data_export: data_export.map(DataExport::alone), user_errors })
    }

    /// Changes the settings: all that the input names, or nothing.
    #[graphql(guard = "guard::admin", complexity = "CHANGE + child_complexity")]
    async fn update_data_export_settings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be changed.")] input: UpdateDataExportSettingsInput,
    ) -> Result<UpdateDataExportSettingsPayload, Failure> {
        match ctx.data::<Arc<Engine>>()?.update_settings(input.into(), actor(ctx)?).await {
            Ok(changed) => Ok(changed.into()),
            Err(wrong) => Ok(UpdateDataExportSettingsPayload::refused(UserError::from_settings(wrong)?)),
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
    /// Whether retention shall never remove it, and not count it.
    #[graphql(default)]
    pinned: bool,
    /// Whether it is to be copied to every enabled storage; without it, `uploadAutomaticExports` says.
    upload: Option<bool>,
    /// What you call this wish, in 1 to 200 characters: sent again, it returns the export that it made, for as long as that
    /// is in the history. Without it, each wish makes an export.
    idempotency_key: Option<String>,
}

/// The queued export, or what keeps it from being queued.
#[derive(SimpleObject)]
pub struct CreateDataExportPayload {
    /// The export; null if nothing was queued.
    data_export: Option<DataExport>,
    /// What is wrong with the input.
    user_errors: Vec<UserError>,
}

/// Who asks for a change.
pub(super) fn actor<'a>(ctx: &Context<'a>) -> Result<Actor<'a>, Failure> {
    Ok(ctx.data::<Viewer>()?.actor())
}

/// What a client can correct, or a fault.
type Wrong = Result<UserError, Failure>;

async fn cancel(engine: &Arc<Engine>, id: &ID, by: Actor<'_>) -> Result<Model, Wrong> {
    let id = parsed(id).map_err(Ok)?;
    let canceled = engine.cancel(id, by).await.map_err(|cause| Err(cause.into()))?;
    let export = engine.in_history(id).await.map_err(|cause| Err(cause.into()))?;
    match export {
        Some(export) if canceled => Ok(export),
        Some(_) => Err(Ok(UserError::not_cancelable())),
        None => Err(Ok(UserError::no_such_export())),
    }
}

async fn delete(engine: &Arc<Engine>, id: ID, by: Actor<'_>) -> Result<ID, Wrong> {
    let parsed = parsed(&id).map_err(Ok)?;
    engine.remove(parsed, by).await.map_err(UserError::from_removal)?;
    Ok(id)
}

async fn pin(engine: &Arc<Engine>, input: &PinDataExportInput, by: Actor<'_>) -> Result<Model, Wrong> {
    let id = parsed(&input.id).map_err(Ok)?;
    let export = engine.pin(id, input.pinned, by).await.map_err(|cause| Err(cause.into()))?;
    export.ok_or_else(|| Ok(UserError::no_such_export()))
}

async fn verify(engine: &Arc<Engine>, input: &VerifyDataExportInput, by: Actor<'_>) -> Result<Model, Wrong> {
    let id = parsed(&input.id).map_err(Ok)?;
    let Some(storage) = &input.storage_id else {
        return engine.verify(id, by).await.map_err(UserError::from_verification);
    };
    let no_copy = |_| UserError::from_copy_verification(VerifyCopyError::NoCopy);
    let storage = storage.parse().map_err(no_copy)?;
    engine.verify_at(id, storage, by).await.map_err(UserError::from_copy_verification)
}

async fn upload(engine: &Arc<Engine>, input: &UploadDataExportInput, by: Actor<'_>) -> Result<Model, Wrong> {
    let id = parsed(&input.id).map_err(Ok)?;
    let unknown = |_| UserError::from_upload(UploadError::NoSuchStorage);
    let storage = input.storage_id.as_ref().map(|storage| storage.parse()).transpose().map_err(unknown)?;
    engine.upload(id, storage, by).await.map_err(UserError::from_upload)
}
