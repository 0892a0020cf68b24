//! Verifies an archive that was found somewhere, with nothing but its password: its own descriptor says what must be in it.

use std::io::{Read, Seek};

use serde::Deserialize;
use sha2::{Digest, Sha256};
use zip::{ZipArchive, result::ZipError};

use super::{
    Entry, Expected, Verified, VerifyError, descriptor, hexadecimal,
    reader::{broken, verify},
};
use crate::{
    format::{FORMATS, Format},
    secret::Secret,
};

/// A longer descriptor is not read: that of 70,000 tables has about 100 MB.
const LONGEST: u64 = 1 << 30;

/// What is needed of a descriptor.
#[derive(Deserialize)]
struct Package {
    resources: Vec<Resource>,
}

#[derive(Deserialize)]
struct Resource {
    path: String,
    bytes: u64,
    hash: String,
    format: Option<String>,
    carryall: Option<Own>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Own {
    row_count: Option<u64>,
}

/// Reads all of `file`, and compares every entry with the archive's descriptor.
pub fn verify_alone<F: Read + Seek + Clone + Send + Sync>(file: F, password: &Secret) -> Result<Verified, VerifyError> {
    let text = descriptor_of(file.clone(), password)?;
    let mut expected = described(&text)?;
    let sha256 = hexadecimal(&Sha256::digest(&text));
    let entry = Entry { path: descriptor::PATH.into(), bytes: text.len() as u64, sha256 };
    expected.push(Expected { entry, table: None });
    verify(file, password, expected)
}

/// What a descriptor says of the other entries. It may be anybody's.
pub fn described(text: &[u8]) -> Result<Vec<Expected<'static>>, VerifyError> {
    let package: Package = serde_json::from_slice(text)
        .map_err(|cause| VerifyError::Foreign(format!("its {} cannot be understood: {cause}", descriptor::PATH)))?;
    package.resources.into_iter().map(expected).collect()
}

fn descriptor_of<F: Read + Seek>(file: F, password: &Secret) -> Result<Vec<u8>, VerifyError> {
    let mut archive = ZipArchive::new(file).map_err(|cause| match broken(cause) {
        VerifyError::Mismatch(why) => VerifyError::Foreign(why.join("; ")),
        other => other,
    })?;
    let entry = archive.by_name_decrypt(descriptor::PATH, password.expose().as_bytes());
    let entry = entry.map_err(|cause| match cause {
        ZipError::FileNotFound => VerifyError::Foreign(format!("there is no {} in it", descriptor::PATH)),
        ZipError::InvalidPassword => VerifyError::Password,
        other => broken(other),
    })?;
    let mut text = Vec::new();
    let damaged = |cause| broken(ZipError::Io(cause));
    if entry.take(LONGEST + 1).read_to_end(&mut text).map_err(damaged)? as u64 > LONGEST {
        return Err(VerifyError::Foreign(format!("its {} is longer than 1 GiB", descriptor::PATH)));
    }
    Ok(text)
}

fn expected(resource: Resource) -> Result<Expected<'static>, VerifyError> {
    let Resource { path, bytes, hash, format, carryall } = resource;
    let Some(sha256) = hash.strip_prefix("sha256:") else {
        return Err(VerifyError::Foreign(format!("{path} has no SHA-256")));
    };
    let format = format.map(|name| {
        let known = FORMATS.into_iter().find(|format| format.extension() == name);
        known.ok_or_else(|| VerifyError::Foreign(format!("{path} is in an unknown format: {name}")))
    });
    let rows = carryall.and_then(|own| own.row_count);
    let table = rows.zip(format.transpose()?).map(|(rows, format)| (rows, format as &dyn Format));
    Ok(Expected { entry: Entry { path, bytes, sha256: sha256.to_owned() }, table })
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn what_is_no_archive_of_carryall_is_told_from_one_that_is_damaged() {
        let verified = verify_alone(Cursor::new(b"PK, but no zip".as_slice()), &Secret::new("correct horse battery"));
        assert!(matches!(verified, Err(VerifyError::Foreign(_))), "{verified:?}");
    }
}
