//! `file`: one of some files exists below a root. Caddy: `modules/caddyhttp/fileserver/matcher.go`.
//!
//! Asks the file system while routing, as nginx does: what it says is nearly always in memory.

use std::cmp::Reverse;
use std::fs::{self, Metadata};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use evenkeel_plan::http::matchers::FileMatcher as Plan;
use http::StatusCode;

use super::Judged;
use crate::error::{BuildError, Kind, ProxyError};
use crate::exchange::Exchange;
use crate::files;
use crate::graph::BuildContext;
use crate::matchers::path::clean;
use crate::template::{Scope, Template, Unknown};

/// The matcher.
pub(super) struct Files {
    root: Template,
    tries: Box<[Try]>,
    policy: Policy,
    /// In lower case.
    splits: Box<[Box<[u8]>]>,
}

enum Try {
    /// `=404`: fails the request.
    Fail(StatusCode),
    Pattern {
        template: Template,
        has_wildcard: bool,
        is_folder: bool,
    },
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Policy {
    FirstExist,
    FirstExistFallback,
    SmallestSize,
    LargestSize,
    MostRecentlyModified,
}

/// A file that a matcher has found.
#[derive(Debug)]
pub(crate) struct MatchedFile {
    /// Without the root.
    pub(crate) relative: Vec<u8>,
    /// With it.
    pub(crate) absolute: PathBuf,
    /// What was behind the place where the path was split.
    pub(crate) remainder: Vec<u8>,
    /// Whether it is a folder.
    pub(crate) is_folder: bool,
}

struct Candidate {
    path: PathBuf,
    remainder: Vec<u8>,
}

impl Files {
    pub(super) fn build(plan: &Plan, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        files::refuse_other_system(&plan.fs, cx)?;
        let policy = match plan.try_policy.as_str() {
            "" | "first_exist" => Policy::FirstExist,
            "first_exist_fallback" => Policy::FirstExistFallback,
            "smallest_size" => Policy::SmallestSize,
            "largest_size" => Policy::LargestSize,
            "most_recently_modified" => Policy::MostRecentlyModified,
            other => return Err(cx.error(format!("unknown try policy `{other}`"))),
        };
        let tries: Box<[Try]> = if plan.try_files.is_empty() {
            [Try::build("{http.request.uri.path}", cx)].into()
        } else {
            plan.try_files
                .iter()
                .map(|text| Try::build(text, cx))
                .collect()
        };
        let splits = plan.split_path.iter();
        Ok(Self {
            root: files::root_template(&plan.root, cx),
            tries,
            policy,
            splits: splits
                .map(|split| split.to_lowercase().into_bytes().into())
                .collect(),
        })
    }

    pub(super) fn matches(&self, exchange: &mut Exchange<'_>) -> Judged {
        let scope = Scope::request(exchange);
        let root = files::root_of(&self.root, &scope);
        let found = match self.policy {
            Policy::FirstExist | Policy::FirstExistFallback => self.first(&root, &scope)?,
            Policy::SmallestSize => self.best(&root, &scope, |facts| Reverse(facts.len())),
            Policy::LargestSize => self.best(&root, &scope, Metadata::len),
            Policy::MostRecentlyModified => self.best(&root, &scope, |facts| facts.modified().ok()),
        };
        let Some((candidate, is_folder)) = found else {
            return Ok(false);
        };
        exchange.notes_mut().file = Some(Box::new(MatchedFile {
            relative: files::below(&candidate.path, &root).to_vec(),
            absolute: candidate.path,
            remainder: candidate.remainder,
            is_folder,
        }));
        Ok(true)
    }

