//! Tests of the manager with a scripted issuer, under paused time.

use std::collections::VecDeque;
use std::time::Duration;

use evenkeel_storage::{Blobs as _, Leases as _, layout};

use tokio::runtime::Handle;

use super::*;
use crate::issuer::{IssueError, IssueFuture, IssueRequest, Issued};
use crate::settings::{
    AcmeSettings, CertificateFiles, InternalSettings, Settings, SubjectSettings,
};
use crate::testing::{clock, memory_storage, noon, self_signed, self_signed_for};
use crate::{Roots, store};

const DAY: Duration = Duration::from_hours(24);

/// Gives a certificate of thirty days, or fails as scripted; remembers when it was asked.
#[derive(Debug, Clone)]
struct Script {
    clock: Clock,
    failures: Arc<Mutex<VecDeque<&'static str>>>,
    asked: Arc<Mutex<Vec<(String, Duration, u32)>>>,
    is_local: bool,
    answers: watch::Sender<usize>,
}

impl Script {
    fn new(clock: &Clock) -> Self {
        Self {
            clock: clock.clone(),
            failures: Arc::default(),
            asked: Arc::default(),
            is_local: true,
            answers: watch::Sender::new(0),
        }
    }

    /// When it was asked, from noon on, to the second.
    fn seconds(&self) -> Vec<u64> {
        self.asked
            .lock()
            .iter()
            .map(|(_, at, _)| at.as_secs())
            .collect()
    }

    fn subjects(&self) -> Vec<String> {
        self.asked
            .lock()
            .iter()
            .map(|(subject, ..)| subject.clone())
            .collect()
    }

    async fn answered(&self, times: usize) {
        let mut answers = self.answers.subscribe();
        answers.wait_for(|count| *count >= times).await.unwrap();
        // Let the keeper take the answer.
        tokio::time::sleep(Duration::from_millis(1)).await;
    }

    fn answer(&self, request: IssueRequest<'_>) -> Result<Issued, IssueError> {
        let now = self.clock.now();
        let since = now.duration_since(noon()).unwrap();
        self.asked
            .lock()
            .push((request.subject.to_owned(), since, request.attempt));
        self.answers.send_modify(|count| *count += 1);
        if let Some(reason) = self.failures.lock().pop_front() {
            let (ca, subject) = ("https://ca.test".to_owned(), request.subject.to_owned());
            return Err(IssueError::Unsupported {
                ca,
                subject,
                reason,
            });
        }
        let (chain, key) = self_signed_for(&[request.subject], now, DAY * 30);
        Ok(Issued {
            chain,
            key,
            issuer_data: serde_json::Value::Null,
        })
    }
}

impl Issuer for Script {
    fn key(&self) -> &'static str {
        "script"
    }

    fn is_local(&self) -> bool {
        self.is_local
    }

    fn issue<'a>(&'a self, request: IssueRequest<'a>) -> IssueFuture<'a> {
        Box::pin(async move { self.answer(request) })
    }
}

fn manager(storage: Storage, script: &Script) -> CertManager {
    let (script, clock) = (script.clone(), script.clock.clone());
    let issuers: IssuerFactory = Box::new(move |_, _| Ok(Arc::new(script.clone())));
    CertManager::new(Parts {
        storage,
        clock,
        seed: 7,
        issuers,
    })
    .unwrap()
}

fn settings(names: &[&str]) -> Settings {
    let internal = InternalSettings {
        id: "local".to_owned(),
        lifetime: DAY,
        sign_with_root: false,
    };
    let subject = |name: &&str| SubjectSettings {
        name: (*name).to_owned(),
        issuers: vec![IssuerSettings::Internal(internal.clone())],
    };
    Settings {
        files: Vec::new(),
        subjects: names.iter().map(subject).collect(),
    }
}

async fn install(manager: &CertManager, settings: &Settings) {
    let loaded = manager.load(&settings.files).await.unwrap();
    let prepared = manager.prepare(loaded, &settings.subjects).await.unwrap();
    manager.install(prepared, &Handle::current());
}

