//! What formats write in the same way: numbers in the fewest digits that read back to the same number, and bytes.

use base64::{Engine as _, engine::general_purpose::STANDARD};

pub(super) fn integer(value: i64, out: &mut Vec<u8>) {
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}

/// A float; or what Table Schema writes for those that are no number.
pub(super) fn float<F: zmij::Float + Into<f64> + Copy>(value: F, out: &mut Vec<u8>) {
    match not_finite(value.into()) {
        Some(name) => out.extend_from_slice(name.as_bytes()),
        None => out.extend_from_slice(zmij::Buffer::new().format_finite(value).as_bytes()),
    }
}

/// The name of a float that is no number.
pub(super) fn not_finite(value: f64) -> Option<&'static str> {
    match value {
        f64::INFINITY => Some("INF"),
        f64::NEG_INFINITY => Some("-INF"),
        value if value.is_nan() => Some("NaN"),
        _ => None,
    }
}

/// Base64 (RFC 4648, section 4), without a string in between: a value may be half a gigabyte.
pub(super) fn base64(bytes: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    out.resize(start + bytes.len().div_ceil(3) * 4, 0);
    // The room is what padded base64 takes, so that nothing is cut and no error can occur.
    let written = STANDARD.encode_slice(bytes, &mut out[start..]).unwrap_or(0);
    out.truncate(start + written);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_float_reads_back_to_the_same_number_and_is_told_from_a_whole_one() -> Result<(), Box<dyn std::error::Error>> {
        let written = |value: f64| {
            let mut out = Vec::new();
            float(value, &mut out);
            String::from_utf8(out)
        };
        for value in [0.1, 1.0, -0.0, 1e16, 1e300, 5e-324, f64::MAX, 123_456_789.123_456_78] {
            let text = written(value)?;
            assert_eq!(text.parse::<f64>()?.to_bits(), value.to_bits(), "{text}");
            assert!(text.contains(['.', 'e']), "{text}");
        }
        assert_eq!([written(f64::INFINITY)?, written(f64::NEG_INFINITY)?, written(f64::NAN)?], ["INF", "-INF", "NaN"]);
        let mut single = Vec::new();
        float(0.1_f32, &mut single);
        assert_eq!(single, b"0.1");
        Ok(())
    }
}
