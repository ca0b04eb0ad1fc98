//! `request_buffers` and `response_buffers`: how much of a body is read before it is sent on.

/// How much is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Buffers {
    /// So many bytes at most.
    UpTo(u64),
    /// All of it.
    Everything,
}

impl Buffers {
    /// What a plan says; `None` if nothing is read ahead. Caddy: a negative size is no limit.
    pub(super) fn from_plan(size: i64) -> Option<Self> {
        match size {
            0 => None,
            size => Some(u64::try_from(size).map_or(Self::Everything, Self::UpTo)),
        }
    }

    /// The limit, if there is one.
    pub(super) const fn limit(self) -> Option<u64> {
        match self {
            Self::UpTo(size) => Some(size),
            Self::Everything => None,
        }
    }
}
