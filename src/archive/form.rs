//! The form of an archive: entries of the one kind that Carryall writes, one behind the other from the start of the file,
//! so that there is nothing between them, and no second entry behind a name.

use std::io::{Read, Seek, SeekFrom};

use zip::{CompressionMethod, ZipArchive, read::ZipFile};

use super::{VerifyError, ae2, records};

/// Why an archive is not of the form; nothing of its entries is read.
pub(super) fn check<F: Read + Seek>(archive: &ZipArchive<F>) -> Result<(), VerifyError> {
    let wrong = |why: &str| Err(VerifyError::Foreign(why.to_owned()));
    if archive.has_duplicate_names() {
        return wrong("two of its entries have the same name");
    }
    let mut places = Vec::with_capacity(archive.len());
    for index in 0..archive.len() {
        let entry = archive.by_index_data(index).map_err(super::reader::broken)?;
        let around = records::AROUND + entry.name_raw().len() as u64;
        places.push((entry.header_start(), around.saturating_add(entry.compressed_size())));
    }
    places.sort_unstable();
    let mut end = 0;
    for (start, length) in places {
        if start != end {
            return wrong("its entries do not lie one behind the other, as Carryall writes them");
        }
        end = start.saturating_add(length);
    }
    if archive.offset() != 0 || end != archive.central_directory_start() || !archive.comment().is_empty() {
        return wrong("there is more in the file than its entries");
    }
    Ok(())
}

/// Why the file does not end with the archive: an end of central directory record (APPNOTE 4.3.16) without a comment. Readers look
/// for it from the end, and pass over what stands behind it.
pub(super) fn check_end(mut file: impl Read + Seek) -> Result<(), VerifyError> {
    let mut record = [0; 22];
    let place = file.seek(SeekFrom::End(-22))?;
    file.read_exact(&mut record)?;
    let [size, offset] = [12, 16].map(|at| record[at..at + 4].try_into().map(u32::from_le_bytes).unwrap_or(u32::MAX));
    // Where a number has no room here, the ZIP64 records stand between, which a reader finds only right before this one.
    let in_place = [size, offset].contains(&u32::MAX) || u64::from(offset) + u64::from(size) == place;
    if record.starts_with(b"PK\x05\x06") && record.ends_with(&[0, 0]) && in_place {
        return Ok(());
    }
    Err(VerifyError::Foreign("something stands behind its end".into()))
}

/// Whether an entry is encrypted by AE-2 with AES-256, and deflated: everything else can be made without the password, or
/// shows more of what is in it.
pub(super) fn is_ours<F: Read>(entry: &ZipFile<'_, F>) -> bool {
    let extra = entry.extra_data().unwrap_or_default();
    entry.encrypted()
        && entry.compression() == CompressionMethod::Deflated
        && entry.crc32() == 0
        && extra.windows(ae2::EXTRA.len()).any(|field| field == ae2::EXTRA)
}
