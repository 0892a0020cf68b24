//! The argument of a call that stands in a header, where only ASCII may.

use serde_json::Value;

/// JSON in which everything but printable ASCII is escaped.
pub(super) fn ascii(argument: &Value) -> String {
    let mut text = String::new();
    for letter in argument.to_string().chars() {
        if matches!(letter, ' '..='~') {
            text.push(letter);
        } else {
            // What is not ASCII stands only within strings, so that an escape is right wherever it is.
            letter.encode_utf16(&mut [0; 2]).iter().for_each(|unit| text.push_str(&format!("\\u{unit:04x}")));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_ascii_is_escaped_and_reads_the_same() -> Result<(), serde_json::Error> {
        let argument = serde_json::json!({"path": "/ü 漢 é%20+&#\u{7f}\"\\ 🧳.zip", "n": 1});
        let text = ascii(&argument);
        assert!(text.bytes().all(|byte| (0x20..0x7f).contains(&byte)), "{text}");
        assert!(text.contains("\\u00fc") && text.contains("\\ud83e\\uddf3") && text.contains("\\u007f"), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text)?, argument);
        Ok(())
    }
}
