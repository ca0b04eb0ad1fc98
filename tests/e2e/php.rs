//! `FastCGI` with Debian's php-fpm.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::harness::{Evenkeel, free_port};

/// A running php-fpm with one pool on a Unix socket. It ends when dropped.
struct Fpm {
    child: Child,
    folder: TempDir,
}

impl Fpm {
    fn start(scripts: &[(&str, &str)]) -> Self {
        let folder = TempDir::new().expect("a folder for the test");
        for (name, text) in scripts {
            std::fs::write(folder.path().join(name), text).expect("a script");
        }
        let socket = folder.path().join("fpm.sock");
        let configuration = format!(
            "[global]\nerror_log = {log}\ndaemonize = no\n[www]\nlisten = {socket}\npm = static\n\
             pm.max_children = 2\ncatch_workers_output = yes\nuser = {user}\n",
            log = folder.path().join("fpm.log").display(),
            socket = socket.display(),
            user = "root",
        );
        let path = folder.path().join("fpm.conf");
        std::fs::write(&path, configuration).expect("a configuration");
        let child = Command::new(php_fpm())
            .args(["--nodaemonize", "--allow-to-run-as-root", "--fpm-config"])
            .arg(&path)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("php-fpm starts");
        await_socket(&socket);
        Self { child, folder }
    }

    fn site(&self, more: &str) -> (Evenkeel, u16) {
        let port = free_port();
        let folder = self.folder.path().display();
        let server = Evenkeel::start(&format!(
            "{{\n admin off\n}}\nhttp://:{port} {{\n reverse_proxy unix/{folder}/fpm.sock {{\n \
             transport fastcgi {{\n root {folder}\n split .php\n {more}\n }}\n }}\n}}\n"
        ));
        (server, port)
    }
}

impl Drop for Fpm {
    fn drop(&mut self) {
        // Killed it would leave its workers behind; told to end it takes them along.
        let id = self.child.id().to_string();
        drop(Command::new("kill").args(["-TERM", &id]).status());
        drop(self.child.wait());
    }
}

/// Debian names the binary by PHP's version.
fn php_fpm() -> PathBuf {
    let folder = std::fs::read_dir("/usr/sbin").expect("a folder of programs");
    let mut programs = folder.filter_map(|entry| Some(entry.ok()?.path()));
    let is_fpm = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| name.starts_with("php-fpm"))
    };
    programs
        .find(is_fpm)
        .expect("php-fpm is installed; `tests/run` does that")
}

fn await_socket(path: &Path) {
    let patience = 300;
    let listens = (0..patience).any(|_| {
        let connected = UnixStream::connect(path).is_ok();
        if !connected {
            // php-fpm tells nobody that it listens.
            drop(Command::new("sleep").arg("0.1").status());
        }
        connected
    });
    assert!(listens, "php-fpm does not listen on {}", path.display());
}

fn ask(port: u16, request: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("the proxy listens");
    let patience = Some(Duration::from_secs(20));
    stream.set_read_timeout(patience).expect("a time limit");
    stream
        .write_all(request.as_bytes())
        .expect("the proxy reads");
    let mut response = Vec::new();
    stream
        .read_to_end(&mut response)
        .expect("the proxy answers");
    String::from_utf8_lossy(&response).into_owned()
}

fn get(port: u16, target: &str) -> String {
    ask(
        port,
        &format!("GET {target} HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n"),
    )
}

#[test]
fn scripts_see_the_request_and_answer_it() {
    let script = "<?php http_response_code(201); header('X-Php: yes');\n\
                  echo $_SERVER['REQUEST_METHOD'], '|', $_SERVER['SCRIPT_NAME'], '|',\n\
                  $_SERVER['PATH_INFO'] ?? '', '|', $_GET['q'] ?? '', '|',\n\
                  file_get_contents('php://input'), '|', $_SERVER['HTTP_X_A'] ?? '', '|',\n\
                  $_SERVER['MODE'];";
    let fpm = Fpm::start(&[("app.php", script)]);
    let (_server, port) = fpm.site("env MODE test");
    let response = ask(
        port,
        "POST /app.php/more?q=1 HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\nX-A: b\r\n\
         Content-Length: 5\r\n\r\nhello",
    );
    assert!(response.starts_with("HTTP/1.1 201 "), "{response}");
    assert!(response.contains("X-Php: yes\r\n"), "{response}");
    assert!(
        response.contains("POST|/app.php|/more|1|hello|b|test"),
        "{response}"
    );
}

#[test]
fn a_script_that_is_not_there_is_404_and_a_large_body_passes_whole() {
    let script = "<?php header('Content-Type: text/plain');\n\
                  echo strlen(file_get_contents('php://input')), ' ', str_repeat('x', 3000000);";
    let fpm = Fpm::start(&[("big.php", script)]);
    let (_server, port) = fpm.site("");
    assert!(get(port, "/none.php").starts_with("HTTP/1.1 404 "));
    let body = "y".repeat(2_000_000);
    let response = ask(
        port,
        &format!(
            "POST /big.php HTTP/1.0\r\nHost: a.test\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ),
    );
    let (_, body) = response.split_once("\r\n\r\n").expect("a head");
    assert!(body.starts_with("2000000 x"), "{}", &body[..20]);
    assert_eq!(body.len(), "2000000 ".len() + 3_000_000);
}

#[test]
fn what_a_script_writes_to_its_error_log_is_in_ours() {
    let script =
        "<?php file_put_contents('php://stderr', ''); error_log('something is odd'); echo 'fine';";
    let fpm = Fpm::start(&[("odd.php", script)]);
    let (server, port) = fpm.site("capture_stderr");
    assert!(
        get(port, "/odd.php").ends_with("fine\r\n0\r\n\r\n")
            || get(port, "/odd.php").contains("fine")
    );
    server.wait_for("something is odd");
}

#[test]
fn an_application_that_is_gone_is_502_and_a_slow_one_504() {
    let script = "<?php sleep(5); echo 'late';";
    let fpm = Fpm::start(&[("slow.php", script)]);
    let (_server, port) = fpm.site("read_timeout 300ms");
    assert!(get(port, "/slow.php").starts_with("HTTP/1.1 504 "));
    drop(std::fs::remove_file(fpm.folder.path().join("fpm.sock")));
    assert!(get(port, "/slow.php").starts_with("HTTP/1.1 502 "));
}
