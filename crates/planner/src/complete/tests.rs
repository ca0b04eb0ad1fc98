//! Tests of completion.
