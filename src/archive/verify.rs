//! Verifies an archive that was found somewhere, with nothing but its password: its own descriptor says what must be in it.

use std::{
    fmt::Display,
    io::{self, BufReader, Read, Seek},
};

use serde::Deserialize;
use sha2::{Digest, Sha256};
use zip::{ZipArchive, result::ZipError};

use super::{
    Entry, Expected, Verified, VerifyError, clear, descriptor, form, hexadecimal,
    reader::{broken, verify},
};
use crate::{format, secret::Secret};

/// A longer descriptor is not read: that of 70,000 tables has about 100 MB.
const LONGEST: u64 = 512 * 1024 * 1024;

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
    let mut archive = ZipArchive::new(file.clone()).map_err(|cause| match broken(cause) {
        VerifyError::Mismatch(why) => VerifyError::Foreign(why.join("; ")),
        other => other,
    })?;
    form::check(&archive)?;
    form::check_end(file.clone())?;
    let entries = archive.len();
    let place = archive.index_for_name(descriptor::PATH);
    let place = place.ok_or_else(|| VerifyError::Foreign(format!("there is no {} in it", descriptor::PATH)))?;
    let entry = clear::open(archive.by_index_raw(place).map_err(broken)?, password)?;
    let mut text = Hashing { inner: entry.take(LONGEST), hash: Sha256::new(), bytes: 0 };
    let mut expected = described(&mut text, entries)?;
    // What stands behind the JSON text: nothing, or it would be found to be longer than it should be.
    io::copy(&mut text, &mut io::sink()).map_err(|cause| broken(ZipError::Io(cause)))?;
    let (bytes, sha256) = (text.bytes, hexadecimal(&text.hash.finalize()));
    expected.push(Expected { entry: Entry { path: descriptor::PATH.into(), bytes, sha256 }, table: None });
    verify(file, password, expected)
}

/// What a descriptor says of the other entries, of which there are at most `entries`. It may be anybody's.
pub fn described(text: impl Read, entries: usize) -> Result<Vec<Expected<'static>>, VerifyError> {
    let foreign =
        |why: &dyn Display| VerifyError::Foreign(format!("its {} cannot be understood: {why}", descriptor::PATH));
    let mut json = serde_json::Deserializer::from_reader(BufReader::with_capacity(64 * 1024, text));
    let package = Package::deserialize(&mut json).map_err(|cause| foreign(&cause))?;
    json.end().map_err(|cause| foreign(&cause))?;
    if package.resources.len() > entries {
        return Err(foreign(&"it tells of more entries than there are"));
    }
    package.resources.into_iter().map(expected).collect()
}

/// Hashes what is read.
struct Hashing<R> {
    inner: R,
    hash: Sha256,
    bytes: u64,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(bytes)?;
        self.hash.update(&bytes[..length]);
        self.bytes += length as u64;
        Ok(length)
    }
}

fn expected(resource: Resource) -> Result<Expected<'static>, VerifyError> {
    let Resource { path, bytes, hash, format, carryall } = resource;
    let Some(sha256) = hash.strip_prefix("sha256:") else {
        return Err(VerifyError::Foreign(format!("{path} has no SHA-256")));
    };
    let format = format.map(|name| {
        format::by_name(&name).ok_or_else(|| VerifyError::Foreign(format!("{path} is in an unknown format: {name}")))
    });
    let rows = carryall.and_then(|own| own.row_count);
    let table = rows.zip(format.transpose()?);
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
