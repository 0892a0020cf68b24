//! Reads one entry in clear: decrypts it in large pieces, checks its HMAC, and inflates it. The zip crate can do the same,
//! but hands over eight KiB at a time, which costs the inflater a quarter of its speed.

use std::io::{self, BufRead, Read};

use flate2::bufread::DeflateDecoder;
use zip::read::ZipFile;

use super::{
    VerifyError,
    ae2::{BEFORE, BEHIND, Decryption},
    form,
    reader::broken,
};
use crate::secret::Secret;

/// Bytes that are decrypted at a time: they stay in the processor's cache until they are inflated.
const PIECE: usize = 128 * 1024;

/// The clear text of an entry. Its end is told only when the HMAC was right, and nothing stood behind the deflated data.
pub(super) struct Clear<R>(DeflateDecoder<Decrypted<R>>);

/// Begins to read an entry that was opened raw.
pub(super) fn open<'a, F: Read>(
    entry: ZipFile<'a, F>,
    password: &Secret,
) -> Result<Clear<ZipFile<'a, F>>, VerifyError> {
    if !form::is_ours(&entry) {
        let name = String::from_utf8_lossy(entry.name_raw());
        return Err(VerifyError::Foreign(format!("{name:?} is not encrypted as Carryall does")));
    }
    let size = entry.compressed_size();
    Clear::begin(entry, size, password).map_err(|cause| broken(cause.into()))?.ok_or(VerifyError::Password)
}

impl<R: Read> Clear<R> {
    /// Begins to read an entry of so many bytes; nothing if the password is another.
    fn begin(mut from: R, size: u64, password: &Secret) -> io::Result<Option<Self>> {
        let left = size.checked_sub((BEFORE + BEHIND) as u64).ok_or(io::ErrorKind::UnexpectedEof)?;
        let mut before = [0; BEFORE];
        from.read_exact(&mut before)?;
        let piece = vec![0; usize::try_from(left).unwrap_or(PIECE).min(PIECE)];
        Ok(Decryption::begin(password, &before).map(|decryption| {
            let decryption = Some(decryption);
            Self(DeflateDecoder::new(Decrypted { from, left, decryption, proven: false, piece, at: (0, 0) }))
        }))
    }
}

impl<R: Read> Read for Clear<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let length = self.0.read(bytes)?;
        if length == 0 && !bytes.is_empty() {
            self.0.get_mut().end()?;
        }
        Ok(length)
    }
}

/// The deflated data of an entry.
struct Decrypted<R> {
    from: R,
    /// Bytes that are still to be read, without the HMAC.
    left: u64,
    /// Until the HMAC is compared.
    decryption: Option<Decryption>,
    proven: bool,
    piece: Vec<u8>,
    /// What of the piece is decrypted and not yet taken.
    at: (usize, usize),
}

impl<R: Read> Decrypted<R> {
    /// Reads the next piece; with the last one the HMAC.
    fn advance(&mut self) -> io::Result<()> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(self.piece.len());
        let length = self.from.read(&mut self.piece[..most])?;
        if length == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.decryption.as_mut().ok_or_else(forged)?.decrypt(&mut self.piece[..length]);
        self.left -= length as u64;
        if self.left == 0 {
            self.prove()?;
        }
        self.at = (0, length);
        Ok(())
    }

    fn prove(&mut self) -> io::Result<()> {
        let mut behind = [0; BEHIND];
        self.from.read_exact(&mut behind)?;
        self.proven = self.decryption.take().is_some_and(|decryption| decryption.proven_by(&behind));
        if self.proven { Ok(()) } else { Err(forged()) }
    }

    /// The end of the deflated data was found.
    fn end(&mut self) -> io::Result<()> {
        if self.left > 0 || self.at.0 < self.at.1 {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "there is more behind the end of its data"));
        }
        match (self.proven, &self.decryption) {
            (true, _) => Ok(()),
            // There were no data at all.
            (false, Some(_)) => self.prove(),
            (false, None) => Err(forged()),
        }
    }
}

fn forged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "its HMAC is another")
}

impl<R: Read> Read for Decrypted<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let length = self.fill_buf()?.read(bytes)?;
        self.consume(length);
        Ok(length)
    }
}

impl<R: Read> BufRead for Decrypted<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at.0 == self.at.1 && self.left > 0 {
            self.advance()?;
        }
        Ok(&self.piece[self.at.0..self.at.1])
    }

    fn consume(&mut self, length: usize) {
        self.at.0 = self.at.1.min(self.at.0 + length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::{
        ae2::Encryption,
        deflate::{self, Encoder},
    };

    type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

    fn password() -> Secret {
        Secret::new("correct horse battery")
    }

    /// What stands in an archive for data that are deflated already.
    fn encrypted(mut deflated: Vec<u8>) -> Outcome<Vec<u8>> {
        let (mut encryption, before) = Encryption::begin(&password())?;
        encryption.encrypt(&mut deflated);
        Ok([&before[..], &deflated, &encryption.end()].concat())
    }

    fn deflated(data: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        Encoder::default().pieces(data, &mut out);
        out.extend(deflate::END);
        out
    }

    fn read(entry: &[u8], size: usize) -> Outcome<Vec<u8>> {
        let mut data = Vec::new();
        let mut clear = Clear::begin(entry, size as u64, &password())?.ok_or("the password is another")?;
        clear.read_to_end(&mut data)?;
        Ok(data)
    }

    #[test]
    fn an_entry_of_any_length_is_read() -> Outcome<()> {
        for rows in [0_u64, 1, 30_000, 300_000] {
            let data: Vec<u8> =
                (0..rows).flat_map(|row| format!("{row},{}\n", row * row % 9973).into_bytes()).collect();
            let entry = encrypted(deflated(&data))?;
            assert!(read(&entry, entry.len())? == data, "{rows} rows");
        }
        Ok(())
    }

    #[test]
    fn an_entry_is_refused_whichever_byte_is_another_and_wherever_it_is_cut() -> Outcome<()> {
        let entry = encrypted(deflated(b"a,b\n1,2\n1,2\n1,2\n"))?;
        for place in 0..entry.len() {
            let mut changed = entry.clone();
            changed[place] ^= 1;
            assert!(read(&changed, changed.len()).is_err(), "byte {place} was changed unseen");
            assert!(read(&entry[..place], place).is_err(), "{place} bytes passed");
            assert!(read(&entry[..place], entry.len()).is_err(), "{place} bytes passed");
        }
        Ok(())
    }

    #[test]
    fn an_entry_with_more_behind_the_end_of_its_data_is_refused() -> Outcome<()> {
        for wrong in [[deflated(b"a"), vec![0]].concat(), [deflated(b"a"), vec![0; 2 * PIECE]].concat()] {
            let entry = encrypted(wrong)?;
            assert!(read(&entry, entry.len()).is_err());
        }
        Ok(())
    }
}
