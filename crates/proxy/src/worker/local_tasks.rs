//! hyper's tasks stay on the worker's thread.

use std::future::Future;

use hyper::rt::Executor;

/// Starts tasks on this thread, so that they need not be `Send`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LocalTasks;

impl<F> Executor<F> for LocalTasks
where
    F: Future + 'static,
    F::Output: 'static,
{
    fn execute(&self, task: F) {
        // As it is: each layer around a task is a copy of all that it holds.
        tokio::task::spawn_local(task);
    }
}
