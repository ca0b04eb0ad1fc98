//! Finds, reads and lowers a configuration: from a file's name to a plan with its findings.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use evenkeel_caddyfile::{Host, OsHost, ast, formatting_warning, parse};
use evenkeel_diagnostics::{Diagnostic, Diagnostics, Severity, SourceMap, unique};
use evenkeel_lint::{name_causes, secrets};
use evenkeel_plan::{DocumentError, Plan, from_document, parse_document};
use evenkeel_planner::{Origins, plan};
use serde_json::Value;

use crate::args::{Adapter, Source};
use crate::error::CommandError;

/// A configuration that was read. With errors among the findings there is no plan.
pub(crate) struct Input {
    /// The file's name as it was given.
    pub(crate) name: String,
    pub(crate) plan: Option<Plan>,
    /// The JSON that was read; `None` for a Caddyfile, whose document is its plan.
    pub(crate) document: Option<Value>,
    /// The syntax tree; `None` for JSON.
    pub(crate) file: Option<ast::File>,
    /// Where the parts of the plan stand in the file; empty for JSON.
    pub(crate) origins: Origins,
    /// Sorted by place.
    pub(crate) findings: Vec<Diagnostic>,
    pub(crate) sources: SourceMap,
}

/// Reads the configuration that the arguments name, or `./Caddyfile`.
pub(crate) fn read(source: &Source) -> Result<Input, CommandError> {
    let path = source
        .config
        .clone()
        .unwrap_or_else(|| PathBuf::from("Caddyfile"));
    let bytes = read_bytes(&path, source.config.is_some())?;
    let name = path.display().to_string();
    match source.adapter.unwrap_or_else(|| adapter_of(&path)) {
        Adapter::Caddyfile => Ok(from_caddyfile(name, &bytes, &OsHost)),
        Adapter::Json => from_json(name, &bytes),
    }
}

/// Reads a file, or standard input for `-`. `is_given`: the user named it.
pub(crate) fn read_bytes(path: &Path, is_given: bool) -> Result<Vec<u8>, CommandError> {
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin()
            .read_to_end(&mut bytes)
            .context("cannot read the configuration from standard input")
            .map_err(CommandError::startup)?;
        return Ok(bytes);
    }
    let read = OsHost.read(&path.to_string_lossy());
    read.with_context(|| format!("cannot read the configuration `{}`", path.display()))
        .map_err(|error| {
            let error = CommandError::startup(error);
            if is_given {
                return error;
            }
            error.hint("name the file with `--config FILE`, or run in the folder of the Caddyfile")
        })
}

/// Caddy: a base name that starts with `caddyfile`, or the extension `.caddyfile`, in any case;
/// anything else is JSON. Standard input is a Caddyfile.
fn adapter_of(path: &Path) -> Adapter {
    let name = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .to_ascii_lowercase();
    let has_extension = |wanted| {
        Path::new(&name)
            .extension()
            .is_some_and(|found| found == wanted)
    };
    let is_caddyfile = name.starts_with("caddyfile") || has_extension("caddyfile");
    if name == "-" || (is_caddyfile && !has_extension("json")) {
        Adapter::Caddyfile
    } else {
        Adapter::Json
    }
}

fn from_caddyfile(name: String, bytes: &[u8], host: &dyn Host) -> Input {
    let mut sources = SourceMap::new();
    let parsed = parse(&mut sources, &name, bytes, host);
    let mut findings = parsed.diagnostics;
    // What could be parsed is planned all the same, so that one run shows every mistake.
    let planned = plan(&parsed.file, host);
    for secret in secrets(&parsed.file, &sources) {
        sources.hide(secret);
    }
    let is_whole = !findings.has_errors();
    findings.append(planned.diagnostics);
    if !findings.has_errors()
        && let Some(found) = formatting_warning(&sources, parsed.source)
    {
        findings.push(found);
    }
    Input {
        name,
        plan: (is_whole && !findings.has_errors()).then_some(planned.plan),
        document: None,
        file: Some(parsed.file),
        origins: planned.origins,
        findings: name_causes(unique(findings.into_sorted(), &sources), &sources),
        sources,
    }
}

fn from_json(name: String, bytes: &[u8]) -> Result<Input, CommandError> {
    let read = || {
        let document = parse_document(bytes)?;
        Ok((from_document(document.clone())?, document))
    };
    let (plan, document) = read()
        .map_err(|error: DocumentError| anyhow::Error::new(error))
        .with_context(|| format!("cannot load `{name}`"))
        .map_err(|error| hint_for_json(error, &name))?;
    Ok(Input {
        name,
        plan: Some(plan),
        document: Some(document),
        file: None,
        origins: Origins::default(),
        findings: Diagnostics::new().into_sorted(),
        sources: SourceMap::new(),
    })
}

fn hint_for_json(error: anyhow::Error, name: &str) -> CommandError {
    let error = CommandError::startup(error);
    if Path::new(name)
        .extension()
        .is_some_and(|extension| extension == "json")
    {
        return error;
    }
    error.hint("if it is a Caddyfile, say so with `--adapter caddyfile`")
}

fn is_error(finding: &Diagnostic) -> bool {
    finding.severity == Severity::Error
}

impl Input {
    /// The plan, or an error that counts the findings (which the caller has printed).
    pub(crate) fn require_plan(&self) -> Result<&Plan, CommandError> {
        self.plan.as_ref().ok_or_else(|| {
            let errors = self
                .findings
                .iter()
                .filter(|finding| is_error(finding))
                .count();
            let noun = if errors == 1 { "error" } else { "errors" };
            CommandError::startup(anyhow!("{errors} {noun} in `{}`", self.name))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_tells_the_language() {
        let table = [
            ("Caddyfile", Adapter::Caddyfile),
            ("/etc/caddy/Caddyfile.example", Adapter::Caddyfile),
            ("site.caddyfile", Adapter::Caddyfile),
            ("caddyfile.json", Adapter::Json),
            ("caddy.json", Adapter::Json),
            ("-", Adapter::Caddyfile),
        ];
        for (name, expected) in table {
            assert_eq!(adapter_of(Path::new(name)), expected, "{name}");
        }
    }
}
