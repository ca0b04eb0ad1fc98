//! Certificates from a real ACME server: pebble, which rejects half of all nonces.

#![expect(
    clippy::unwrap_used,
    reason = "all of this is test code: whatever fails here is a failed test"
)]

use std::sync::Arc;
use std::time::Duration;

use evenkeel_net::Clock;
use evenkeel_storage::{Blobs as _, FileStorage, Storage, WallClock, layout};
use evenkeel_testkit::{FORBIDDEN, Pebble};
use evenkeel_tls::{
    AcmeIssuer, AcmeSettings, CertManager, Certificate, ChallengeKind, Environment, IssueError,
    IssueRequest, Issued, Issuer as _, IssuerSettings, Parts, Roots, Selected, Settings,
    SubjectSettings, provider,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Handle;
use tokio_rustls::LazyConfigAcceptor;

/// A manager with its storage, listeners that answer challenges, and a CA that asks them.
struct Stage {
    pebble: Pebble,
    folder: tempfile::TempDir,
    manager: CertManager,
}

/// Which challenges are answered.
#[derive(Clone, Copy)]
struct Answers {
    http: bool,
    tls: bool,
}

const BOTH: Answers = Answers {
    http: true,
    tls: true,
};
const NONE: Answers = Answers {
    http: false,
    tls: false,
};

impl Stage {
    async fn start(answers: Answers) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let manager = manager(folder.path());
        let http = listen().await;
        let tls = listen().await;
        let port = |listener: &TcpListener| listener.local_addr().unwrap().port();
        let pebble = Pebble::start(port(&http), port(&tls)).await;
        tokio::spawn(serve_http(http, manager.clone(), answers.http));
        tokio::spawn(serve_tls(tls, manager.clone(), answers.tls));
        Self {
            pebble,
            folder,
            manager,
        }
    }

    fn settings(&self) -> AcmeSettings {
        AcmeSettings {
            directory: self.pebble.directory.clone(),
            test_directory: None,
            email: "me@example.com".to_owned(),
            roots: Roots::Files(vec![self.pebble.root.clone()]),
            http_01: true,
            tls_alpn_01: true,
        }
    }

    /// An issuer as a fresh process would have, over the same storage.
    fn issuer(&self, settings: &AcmeSettings) -> AcmeIssuer {
        let environment = Environment {
            storage: storage(self.folder.path()),
            clock: Clock::System,
            challenges: self.manager.challenges().clone(),
            provider: provider(),
        };
        AcmeIssuer::new(settings, &environment).unwrap()
    }
}

#[expect(clippy::disallowed_methods, reason = "a real server for a real CA")]
async fn listen() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.unwrap()
}

fn storage(folder: &std::path::Path) -> Storage {
    Storage::File(FileStorage::new(
        folder,
        WallClock::new(|| Clock::System.now()),
    ))
}

fn manager(folder: &std::path::Path) -> CertManager {
    let parts = Parts {
        storage: storage(folder),
        clock: Clock::System,
        seed: 1,
        issuers: CertManager::real_issuers(),
    };
    CertManager::new(parts).unwrap()
}

/// Answers HTTP-01 as a server does.
async fn serve_http(listener: TcpListener, manager: CertManager, answers: bool) {
    loop {
        let (mut stream, _) = listener.accept().await.unwrap();
        let manager = manager.clone();
        tokio::spawn(async move {
            let head = read_head(&mut stream).await;
            let path = head.split(' ').nth(1).unwrap_or_default();
            let token = path
                .strip_prefix("/.well-known/acme-challenge/")
                .unwrap_or_default();
            let host = head
                .lines()
                .find_map(|line| line.strip_prefix("Host: "))
                .unwrap_or_default();
            let answer = manager
                .challenges()
                .http_01(host, token)
                .filter(|_| answers);
            let (status, body) = match &answer {
                Some(body) => ("200 OK", &**body),
                None => ("404 Not Found", "no such challenge"),
            };
            let length = body.len();
            let response = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\n\r\n{body}");
            drop(stream.write_all(response.as_bytes()).await);
        });
    }
}

async fn read_head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => break,
        }
    }
    String::from_utf8(head).unwrap()
}

/// Answers TLS-ALPN-01 as a server does: choose by ClientHello, shake hands, close.
async fn serve_tls(listener: TcpListener, manager: CertManager, answers: bool) {
    let handshakes = Arc::new(manager.handshakes(&[]).unwrap());
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let handshakes = Arc::clone(&handshakes);
        tokio::spawn(async move {
            let acceptor = rustls::server::Acceptor::default();
            let Ok(start) = LazyConfigAcceptor::new(acceptor, stream).await else {
                return;
            };
            let selected = handshakes.select(&start.client_hello(), None);
            if let (Selected::Challenge(config), true) = (selected, answers)
                && let Ok(mut stream) = start.into_stream(config).await
            {
                drop(stream.shutdown().await);
            }
        });
    }
}

