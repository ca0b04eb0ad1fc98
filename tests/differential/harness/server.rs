//! Starts one of the two servers on a Caddyfile.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use evenkeel_testkit::real_caddy;
use tempfile::TempDir;

/// Which server runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    /// The real Caddy.
    Caddy,
    /// The binary under test.
    Evenkeel,
}

/// A running server. It is killed when dropped.
pub(super) struct Server {
    child: Child,
    port: u16,
    _folder: TempDir,
}

impl Server {
    /// Starts it with global options and a site that hold these lines, and waits until it serves.
    pub(super) fn start(
        which: Which,
        (globals, lines): (&str, &str),
        environment: &[(&str, String)],
    ) -> Self {
        let folder = TempDir::new().expect("a folder for the test");
        let port = free_port();
        let caddyfile = format!(
            "{{\nadmin off\npersist_config off\n{globals}\n}}\nhttp://:{port} {{\n{lines}\n}}\n"
        );
        let path = folder.path().join("Caddyfile");
        std::fs::write(&path, caddyfile).expect("the Caddyfile can be written");
        let binary = match which {
            Which::Caddy => real_caddy(),
            Which::Evenkeel => env!("CARGO_BIN_EXE_evenkeel").into(),
        };
        let mut child = Command::new(binary)
            .args(["run", "--adapter", "caddyfile", "--config"])
            .arg(&path)
            .current_dir(folder.path())
            .env("HOME", folder.path())
            .env("XDG_DATA_HOME", folder.path().join("data"))
            .env("XDG_CONFIG_HOME", folder.path().join("config"))
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let mut log = BufReader::new(child.stderr.take().expect("piped"));
        wait_until_serving(which, &mut log, lines);
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        Self {
            child,
            port,
            _folder: folder,
        }
    }

    /// Where its site listens.
    pub(super) fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn wait_until_serving(which: Which, log: &mut impl BufRead, lines: &str) {
    let mut seen = String::new();
    while !seen.contains("serving initial configuration") {
        let read = log.read_line(&mut seen).unwrap_or_default();
        assert!(read > 0, "{which:?} does not serve\n{lines}\n{seen}");
    }
}

fn free_port() -> u16 {
    let socket = TcpListener::bind("127.0.0.1:0").expect("a free port");
    socket.local_addr().expect("bound").port()
}
