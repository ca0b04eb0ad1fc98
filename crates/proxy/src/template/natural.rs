//! What placeholders are where more than texts are known: in expressions.

use super::Scope;
use super::noted::Failure;
use super::placeholder::{Placeholder, Time, Upstream};
use super::value::Tls;

/// The nature of a value. Caddy: the Go type that its replacer gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Natural {
    Text,
    Whole,
    Fraction,
    Truth,
    /// A span of time, in Go's notation.
    Span,
    /// The present moment.
    Moment,
    /// Nothing at all.
    Nothing,
}

impl Natural {
    /// Of a value in a plan.
    pub(crate) fn from_plan(value: &evenkeel_plan::value::Json) -> Self {
        match value {
            value if value.is_null() => Self::Nothing,
            value if value.is_i64() => Self::Whole,
            value if value.is_number() => Self::Fraction,
            value if value.is_boolean() => Self::Truth,
            _ => Self::Text,
        }
    }
}

impl Placeholder {
    /// What its value is.
    pub(crate) fn natural(&self, scope: &Scope<'_>) -> Natural {
        match self {
            Self::Failure(Failure::StatusCode)
            | Self::Port
            | Self::RemotePort
            | Self::LocalPort => Natural::Whole,
            Self::Tls(_) if scope.exchange.connection.tls.is_none() => Natural::Nothing,
            Self::Upstream(fact) => of_upstream(*fact),
            Self::Tls(Tls::Resumed | Tls::ProtoMutual | Tls::Ech) | Self::TrustedProxy => {
                Natural::Truth
            }
            Self::Mapped(name) => {
                let value = scope.exchange.mapped(name, scope);
                value.map_or(Natural::Nothing, |(_, natural)| natural)
            }
            Self::Duration => Natural::Span,
            Self::DurationMs => Natural::Fraction,
            Self::Time(Time::Now) => Natural::Moment,
            Self::Variable(name) => {
                let notes = scope.exchange.notes.as_deref();
                notes.map_or(Natural::Nothing, |notes| {
                    notes.variables.natural(name.as_bytes())
                })
            }
            _ => Natural::Text,
        }
    }
}

const fn of_upstream(fact: Upstream) -> Natural {
    match fact {
        Upstream::Requests
        | Upstream::MaxRequests
        | Upstream::Fails
        | Upstream::Retries
        | Upstream::StatusCode => Natural::Whole,
        Upstream::Latency | Upstream::Duration | Upstream::ProxyDuration => Natural::Span,
        Upstream::LatencyMs | Upstream::DurationMs | Upstream::ProxyDurationMs => Natural::Fraction,
        Upstream::IsTransportError => Natural::Truth,
        Upstream::Address
        | Upstream::HostPort
        | Upstream::Host
        | Upstream::Port
        | Upstream::StatusText => Natural::Text,
    }
}
