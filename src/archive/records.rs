//! The records of a zip (APPNOTE 6.3, <https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>), as bytes.
//!
//! Every entry is written as ZIP64, since its size is not known when it begins; the directory uses ZIP64 where a number
//! does not fit otherwise.

use chrono::{DateTime, Datelike, Timelike, Utc};

use super::ae2;

/// Encrypted, sizes behind the data, name in UTF-8 (4.4.4: bits 0, 3 and 11).
const FLAGS: u16 = 1 | 1 << 3 | 1 << 11;
/// AES encryption (4.4.3.2).
const VERSION: u16 = 51;
/// Made by this version on Unix (4.4.2).
const MADE_BY: u16 = 3 << 8 | VERSION;
/// WinZip's AES; the method under it stands in an extra field.
const METHOD: u16 = 99;
/// A regular file that its owner can read and write.
const MODE: u32 = 0o100_600 << 16;
/// Bytes of the records around an entry's data, but for its name: the local header with its extra fields, and the data
/// descriptor.
pub(super) const AROUND: u64 = 30 + 20 + ae2::EXTRA.len() as u64 + 24;
/// What says that a number stands in a ZIP64 field.
const ELSEWHERE: u32 = u32::MAX;

/// An entry that is written.
pub(super) struct Record {
    pub(super) name: String,
    pub(super) compressed: u64,
    pub(super) uncompressed: u64,
    /// Where its local header begins.
    pub(super) offset: u64,
}

/// The time in the format of MS-DOS (4.4.6), which begins in 1980, ends in 2107, and counts in steps of two seconds.
#[derive(Clone, Copy)]
pub(super) struct DosTime {
    time: u16,
    date: u16,
}

impl DosTime {
    pub(super) fn of(at: DateTime<Utc>) -> Self {
        let year = at.year().clamp(1980, 2107) - 1980;
        Self {
            time: ((at.hour() << 11) | (at.minute() << 5) | (at.second() / 2)) as u16,
            date: (((year as u32) << 9) | (at.month() << 5) | at.day()) as u16,
        }
    }
}

/// What stands before an entry's data (4.3.7).
pub(super) fn local_header(name: &str, at: DosTime) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(64 + name.len());
    bytes.extend(0x0403_4b50_u32.to_le_bytes());
    common(&mut bytes, at, (ELSEWHERE, ELSEWHERE), name, 20 + ae2::EXTRA.len());
    bytes.extend(name.as_bytes());
    bytes.extend([1, 0, 16, 0]);
    bytes.extend([0; 16]);
    bytes.extend(ae2::EXTRA);
    bytes
}

/// What stands behind an entry's data (4.3.9), in ZIP64's sizes. AE-2 has no CRC.
pub(super) fn data_descriptor(record: &Record) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(24);
    bytes.extend(0x0807_4b50_u32.to_le_bytes());
    bytes.extend(0_u32.to_le_bytes());
    bytes.extend(record.compressed.to_le_bytes());
    bytes.extend(record.uncompressed.to_le_bytes());
    bytes
}

/// An entry of the directory (4.3.12).
pub(super) fn directory_entry(record: &Record, at: DosTime) -> Vec<u8> {
    let mut zip64 = Vec::new();
    let mut fit = |number: u64| {
        u32::try_from(number).ok().filter(|number| *number != ELSEWHERE).unwrap_or_else(|| {
            zip64.extend(number.to_le_bytes());
            ELSEWHERE
        })
    };
    // The order of the ZIP64 field (4.5.3).
    let (uncompressed, compressed, offset) = (fit(record.uncompressed), fit(record.compressed), fit(record.offset));
    let extra = if zip64.is_empty() { 0 } else { 4 + zip64.len() };
    let mut bytes = Vec::with_capacity(96 + record.name.len());
    bytes.extend(0x0201_4b50_u32.to_le_bytes());
    bytes.extend(MADE_BY.to_le_bytes());
    common(&mut bytes, at, (compressed, uncompressed), &record.name, extra + ae2::EXTRA.len());
    // No comment, on the first disk, no internal attributes.
    bytes.extend([0; 6]);
    bytes.extend(MODE.to_le_bytes());
    bytes.extend(offset.to_le_bytes());
    bytes.extend(record.name.as_bytes());
    if !zip64.is_empty() {
        bytes.extend(1_u16.to_le_bytes());
        bytes.extend((zip64.len() as u16).to_le_bytes());
        bytes.extend(zip64);
    }
    bytes.extend(ae2::EXTRA);
    bytes
}

