//! Files and folders that are named anywhere in a plan, found by the names of their fields: so a
//! new module's files are looked at without a word here.

use evenkeel_plan::Plan;
use serde_json::Value;

use super::files::{is_literal, read};
use super::{Files, Trouble};

/// Fields that hold the name of a file that is read at start, or a list of them.
const FIELDS: [&str; 6] = [
    "pem_files",
    "root_ca_pem_files",
    "trusted_roots_pem_files",
    "trusted_ca_certs_pem_files",
    "client_certificate_file",
    "client_certificate_key_file",
];

/// Handlers that serve from the folder in their field `root`.
const ROOTED: [&str; 2] = ["file_server", "vars"];

pub(super) fn look(plan: &Plan, files: &dyn Files) -> Vec<Trouble> {
    let mut found = Vec::new();
    // A plan is JSON in another form; nothing of it can fail to be one.
    if let Ok(document) = serde_json::to_value(plan) {
        walk(&document, "", files, &mut found);
    }
    found
}

/// The depth is that of the plan, which its own parser has bounded.
fn walk(value: &Value, path: &str, files: &dyn Files, found: &mut Vec<Trouble>) {
    match value {
        Value::Array(items) => {
            for (number, item) in items.iter().enumerate() {
                walk(item, &format!("{path}[{number}]"), files, found);
            }
        }
        Value::Object(fields) => {
            let handler = fields
                .get("handler")
                .and_then(Value::as_str)
                .unwrap_or_default();
            for (name, value) in fields {
                let path = match path {
                    "" => name.clone(),
                    path => format!("{path}.{name}"),
                };
                if FIELDS.contains(&name.as_str()) {
                    named(value, &path, files, found);
                } else if name == "root" && ROOTED.contains(&handler) {
                    found.extend(root(value, &path, files));
                } else {
                    walk(value, &path, files, found);
                }
            }
        }
        _ => {}
    }
}

fn named(value: &Value, path: &str, files: &dyn Files, found: &mut Vec<Trouble>) {
    match value {
        Value::String(name) if is_literal(name) => {
            found.extend(read(files, name, path.to_owned()).err());
        }
        Value::Array(items) => {
            for (number, item) in items.iter().enumerate() {
                named(item, &format!("{path}[{number}]"), files, found);
            }
        }
        _ => {}
    }
}

fn root(value: &Value, path: &str, files: &dyn Files) -> Option<Trouble> {
    let name = value.as_str().filter(|name| is_literal(name))?;
    (!files.is_folder(name)).then(|| Trouble {
        id: "root-not-found",
        is_error: false,
        path: path.to_owned(),
        message: format!("there is no folder `{name}`"),
        help: "requests for files in it get a 404; a relative name counts from the folder in which \
               the server is started",
    })
}
