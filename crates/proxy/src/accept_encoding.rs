//! Which codings of a body a client takes. Caddy: `encode.AcceptedEncodings`.

use http::HeaderMap;
use http::header::{ACCEPT_ENCODING, SEC_WEBSOCKET_KEY};

/// Codings that count as none.
const LEAST: f32 = 0.00001;

/// Of the codings that we have, those that the client takes: what it likes best first, and of
/// equals the first of ours.
pub(crate) fn accepted<'o>(fields: &HeaderMap, ours: &[&'o str]) -> Vec<&'o str> {
    let field = fields
        .get(ACCEPT_ENCODING)
        .and_then(|field| field.to_str().ok());
    let Some(field) = field.filter(|_| !fields.contains_key(SEC_WEBSOCKET_KEY)) else {
        return Vec::new();
    };
    let mut taken: Vec<(f32, usize)> = field
        .split(',')
        .filter_map(|item| {
            let (name, quality) = item.split_once(';').unwrap_or((item, ""));
            let place = ours
                .iter()
                .position(|our| our.eq_ignore_ascii_case(name.trim()))?;
            Some((quality_of(quality), place))
        })
        .filter(|(quality, _)| *quality >= LEAST)
        .collect();
    taken.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
    taken.into_iter().map(|(_, place)| ours[place]).collect()
}

/// `q=0.5`; 1 if it cannot be read.
fn quality_of(text: &str) -> f32 {
    let first = text.split(';').next().unwrap_or_default().trim();
    let number = first
        .strip_prefix("q=")
        .or_else(|| first.strip_prefix("Q="));
    let number = number.and_then(|number| number.parse().ok());
    number
        .filter(|number| (0.0..=1.0).contains(number))
        .unwrap_or(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial;

    #[test]
    fn the_clients_order_counts_before_ours() {
        let table: [(&str, &[&str]); 8] = [
            ("gzip, br", &["br", "gzip"]),
            ("gzip;q=1, br;q=0.5", &["gzip", "br"]),
            ("GZIP", &["gzip"]),
            ("br;q=0, gzip", &["gzip"]),
            ("br;q=x, gzip;q=2", &["br", "gzip"]),
            ("identity, *", &[]),
            ("", &[]),
            ("zstd;q=0.1,br ; q=0.2", &["br", "zstd"]),
        ];
        for (field, expected) in table {
            let request = trial::request("h", "/", &[("accept-encoding", field)]);
            let found = accepted(request.headers(), &["br", "zstd", "gzip"]);
            assert_eq!(found, expected, "{field}");
        }
    }
}
