//! The real binary as a user runs it: what it prints, and how it ends.

mod adapt;
mod certificates;
mod check;
mod fmt;
mod harness;
mod mistakes;
