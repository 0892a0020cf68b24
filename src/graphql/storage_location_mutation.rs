//! What can be changed of the storages.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use uuid::Uuid;

use super::{
    cost::CHANGE,
    failure::Failure,
    guard,
    mutation::actor,
    storage_location::StorageLocation,
    storage_location_change::{
        CreateStorageLocationInput, CreateStorageLocationPayload, DeleteStorageLocationInput,
        DeleteStorageLocationPayload, TestStorageLocationInput, TestStorageLocationPayload, UpdateStorageLocationInput,
        UpdateStorageLocationPayload,
    },
    user_error::UserError,
};
use crate::{
    audit::Actor,
    export::{Check, Engine, LocationChange, LocationError},
};

/// What can be changed of the storages.
#[derive(Default)]
pub struct StorageLocationMutation;

#[Object]
impl StorageLocationMutation {
    /// Configures a storage. Nothing is connected to: `testStorageLocation` does that.
    #[graphql(guard = "guard::admin", complexity = "CHANGE + child_complexity")]
    async fn create_storage_location(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What the storage is to be called, and how it is set up.")] input: CreateStorageLocationInput,
    ) -> Result<CreateStorageLocationPayload, Failure> {
        let CreateStorageLocationInput { name, enabled, config } = input;
        let created = ctx.data::<Arc<Engine>>()?.create_location(&name, enabled, &config, actor(ctx)?).await;
        let (storage_location, user_errors) = outcome(created.map(StorageLocation))?;
        Ok(CreateStorageLocationPayload { storage_location, user_errors })
    }

    /// Changes a storage: all that the input names, or nothing.
    #[graphql(guard = "guard::admin", complexity = "CHANGE + child_complexity")]
    async fn update_storage_location(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which storage is to be changed, and what of it.")] input: UpdateStorageLocationInput,
    ) -> Result<UpdateStorageLocationPayload, Failure> {
        let UpdateStorageLocationInput { id, expected_version, name, enabled, config } = input;
        let change = LocationChange { expected_version, name, enabled, config };
        let updated = match parsed(&id) {
            Ok(id) => ctx.data::<Arc<Engine>>()?.update_location(id, change, actor(ctx)?).await,
            Err(unknown) => Err(unknown),
        };
        let (updated, user_errors) = outcome(updated)?;
        let (location, released) = updated.unzip();
        let released_files = released.unwrap_or(0).try_into().unwrap_or(i32::MAX);
        Ok(UpdateStorageLocationPayload {
            storage_location: location.map(StorageLocation),
            released_files,
            user_errors,
        })
    }

    /// Removes a storage: nothing is copied there any more.
    #[graphql(guard = "guard::admin", complexity = "CHANGE + child_complexity")]
    async fn delete_storage_location(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which storage is to be removed, and what becomes of the files there.")]
        input: DeleteStorageLocationInput,
    ) -> Result<DeleteStorageLocationPayload, Failure> {
        let deleted = match parsed(&input.id) {
            Ok(id) => ctx.data::<Arc<Engine>>()?.delete_location(id, input.delete_files, actor(ctx)?).await,
            Err(unknown) => Err(unknown),
        };
        let (deleted, user_errors) = outcome(deleted)?;
        let released_files = deleted.unwrap_or(0).try_into().unwrap_or(i32::MAX);
        Ok(DeleteStorageLocationPayload {
            deleted_storage_location_id: deleted.map(|_| input.id),
            released_files,
            user_errors,
        })
    }

    /// Tries out everything that an upload needs: reaching the provider, signing in, writing a small file, reading it back and
    /// deleting it. Takes up to some minutes where nobody answers; `storageLocationTest` tells each step as it passes. At SFTP
    /// servers, the host key that a saved storage sees first is pinned by it.
    #[graphql(guard = "guard::admin", complexity = "CHANGE + child_complexity")]
    async fn test_storage_location(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be tried out.")] input: TestStorageLocationInput,
    ) -> Result<TestStorageLocationPayload, Failure> {
        match test(ctx.data()?, input, actor(ctx)?).await {
            Ok(check) => Ok(check.finished().await.into()),
            Err(wrong) => Ok(TestStorageLocationPayload::refused(wrong?)),
        }
    }
}

/// Begins to try out what the input says; what the client can correct, or a fault, if nothing is tried.
pub(super) async fn test(
    engine: &Arc<Engine>,
    input: TestStorageLocationInput,
    by: Actor<'_>,
) -> Result<Check, Result<UserError, Failure>> {
    let id = input.id.as_ref().map(parsed).transpose().map_err(UserError::from_location)?;
    let check = match (id, input.config) {
        (id, Some(config)) => engine.check_config(config, id, by).await,
        (Some(id), None) => engine.check_location(id, by).await,
        (None, None) => return Err(Ok(UserError::neither_id_nor_config())),
    };
    check.map_err(UserError::from_location)
}

/// The id that a client sent; none that we have made is anything else.
fn parsed(id: &ID) -> Result<Uuid, LocationError> {
    id.parse().map_err(|_| LocationError::NotFound)
}

fn outcome<T>(result: Result<T, LocationError>) -> Result<(Option<T>, Vec<UserError>), Failure> {
    super::data_export_change::outcome(result.map_err(UserError::from_location))
}
