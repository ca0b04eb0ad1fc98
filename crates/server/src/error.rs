//! Why a server could not start or stop, and what to do about it.

use std::borrow::Cow;
use std::io;

use evenkeel_admin::ListenError;
use evenkeel_plan::value::AddressError;
use evenkeel_planner::CompleteError;
use evenkeel_proxy::{BuildError, BuildErrors};
use evenkeel_tls::{Part, PolicyError, PolicySettingsError, PrepareError};

use crate::logging::LogError;

/// A server that could not start, or not stop.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The plan contradicts itself.
    #[error("the configuration cannot be completed")]
    Complete(#[from] CompleteError),
    /// A part of the plan cannot be built.
    #[error(transparent)]
    Build(#[from] BuildErrors),
    /// An address that is none.
    #[error("{path}: `{listen}` is not an address to listen on")]
    Address {
        /// Where in the plan.
        path: String,
        /// As written.
        listen: String,
        /// What is wrong with it.
        source: AddressError,
    },
    /// An address that cannot be listened on.
    #[error("cannot listen on {listen}")]
    Bind {
        /// Where in the plan.
        path: String,
        /// As written.
        listen: String,
        /// Why not.
        source: io::Error,
    },
    /// An address of the admin API that cannot be used.
    #[error("the admin endpoint cannot be set up")]
    Admin {
        /// Where in the plan.
        path: String,
        /// What is wrong with it.
        source: ListenError,
    },
    /// A connection policy that cannot be read.
    #[error("{path}: the TLS settings cannot be used")]
    Policy {
        /// Where in the plan.
        path: String,
        /// What is wrong with it.
        source: PolicySettingsError,
    },
    /// Connection policies that cannot be set up.
    #[error("{path}: the TLS settings cannot be used")]
    Handshake {
        /// Where in the plan.
        path: String,
        /// What is wrong with them.
        source: PolicyError,
    },
    /// Certificates that cannot be loaded.
    #[error("the certificates cannot be loaded")]
    Certificates(#[from] PrepareError),
    /// A log that cannot be opened.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The operating system refused something a server needs.
    #[error("the server cannot start: {what}")]
    System {
        /// What was tried.
        what: &'static str,
        /// Why not.
        source: io::Error,
    },
    /// A worker did not stop.
    #[error("the server did not stop as it should: {0}")]
    Stop(&'static str),
}

impl ServeError {
    /// The places in the plan, and what is wrong at each.
    pub fn places(&self) -> Vec<(Cow<'_, str>, String)> {
        let Self::Build(errors) = self else {
            return self.place().into_iter().collect();
        };
        let place = |error: &BuildError| (error.path.clone().into(), error.message.clone());
        errors.0.iter().map(place).collect()
    }

    fn place(&self) -> Option<(Cow<'_, str>, String)> {
        let path = match self {
            Self::Address { path, .. }
            | Self::Bind { path, .. }
            | Self::Admin { path, .. }
            | Self::Policy { path, .. }
            | Self::Handshake { path, .. } => path,
            Self::Certificates(error) => return Some((files(error)?.into(), with_cause(self))),
            Self::Build(_)
            | Self::Complete(_)
            | Self::Log(_)
            | Self::System { .. }
            | Self::Stop(_) => return None,
        };
        Some((path.into(), with_cause(self)))
    }

    /// What the user can do.
    pub fn hint(&self) -> Option<String> {
        let Self::Bind {
            path,
            listen,
            source,
        } = self
        else {
            return None;
        };
        let change = change_of(path, listen);
        match source.kind() {
            io::ErrorKind::AddrInUse => Some(format!(
                "another process listens on {listen}: stop it (`ss -ltnp` names it), or {change}"
            )),
            io::ErrorKind::PermissionDenied => Some(format!(
                "ports below 1024 need root or the capability CAP_NET_BIND_SERVICE; or {change}"
            )),
            io::ErrorKind::AddrNotAvailable => {
                Some(format!("this machine has no such address; {change}"))
            }
            _ => None,
        }
    }
}

/// Where in the plan the files are named that cannot be used.
fn files(error: &PrepareError) -> Option<String> {
    let (place, part) = match error {
        PrepareError::Read { place, part, .. } => (place, Some(part)),
        PrepareError::Files { place, .. } => (place, None),
        PrepareError::Issuer(_) => return None,
    };
    let pair = format!("apps.tls.certificates.load_files[{place}]");
    Some(match part {
        Some(Part::Certificate) => pair + ".certificate",
        Some(Part::Key) => pair + ".key",
        None => pair,
    })
}

/// Which option changes the address.
fn change_of(path: &str, listen: &str) -> String {
    if path == "admin.listen" {
        return "choose another address with the global option `admin ADDRESS` (or `admin off`)"
            .into();
    }
    match listen.rsplit(':').next() {
        Some("80") => "choose another port with the global option `http_port`".into(),
        Some("443") => "choose another port with the global option `https_port`".into(),
        _ => format!(
            "choose another port in the site's address (or `http_port`/`https_port`, if {listen} \
             comes from there)"
        ),
    }
}

fn with_cause(error: &ServeError) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}
