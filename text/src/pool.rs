//! The parent's side of the workers: starts them, reads their messages and replaces them. A worker may loop,
//! run out of memory or crash; the parent sees an error and keeps the pages received before.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    sync::{Arc, Mutex, Once, PoisonError},
    time::Duration,
};

use raadhuis_schema::json::to_json_text;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    process::{Child, ChildStdin, ChildStdout, Command},
    sync::Semaphore,
};

use crate::{
    ENVIRONMENT, WORKER_ARGUMENT,
    clock::{ProcessClock, WorkerTimeoutError},
    protocol::{WorkerMessage, WorkerRequest, WorkerUsage},
};

/// A worker is replaced after this many files…
const MOST_FILES: u32 = 100;

/// … when it holds more memory than this, in KiB…
const MOST_MEMORY: u64 = 300 << 10;

/// … or when it has used this much processor time, in milliseconds.
const MOST_TIME: u64 = 60_000;

const MOST_STARTS: u32 = 3;

const STARTING: Duration = Duration::from_secs(20);

/// The longest line accepted from a worker, in bytes. One page is one line.
const LONGEST_LINE: usize = 16 << 20;

/// The largest picture accepted from a worker, in bytes.
const LARGEST_PICTURE: usize = 64 << 20;

static UNSEALED: Once = Once::new();

/// A pool of workers, with a limit on how many work at the same time.
#[derive(Clone, Debug)]
pub struct Pool {
    program: PathBuf,
    turns: Arc<Semaphore>,
    idle: Arc<Mutex<Vec<Worker>>>,
}

impl Pool {
    /// Creates a pool of at most `most` workers, each of them `program` started with [`WORKER_ARGUMENT`].
    pub fn new(program: PathBuf, most: usize) -> Self {
        Self { program, turns: Arc::new(Semaphore::new(most)), idle: Arc::default() }
    }

    pub fn program(&self) -> &Path {
        &self.program
    }

    /// Waits for permission to use a worker. The permit limits the number of workers at work.
    pub async fn acquire_turn(&self) -> Option<tokio::sync::SemaphorePermit<'_>> {
        self.turns.acquire().await.ok()
    }

    /// Returns an idle worker, or starts one. The error is the reason why none starts.
    pub async fn take_worker(&self) -> Result<Worker, String> {
        while let Some(mut worker) = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop() {
            // A worker that died while idle is not the fault of the next file.
            if matches!(worker.child.try_wait(), Ok(None)) {
                return Ok(worker);
            }
        }
        let mut why = String::new();
        for _ in 0..MOST_STARTS {
            match Worker::start_and_wait(&self.program).await {
                Ok(worker) => return Ok(worker),
                Err(this) => why = this,
            }
        }
        Err(why)
    }

    /// Returns a sound worker to the pool, unless it reached a limit and must be replaced.
    pub fn give_back(&self, mut worker: Worker, spent: WorkerUsage) {
        worker.files += 1;
        let is_worn =
            worker.files >= MOST_FILES || spent.kibibytes > MOST_MEMORY || spent.milliseconds > MOST_TIME;
        if !is_worn {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(worker);
        }
    }
}

/// Starts the program as a worker with these arguments. The process is killed on drop.
pub fn start_process(program: &Path, arguments: &[&str]) -> std::io::Result<Child> {
    let mut command = Command::new(program);
    command.arg(WORKER_ARGUMENT).args(arguments).env_clear();
    for name in ENVIRONMENT {
        command.envs(std::env::var_os(name).map(|value| (name, value)));
    }
    let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    pipes.kill_on_drop(true).process_group(0).spawn()
}

#[derive(Debug)]
pub struct Worker {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    clock: ProcessClock,
    files: u32,
}

