//! The article's Caddyfile, from a fresh machine to a verified HTTPS answer, through a real ACME
//! server; and what a restart, or the real Caddy's data, changes about that: nothing is ordered
//! twice.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use evenkeel_testkit::{Pebble, real_caddy};
use tempfile::TempDir;

use crate::harness::{Evenkeel, article, free_port, upstream};

/// The article's domain.
const DOMAIN: &str = "bustamam.tech";

/// A certificate authority, two upstreams, and the article's Caddyfile for them.
struct Article {
    pebble: Pebble,
    _upstreams: (Evenkeel, Evenkeel),
    folder: TempDir,
    caddyfile: String,
    http: u16,
    https: u16,
}

impl Article {
    /// `checked` are the ports where the CA asks its HTTP-01 and TLS-ALPN-01 questions: ours
    /// unless a test takes one away.
    async fn start(checked: impl FnOnce(u16, u16) -> (u16, u16)) -> Self {
        let (http, https, one, two) = (free_port(), free_port(), free_port(), free_port());
        let (http_01, tls_alpn_01) = checked(http, https);
        let pebble = Pebble::start(http_01, tls_alpn_01).await;
        let options = article("5s", "10s");
        let caddyfile = format!(
            "{{
                admin off
                http_port {http}
                https_port {https}
                email admin@{DOMAIN}
                acme_ca {}
                acme_ca_root {}
            }}
            {DOMAIN} {{
                reverse_proxy 127.0.0.1:{one} localhost:{two} {{
                    {options}
                }}
            }}",
            pebble.directory,
            pebble.root.display()
        );
        let upstreams = (upstream(one, "one"), upstream(two, "two"));
        let folder = TempDir::new().expect("a folder");
        Self {
            pebble,
            _upstreams: upstreams,
            folder,
            caddyfile,
            http,
            https,
        }
    }

    fn serve(&self) -> Evenkeel {
        Evenkeel::start_in(self.folder.path(), &self.caddyfile)
    }

    /// A request as a browser makes it: the certificate is verified against the CA's root.
    fn curl(&self, arguments: &[&str], url: &str) -> Result<String, String> {
        let root = self.folder.path().join("root.pem");
        if !root.exists() {
            std::fs::write(&root, self.pebble.issuing_root()).expect("written");
        }
        let output = Command::new("curl")
            .args([
                "--silent",
                "--show-error",
                "--fail-with-body",
                "--max-time",
                "20",
                "--cacert",
            ])
            .arg(&root)
            .args(["--resolve", &format!("{DOMAIN}:{}:127.0.0.1", self.https)])
            .args(["--resolve", &format!("{DOMAIN}:{}:127.0.0.1", self.http)])
            .args(arguments)
            .arg(url)
            .output()
            .expect("curl runs; install it: apt-get install curl");
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        if output.status.success() {
            Ok(text(output.stdout))
        } else {
            Err(text(output.stderr))
        }
    }

    fn https_url(&self) -> String {
        format!("https://{DOMAIN}:{}/", self.https)
    }

    fn certificate(&self, data: &Path) -> PathBuf {
        let ca = self.pebble.directory.trim_start_matches("https://");
        let ca = ca.replace([':', '/'], "-");
        data.join(format!("caddy/certificates/{ca}/{DOMAIN}/{DOMAIN}.crt"))
    }
}

#[tokio::test]
async fn the_articles_caddyfile_gets_a_certificate_and_alternates_over_verified_https() {
    let article = Article::start(|http, https| (http, https)).await;
    let server = article.serve();
    server.wait_for("certificate obtained successfully");
    let answers: Vec<_> = (0..10)
        .map(|_| article.curl(&[], &article.https_url()))
        .collect();
    let alternating: Vec<_> = ["two", "one"]
        .repeat(5)
        .into_iter()
        .map(str::to_owned)
        .map(Ok)
        .collect();
    assert_eq!(answers, alternating);
    let http2 = article.curl(&["--write-out", " %{http_version}"], &article.https_url());
    assert_eq!(http2.expect("an answer").split(' ').nth(1), Some("2"));
}

