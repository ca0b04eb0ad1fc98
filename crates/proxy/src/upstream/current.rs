//! Whom an exchange may go to: the upstreams of the plan, or those that were found last.

use std::ops::Deref;
use std::sync::Arc;

use super::dynamic::Group;
use super::members::Members;
use super::place::Dialled;
use crate::error::ProxyError;
use crate::exchange::Exchange;

/// The members of a pool as an exchange of a graph that lives for `'g` sees them.
#[derive(Clone, Debug)]
pub(crate) enum Current<'g> {
    /// Those of the plan.
    Written(&'g Members),
    /// Those which were looked up, unless nothing was ever found.
    Found {
        group: Arc<Group>,
        members: Option<Arc<Members>>,
        /// For that case.
        otherwise: &'g Members,
    },
}

impl<'g> Current<'g> {
    /// What is dialled for the upstream at this index. Fails if the request makes no address of
    /// what is written.
    pub(crate) fn endpoint(
        &self,
        index: usize,
        exchange: &Exchange<'_>,
    ) -> Result<Dialled<'g>, ProxyError> {
        match self {
            Self::Written(members)
            | Self::Found {
                members: None,
                otherwise: members,
                ..
            } => members.endpoint(index, exchange),
            Self::Found {
                members: Some(members),
                ..
            } => members.endpoint(index, exchange).map(Dialled::into_own),
        }
    }

    /// Whether time may have passed before this was known.
    pub(crate) const fn may_have_waited(&self) -> bool {
        matches!(self, Self::Found { .. })
    }

    /// Whom a new exchange would go to, if that is somebody else.
    pub(crate) fn renewed(&self) -> Option<Self> {
        let Self::Found {
            group,
            members,
            otherwise,
        } = self
        else {
            return None;
        };
        let now = group.members();
        let address = |members: &Option<Arc<Members>>| members.as_ref().map(Arc::as_ptr);
        (address(&now) != address(members)).then(|| Self::Found {
            group: Arc::clone(group),
            members: now,
            otherwise,
        })
    }

    /// An attempt failed: the upstream may be somewhere else by now.
    pub(crate) fn doubt(&self) {
        if let Self::Found { group, .. } = self {
            group.doubt();
        }
    }
}

impl Deref for Current<'_> {
    type Target = Members;

    fn deref(&self) -> &Members {
        match self {
            Self::Written(members) => members,
            Self::Found {
                members, otherwise, ..
            } => members.as_deref().unwrap_or(otherwise),
        }
    }
}

impl Dialled<'_> {
    /// The same independent of where it was found.
    fn into_own<'any>(self) -> Dialled<'any> {
        match self {
            Dialled::Fixed(endpoint) => Dialled::Own(Arc::clone(endpoint)),
            Dialled::Own(endpoint) => Dialled::Own(endpoint),
        }
    }
}
