//! What is looked up: names with placeholders, and what becomes of them for one request.

use std::time::Duration;

use evenkeel_net::{Families, NameServers};
use evenkeel_plan::http::handlers::reverse_proxy::{
    AddressFamilies, DynamicUpstreams as Plan, FromAddresses, FromServices,
};

use crate::error::BuildError;
use crate::graph::BuildContext;
use crate::name_servers;
use crate::template::{Scope, Template, Unknown};

/// Caddy: `upstreams.go`, `Provision`: 1 min.
const REFRESH: Duration = Duration::from_mins(1);

/// Caddy: `upstreams.go`, `AUpstreams.Provision`.
const PORT: &str = "80";

/// No name is as long (RFC 1035 section 2.3.4), even with its port.
const LONGEST: usize = 300;

/// A source of upstreams; `multi` is several.
#[derive(Debug)]
pub(super) struct Source {
    kind: Kind,
    asking: Asking,
}

#[derive(Debug)]
enum Kind {
    Addresses {
        name: Template,
        port: Template,
        families: Families,
    },
    Services {
        /// Service, protocol and name.
        parts: [Template; 3],
        network: Box<str>,
    },
}

/// How it is asked.
#[derive(Clone, Debug)]
pub(super) struct Asking {
    pub(super) servers: NameServers,
    /// How long an answer is believed.
    pub(super) refresh: Duration,
    /// How long the last answer is kept after there is nothing any more.
    pub(super) grace: Duration,
}

/// A question for name servers; what it is remembered by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Question {
    /// The addresses of a name.
    Addresses {
        name: Box<str>,
        families: Families,
        servers: NameServers,
    },
    /// The services of a name.
    Services {
        name: Box<str>,
        servers: NameServers,
    },
}

/// A question, and how its answers become upstreams.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) question: Question,
    pub(super) asking: Asking,
    /// What is put around an answer: a port behind an address, a network in front of a service.
    pub(super) rest: Box<str>,
}

impl Source {
    /// The sources of a plan, one after the other.
    pub(super) fn build_all(
        plan: &Plan,
        cx: &mut BuildContext<'_>,
    ) -> Result<Vec<Self>, BuildError> {
        match plan {
            Plan::A(plan) => Ok(vec![Self::addresses(plan, cx)?]),
            Plan::Srv(plan) => Ok(vec![Self::services(plan, cx)?]),
            Plan::Multi { sources } => {
                let mut all = Vec::new();
                for (number, plan) in sources.iter().enumerate() {
                    let path = format_args!("sources[{number}]");
                    all.extend(cx.within(path, |cx| Self::build_all(plan, cx))?);
                }
                Ok(all)
            }
        }
    }

    fn addresses(plan: &FromAddresses, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        let port = match plan.port.as_str() {
            "" => PORT,
            port => port,
        };
        let timeout = plan.dial_timeout.positive();
        Ok(Self {
            asking: Asking {
                servers: name_servers::build(plan.resolver.as_ref(), timeout, cx)?,
                refresh: plan.refresh.positive().unwrap_or(REFRESH),
                grace: Duration::ZERO,
            },
            kind: Kind::Addresses {
                name: Template::parse(&plan.name, Unknown::Empty, cx),
                port: Template::parse(port, Unknown::Empty, cx),
                families: families(plan.versions.as_ref()),
            },
        })
    }

    fn services(plan: &FromServices, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        let timeout = plan.dial_timeout.positive();
        let template = |text: &str| Template::parse(text, Unknown::Empty, cx);
        let parts = [&plan.service, &plan.proto, &plan.name].map(|text| template(text));
        Ok(Self {
            asking: Asking {
                servers: name_servers::build(plan.resolver.as_ref(), timeout, cx)?,
                refresh: plan.refresh.positive().unwrap_or(REFRESH),
                grace: plan.grace_period.to_std(),
            },
            kind: Kind::Services {
                parts,
                network: plan.dial_network.as_str().into(),
            },
        })
    }

    /// What it asks for any request; `None` if that depends on the request.
    pub(super) fn fixed(&self) -> Option<Asked> {
        self.asked(|template| {
            let text = template.fixed()?;
            Some(String::from_utf8_lossy(text).into_owned())
        })
    }

    /// What it asks for a request. `None` if the request makes no name of it.
    pub(super) fn of(&self, scope: &Scope<'_>) -> Option<Asked> {
        self.asked(|template| {
            let text = template.expand(scope);
            (text.len() <= LONGEST).then(|| String::from_utf8_lossy(&text).into_owned())
        })
    }

    fn asked(&self, expand: impl Fn(&Template) -> Option<String>) -> Option<Asked> {
        let servers = self.asking.servers.clone();
        let (question, rest) = match &self.kind {
            Kind::Addresses {
                name,
                port,
                families,
            } => {
                let question = Question::Addresses {
                    name: expand(name)?.into(),
                    families: *families,
                    servers,
                };
                (question, expand(port)?.into())
            }
            Kind::Services { parts, network } => {
                let [service, proto, name] = parts;
                let (service, proto, name) = (expand(service)?, expand(proto)?, expand(name)?);
                let name = if service.is_empty() && proto.is_empty() {
                    name
                } else {
                    format!("_{service}._{proto}.{name}")
                };
                let name = name.into();
                (Question::Services { name, servers }, network.clone())
            }
        };
        Some(Asked {
            question,
            rest,
            asking: self.asking.clone(),
        })
    }
}

impl Question {
    /// What is asked for.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Addresses { name, .. } | Self::Services { name, .. } => name,
        }
    }
}

/// Caddy: `upstreams.go`, `resolveIpVersion`: what asks for nothing asks for all.
fn families(plan: Option<&AddressFamilies>) -> Families {
    let wants = |family: Option<bool>| family == Some(true);
    match plan.map(|plan| (wants(plan.ipv4), wants(plan.ipv6))) {
        Some((true, false)) => Families::V4,
        Some((false, true)) => Families::V6,
        None | Some((true, true) | (false, false)) => Families::Both,
    }
}