    /// The first that exists and is a folder if it is written as one, else a file.
    fn first(
        &self,
        root: &[u8],
        scope: &Scope<'_>,
    ) -> Result<Option<(Candidate, bool)>, Box<ProxyError>> {
        for (number, attempt) in self.tries.iter().enumerate() {
            if let Try::Fail(status) = attempt {
                let message = status.as_str().to_owned();
                return Err(Box::new(ProxyError::new(Kind::Requested(*status), message)));
            }
            let is_last = number + 1 == self.tries.len();
            let exists_anyway = is_last && self.policy == Policy::FirstExistFallback;
            for candidate in self.candidates(attempt, root, scope) {
                if exists_anyway {
                    return Ok(Some((candidate, false)));
                }
                let is_folder = candidate.path.as_os_str().as_bytes().ends_with(b"/");
                let facts = fs::metadata(&candidate.path);
                if facts.is_ok_and(|facts| facts.is_dir() == is_folder) {
                    return Ok(Some((candidate, is_folder)));
                }
            }
        }
        Ok(None)
    }

    /// The one of which something is greatest; the first of several.
    fn best<K: Ord>(
        &self,
        root: &[u8],
        scope: &Scope<'_>,
        key: impl Fn(&Metadata) -> K,
    ) -> Option<(Candidate, bool)> {
        let mut best: Option<(K, Candidate, bool)> = None;
        let tries = self.tries.iter();
        for candidate in tries.flat_map(|attempt| self.candidates(attempt, root, scope)) {
            let Ok(facts) = fs::metadata(&candidate.path) else {
                continue;
            };
            let key = key(&facts);
            if best.as_ref().is_none_or(|(known, ..)| key > *known) {
                best = Some((key, candidate, facts.is_dir()));
            }
        }
        best.map(|(_, candidate, is_folder)| (candidate, is_folder))
    }

    /// What a pattern stands for; nothing that does not exist.
    fn candidates(&self, attempt: &Try, root: &[u8], scope: &Scope<'_>) -> Vec<Candidate> {
        let Try::Pattern {
            template,
            has_wildcard,
            is_folder,
        } = attempt
        else {
            return Vec::new();
        };
        let expanded = if *has_wildcard {
            template.expand_escaping(scope, files::escape)
        } else {
            template.expand(scope).into_owned()
        };
        let mut rooted = vec![b'/'];
        rooted.extend_from_slice(&expanded);
        let mut cleaned = clean(&rooted, true);
        if cleaned.len() > 1 && cleaned.ends_with(b"/") {
            cleaned.pop();
        }
        let end = self.split(&cleaned);
        let remainder = cleaned.split_off(end);
        if *is_folder {
            cleaned.push(b'/');
        }
        let found = if *has_wildcard {
            files::glob(&files::join(root, b""), &cleaned)
        } else {
            let path = files::join(root, &cleaned);
            let exists = fs::symlink_metadata(without_slash(&path)).is_ok();
            exists.then_some(path).into_iter().collect()
        };
        let candidates = found.into_iter().map(|path| Candidate {
            path,
            remainder: remainder.clone(),
        });
        candidates.collect()
    }

    /// Where the path ends and the remainder begins: behind the first of the endings that is the
    /// end of a segment.
    fn split(&self, path: &[u8]) -> usize {
        let lower = path.to_ascii_lowercase();
        let ends = self.splits.iter().filter_map(|split| {
            let at = lower
                .windows(split.len().max(1))
                .position(|part| part == &**split)?;
            let end = at + split.len();
            matches!(path.get(end), None | Some(b'/')).then_some(end)
        });
        ends.into_iter().next().unwrap_or(path.len())
    }
}

/// Whether something exists does not depend on how it is written.
fn without_slash(path: &Path) -> PathBuf {
    path.components().as_path().to_path_buf()
}

impl Try {
    fn build(text: &str, cx: &BuildContext<'_>) -> Self {
        let code = text.strip_prefix('=').and_then(|code| code.parse().ok());
        if let Some(status) = code.and_then(|code| StatusCode::from_u16(code).ok()) {
            return Self::Fail(status);
        }
        let template = Template::parse(text, Unknown::Empty, cx);
        Self::Pattern {
            has_wildcard: template.any_text(files::has_wildcard),
            is_folder: text.ends_with('/'),
            template,
        }
    }
}
