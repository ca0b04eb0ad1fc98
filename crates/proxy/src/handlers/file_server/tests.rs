//! Files in a folder of their own, answered through a server. What comes of it was compared with
//! Caddy 2.11.7.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use evenkeel_plan::http::handlers::Handler;
use evenkeel_plan::http::{App, Route, Server};
use http::{Request, Response};
use tempfile::TempDir;

use super::*;
use crate::Body;
use crate::body::BodyError;
use crate::graph::{Graph, build};
use crate::observe::Logged;
use crate::trial;

struct Folder {
    _temporary: TempDir,
    root: PathBuf,
}

/// `root/` with files, and a secret beside it.
fn folder() -> Folder {
    let temporary = tempfile::tempdir().unwrap();
    let root = temporary.path().join("root");
    fs::create_dir_all(root.join("sub")).unwrap();
    fs::write(temporary.path().join("secret"), "secret").unwrap();
    fs::write(root.join("a.txt"), "0123456789").unwrap();
    fs::write(root.join("sub/index.html"), "index").unwrap();
    fs::write(root.join("large.bin"), vec![b'x'; 300_000]).unwrap();
    Folder {
        root,
        _temporary: temporary,
    }
}

fn graph(folder: &Folder, plan: Plan) -> Graph {
    let plan = Plan {
        root: folder.root.display().to_string(),
        ..plan
    };
    let route = Route {
        handlers: vec![Handler::FileServer(Box::new(plan))],
        ..Route::default()
    };
    let server = Server {
        routes: vec![route],
        ..Server::default()
    };
    let app = App {
        servers: [("srv0".to_owned(), server)].into(),
        ..App::default()
    };
    trial::with_parts(&|_| vec![], |parts| build(&app, parts)).unwrap()
}

async fn ask(graph: &Graph, request: Request<Body>) -> Response<Logged> {
    let mut exchange = trial::exchange(request);
    graph.servers[0].respond(&mut exchange).await.unwrap()
}

async fn body(response: Response<Logged>) -> Result<Vec<u8>, BodyError> {
    let mut body = std::pin::pin!(response.into_body());
    let mut out = Vec::new();
    while let Some(frame) =
        std::future::poll_fn(|cx| http_body::Body::poll_frame(body.as_mut(), cx)).await
    {
        out.extend_from_slice(&frame?.into_data().unwrap());
    }
    Ok(out)
}

async fn get(graph: &Graph, target: &str) -> (u16, Vec<u8>) {
    let response = ask(graph, trial::get("h", target)).await;
    (response.status().as_u16(), body(response).await.unwrap())
}

#[tokio::test]
async fn nothing_outside_of_the_root_is_served() {
    let folder = folder();
    let graph = graph(&folder, Plan::default());
    for target in [
        "/../secret",
        "/%2e%2e/secret",
        "/..%2fsecret",
        "/%2e%2e%2fsecret",
        "/sub/../../secret",
        "/sub/..%2f..%2fsecret",
        "/....//secret",
        "/..\\secret",
        "/..%5csecret",
        "/./.././secret",
        "//../secret",
        "/%252e%252e/secret",
        "/sub/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    ] {
        let (status, text) = get(&graph, target).await;
        assert!([404, 308].contains(&status), "{target}: {status}");
        assert_ne!(text, b"secret", "{target}");
    }
    assert_eq!(get(&graph, "/a%00.txt").await.0, 400);
}

#[tokio::test]
async fn large_files_are_sent_whole_and_in_parts() {
    let folder = folder();
    let graph = graph(&folder, Plan::default());
    let (status, text) = get(&graph, "/large.bin").await;
    assert_eq!((status, text.len()), (200, 300_000));

    let fields = [("range", "bytes=100000-299999")];
    let request = trial::request("h", "/large.bin", &fields);
    let response = ask(&graph, request).await;
    assert_eq!(
        response.headers()["content-range"],
        "bytes 100000-299999/300000"
    );
    assert_eq!(response.headers()["content-length"], "200000");
    assert_eq!(body(response).await.unwrap().len(), 200_000);
}

