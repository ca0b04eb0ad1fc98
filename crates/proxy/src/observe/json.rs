//! Writes JSON into a buffer. By hand: there is little of it, it is on the path of requests, and
//! everything that a client sent must come out as harmless text.

use std::io::Write as _;

/// Longest text that is written; more is cut off and marked with an ellipsis.
const MAX_TEXT: usize = 8 * 1024;

/// A buffer that JSON is appended to.
#[derive(Debug)]
pub(super) struct Json {
    out: Vec<u8>,
    /// With a space behind each comma and colon, as Caddy's console log has it.
    spaced: bool,
}

impl Json {
    /// An empty buffer with room for so many bytes.
    pub(super) fn new(spaced: bool, room: usize) -> Self {
        Self {
            out: Vec::with_capacity(room),
            spaced,
        }
    }

    /// What has been written.
    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.out
    }

    /// What has been written, to be kept.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.out
    }

    /// Appends what is not JSON, or is already.
    pub(super) fn raw(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    /// Appends fields that another buffer holds.
    pub(super) fn fields(&mut self, fields: &[u8]) {
        self.separate();
        self.raw(fields);
    }

    pub(super) fn object(&mut self, fields: impl FnOnce(&mut Self)) {
        self.separate();
        self.out.push(b'{');
        fields(self);
        self.out.push(b'}');
    }

    pub(super) fn array(&mut self, items: impl FnOnce(&mut Self)) {
        self.separate();
        self.out.push(b'[');
        items(self);
        self.out.push(b']');
    }

    /// Starts a field; its value must follow. The name needs no escapes.
    pub(super) fn key(&mut self, key: &'static str) -> &mut Self {
        self.key_of(key.bytes())
    }

    /// Starts a field with a name put together from bytes that need no escapes.
    pub(super) fn key_of(&mut self, key: impl Iterator<Item = u8>) -> &mut Self {
        self.separate();
        self.out.push(b'"');
        self.out.extend(key);
        self.out
            .extend_from_slice(if self.spaced { b"\": " } else { b"\":" });
        self
    }

    /// Starts a field with any name.
    pub(super) fn key_text(&mut self, key: &str) {
        self.text(key.as_bytes());
        self.raw(if self.spaced { b": " } else { b":" });
    }

    /// A number or truth value.
    pub(super) fn plain(&mut self, value: impl std::fmt::Display) {
        self.separate();
        write!(self.out, "{value}").expect("writing to a Vec does not fail");
    }

    /// A number or truth value as a text.
    pub(super) fn quoted(&mut self, value: impl std::fmt::Display) {
        self.separate();
        write!(self.out, "\"{value}\"").expect("writing to a Vec does not fail");
    }

    /// A text. Control characters are escaped, bytes that are not UTF-8 replaced.
    pub(super) fn text(&mut self, text: &[u8]) {
        self.separate();
        self.out.push(b'"');
        let (text, cut) = if text.len() > MAX_TEXT {
            (&text[..MAX_TEXT], true)
        } else {
            (text, false)
        };
        // All bytes are looked at, which takes a fraction of the time of stopping at the first.
        if text
            .iter()
            .fold(true, |plain, &byte| plain & is_plain(byte))
        {
            self.out.extend_from_slice(text);
        } else {
            self.escape(text);
        }
        if cut {
            self.out.extend_from_slice("…".as_bytes());
        }
        self.out.push(b'"');
    }

    fn escape(&mut self, text: &[u8]) {
        for chunk in text.utf8_chunks() {
            self.escape_valid(chunk.valid());
            if !chunk.invalid().is_empty() {
                self.out.extend_from_slice("\u{FFFD}".as_bytes());
            }
        }
    }

    fn escape_valid(&mut self, text: &str) {
        for byte in text.bytes() {
            match byte {
                b'"' | b'\\' => self.out.extend_from_slice(&[b'\\', byte]),
                b'\n' => self.out.extend_from_slice(b"\\n"),
                b'\r' => self.out.extend_from_slice(b"\\r"),
                b'\t' => self.out.extend_from_slice(b"\\t"),
                0..0x20 | 0x7f => {
                    write!(self.out, "\\u{byte:04x}").expect("writing to a Vec does not fail");
                }
                _ => self.out.push(byte),
            }
        }
    }

    /// A comma, unless what follows is the first item or a field's value.
    fn separate(&mut self) {
        match self.out.last() {
            None | Some(b'{' | b'[' | b':' | b' ' | b'\t') => {}
            Some(_) => self
                .out
                .extend_from_slice(if self.spaced { b", " } else { b"," }),
        }
    }
}

/// ASCII that stands for itself: nearly all that is logged.
const fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> String {
        let mut json = Json::new(false, 0);
        json.text(bytes);
        String::from_utf8(json.out).unwrap()
    }

    #[test]
    fn nothing_a_client_sends_ends_a_line_or_a_string() {
        assert_eq!(
            text(b"a\"b\\c\r\nd\te\x00\x1b[2J\x7f"),
            r#""a\"b\\c\r\nd\te\u0000\u001b[2J\u007f""#
        );
        assert_eq!(text(b"caf\xc3\xa9 \xff\xfe!"), "\"café \u{FFFD}\u{FFFD}!\"");
        assert_eq!(text(b""), "\"\"");
    }

    #[test]
    fn a_long_text_is_cut() {
        let long = text(&vec![b'x'; MAX_TEXT * 2]);
        assert!(long.ends_with("x…\""));
        assert!(long.len() < MAX_TEXT + 10);
    }

    #[test]
    fn separates_items_and_spaces_them_on_demand() {
        for (spaced, expected) in [
            (false, r#"{"a":[1,2,[]],"b":{},"c":"x "}"#),
            (true, r#"{"a": [1, 2, []], "b": {}, "c": "x "}"#),
        ] {
            let mut json = Json::new(spaced, 0);
            json.object(|json| {
                json.key("a").array(|json| {
                    json.plain(1);
                    json.plain(2);
                    json.array(|_| {});
                });
                json.key("b").object(|_| {});
                json.key("c").text(b"x ");
            });
            assert_eq!(std::str::from_utf8(json.as_bytes()), Ok(expected));
        }
    }
}
