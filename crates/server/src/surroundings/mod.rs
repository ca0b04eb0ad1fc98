//! What is wrong with a plan as soon as one looks at what is around it: the files it names, and the
//! addresses it listens on and dials. Reads files, and writes, binds and dials nothing.

mod certificates;
mod document;
mod files;
mod loops;
mod ports;

use std::io;
use std::time::SystemTime;

use evenkeel_plan::Plan;

/// The files of the machine, as far as they are looked at.
pub trait Files {
    /// A file's bytes.
    fn read(&self, path: &str) -> io::Result<Vec<u8>>;
    /// Whether there is a folder of this name.
    fn is_folder(&self, path: &str) -> bool;
}

/// Something wrong at one place of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Stable and kebab-case; one of [`TROUBLES`].
    pub id: &'static str,
    /// Whether the plan cannot be served.
    pub is_error: bool,
    /// Where in the plan, as `apps.http.servers.srv0.listen[0]`.
    pub path: String,
    /// One sentence that names the thing.
    pub message: String,
    /// What to do.
    pub help: &'static str,
}

/// All that can be found, by id.
pub const TROUBLES: &[&str] = &[
    "certificate-expired",
    "certificate-not-for-site",
    "certificate-not-yet-valid",
    "certificate-unusable",
    "file-unreadable",
    "port-out-of-range",
    "port-used-twice",
    "root-not-found",
    "upstream-leads-back",
];

/// Looks at everything at the given time.
pub fn surroundings(plan: &Plan, files: &dyn Files, now: SystemTime) -> Vec<Trouble> {
    let mut found = certificates::look(plan, files, now);
    found.extend(document::look(plan, files));
    found.extend(ports::look(plan));
    found.extend(loops::look(plan));
    found
}

#[cfg(test)]
mod tests;