#[tokio::test]
async fn several_parts_are_a_multipart_body_of_the_length_that_is_told() {
    let folder = folder();
    let graph = graph(&folder, Plan::default());
    let request = trial::request("h", "/a.txt", &[("range", "bytes=0-1,5-6")]);
    let response = ask(&graph, request).await;
    assert_eq!(response.status(), 206);
    let kind = response.headers()["content-type"]
        .to_str()
        .unwrap()
        .to_owned();
    let boundary = kind
        .strip_prefix("multipart/byteranges; boundary=")
        .unwrap()
        .to_owned();
    let length: usize = response.headers()["content-length"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    let text = String::from_utf8(body(response).await.unwrap()).unwrap();
    assert_eq!(text.len(), length);
    let part = |range: &str, text: &str| {
        format!(
            "--{boundary}\r\nContent-Range: bytes {range}/10\r\n\
             Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
        )
    };
    let expected = format!(
        "{}{}--{boundary}--\r\n",
        part("0-1", "01"),
        part("5-6", "56")
    );
    assert_eq!(text, expected);
}

#[tokio::test]
async fn a_file_that_shrinks_while_it_is_sent_breaks_the_response_off() {
    let folder = folder();
    let graph = graph(&folder, Plan::default());
    let response = ask(&graph, trial::get("h", "/large.bin")).await;
    assert_eq!(response.headers()["content-length"], "300000");
    let file = fs::File::options()
        .write(true)
        .open(folder.root.join("large.bin"))
        .unwrap();
    file.set_len(100_000).unwrap();
    assert!(matches!(body(response).await, Err(BodyError::File(_))));
}

#[tokio::test]
async fn a_file_that_grows_is_sent_as_long_as_it_was() {
    let folder = folder();
    let graph = graph(&folder, Plan::default());
    let response = ask(&graph, trial::get("h", "/large.bin")).await;
    let mut file = fs::File::options()
        .append(true)
        .open(folder.root.join("large.bin"))
        .unwrap();
    file.write_all(b"more").unwrap();
    assert_eq!(body(response).await.unwrap().len(), 300_000);
}

#[tokio::test]
async fn what_is_no_file_is_not_there_and_links_are_followed() {
    let folder = folder();
    symlink(folder.root.join("a.txt"), folder.root.join("link")).unwrap();
    symlink("nowhere", folder.root.join("dangling")).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(folder.root.join("socket")).unwrap();
    let graph = graph(&folder, Plan::default());
    assert_eq!(get(&graph, "/link").await, (200, b"0123456789".to_vec()));
    assert_eq!(get(&graph, "/dangling").await.0, 404);
    assert_eq!(get(&graph, "/socket").await.0, 404);
    assert_eq!(get(&graph, "/a.txt/b").await.0, 400);
}

#[tokio::test]
async fn a_redirect_never_leads_to_another_host() {
    let folder = folder();
    let graph = graph(&folder, Plan::default());
    for (target, expected) in [
        ("/sub", "/sub/"),
        ("//sub", "/sub/"),
        ("///sub?a=b", "/sub/?a=b"),
        ("/a.txt/", "/a.txt"),
        ("//a.txt/", "/a.txt"),
    ] {
        let response = ask(&graph, trial::get("h", target)).await;
        assert_eq!(response.status(), 308, "{target}");
        assert_eq!(response.headers()["location"], expected, "{target}");
    }
}

#[tokio::test]
async fn a_tag_beside_the_file_is_taken() {
    let folder = folder();
    fs::write(folder.root.join("a.txt.md5"), "\"known\"\n").unwrap();
    let plan = Plan {
        etag_file_extensions: vec![".sha".to_owned(), ".md5".to_owned()],
        ..Plan::default()
    };
    let graph = graph(&folder, plan);
    let response = ask(&graph, trial::get("h", "/a.txt")).await;
    assert_eq!(response.headers()["etag"], "\"known\"");
    let request = trial::request("h", "/a.txt", &[("if-none-match", "\"known\"")]);
    assert_eq!(ask(&graph, request).await.status(), 304);
}
