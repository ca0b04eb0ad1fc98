//! Tests of the folder backend.

use std::time::SystemTime;

use super::*;

fn storage() -> (tempfile::TempDir, FileStorage) {
    let folder = tempfile::tempdir().unwrap();
    let clock = WallClock::new(|| SystemTime::UNIX_EPOCH);
    let storage = FileStorage::new(folder.path().join("data"), clock);
    (folder, storage)
}

#[tokio::test]
async fn what_is_stored_is_loaded_listed_and_deleted() {
    let (_folder, storage) = storage();
    storage.store("a/b/one", b"1").await.unwrap();
    storage.store("a/b/one", b"11").await.unwrap();
    storage.store("a/two", b"2").await.unwrap();
    assert_eq!(storage.load("a/b/one").await.unwrap(), b"11");
    assert_eq!(storage.list("a").await.unwrap(), ["a/b", "a/two"]);
    assert_eq!(storage.list("a/b").await.unwrap(), ["a/b/one"]);
    let stat = storage.stat("a/b/one").await.unwrap();
    assert!(stat.is_terminal && stat.size == 2);
    assert!(!storage.stat("a/b").await.unwrap().is_terminal);
    storage.delete("a/b").await.unwrap();
    storage.delete("a/b").await.unwrap();
    assert!(!storage.exists("a/b/one").await.unwrap());
    assert!(storage.exists("a/two").await.unwrap());
}

#[tokio::test]
async fn a_missing_key_is_named() {
    let (_folder, storage) = storage();
    let error = storage.load("no/such").await.unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(error.to_string(), "storage has no `no/such`");
    assert!(storage.list("no").await.unwrap().is_empty());
    assert!(!storage.exists("no").await.unwrap());
}

#[tokio::test]
async fn a_key_cannot_leave_the_folder() {
    let (_folder, storage) = storage();
    for key in [
        "",
        "/etc/passwd",
        "a/../../b",
        "..",
        "a//b",
        "a/./b",
        "a\0",
        "a\\..\\b",
    ] {
        let error = storage.store(key, b"x").await.unwrap_err();
        assert!(matches!(error, StorageError::InvalidKey { .. }), "{key:?}");
    }
}

#[tokio::test]
async fn a_failed_write_names_the_file() {
    let (_folder, storage) = storage();
    storage.store("a", b"x").await.unwrap();
    let error = storage.store("a/b", b"x").await.unwrap_err();
    let StorageError::Io { action, path, .. } = error else {
        panic!("{error}")
    };
    assert_eq!((action, path), ("write", storage.root().join("a/b")));
    assert!(storage.load("a/b").await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn a_half_written_value_is_not_listed() {
    let (_folder, storage) = storage();
    storage.store("a/b", b"x").await.unwrap();
    fs::write(storage.root().join("a/.evenkeel-abc"), b"half").unwrap();
    assert_eq!(storage.list("a").await.unwrap(), ["a/b"]);
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_may_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let (_folder, storage) = storage();
    storage.store("a/b", b"secret").await.unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(storage.root()), 0o700);
    assert_eq!(mode(&storage.root().join("a")), 0o700);
    assert_eq!(mode(&storage.root().join("a/b")), 0o600);
}
