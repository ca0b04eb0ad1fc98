//! What several unit tests of this crate need.

use std::time::{Duration, SystemTime};

use evenkeel_net::Clock;
use evenkeel_storage::{MemoryStorage, Storage, WallClock};

/// 2026-11-24 12:00 UTC.
pub(crate) fn noon() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_hours(498_756)
}

/// A clock that shows [`noon`] and moves with tokio's.
pub(crate) fn clock() -> Clock {
    Clock::fixed(noon())
}

pub(crate) fn memory_storage() -> Storage {
    Storage::Memory(MemoryStorage::new(WallClock::new(noon)))
}

/// Chain and key as PEM, valid for ten days around [`noon`].
pub(crate) fn self_signed(names: &[&str]) -> (String, String) {
    self_signed_for(
        names,
        noon() - Duration::from_hours(24),
        Duration::from_hours(240),
    )
}

/// Chain and key as PEM, valid from `not_before` for `length`.
pub(crate) fn self_signed_for(
    names: &[&str],
    not_before: SystemTime,
    length: Duration,
) -> (String, String) {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = rcgen::CertificateParams::new(names).unwrap();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.not_before = not_before.into();
    params.not_after = (not_before + length).into();
    let key = crate::key::generate().unwrap();
    let signer = crate::key::signing_key(key.as_bytes()).unwrap();
    (params.self_signed(&signer).unwrap().pem(), key)
}

/// What issuers work with, in memory.
pub(crate) fn environment() -> crate::issuer::Environment {
    crate::issuer::Environment {
        storage: memory_storage(),
        clock: clock(),
        challenges: crate::challenge::Challenges::default(),
        provider: crate::provider(),
    }
}
