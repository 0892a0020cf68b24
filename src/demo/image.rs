//! Scans: grey PNG images with a scribble on them. Not compressed, so that no library's choices show in the bytes.

use super::dice::Dice;

/// A signature, more or less.
pub(super) fn scribble(dice: &mut Dice) -> Vec<u8> {
    let width = 40 + dice.below(120);
    let height = 24 + dice.below(60);
    let mut rows = Vec::new();
    let (mut low, mut high) = (height / 3, height / 2);
    let ink: Vec<(u32, u32)> = (0..width)
        .map(|_| {
            low = (low + dice.below(5)).saturating_sub(2).min(height - 1);
            high = (low + dice.below(6)).max(high.saturating_sub(3));
            (low, high)
        })
        .collect();
    for y in 0..height {
        rows.push(0); // Each row begins with its filter: none.
        rows.extend(ink.iter().map(|(low, high)| {
            let is_ink = (*low..=*high).contains(&y);
            if is_ink { 40 } else { 250 }
        }));
    }
    png(width, height, &rows)
}

fn png(width: u32, height: u32, rows: &[u8]) -> Vec<u8> {
    let mut header = Vec::new();
    header.extend_from_slice(&width.to_be_bytes());
    header.extend_from_slice(&height.to_be_bytes());
    header.extend_from_slice(&[8, 0, 0, 0, 0]); // 8 bits of grey, the only methods there are, not interlaced
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut file, b"IHDR", &header);
    chunk(&mut file, b"IDAT", &zlib(rows));
    chunk(&mut file, b"IEND", &[]);
    file
}

fn chunk(file: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    let length = u32::try_from(data.len()).unwrap_or_default();
    file.extend_from_slice(&length.to_be_bytes());
    let summed = file.len();
    file.extend_from_slice(kind);
    file.extend_from_slice(data);
    let sum = crc32(&file[summed..]);
    file.extend_from_slice(&sum.to_be_bytes());
}

/// One stored block: an image here is well under 64 KiB.
fn zlib(data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap_or(u16::MAX);
    let mut stream = vec![0x78, 0x01, 0x01];
    stream.extend_from_slice(&length.to_le_bytes());
    stream.extend_from_slice(&(!length).to_le_bytes());
    stream.extend_from_slice(data);
    stream.extend_from_slice(&adler32(data).to_be_bytes());
    stream
}

fn crc32(data: &[u8]) -> u32 {
    let sum = data.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 })
    });
    !sum
}

fn adler32(data: &[u8]) -> u32 {
    let (low, high) = data.iter().fold((1_u32, 0_u32), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % 65521;
        (low, (high + low) % 65521)
    });
    high << 16 | low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_those_of_the_standards() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(adler32(b"123456789"), 0x091e_01de);
    }
}