async fn issue(issuer: &AcmeIssuer, subject: &str) -> Result<Issued, IssueError> {
    issuer
        .issue(IssueRequest {
            subject,
            attempt: 0,
        })
        .await
}

fn check(issued: &Issued, subject: &str) {
    let (chain, key) = (issued.chain.as_bytes(), issued.key.as_bytes());
    let certificate = Certificate::from_pem(chain, key, &provider()).unwrap();
    assert_eq!(certificate.names(), [subject]);
    assert!(
        certificate.certified_key().cert.len() >= 2,
        "leaf and intermediate"
    );
}

#[tokio::test]
async fn obtains_by_tls_alpn_01() {
    let stage = Stage::start(BOTH).await;
    let settings = AcmeSettings {
        http_01: false,
        ..stage.settings()
    };
    let issued = issue(&stage.issuer(&settings), "a.test").await.unwrap();
    check(&issued, "a.test");
    assert_eq!(issued.issuer_data["ca"], stage.pebble.directory);
    assert!(
        issued.issuer_data["account"]
            .as_str()
            .unwrap()
            .contains("/my-account/")
    );
    assert!(issued.key.starts_with("-----BEGIN EC PRIVATE KEY-----"));
    assert!(
        stage.manager.challenges().tls_alpn_01("a.test").is_none(),
        "taken back"
    );
}

#[tokio::test]
async fn obtains_by_http_01() {
    let stage = Stage::start(BOTH).await;
    let settings = AcmeSettings {
        tls_alpn_01: false,
        ..stage.settings()
    };
    check(
        &issue(&stage.issuer(&settings), "a.test").await.unwrap(),
        "a.test",
    );
}

#[tokio::test]
async fn falls_back_to_http_01_on_a_new_order_and_remembers_it() {
    let stage = Stage::start(Answers { tls: false, ..BOTH }).await;
    let issuer = stage.issuer(&stage.settings());
    check(&issue(&issuer, "a.test").await.unwrap(), "a.test");
    assert_eq!(
        stage.pebble.orders(),
        2,
        "a failed challenge spoils its order"
    );
    check(&issue(&issuer, "b.test").await.unwrap(), "b.test");
    assert_eq!(stage.pebble.orders(), 3, "http-01 was tried first now");
}

#[tokio::test]
async fn a_rejection_tells_what_the_ca_said_of_each_challenge() {
    let stage = Stage::start(NONE).await;
    let error = issue(&stage.issuer(&stage.settings()), "a.test")
        .await
        .unwrap_err();
    let IssueError::Validation { failures, .. } = &error else {
        panic!("{error}")
    };
    let kinds: Vec<_> = failures.iter().map(|failure| failure.kind).collect();
    assert_eq!(kinds, [ChallengeKind::TlsAlpn01, ChallengeKind::Http01]);
    let text = error.to_string();
    assert!(
        text.contains("tls-alpn-01: ") && text.contains("404"),
        "{text}"
    );
    assert!(error.hint().unwrap().contains("ports 80 and 443"));
}

#[tokio::test]
async fn a_forbidden_name_is_refused_with_the_reason() {
    let stage = Stage::start(BOTH).await;
    let error = issue(&stage.issuer(&stage.settings()), FORBIDDEN)
        .await
        .unwrap_err();
    let IssueError::Refused { source, .. } = &error else {
        panic!("{error}")
    };
    assert_eq!(source.kind, "rejectedIdentifier");
    assert!(source.detail.contains(FORBIDDEN), "{source}");
    assert!(error.hint().is_some());
}

#[tokio::test]
async fn a_ca_that_is_down_is_an_error_with_its_cause() {
    let mut stage = Stage::start(BOTH).await;
    stage.pebble.stop();
    let error = issue(&stage.issuer(&stage.settings()), "a.test")
        .await
        .unwrap_err();
    let IssueError::Unreachable { ca, source } = &error else {
        panic!("{error}")
    };
    assert_eq!(*ca, stage.pebble.directory);
    assert!(source.to_string().contains("refused"), "{source}");
    assert!(error.hint().unwrap().contains("is up"));
}

#[tokio::test]
async fn a_ca_that_is_not_trusted_is_an_error_with_its_cause() {
    let stage = Stage::start(BOTH).await;
    let settings = AcmeSettings {
        roots: Roots::Files(Vec::new()),
        ..stage.settings()
    };
    let error = issue(&stage.issuer(&settings), "a.test").await.unwrap_err();
    let IssueError::Unreachable { source, .. } = &error else {
        panic!("{error}")
    };
    assert!(source.to_string().contains("UnknownIssuer"), "{source}");
}

