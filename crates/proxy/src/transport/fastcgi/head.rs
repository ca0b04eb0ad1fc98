//! The head of a CGI response (RFC 3875 section 6): lines, of which `Status` is the status.

use std::io;

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

/// Where the head in front of these bytes ends, if it is all here: the length of the head and of
/// the empty line.
pub(super) fn end(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut at = 0;
    while let Some(found) = bytes.get(at..)?.iter().position(|&byte| byte == b'\n') {
        let line = at + found + 1;
        match bytes.get(line..)? {
            [b'\n', ..] => return Some((line, line + 1)),
            [b'\r', b'\n', ..] => return Some((line, line + 2)),
            _ => at = line,
        }
    }
    None
}

/// Status and fields.
pub(super) fn parse(head: &[u8]) -> io::Result<(StatusCode, HeaderMap)> {
    let (mut status, mut fields) = (StatusCode::OK, HeaderMap::new());
    for line in head.split(|&byte| byte == b'\n') {
        let line = line.trim_ascii_end();
        if line.is_empty() {
            continue;
        }
        let colon = line.iter().position(|&byte| byte == b':').ok_or_else(bad)?;
        let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
        if name.eq_ignore_ascii_case(b"status") {
            let code = value.get(..3).ok_or_else(bad)?;
            status = StatusCode::from_bytes(code).map_err(|_| bad())?;
            if status.is_informational() {
                return Err(bad());
            }
            continue;
        }
        let name = HeaderName::from_bytes(name).map_err(|_| bad())?;
        let value = HeaderValue::from_bytes(value).map_err(|_| bad())?;
        fields.append(name, value);
    }
    // The connection's framing is ours.
    fields.remove(http::header::TRANSFER_ENCODING);
    fields.remove(http::header::CONNECTION);
    Ok((status, fields))
}

fn bad() -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        "the head of the response is no CGI",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_end_at_an_empty_line_of_either_kind() {
        assert_eq!(end(b"A: b\r\n\r\nbody"), Some((6, 8)));
        assert_eq!(end(b"A: b\n\nbody"), Some((5, 6)));
        assert_eq!(end(b"A: b\r\nC: d\r\n"), None);
    }

    #[test]
    fn status_is_200_unless_there_is_one() {
        let (status, fields) =
            parse(b"Content-Type: a\r\nSet-Cookie: x\r\nSet-Cookie: y\r\n").unwrap();
        assert_eq!((status.as_u16(), fields.len()), (200, 3));
        let (status, fields) = parse(b"Status: 404 Not Found\n").unwrap();
        assert_eq!((status.as_u16(), fields.len()), (404, 0));
        for bad in [
            "no colon",
            "Status: x",
            "Status: 101 Switching",
            "a b: c",
            "a: \x01",
        ] {
            parse(bad.as_bytes()).unwrap_err();
        }
    }
}