impl Worker {
    async fn start_and_wait(program: &Path) -> Result<Self, String> {
        let mut child =
            start_process(program, &[]).map_err(|why| format!("the reader cannot be started: {why}"))?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("the reader has no pipes".to_owned());
        };
        let clock = ProcessClock::of_child(&child);
        let mut worker = Self { child, input, output: BufReader::new(output), clock, files: 0 };
        match worker.receive(STARTING).await {
            Some(WorkerMessage::Ready { is_sealed, .. }) => {
                if !is_sealed {
                    UNSEALED.call_once(|| {
                        tracing::warn!(
                            "the kernel has no seal for the readers of files; only limits hold them"
                        );
                    });
                }
                Ok(worker)
            }
            Some(WorkerMessage::Trouble(trouble)) => Err(trouble.message),
            _ => Err("the reader does not start".to_owned()),
        }
    }

    /// Sends a file to the worker while `listen` receives its messages, and returns the result of `listen`.
    /// Sending errors are ignored: a worker that stops reading reports why or dies, and `listen` sees both.
    pub async fn process_file<T>(
        &mut self,
        job: WorkerRequest,
        bytes: &[u8],
        listen: impl AsyncFnOnce(&mut WorkerConnection<'_>) -> T,
    ) -> T {
        let Self { input, output, clock, .. } = self;
        let line = to_json_text(&job) + "\n";
        let feed = async {
            let _ = input.write_all(line.as_bytes()).await;
            let _ = input.write_all(bytes).await;
            let _ = input.flush().await;
            std::future::pending::<()>().await;
        };
        let mut connection = WorkerConnection { output, clock };
        tokio::select! {
            answer = listen(&mut connection) => answer,
            () = feed => unreachable!("it never ends"),
        }
    }

    async fn receive(&mut self, until: Duration) -> Option<WorkerMessage> {
        WorkerConnection { output: &mut self.output, clock: &self.clock }.receive(until).await.ok().flatten()
    }
}

pub struct WorkerConnection<'a> {
    output: &'a mut BufReader<ChildStdout>,
    clock: &'a ProcessClock,
}

impl WorkerConnection<'_> {
    /// Returns the processor time that the worker has used since its start.
    pub fn cpu_time(&self) -> Duration {
        self.clock.time_spent()
    }

    /// Receives the next message, before the worker has used `until` of processor time since its start.
    /// Returns `None` when the worker died or sent an invalid message.
    pub async fn receive(&mut self, until: Duration) -> Result<Option<WorkerMessage>, WorkerTimeoutError> {
        let mut line = Vec::new();
        let clock = self.clock;
        match clock.run_within(until, self.read_line(&mut line)).await {
            Err(_) => Err(WorkerTimeoutError),
            Ok(Ok(())) => Ok(serde_json::from_slice(&line).ok()),
            Ok(Err(_)) => Ok(None),
        }
    }

    /// Receives the bytes of a picture that [`WorkerMessage::Picture`] announced.
    pub async fn picture(&mut self, size: usize, until: Duration) -> Option<Vec<u8>> {
        if size > LARGEST_PICTURE {
            return None;
        }
        let mut bytes = vec![0; size];
        self.clock.run_within(until, self.output.read_exact(&mut bytes)).await.ok()?.ok()?;
        Some(bytes)
    }

    /// Reads one line of bounded length. The end of the stream is an error.
    async fn read_line(&mut self, line: &mut Vec<u8>) -> std::io::Result<()> {
        loop {
            let (found, used) = {
                let buffer = self.output.fill_buf().await?;
                if buffer.is_empty() || line.len() > LONGEST_LINE {
                    return Err(std::io::ErrorKind::UnexpectedEof.into());
                }
                let end = buffer.iter().position(|byte| *byte == b'\n');
                let used = end.map_or(buffer.len(), |end| end + 1);
                line.extend_from_slice(&buffer[..end.unwrap_or(used)]);
                (end.is_some(), used)
            };
            self.output.consume(used);
            if found {
                return Ok(());
            }
        }
    }
}
