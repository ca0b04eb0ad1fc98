//! A real ACME server for tests: Debian's pebble with its DNS test server, on free ports of
//! 127.0.0.1. Every name leads to 127.0.0.1; half of all nonces are rejected.
#![expect(clippy::panic, reason = "whatever fails here is a failed test")]

use std::io::{BufRead as _, BufReader, Read};
use std::net::{TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

/// The name pebble's policy forbids.
pub const FORBIDDEN: &str = "forbidden.test";

/// A running pebble. Stopped when dropped.
pub struct Pebble {
    /// URL of its directory.
    pub directory: String,
    /// The certificate its own TLS is checked against.
    pub root: PathBuf,
    management_port: u16,
    folder: tempfile::TempDir,
    #[expect(dead_code, reason = "held for its drop")]
    dns: Process,
    server: Process,
}

impl Pebble {
    /// Starts one that checks HTTP-01 at `http_port` and TLS-ALPN-01 at `tls_port`.
    pub async fn start(http_port: u16, tls_port: u16) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let root = own_certificate(folder.path());
        let [server_port, management_port, dns_management] = free_ports();
        let dns_port = free_dns_port();
        let config = format!(
            r#"{{"pebble":{{"listenAddress":"127.0.0.1:{server_port}",
            "managementListenAddress":"127.0.0.1:{management_port}",
            "certificate":"cert.pem","privateKey":"key.pem",
            "httpPort":{http_port},"tlsPort":{tls_port},"ocspResponderURL":"",
            "externalAccountBindingRequired":false,"domainBlocklist":["{FORBIDDEN}"]}}}}"#
        );
        std::fs::write(folder.path().join("config.json"), config)
            .expect("the folder can be written");
        let dns = Process::start(
            "pebble-challtestsrv",
            folder.path(),
            &[
                "-dns01",
                &format!("127.0.0.1:{dns_port}"),
                "-management",
                &format!("127.0.0.1:{dns_management}"),
                "-defaultIPv4",
                "127.0.0.1",
                "-defaultIPv6",
                "",
                "-http01",
                "",
                "-https01",
                "",
                "-tlsalpn01",
                "",
            ],
        );
        dns.says("Starting management server", 1).await;
        std::fs::write(folder.path().join("dns"), format!("127.0.0.1:{dns_port}"))
            .expect("the folder can be written");
        let server = start_server(folder.path());
        let started = Self {
            directory: format!("https://127.0.0.1:{server_port}/dir"),
            root,
            management_port,
            folder,
            dns,
            server,
        };
        started.is_up().await;
        started
    }

    /// Stops it and starts it anew at the same address: it has forgotten all accounts.
    pub async fn restart(&mut self) {
        self.stop();
        self.server = start_server(self.folder.path());
        self.is_up().await;
    }

    /// Stops it; nothing listens at its address any more.
    pub fn stop(&mut self) {
        self.server.stop();
    }

    /// Waits until it accepts: it says so a moment before it does.
    async fn is_up(&self) {
        self.server.says("ACME directory available", 1).await;
        let (_, rest) = self
            .directory
            .split_once("//")
            .expect("the directory is a URL");
        let address = rest.strip_suffix("/dir").expect("it ends in /dir");
        while std::net::TcpStream::connect(address).is_err() {
            assert!(
                !self.server.has_ended(),
                "pebble ended:\n{}",
                *self.server.log.borrow()
            );
            tokio::task::yield_now().await;
        }
    }

    /// The root of the certificates it issues, as PEM.
    pub fn issuing_root(&self) -> String {
        let url = format!("https://127.0.0.1:{}/roots/0", self.management_port);
        // Its own certificate is what `root` says; of the root that comes, nothing is secret.
        let output = Command::new("curl")
            .args(["--silent", "--fail", "--insecure", &url])
            .output()
            .expect("curl runs; install it: apt-get install curl");
        assert!(output.status.success(), "pebble gives its root");
        String::from_utf8(output.stdout).expect("PEM is text")
    }

    /// How many orders it was given.
    pub fn orders(&self) -> usize {
        self.server.count("Added order")
    }

    /// How many accounts were registered.
    pub fn accounts(&self) -> usize {
        self.server.count("accounts in memory")
    }
}

/// A program whose output is read as it comes.
struct Process {
    child: Child,
    log: watch::Receiver<String>,
}

impl Process {
    fn start(program: &str, folder: &Path, arguments: &[&str]) -> Self {
        let child = Command::new(program)
            .args(arguments)
            .current_dir(folder)
            .env("PEBBLE_VA_NOSLEEP", "1")
            .env("PEBBLE_WFE_NONCEREJECT", "50")
            .env("PEBBLE_AUTHZREUSE", "0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let mut child = child.unwrap_or_else(|error| {
            panic!("cannot start {program} ({error}); install it: apt-get install pebble")
        });
        let (sender, log) = watch::channel(String::new());
        let sender = Arc::new(sender);
        collect(child.stdout.take().expect("piped"), Arc::clone(&sender));
        collect(child.stderr.take().expect("piped"), sender);
        Self { child, log }
    }

    /// Waits until it has said `text` so many times.
    async fn says(&self, text: &str, times: usize) {
        let mut log = self.log.clone();
        let said = log.wait_for(|log| log.matches(text).count() >= times);
        let said = tokio::time::timeout(Duration::from_secs(30), said).await;
        if !matches!(said, Ok(Ok(_))) {
            drop(said);
            panic!("it did not say {text:?}:\n{}", *self.log.borrow());
        }
    }

    fn has_ended(&self) -> bool {
        self.log.has_changed().is_err()
    }

    fn count(&self, text: &str) -> usize {
        self.log.borrow().matches(text).count()
    }

    fn stop(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.stop();
    }
}

fn start_server(folder: &Path) -> Process {
    let dns = std::fs::read_to_string(folder.join("dns")).expect("the address was written");
    Process::start(
        "pebble",
        folder,
        &["-config", "config.json", "-dnsserver", &dns],
    )
}

fn collect(output: impl Read + Send + 'static, log: Arc<watch::Sender<String>>) {
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            log.send_modify(|log| {
                log.push_str(&line);
                log.push('\n');
            });
        }
    });
}

/// Writes pebble's own key and certificate; returns the certificate's path.
fn own_certificate(folder: &Path) -> PathBuf {
    let names = vec!["127.0.0.1".to_owned(), "localhost".to_owned()];
    let mut params = rcgen::CertificateParams::new(names).expect("the names are valid");
    // Of today: some clients refuse longer ones.
    params.not_before = rcgen::date_time_ymd(2025, 1, 1);
    params.not_after = rcgen::date_time_ymd(2099, 1, 1);
    let key = rcgen::KeyPair::generate().expect("key generation does not fail");
    let path = folder.join("cert.pem");
    std::fs::write(
        &path,
        params
            .self_signed(&key)
            .expect("the parameters are valid")
            .pem(),
    )
    .expect("the folder can be written");
    std::fs::write(folder.join("key.pem"), key.serialize_pem()).expect("the folder can be written");
    path
}

fn free_ports<const N: usize>() -> [u16; N] {
    // All are held until all are known, so that they differ.
    let held = [(); N].map(|()| TcpListener::bind("127.0.0.1:0").expect("a free port"));
    held.map(|listener| listener.local_addr().expect("bound").port())
}

/// A port free for both TCP and UDP.
fn free_dns_port() -> u16 {
    (0..100)
        .find_map(|_| {
            let [port] = free_ports();
            UdpSocket::bind(("127.0.0.1", port)).ok().map(|_| port)
        })
        .expect("one of a hundred free TCP ports is free for UDP")
}
