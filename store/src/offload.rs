//! CPU-heavy work off the async threads: compression, parsing, JSON of whole texts.

use std::sync::LazyLock;

use tokio::{sync::Semaphore, task::JoinError};

/// The most bytes whose work stays on the async thread: it takes less than a millisecond, and waits for no permit.
const INLINE_BYTES: usize = 64 << 10;

/// One permit for each core but one, so that the async threads always have a core.
static PERMITS: LazyLock<Semaphore> = LazyLock::new(|| {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    Semaphore::new(cores.saturating_sub(1).max(1))
});

/// Runs CPU-heavy work on a blocking thread when a core is free for it. A panic of the work becomes a panic
/// of the caller.
pub async fn offload<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    // The semaphore is never closed.
    let permit = PERMITS.acquire().await;
    let done = tokio::task::spawn_blocking(move || {
        // Held until the work ends, even if the caller is cancelled meanwhile.
        let _permit = permit;
        work()
    });
    join_task(done.await).await
}

/// Runs work over `size` bytes: at once if they are few, and otherwise like [`offload`].
pub async fn offload_large<T: Send + 'static>(size: usize, work: impl FnOnce() -> T + Send + 'static) -> T {
    if size <= INLINE_BYTES { work() } else { offload(work).await }
}

/// Unwraps the result of a spawned task. A panic in the task is resumed here.
pub async fn join_task<T>(done: Result<T, JoinError>) -> T {
    match done {
        Ok(result) => result,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        // The task was cancelled because the runtime shuts down, which ends this task too.
        Err(_) => std::future::pending().await,
    }
}