/// The end of the archive (4.3.14 to 4.3.16), for a directory of `entries` entries in `size` bytes at `offset`.
pub(super) fn end_of_directory(entries: u64, size: u64, offset: u64) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(98);
    let fits = entries < u64::from(u16::MAX) && size < u64::from(ELSEWHERE) && offset < u64::from(ELSEWHERE);
    if !fits {
        bytes.extend(0x0606_4b50_u32.to_le_bytes());
        bytes.extend(44_u64.to_le_bytes());
        bytes.extend(MADE_BY.to_le_bytes());
        bytes.extend(VERSION.to_le_bytes());
        bytes.extend([0; 8]);
        bytes.extend([entries, entries, size, offset].into_iter().flat_map(u64::to_le_bytes));
        bytes.extend(0x0706_4b50_u32.to_le_bytes());
        bytes.extend(0_u32.to_le_bytes());
        bytes.extend((offset + size).to_le_bytes());
        bytes.extend(1_u32.to_le_bytes());
    }
    let short = |number: u64| u16::try_from(number).ok().filter(|_| fits).unwrap_or(u16::MAX);
    let long = |number: u64| u32::try_from(number).ok().filter(|_| fits).unwrap_or(ELSEWHERE);
    bytes.extend(0x0605_4b50_u32.to_le_bytes());
    bytes.extend([0; 4]);
    bytes.extend([short(entries), short(entries)].into_iter().flat_map(u16::to_le_bytes));
    bytes.extend([long(size), long(offset)].into_iter().flat_map(u32::to_le_bytes));
    bytes.extend([0; 2]);
    bytes
}

/// What the local header and the directory share, from the version that is needed to the length of the extra fields.
fn common(bytes: &mut Vec<u8>, at: DosTime, (compressed, uncompressed): (u32, u32), name: &str, extra: usize) {
    for number in [VERSION, FLAGS, METHOD, at.time, at.date] {
        bytes.extend(number.to_le_bytes());
    }
    for number in [0, compressed, uncompressed] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend((name.len() as u16).to_le_bytes());
    bytes.extend((extra as u16).to_le_bytes());
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use zip::ZipArchive;

    use super::*;

    /// A directory of these entries behind nothing, and its end.
    fn directory(records: &[Record]) -> Vec<u8> {
        let at = DosTime::of(DateTime::UNIX_EPOCH);
        let mut bytes: Vec<u8> = records.iter().flat_map(|record| directory_entry(record, at)).collect();
        bytes.extend(end_of_directory(records.len() as u64, bytes.len() as u64, 0));
        bytes
    }

    #[test]
    fn a_directory_of_more_entries_than_a_zip_had_once_is_read_whole() -> Result<(), Box<dyn std::error::Error>> {
        for count in [0, 1, 65_534, 65_535, 70_000] {
            let name = |number| format!("s/{number}.csv");
            let records =
                (0..count).map(|number| Record { name: name(number), compressed: 1, uncompressed: 1, offset: 0 });
            let archive = ZipArchive::new(Cursor::new(directory(&records.collect::<Vec<_>>())))?;
            assert_eq!(archive.len(), count);
            assert_eq!(archive.index_for_name(&name(count.saturating_sub(1))), count.checked_sub(1));
        }
        Ok(())
    }

    #[test]
    fn sizes_beyond_32_bits_are_kept() -> Result<(), Box<dyn std::error::Error>> {
        for size in [u64::from(u32::MAX) - 1, u32::MAX.into(), u64::from(u32::MAX) + 1, 1 << 40] {
            let record = Record { name: "a".into(), compressed: size, uncompressed: size + 1, offset: 0 };
            let archive = ZipArchive::new(Cursor::new(directory(&[record])))?;
            let entry = archive.by_index_data(0)?;
            assert_eq!((entry.compressed_size(), entry.size()), (size, size + 1));
        }
        Ok(())
    }

    #[test]
    fn a_time_is_that_of_its_day_and_hour() {
        let at = DateTime::from_timestamp(1_795_404_144, 0).map(DosTime::of);
        // 2026-11-23T03:22:24Z
        let expected = Some((3 << 11 | 22 << 5 | 12, 46 << 9 | 11 << 5 | 23));
        assert_eq!(at.map(|at| (at.time, at.date)), expected);
    }
}
