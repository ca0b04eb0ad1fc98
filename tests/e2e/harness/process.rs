//! The binary under test as a process: started, watched by its log, signalled, ended.

use std::cell::RefCell;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use tempfile::TempDir;

/// How long an event may take before a test gives up on it.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running server. It is killed when dropped.
pub(crate) struct Evenkeel {
    child: Child,
    incoming: Receiver<String>,
    seen: RefCell<Vec<String>>,
    folder: Option<TempDir>,
}

impl Evenkeel {
    /// Starts a server on a Caddyfile and waits until it serves.
    pub(crate) fn start(caddyfile: &str) -> Self {
        let folder = TempDir::new().expect("a folder for the test");
        let mut server = Self::start_in(folder.path(), caddyfile);
        server.folder = Some(folder);
        server
    }

    /// Starts a server in a folder that outlives it: configuration and data lie there.
    pub(crate) fn start_in(folder: &Path, caddyfile: &str) -> Self {
        let path = folder.join("Caddyfile");
        std::fs::write(&path, caddyfile).expect("the Caddyfile can be written");
        Self::start_with(folder, &path)
    }

    /// Starts a server on a configuration file.
    pub(crate) fn start_with(folder: &Path, path: &Path) -> Self {
        let mut command = command(folder);
        command.args(["run", "--config"]).arg(path);
        Self::spawn(command)
    }

    /// Starts a server that the system lets have few files open, unless it asks for more.
    pub(crate) fn start_with_few_files(folder: &Path, path: &Path) -> Self {
        let mut shell = in_folder(Command::new("sh"), folder);
        shell.args(["-c", "ulimit -S -n 64; exec \"$0\" run --config \"$1\""]);
        shell.arg(env!("CARGO_BIN_EXE_evenkeel")).arg(path);
        Self::spawn(shell)
    }

    /// Starts a server whose standard output is a pipe that nobody reads.
    pub(crate) fn start_unread(folder: &Path, path: &Path) -> Self {
        let mut command = command(folder);
        command.args(["run", "--config"]).arg(path);
        command.stdout(Stdio::piped());
        Self::spawn(command)
    }

    fn spawn(mut command: Command) -> Self {
        let mut child = command
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary under test starts");
        let log = BufReader::new(child.stderr.take().expect("piped"));
        let (sender, incoming) = channel();
        std::thread::spawn(move || {
            for line in log.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        let server = Self {
            child,
            incoming,
            seen: RefCell::default(),
            folder: None,
        };
        server.wait_for("serving initial configuration");
        server
    }

    /// Waits for a log line that holds `text`, past or future, and returns it.
    pub(crate) fn wait_for(&self, text: &str) -> String {
        if let Some(line) = self.seen.borrow().iter().find(|line| line.contains(text)) {
            return line.clone();
        }
        loop {
            let next = self.incoming.recv_timeout(PATIENCE);
            assert!(
                next.is_ok(),
                "no log line with {text:?} in:
{}",
                self.seen.borrow().join(
                    "
"
                )
            );
            let line = next.unwrap_or_default();
            self.seen.borrow_mut().push(line.clone());
            if line.contains(text) {
                return line;
            }
        }
    }

    /// Forgets the log so far, so that only what comes next is waited for.
    pub(crate) fn forget_log(&self) {
        self.seen.borrow_mut().clear();
        while self.incoming.try_recv().is_ok() {}
    }

    /// Sends SIGTERM without waiting.
    pub(crate) fn terminate(&self) {
        self.signal("TERM");
    }

    /// Sends a signal without waiting.
    pub(crate) fn signal(&self, name: &str) {
        signal(&self.child, name);
    }

    /// Memory of the process in bytes, as the system counts it.
    pub(crate) fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.expect("the process is alive");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
        let kilobytes: u64 = kilobytes
            .and_then(|number| number.trim().parse().ok())
            .expect("the system counts it");
        kilobytes * 1024
    }

    /// How many descriptors it has open.
    pub(crate) fn descriptors(&self) -> usize {
        let folder = std::fs::read_dir(format!("/proc/{}/fd", self.child.id()));
        folder.expect("the process is alive").count()
    }

    /// Waits for the end and returns the exit status.
    pub(crate) fn wait(mut self) -> ExitStatus {
        let status = self.child.wait().expect("the process can be waited for");
        drop(self.folder.take());
        status
    }

    /// Kills it as a crash would.
    pub(crate) fn kill(self) {
        drop(self);
    }
}

impl Drop for Evenkeel {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn signal(child: &Child, name: &str) {
    let status = Command::new("kill")
        .args([&format!("-{name}"), &child.id().to_string()])
        .status();
    assert!(status.expect("kill runs").success(), "the process is alive");
}

/// What a command printed, and how it ended.
pub(crate) struct Output {
    pub(crate) code: Option<i32>,
    pub(crate) stderr: String,
}

/// Runs the binary under test to its end.
pub(crate) fn run_to_end(folder: &Path, arguments: &[&str]) -> Output {
    let output = command(folder)
        .args(arguments)
        .output()
        .expect("the binary under test runs");
    Output {
        code: output.status.code(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

fn command(folder: &Path) -> Command {
    in_folder(Command::new(env!("CARGO_BIN_EXE_evenkeel")), folder)
}

fn in_folder(mut command: Command, folder: &Path) -> Command {
    command
        .current_dir(folder)
        .env("XDG_DATA_HOME", folder.join("data"))
        .env("XDG_CONFIG_HOME", folder.join("config"))
        .stdin(Stdio::null());
    command
}
