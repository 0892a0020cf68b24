//! Signing in by password.

use russh::{
    MethodKind,
    client::{AuthResult, Handle, KeyboardInteractiveAuthResponse as Answer},
};
use tokio::time::timeout;

use super::{SftpSettings, connection::Identified, failure, host_key::Guard};
use crate::storage::{StorageError, network::SILENCE};

/// How often a server may speak in a dialogue, with or without questions.
const ROUNDS: usize = 10;

/// Signs in: by password, or where only that is offered, by an interactive dialogue that asks for one.
pub async fn sign_in(host: &mut Identified, settings: &SftpSettings) -> Result<(), StorageError> {
    match timeout(SILENCE, dialogue(&mut host.handle, settings)).await {
        // One that allows a single try says so by closing the connection; else it has broken, whatever the library makes of it.
        Ok(Ok(Err(_))) | Ok(Err(_)) if host.handle.is_closed() && host.sight.goodbye.get().is_none() => {
            Err(broke_off())
        }
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) => Err(broke_off()),
        Err(_) => Err(failure::silent()),
    }
}

async fn dialogue(
    handle: &mut Handle<Guard>,
    settings: &SftpSettings,
) -> Result<Result<(), StorageError>, russh::Error> {
    // Tells what is offered; does not count as a failed try.
    let offered = match handle.authenticate_none(&settings.username).await? {
        AuthResult::Success => return Ok(Ok(())),
        AuthResult::Failure { remaining_methods, .. } => remaining_methods,
    };
    let more = if offered.contains(&MethodKind::Password) {
        match handle.authenticate_password(&settings.username, settings.password.expose()).await? {
            AuthResult::Success => return Ok(Ok(())),
            AuthResult::Failure { partial_success, .. } => partial_success,
        }
    } else if offered.contains(&MethodKind::KeyboardInteractive) {
        match answer(handle, settings).await? {
            None => return Ok(Ok(())),
            Some(partial_success) => partial_success,
        }
    } else {
        let offered: Vec<&str> = offered.iter().map(Into::into).collect();
        let message = format!("the server does not let anybody in by password; it offers {}", offered.join(", "));
        return Ok(Err(StorageError::Unauthorized(message)));
    };
    Ok(Err(if more {
        StorageError::Unauthorized(
            "the server wants more than a password to sign in, such as a code or a new password".into(),
        )
    } else {
        StorageError::Unauthorized(format!(
            "the server refuses the password of {}: check both, and whether it lets this user sign in by password",
            settings.username
        ))
    }))
}

/// Answers the first question whose answer is not to be seen by the password, and no other: it may be for a code, or for a new
/// password in place of one that has expired. None: signed in; else whether the password was right.
async fn answer(handle: &mut Handle<Guard>, settings: &SftpSettings) -> Result<Option<bool>, russh::Error> {
    let mut step = handle.authenticate_keyboard_interactive_start(&settings.username, None).await?;
    let mut answered = false;
    for _ in 0..ROUNDS {
        let prompts = match step {
            Answer::Success => return Ok(None),
            Answer::Failure { partial_success, .. } => return Ok(Some(partial_success)),
            Answer::InfoRequest { prompts, .. } => prompts,
        };
        let mut answers = Vec::new();
        for prompt in prompts {
            if answered || prompt.echo {
                return Ok(Some(answered));
            }
            answers.push(settings.password.expose().to_owned());
            answered = true;
        }
        step = handle.authenticate_keyboard_interactive_respond(answers).await?;
    }
    Ok(Some(false))
}

fn broke_off() -> StorageError {
    StorageError::unreachable("the connection to the server broke off while signing in")
}