#[tokio::test]
async fn plain_http_is_redirected_to_https() {
    let article = Article::start(|http, https| (http, https)).await;
    let server = article.serve();
    server.wait_for("certificate obtained successfully");
    let url = format!("http://{DOMAIN}:{}/a?b=c", article.http);
    let seen = article
        .curl(&["--write-out", "%{http_code} %{redirect_url}"], &url)
        .expect("a redirect is an answer");
    // As Caddy: the port we were given is somebody's forwarding, the public one is the standard.
    assert_eq!(seen, format!("308 https://{DOMAIN}/a?b=c"));
}

#[tokio::test]
async fn a_restart_orders_nothing() {
    let article = Article::start(|http, https| (http, https)).await;
    let server = article.serve();
    server.wait_for("certificate obtained successfully");
    server.terminate();
    assert_eq!(server.wait().code(), Some(0));
    let orders = article.pebble.orders();
    assert!(orders >= 1, "the first start ordered");
    let _server = article.serve();
    article
        .curl(&[], &article.https_url())
        .expect("served from storage");
    assert_eq!(article.pebble.orders(), orders);
}

#[tokio::test]
async fn http_01_serves_where_tls_alpn_01_fails() {
    // The CA asks its TLS question where nobody listens.
    let article = Article::start(|http, _| (http, free_port())).await;
    let server = article.serve();
    server.wait_for("certificate obtained successfully");
    article
        .curl(&[], &article.https_url())
        .expect("a verified answer");
    assert_eq!(
        article.pebble.orders(),
        2,
        "one order for each kind of challenge"
    );
}

#[tokio::test]
async fn tls_alpn_01_serves_where_http_01_cannot() {
    let article = Article::start(|_, https| (free_port(), https)).await;
    let server = article.serve();
    server.wait_for("certificate obtained successfully");
    article
        .curl(&[], &article.https_url())
        .expect("a verified answer");
    assert_eq!(article.pebble.orders(), 1);
}

#[tokio::test]
async fn a_ca_that_is_down_stops_nothing_and_is_named_in_the_log() {
    let mut article = Article::start(|http, https| (http, https)).await;
    article.pebble.stop();
    let port = free_port();
    let other = format!(
        "{}\nhttp://:{port} {{\n respond other\n}}\n",
        article.caddyfile
    );
    let server = Evenkeel::start_in(article.folder.path(), &other);
    let line = server.wait_for("could not get certificate");
    assert!(line.contains(&article.pebble.directory), "{line}");
    assert_eq!(crate::harness::get(port, "/").body, "other");
}

/// The real Caddy, serving the same Caddyfile.
struct RealCaddy(Child);

impl RealCaddy {
    fn start(folder: &Path, caddyfile: &str) -> Self {
        let path = folder.join("Caddyfile.real");
        std::fs::write(&path, caddyfile).expect("written");
        let child = Command::new(real_caddy())
            .args(["run", "--adapter", "caddyfile", "--config"])
            .arg(path)
            .env("XDG_DATA_HOME", folder.join("data"))
            .env("XDG_CONFIG_HOME", folder.join("config"))
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the real Caddy starts");
        Self(child)
    }
}

impl Drop for RealCaddy {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

#[tokio::test]
async fn a_data_directory_of_the_real_caddy_is_used_without_a_new_order() {
    let article = Article::start(|http, https| (http, https)).await;
    let data = article.folder.path().join("data");
    let certificate = article.certificate(&data);
    {
        let _caddy = RealCaddy::start(article.folder.path(), &article.caddyfile);
        while article.curl(&[], &article.https_url()).is_err() {
            tokio::task::yield_now().await;
        }
    }
    let orders = article.pebble.orders();
    let before = std::fs::read(&certificate).expect("Caddy has stored its certificate");
    let _server = article.serve();
    let shown = article.curl(&["--write-out", "%{certs}"], &article.https_url());
    let shown = shown.expect("served with Caddy's certificate");
    let leaf = String::from_utf8_lossy(&before).into_owned();
    let leaf = leaf
        .split("-----END")
        .next()
        .expect("PEM")
        .trim()
        .to_owned();
    assert!(shown.contains(&leaf), "{shown}\n{leaf}");
    assert_eq!(article.pebble.orders(), orders);
    assert_eq!(std::fs::read(&certificate).expect("still there"), before);
}
