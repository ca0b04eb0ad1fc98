//! Tests of the lock protocol, against files as certmagic writes them.

use tokio::time::{Instant, timeout};

use super::*;

/// Not at a whole second, when a look at the file may be under way on another thread.
const BETWEEN_LOOKS: Duration = Duration::from_millis(3500);

/// A wall clock that moves with tokio's (paused) one, from a fixed date.
fn clock() -> WallClock {
    let start = Instant::now();
    WallClock::new(move || date() + start.elapsed())
}

fn date() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_000_000)
}

fn lock_path(folder: &tempfile::TempDir) -> PathBuf {
    folder.path().join("locks/issue_cert_a.test.lock")
}

/// A lock file as Go writes it.
fn write_foreign(path: &Path, updated: SystemTime) {
    create_folder(path.parent().unwrap()).unwrap();
    let format = time::format_description::well_known::Rfc3339;
    let updated = OffsetDateTime::from(updated).format(&format).unwrap();
    let line = format!(
        "{{\"created\":\"2026-11-18T00:00:00.123456789+01:00\",\"updated\":\"{updated}\"}}\n"
    );
    fs::write(path, line).unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_file_says_when_it_was_made_and_goes_when_released() {
    let folder = tempfile::tempdir().unwrap();
    let path = lock_path(&folder);
    let lease = acquire(path.clone(), clock()).await.unwrap();
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(
        text,
        "{\"created\":\"2026-11-18T11:06:40Z\",\"updated\":\"2026-11-18T11:06:40Z\"}\n"
    );
    drop(lease);
    assert!(!path.exists());
}

#[tokio::test(start_paused = true)]
async fn a_holder_who_lives_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = lock_path(&folder);
    let clock = clock();
    let lease = acquire(path.clone(), clock.clone()).await.unwrap();
    let second = acquire(path.clone(), clock.clone());
    let waited = timeout(Duration::from_mins(2) + BETWEEN_LOOKS, second).await;
    assert!(
        waited.is_err(),
        "the heartbeat kept the lock fresh for two minutes"
    );
    drop(lease);
    let began = Instant::now();
    drop(acquire(path, clock).await.unwrap());
    assert_eq!(began.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_foreign_lock_is_honoured_until_it_is_stale() {
    let folder = tempfile::tempdir().unwrap();
    let path = lock_path(&folder);
    write_foreign(&path, date());
    let began = Instant::now();
    drop(acquire(path, clock()).await.unwrap());
    assert_eq!(
        began.elapsed(),
        Duration::from_secs(11),
        "stale only after ten seconds"
    );
}

#[tokio::test(start_paused = true)]
async fn an_empty_file_is_read_eight_times_then_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = lock_path(&folder);
    create_folder(path.parent().unwrap()).unwrap();
    fs::write(&path, "").unwrap();
    let began = Instant::now();
    drop(acquire(path, clock()).await.unwrap());
    assert_eq!(began.elapsed(), Duration::from_millis(7 * 250));
}

#[tokio::test(start_paused = true)]
async fn a_file_that_is_no_lock_is_left_alone_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = lock_path(&folder);
    create_folder(path.parent().unwrap()).unwrap();
    fs::write(&path, "not a lock").unwrap();
    let error = acquire(path.clone(), clock()).await.unwrap_err();
    assert!(matches!(error, LeaseError::Corrupt { .. }));
    assert!(error.to_string().contains("issue_cert_a.test.lock"));
    assert_eq!(fs::read_to_string(&path).unwrap(), "not a lock");
}

#[tokio::test(start_paused = true)]
async fn a_lease_lost_to_another_does_not_remove_theirs() {
    let folder = tempfile::tempdir().unwrap();
    let path = lock_path(&folder);
    let lease = acquire(path.clone(), clock()).await.unwrap();
    write_foreign(&path, date());
    drop(lease);
    assert!(path.exists());
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_wait_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let path = lock_path(&folder);
    let clock = clock();
    let lease = acquire(path.clone(), clock.clone()).await.unwrap();
    let waiting = acquire(path.clone(), clock);
    assert!(timeout(BETWEEN_LOOKS, waiting).await.is_err());
    drop(lease);
    assert!(!path.exists());
}

#[tokio::test(start_paused = true)]
async fn a_lock_got_too_late_for_whom_wanted_it_is_given_up() {
    let folder = tempfile::tempdir().unwrap();
    let path = lock_path(&folder);
    let clock = clock();
    tokio::select! {
        biased;
        _ = acquire(path.clone(), clock.clone()) => {}
        () = std::future::ready(()) => {}
    }
    let began = Instant::now();
    drop(acquire(path, clock).await.unwrap());
    assert!(began.elapsed() <= POLL, "not only after it was stale");
}

#[test]
fn a_date_in_the_future_is_not_stale() {
    let created = OffsetDateTime::from(date() + Duration::from_mins(1));
    assert!(
        !Lock {
            created,
            updated: None
        }
        .is_stale(date())
    );
    let old = OffsetDateTime::from(date() - Duration::from_secs(11));
    assert!(
        Lock {
            created: old,
            updated: None
        }
        .is_stale(date())
    );
}