#[tokio::test]
async fn the_account_is_registered_once_and_used_again_after_a_restart() {
    let stage = Stage::start(BOTH).await;
    let first = stage.issuer(&stage.settings());
    let (a, b) = tokio::join!(issue(&first, "a.test"), issue(&first, "b.test"));
    let second = stage.issuer(&stage.settings());
    let c = issue(&second, "c.test").await.unwrap();
    let unnamed = stage.issuer(&AcmeSettings {
        email: String::new(),
        ..stage.settings()
    });
    let d = issue(&unnamed, "d.test").await.unwrap();
    let account = &c.issuer_data["account"];
    for other in [a.unwrap(), b.unwrap(), d] {
        assert_eq!(other.issuer_data["account"], *account);
    }
    assert_eq!(stage.pebble.accounts(), 1);
    let keys = layout::account(
        &layout::issuer_key(&stage.pebble.directory),
        "me@example.com",
    );
    let json = storage(stage.folder.path())
        .load(&keys.registration)
        .await
        .unwrap();
    let expected = format!(
        "{{\n\t\"status\": \"valid\",\n\t\"contact\": [\n\t\t\"mailto:me@example.com\"\n\t],\n\t\
         \"termsOfServiceAgreed\": true,\n\t\"orders\": \"\",\n\t\"location\": {account}\n}}"
    );
    assert_eq!(String::from_utf8(json).unwrap(), expected);
}

#[tokio::test]
async fn an_account_the_ca_forgot_is_registered_anew() {
    let mut stage = Stage::start(BOTH).await;
    let issuer = stage.issuer(&stage.settings());
    issue(&issuer, "a.test").await.unwrap();
    stage.pebble.restart().await;
    check(&issue(&issuer, "b.test").await.unwrap(), "b.test");
    assert_eq!(stage.pebble.accounts(), 1);
}

#[tokio::test]
async fn a_retry_is_rehearsed_at_the_test_ca_first() {
    let stage = Stage::start(BOTH).await;
    let rehearsal = Stage::start(NONE).await;
    let test_directory = Some(rehearsal.pebble.directory.clone());
    let mut roots = vec![stage.pebble.root.clone()];
    roots.push(rehearsal.pebble.root.clone());
    let settings = AcmeSettings {
        test_directory,
        roots: Roots::Files(roots),
        ..stage.settings()
    };
    let issuer = stage.issuer(&settings);
    let retry = IssueRequest {
        subject: "a.test",
        attempt: 1,
    };
    let error = issuer.issue(retry).await.unwrap_err();
    assert!(
        error.to_string().contains(&rehearsal.pebble.directory),
        "{error}"
    );
    assert_eq!(
        stage.pebble.orders(),
        0,
        "nothing counted against the real CA"
    );
    check(&issue(&issuer, "a.test").await.unwrap(), "a.test");
}

#[tokio::test]
async fn a_restart_orders_nothing() {
    let stage = Stage::start(BOTH).await;
    let subject = SubjectSettings {
        name: "a.test".to_owned(),
        issuers: vec![IssuerSettings::Acme(stage.settings())],
    };
    let settings = Settings {
        files: Vec::new(),
        subjects: vec![subject],
    };
    let loaded = stage.manager.load(&settings.files).await.unwrap();
    let prepared = stage
        .manager
        .prepare(loaded, &settings.subjects)
        .await
        .unwrap();
    stage.manager.install(prepared, &Handle::current());
    let obtained = stage.manager.certificates().obtained("a.test");
    tokio::time::timeout(Duration::from_mins(1), obtained)
        .await
        .unwrap();
    stage.manager.stop().await;
    assert_eq!(stage.pebble.orders(), 1);
    let restarted = manager(stage.folder.path());
    let loaded = restarted.load(&settings.files).await.unwrap();
    let prepared = restarted.prepare(loaded, &settings.subjects).await.unwrap();
    restarted.install(prepared, &Handle::current());
    restarted.settled().await;
    let (before, after) = (&stage.manager, &restarted);
    let leaf = |manager: &CertManager| {
        let certificate = manager.certificates().managed("a.test").unwrap();
        certificate.certified_key().cert[0].clone()
    };
    assert_eq!(leaf(before), leaf(after));
    assert_eq!(stage.pebble.orders(), 1);
    let stored = layout::certificate(&layout::issuer_key(&stage.pebble.directory), "a.test");
    let json = storage(stage.folder.path())
        .load(&stored.metadata)
        .await
        .unwrap();
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(json["sans"], serde_json::json!(["a.test"]));
    assert!(
        json["issuer_data"]["url"]
            .as_str()
            .unwrap()
            .starts_with("https://127.0.0.1:")
    );
}
