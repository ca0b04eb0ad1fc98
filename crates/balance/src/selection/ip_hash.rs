//! `ip_hash`: rendezvous hashing of the peer's address.

use std::hash::Hasher;

use twox_hash::XxHash64;

use super::Candidates;

/// The highest xxHash64 of dial string and peer address wins, the first among equals (Caddy:
/// `hostByHashing`). So a peer moves only when its own upstream closes, and returns to it
/// afterwards.
pub(super) fn pick(candidates: &mut Candidates<'_>, ip_key: &str) -> Option<usize> {
    let mut chosen = None;
    for index in 0..candidates.len() {
        if !candidates.is_open(index) {
            continue;
        }
        let weight = weigh(&candidates.upstream(index).key, ip_key);
        if chosen.is_none_or(|(_, highest)| weight > highest) {
            chosen = Some((index, weight));
        }
    }
    chosen.map(|(index, _)| index)
}

fn weigh(dial: &str, ip_key: &str) -> u64 {
    let mut hasher = XxHash64::with_seed(0);
    hasher.write(dial.as_bytes());
    hasher.write(ip_key.as_bytes());
    hasher.finish()
}
