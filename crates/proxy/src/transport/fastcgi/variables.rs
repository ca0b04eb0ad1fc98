//! What an application is told about a request (RFC 3875 section 4). Caddy: `fastcgi.go`,
//! `buildEnv`.

use std::borrow::Cow;
use std::path::{Component, Path};

use evenkeel_plan::http::handlers::reverse_proxy::FastCgiTransport as Plan;
use http::{HeaderMap, HeaderValue};

use crate::error::BuildError;
use crate::exchange::Exchange;
use crate::graph::BuildContext;
use crate::template::{Scope, Template, Unknown, decode};

/// From an exchange to the variables of its script.
#[derive(Clone, Debug)]
pub(crate) struct Variables {
    root: Template,
    resolves_root: bool,
    endings: Box<[Box<str>]>,
    /// Those that placeholders give.
    given: Box<[(&'static str, Template)]>,
    own: Box<[(Box<str>, Template)]>,
}

/// Variables of one request, as `FastCGI` encodes them; those of the head are still to come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Encoded(Vec<u8>);

/// Variables of which a placeholder is all there is.
const GIVEN: [(&str, &str); 9] = [
    ("GATEWAY_INTERFACE", "CGI/1.1"),
    ("REMOTE_ADDR", "{http.request.remote.host}"),
    ("REMOTE_HOST", "{http.request.remote.host}"),
    ("REMOTE_PORT", "{http.request.remote.port}"),
    ("REMOTE_USER", "{http.auth.user.id}"),
    ("REQUEST_SCHEME", "{http.request.scheme}"),
    ("REQUEST_URI", "{http.request.orig_uri}"),
    ("SERVER_PROTOCOL", "{http.request.proto}"),
    ("SERVER_SOFTWARE", "Caddy"),
];

impl Variables {
    /// Compiles what a plan says.
    pub(crate) fn build(plan: &Plan, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        let root = match plan.root.as_str() {
            "" => "{http.vars.root}",
            root => root,
        };
        if let Some(ending) = plan.split_path.iter().find(|ending| !ending.is_ascii()) {
            return cx.within("split_path", |cx| {
                Err(cx.error(format!("`{ending}` has letters outside ASCII")))
            });
        }
        let parse = |text: &str, cx: &BuildContext<'_>| Template::parse(text, Unknown::Empty, cx);
        Ok(Self {
            root: parse(root, cx),
            resolves_root: plan.resolve_root_symlink,
            endings: plan
                .split_path
                .iter()
                .map(|text| text.to_ascii_lowercase().into())
                .collect(),
            given: GIVEN.map(|(name, text)| (name, parse(text, cx))).into(),
            own: plan
                .env
                .iter()
                .map(|(name, text)| (name.as_str().into(), parse(text, cx)))
                .collect(),
        })
    }

    /// The variables of one exchange.
    pub(crate) fn of(&self, exchange: &Exchange<'_>) -> Encoded {
        let scope = Scope::request(exchange);
        let root = self.root(&scope);
        let (method, uri) = match &exchange.rewritten {
            Some(target) => (&target.method, &target.uri),
            None => (exchange.request.method(), exchange.request.uri()),
        };
        let path = decode(uri.path().as_bytes());
        let path = String::from_utf8_lossy(&path);
        // No script has such a name; what reads it as C does would run another.
        let path = if path.contains('\0') {
            Cow::Borrowed("")
        } else {
            path
        };
        let (script, info) = self.split(&path);
        let mut encoded = Encoded::default();
        let name = if script.is_empty() || script.starts_with('/') {
            script.to_owned()
        } else {
            format!("/{script}")
        };
        encoded.put("AUTH_TYPE", "");
        encoded.put("REMOTE_IDENT", "");
        encoded.put("DOCUMENT_ROOT", &root);
        encoded.put("DOCUMENT_URI", script);
        encoded.put("SCRIPT_NAME", &name);
        encoded.put("SCRIPT_FILENAME", &join(&root, script));
        encoded.put("PATH_INFO", info);
        if !info.is_empty() {
            encoded.put("PATH_TRANSLATED", &join(&root, info));
        }
        encoded.put("QUERY_STRING", uri.query().unwrap_or_default());
        encoded.put("REQUEST_METHOD", method.as_str());
        let is_tls = exchange.connection.tls.is_some();
        encoded.put_authority(exchange.host(), is_tls);
        if is_tls {
            encoded.put("HTTPS", "on");
        }
        for (name, template) in &self.given {
            encoded.put_bytes(name.as_bytes(), &template.expand(&scope));
        }
        for (name, template) in &self.own {
            encoded.put_bytes(name.as_bytes(), &template.expand(&scope));
        }
        encoded
    }

    /// The folder of the scripts, absolute.
    fn root(&self, scope: &Scope<'_>) -> String {
        let root = self.root.expand(scope);
        let root = match &*String::from_utf8_lossy(&root) {
            "" => ".".to_owned(),
            root => root.to_owned(),
        };
        let absolute = std::path::absolute(&root).unwrap_or_else(|_| root.into());
        let resolved = self
            .resolves_root
            .then(|| std::fs::canonicalize(&absolute).ok())
            .flatten();
        resolved.unwrap_or(absolute).to_string_lossy().into_owned()
    }

    /// The script's path, and what is behind it.
    fn split<'p>(&self, path: &'p str) -> (&'p str, &'p str) {
        if self.endings.is_empty() {
            return ("", path);
        }
        let lower = path.to_ascii_lowercase();
        let mut ends = self
            .endings
            .iter()
            .filter_map(|ending| lower.find(&**ending).map(|at| at + ending.len()));
        match ends.next() {
            Some(end) => path.split_at(end),
            None => (path, ""),
        }
    }
}

/// A path below the root, whatever dots it holds. Caddy: `SanitizedPathJoin`.
fn join(root: &str, path: &str) -> String {
    let mut joined = std::path::PathBuf::from(root);
    let mut below = 0;
    for part in Path::new(path).components() {
        match part {
            Component::Normal(name) => {
                joined.push(name);
                below += 1;
            }
            Component::ParentDir if below > 0 => {
                joined.pop();
                below -= 1;
            }
            _ => {}
        }
    }
    joined.to_string_lossy().into_owned()
}

impl Encoded {
    fn put(&mut self, name: &str, value: &str) {
        self.put_bytes(name.as_bytes(), value.as_bytes());
    }