#[tokio::test(start_paused = true)]
async fn a_missing_certificate_is_obtained_and_stored() {
    let (storage, script) = (memory_storage(), Script::new(&clock()));
    let manager = manager(storage.clone(), &script);
    install(&manager, &settings(&["a.test"])).await;
    manager.settled().await;
    assert!(manager.certificates().managed("a.test").is_some());
    let keys = layout::certificate("script", "a.test");
    assert!(storage.exists(&keys.certificate).await.unwrap());
}

#[tokio::test(start_paused = true)]
async fn a_restart_orders_nothing() {
    let (storage, script) = (memory_storage(), Script::new(&clock()));
    let first = manager(storage.clone(), &script);
    install(&first, &settings(&["a.test"])).await;
    first.settled().await;
    drop(first);
    let second = manager(storage, &script);
    install(&second, &settings(&["a.test"])).await;
    assert!(
        second.certificates().managed("a.test").is_some(),
        "at once, from storage"
    );
    tokio::time::sleep(DAY * 10).await;
    assert_eq!(script.seconds().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_certificate_is_renewed_when_a_third_of_its_life_is_left() {
    let script = Script::new(&clock());
    let manager = manager(memory_storage(), &script);
    install(&manager, &settings(&["a.test"])).await;
    script.answered(2).await;
    let renewed = script.seconds()[1];
    let (latest, spread) = (DAY * 20, DAY * 30 / 50);
    assert!(
        renewed <= latest.as_secs() && renewed + spread.as_secs() >= latest.as_secs(),
        "{renewed}"
    );
    let current = manager.certificates().managed("a.test").unwrap();
    assert!(current.validity().not_before > noon() + DAY * 19);
}

#[tokio::test(start_paused = true)]
async fn failures_are_retried_ever_more_slowly_and_count_as_attempts() {
    let script = Script::new(&clock());
    *script.failures.lock() = ["down"; 5].into();
    let manager = manager(memory_storage(), &script);
    install(&manager, &settings(&["a.test"])).await;
    manager.settled().await;
    assert!(manager.certificates().managed("a.test").is_none());
    script.answered(6).await;
    let asked = script.seconds();
    let waits: Vec<u64> = asked
        .windows(2)
        .map(|pair| (pair[1] - pair[0]) / 60)
        .collect();
    assert_eq!(waits, [1, 2, 2, 5, 10]);
    let attempts: Vec<u32> = script
        .asked
        .lock()
        .iter()
        .map(|(.., attempt)| *attempt)
        .collect();
    assert_eq!(attempts, [0, 1, 2, 3, 4, 5]);
    assert!(manager.certificates().managed("a.test").is_some());
}

#[tokio::test(start_paused = true)]
async fn a_failed_renewal_keeps_the_old_certificate() {
    let script = Script::new(&clock());
    let manager = manager(memory_storage(), &script);
    install(&manager, &settings(&["a.test"])).await;
    script.answered(1).await;
    let before = manager.certificates().managed("a.test").unwrap();
    *script.failures.lock() = ["down"].into();
    script.answered(2).await;
    let during = manager.certificates().managed("a.test").unwrap();
    assert!(Arc::ptr_eq(&before, &during));
    script.answered(3).await;
    let after = manager.certificates().managed("a.test").unwrap();
    assert!(!Arc::ptr_eq(&before, &after));
}

#[tokio::test(start_paused = true)]
async fn what_another_node_obtained_meanwhile_is_taken() {
    let (storage, script) = (memory_storage(), Script::new(&clock()));
    let manager = manager(storage.clone(), &script);
    let lease = storage
        .acquire(&layout::issue_lock("a.test"))
        .await
        .unwrap();
    install(&manager, &settings(&["a.test"])).await;
    tokio::time::sleep(Duration::from_secs(30)).await;
    assert!(script.seconds().is_empty(), "the other node holds the lock");
    let (chain, key) = self_signed(&["a.test"]);
    let issued = Issued {
        chain,
        key,
        issuer_data: serde_json::Value::Null,
    };
    store::store(&storage, "a.test", "script", &issued)
        .await
        .unwrap();
    lease.release();
    manager.settled().await;
    assert!(manager.certificates().managed("a.test").is_some());
    assert!(script.seconds().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_reload_keeps_what_stays_and_gives_up_what_goes() {
    let script = Script::new(&clock());
    let manager = manager(memory_storage(), &script);
    install(&manager, &settings(&["a.test", "b.test"])).await;
    manager.settled().await;
    let kept = manager.certificates().managed("a.test").unwrap();
    install(&manager, &settings(&["a.test", "c.test"])).await;
    manager.settled().await;
    let after = manager.certificates().managed("a.test").unwrap();
    assert!(Arc::ptr_eq(&kept, &after));
    assert!(manager.certificates().managed("b.test").is_none());
    assert!(manager.certificates().managed("c.test").is_some());
    tokio::time::sleep(DAY * 25).await;
    let renewed: Vec<String> = script.subjects().split_off(3);
    assert!(
        !renewed.contains(&"b.test".to_owned()) && renewed.len() == 2,
        "{renewed:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn nothing_waits_for_a_remote_ca_to_settle() {
    let mut script = Script::new(&clock());
    script.is_local = false;
    let storage = memory_storage();
    let manager = manager(storage.clone(), &script);
    let _lease = storage
        .acquire(&layout::issue_lock("a.test"))
        .await
        .unwrap();
    install(&manager, &settings(&["a.test"])).await;
    let settled = tokio::time::timeout(Duration::from_secs(1), manager.settled()).await;
    assert!(settled.is_ok());
}

#[tokio::test(start_paused = true)]
async fn stopping_gives_up_locks_and_tasks() {
    let script = Script::new(&clock());
    *script.failures.lock() = ["down"; 9].into();
    let storage = memory_storage();
    let manager = manager(storage.clone(), &script);
    install(&manager, &settings(&["a.test"])).await;
    script.answered(1).await;
    manager.stop().await;
    storage
        .acquire(&layout::issue_lock("a.test"))
        .await
        .unwrap()
        .release();
    tokio::time::sleep(DAY).await;
    assert_eq!(script.seconds().len(), 1);
}

#[tokio::test]
async fn certificate_files_are_loaded_and_mistakes_name_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = (folder.path().join("c.pem"), folder.path().join("k.pem"));
    let manager = manager(memory_storage(), &Script::new(&clock()));
    let files = CertificateFiles {
        certificate: certificate.clone(),
        key: key.clone(),
        tags: vec!["cert0".to_owned()],
    };
    let settings = Settings {
        files: vec![files],
        subjects: Vec::new(),
    };
    let missing = manager.load(&settings.files).await.unwrap_err();
    assert!(missing.to_string().contains("c.pem"), "{missing}");
    let (chain, right) = self_signed(&["a.test"]);
    std::fs::write(&certificate, chain).unwrap();
    std::fs::write(&key, self_signed(&["a.test"]).1).unwrap();
    let wrong = manager.load(&settings.files).await.unwrap_err();
    assert!(matches!(wrong, PrepareError::Files { .. }) && wrong.to_string().contains("k.pem"));
    std::fs::write(&key, right).unwrap();
    let loaded = manager.load(&settings.files).await.unwrap();
    let prepared = manager.prepare(loaded, &settings.subjects).await.unwrap();
    assert_eq!(prepared.loaded[0].names(), ["a.test"]);
}

#[tokio::test]
async fn a_missing_root_file_is_told_before_anything_changes() {
    let clock = clock();
    let parts = Parts {
        storage: memory_storage(),
        clock,
        seed: 0,
        issuers: CertManager::real_issuers(),
    };
    let manager = CertManager::new(parts).unwrap();
    let mut settings = settings(&["a.test"]);
    settings.subjects[0].issuers = vec![IssuerSettings::Acme(AcmeSettings {
        directory: "https://ca.test/dir".to_owned(),
        test_directory: None,
        email: String::new(),
        roots: Roots::Files(vec!["/nowhere/root.pem".into()]),
        http_01: true,
        tls_alpn_01: true,
    })];
    let loaded = manager.load(&settings.files).await.unwrap();
    let error = manager
        .prepare(loaded, &settings.subjects)
        .await
        .unwrap_err();
    assert!(crate::chain(&error).contains("/nowhere/root.pem"));
}
