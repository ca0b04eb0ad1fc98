//! `ip_hash`, `uri_hash`, `header` and their like: rendezvous hashing of a key of the request.

use std::hash::Hasher;

use twox_hash::XxHash64;

use super::Candidates;

/// The highest xxHash64 of dial string and key wins, the first among equals (Caddy:
/// `hostByHashing`). So a key moves only when its own upstream closes, and returns to it
/// afterwards.
pub(super) fn pick(candidates: &mut Candidates<'_>, key: &[u8]) -> Option<usize> {
    let mut chosen = None;
    for index in 0..candidates.len() {
        if !candidates.is_open(index) {
            continue;
        }
        let weight = weigh(&candidates.upstream(index).key, key);
        if chosen.is_none_or(|(_, highest)| weight > highest) {
            chosen = Some((index, weight));
        }
    }
    chosen.map(|(index, _)| index)
}

fn weigh(dial: &str, key: &[u8]) -> u64 {
    let mut hasher = XxHash64::with_seed(0);
    hasher.write(dial.as_bytes());
    hasher.write(key);
    hasher.finish()
}
