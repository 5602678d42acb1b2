//! CPU-heavy work off the async threads: compression, parsing, JSON of whole texts.

use std::sync::LazyLock;

use tokio::sync::Semaphore;

/// One permit for each core but one, so that the async threads always have a core.
static PERMITS: LazyLock<Semaphore> = LazyLock::new(|| {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    Semaphore::new(cores.saturating_sub(1).max(1))
});

/// Runs CPU-heavy work on a blocking thread when a core is free for it. A panic of the work becomes a panic
/// of the caller.
pub async fn offload<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    // The semaphore is never closed.
    let _permit = PERMITS.acquire().await;
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        // The task was cancelled: the runtime is shutting down, and the caller with it.
        Err(_) => std::future::pending().await,
    }
}
