//! Giving a file its final name, in place of what has it.

use russh_sftp::{
    client::{error::Error, rawsession::SftpResult},
    protocol::{Packet, StatusCode},
};

use super::{failure, session::Session, upload::Failed};

/// The extension that renames as POSIX does: onto a file, at once.
const POSIX_RENAME: &str = "posix-rename@openssh.com";

/// Renames `from` to `to`.
///
/// The protocol's own renaming onto a file fails at some servers (OpenSSH) and replaces it at others. Where it fails and there is
/// no extension for it, the old file is removed first, so that for a moment there is neither.
pub async fn rename(session: &Session, from: &str, to: &str) -> Result<(), Failed> {
    if session.offers(POSIX_RENAME) {
        match session.ask(posix_rename(session, from, to)).await {
            Err(error) if failure::status(&error) == Some(StatusCode::OpUnsupported) => {}
            outcome => return outcome.map_err(|error| failed(&error, to)),
        }
    }
    let refused = match session.ask(session.sftp.rename(from, to)).await {
        Ok(_) => return Ok(()),
        Err(error) => error,
    };
    if failure::status(&refused).is_none() || session.size(to).await?.is_none() {
        return Err(failed(&refused, to));
    }
    session.remove(to).await?;
    session.ask(session.sftp.rename(from, to)).await.map(|_| ()).map_err(|error| failed(&error, to))
}

async fn posix_rename(session: &Session, from: &str, to: &str) -> SftpResult<()> {
    let mut paths = Vec::new();
    for path in [from, to] {
        let length = u32::try_from(path.len()).map_err(|_| Error::Limited("the path is too long".into()))?;
        paths.extend_from_slice(&length.to_be_bytes());
        paths.extend_from_slice(path.as_bytes());
    }
    match session.sftp.extended(POSIX_RENAME, paths).await? {
        Packet::Status(status) if status.status_code == StatusCode::Ok => Ok(()),
        Packet::Status(status) => Err(status.into()),
        _ => Err(Error::UnexpectedPacket),
    }
}

fn failed(error: &Error, to: &str) -> Failed {
    // A server that has answered has not renamed.
    let renaming = failure::status(error).is_none();
    Failed { error: failure::explain(error, &format!("renaming to {to}")), renaming }
}
