//! The path of a request as the segments that count. Everything that decides by path decides on
//! these, so that `//stop`, `/config/../stop` and `/%73top` are one path and `/stopped` another.

/// A normalised path: percent-decoded segments without empty ones, `.` and `..`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RequestPath {
    segments: Vec<String>,
}

/// A path with a broken percent-encoding, or whose bytes are not UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("malformed request path")]
pub(crate) struct MalformedPath;

impl RequestPath {
    /// Normalises a path as sent, without its query (RFC 3986 section 6.2.2). Segments are split
    /// before they are decoded: `%2F` is a slash inside a key and separates nothing.
    pub(crate) fn parse(path: &str) -> Result<Self, MalformedPath> {
        let mut segments = Vec::new();
        for encoded in path.split('/') {
            match decode(encoded)?.as_str() {
                "" | "." => {}
                ".." => drop(segments.pop()),
                segment => segments.push(segment.to_owned()),
            }
        }
        Ok(Self { segments })
    }

    /// The segments after `prefix`, if the path starts with exactly these segments.
    pub(crate) fn below(&self, prefix: &[&str]) -> Option<&[String]> {
        let (start, rest) = self.segments.split_at_checked(prefix.len())?;
        (start == prefix).then_some(rest)
    }
}

fn decode(segment: &str) -> Result<String, MalformedPath> {
    let mut bytes = segment.bytes();
    let mut decoded = Vec::with_capacity(segment.len());
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => {
                let (high, low) = (hex(bytes.next())?, hex(bytes.next())?);
                high << 4 | low
            }
            byte => byte,
        });
    }
    String::from_utf8(decoded).map_err(|_| MalformedPath)
}

fn hex(digit: Option<u8>) -> Result<u8, MalformedPath> {
    let value = digit.and_then(|digit| char::from(digit).to_digit(16));
    value
        .and_then(|value| u8::try_from(value).ok())
        .ok_or(MalformedPath)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_path_are_one_path() {
        let plain = RequestPath::parse("/pki/ca").unwrap();
        for spelling in [
            "/pki/ca/",
            "//pki//ca",
            "/./pki/ca",
            "/x/../pki/ca",
            "/x/%2e%2E/pki/ca",
            "/%70ki/ca",
            "/../../pki/ca",
        ] {
            assert_eq!(
                RequestPath::parse(spelling),
                Ok(plain.clone()),
                "{spelling}"
            );
        }
    }

    #[test]
    fn segments_match_whole() {
        let path = RequestPath::parse("/pki/ca/prod-backup").unwrap();
        assert_eq!(path.below(&["pki", "ca", "prod"]), None);
        assert_eq!(path.below(&["pki", "ca"]).unwrap(), ["prod-backup"]);
        assert_eq!(path.below(&["pki", "ca", "prod-backup", "x"]), None);
    }

    #[test]
    fn an_encoded_slash_stays_inside_its_segment() {
        let path = RequestPath::parse("/config/a%2Fb").unwrap();
        assert_eq!(path.below(&["config"]).unwrap(), ["a/b"]);
    }

    #[test]
    fn broken_encodings_are_refused() {
        for path in ["/%", "/%4", "/%zz", "/%+1", "/%ff"] {
            assert_eq!(RequestPath::parse(path), Err(MalformedPath), "{path}");
        }
    }
}