    fn put_bytes(&mut self, name: &[u8], value: &[u8]) {
        for length in [name.len(), value.len()] {
            match u8::try_from(length) {
                Ok(short) if short < 128 => self.0.push(short),
                _ => {
                    let long = u32::try_from(length).unwrap_or(0) | 1 << 31;
                    self.0.extend_from_slice(&long.to_be_bytes());
                }
            }
        }
        self.0.extend_from_slice(name);
        self.0.extend_from_slice(value);
    }

    fn put_authority(&mut self, host: &str, is_tls: bool) {
        let (name, port) = match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => (name, port),
            _ => (host, ""),
        };
        self.put("SERVER_NAME", name);
        self.put(
            "SERVER_PORT",
            match port {
                "" if is_tls => "443",
                "" => "80",
                port => port,
            },
        );
    }

    /// With the fields of the head that is sent. `Proxy` is left out, which applications would
    /// take for the address of a proxy (CVE-2016-5385).
    pub(super) fn with_fields(mut self, fields: &HeaderMap) -> Vec<u8> {
        for name in fields.keys() {
            let values: Vec<&[u8]> = fields
                .get_all(name)
                .iter()
                .map(HeaderValue::as_bytes)
                .collect();
            let value = values.join(&b", "[..]);
            match name.as_str() {
                "proxy" | "transfer-encoding" => continue,
                "content-length" => self.put_bytes(b"CONTENT_LENGTH", &value),
                "content-type" => self.put_bytes(b"CONTENT_TYPE", &value),
                _ => {}
            }
            let variable = name.as_str().to_ascii_uppercase().replace('-', "_");
            self.put_bytes(format!("HTTP_{variable}").as_bytes(), &value);
        }
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial;

    fn variables(plan: &Plan, target: &str) -> Vec<(String, String)> {
        let built = trial::build(|cx| Variables::build(plan, cx)).unwrap();
        let exchange = trial::exchange(trial::get("a.test:8080", target));
        let bytes = built.of(&exchange).with_fields(exchange.request.headers());
        let (mut rest, mut found) = (&bytes[..], Vec::new());
        while !rest.is_empty() {
            let mut length = || match *rest {
                [short @ 0..128, ..] => {
                    rest = &rest[1..];
                    usize::from(short)
                }
                [a, b, c, d, ..] => {
                    rest = &rest[4..];
                    (u32::from_be_bytes([a, b, c, d]) & !(1 << 31)) as usize
                }
                _ => panic!("a length"),
            };
            let (name, value) = (length(), length());
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            found.push((text(&rest[..name]), text(&rest[name..name + value])));
            rest = &rest[name + value..];
        }
        found
    }

    fn value(found: &[(String, String)], name: &str) -> String {
        let found = found.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    }

    fn plan() -> Plan {
        Plan {
            root: "/srv".to_owned(),
            split_path: vec![".php".to_owned()],
            env: [("APP".to_owned(), "{http.request.method}!".to_owned())]
                .into_iter()
                .collect(),
            ..Plan::default()
        }
    }

    #[test]
    fn a_path_is_split_behind_its_script() {
        let found = variables(&plan(), "/a/Index.PHP/more%20info?x=1");
        for (name, expected) in [
            ("SCRIPT_NAME", "/a/Index.PHP"),
            ("SCRIPT_FILENAME", "/srv/a/Index.PHP"),
            ("DOCUMENT_URI", "/a/Index.PHP"),
            ("PATH_INFO", "/more info"),
            ("PATH_TRANSLATED", "/srv/more info"),
            ("QUERY_STRING", "x=1"),
            ("REQUEST_URI", "/a/Index.PHP/more%20info?x=1"),
            ("SERVER_NAME", "a.test"),
            ("SERVER_PORT", "8080"),
            ("REMOTE_ADDR", "192.0.2.7"),
            ("HTTP_HOST", "a.test:8080"),
            ("APP", "GET!"),
        ] {
            assert_eq!(value(&found, name), expected, "{name}");
        }
    }

    #[test]
    fn no_path_leads_out_of_the_root() {
        for target in ["/../../etc/passwd.php", "/%2e%2e/%2e%2e/etc/passwd.php"] {
            let found = variables(&plan(), target);
            let file = value(&found, "SCRIPT_FILENAME");
            assert_eq!(file, "/srv/etc/passwd.php", "{target}");
        }
    }

    #[test]
    fn values_of_any_length_are_encoded_and_proxy_is_not() {
        let long = "x".repeat(300);
        let found = variables(&plan(), &format!("/{long}.php"));
        assert_eq!(value(&found, "SCRIPT_NAME"), format!("/{long}.php"));
        let mut fields = HeaderMap::new();
        fields.insert("proxy", HeaderValue::from_static("evil"));
        assert!(Encoded::default().with_fields(&fields).is_empty());
    }
}
