//! The parent's side: workers that are started, listened to, and replaced. A worker may loop, run out of memory or crash;
//! for us that is a word, and the pages it gave before stay.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    sync::{Arc, Mutex, Once, PoisonError},
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    process::{Child, ChildStdin, ChildStdout, Command},
    sync::Semaphore,
};

use crate::{
    ENVIRONMENT, WORKER_ARGUMENT,
    clock::{ProcessClock, WorkerTimeoutError},
    said::{Job, Said, Spent},
};

/// A worker is replaced after so many files…
const MOST_FILES: u32 = 100;

/// … when it holds more memory than this, in KiB…
const MOST_MEMORY: u64 = 300 << 10;

/// … or has taken so much time of the processor, in milliseconds.
const MOST_TIME: u64 = 60_000;

/// How often a worker is started before it is said that it does not.
const STARTS: u32 = 3;

/// Time of the processor for a worker to start.
const STARTING: Duration = Duration::from_secs(20);

/// The longest line that is accepted from a worker: one page.
const LONGEST_LINE: usize = 16 << 20;

/// The largest picture that is accepted.
const LARGEST_PICTURE: usize = 64 << 20;

/// Said once.
static UNSEALED: Once = Once::new();

/// Workers, at most one for each core at work.
#[derive(Clone, Debug)]
pub struct Pool {
    program: PathBuf,
    turns: Arc<Semaphore>,
    idle: Arc<Mutex<Vec<Worker>>>,
}

impl Pool {
    /// A pool of `most` workers, each of them `program` started with [`WORKER_ARGUMENT`].
    pub fn new(program: PathBuf, most: usize) -> Self {
        Self { program, turns: Arc::new(Semaphore::new(most)), idle: Arc::default() }
    }

    /// The program.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// A turn: nobody works without.
    pub async fn turn(&self) -> Option<tokio::sync::SemaphorePermit<'_>> {
        self.turns.acquire().await.ok()
    }

    /// A worker that waits for a file; why there is none otherwise.
    pub async fn take(&self) -> Result<Worker, String> {
        while let Some(mut worker) = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop() {
            // One that died meanwhile is no fault of the next file.
            if matches!(worker.child.try_wait(), Ok(None)) {
                return Ok(worker);
            }
        }
        let mut why = String::new();
        for _ in 0..STARTS {
            match Worker::start(&self.program).await {
                Ok(worker) => return Ok(worker),
                Err(this) => why = this,
            }
        }
        Err(why)
    }

    /// Takes a worker back that is sound, unless it has worked long enough.
    pub fn give_back(&self, mut worker: Worker, spent: Spent) {
        worker.files += 1;
        let is_worn =
            worker.files >= MOST_FILES || spent.kibibytes > MOST_MEMORY || spent.milliseconds > MOST_TIME;
        if !is_worn {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(worker);
        }
    }
}

/// A process of the worker's kind, with this argument, that dies when nobody looks at it any more.
pub fn start(program: &Path, arguments: &[&str]) -> std::io::Result<Child> {
    let mut command = Command::new(program);
    command.arg(WORKER_ARGUMENT).args(arguments).env_clear();
    for name in ENVIRONMENT {
        command.envs(std::env::var_os(name).map(|value| (name, value)));
    }
    let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    pipes.kill_on_drop(true).process_group(0).spawn()
}

/// One worker.
#[derive(Debug)]
pub struct Worker {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    clock: ProcessClock,
    files: u32,
}

impl Worker {
    async fn start(program: &Path) -> Result<Self, String> {
        let mut child = start(program, &[]).map_err(|why| format!("the reader cannot be started: {why}"))?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("the reader has no pipes".to_owned());
        };
        let clock = ProcessClock::of_child(&child);
        let mut worker = Self { child, input, output: BufReader::new(output), clock, files: 0 };
        match worker.hear(STARTING).await {
            Some(Said::Ready { is_sealed, .. }) => {
                if !is_sealed {
                    UNSEALED.call_once(|| {
                        tracing::warn!(
                            "the kernel has no seal for the readers of files; only limits hold them"
                        );
                    });
                }
                Ok(worker)
            }
            Some(Said::Trouble(_, why)) => Err(why),
            _ => Err("the reader does not start".to_owned()),
        }
    }

    /// Hands over a file while `listen` listens; what it gives is the answer. A worker that stops listening says why, or
    /// dies, and both are heard.
    pub async fn work<T>(
        &mut self,
        job: Job,
        bytes: &[u8],
        listen: impl AsyncFnOnce(&mut Ears<'_>) -> T,
    ) -> T {
        let Self { input, output, clock, .. } = self;
        let mut line = serde_json::to_vec(&job).unwrap_or_default();
        line.push(b'\n');
        let feed = async {
            let _ = input.write_all(&line).await;
            let _ = input.write_all(bytes).await;
            let _ = input.flush().await;
            std::future::pending::<()>().await;
        };
        let mut ears = Ears { output, clock };
        tokio::select! {
            heard = listen(&mut ears) => heard,
            () = feed => unreachable!("it never ends"),
        }
    }

    async fn hear(&mut self, until: Duration) -> Option<Said> {
        Ears { output: &mut self.output, clock: &self.clock }.hear(until).await.ok().flatten()
    }
}

/// What listens to a worker.
pub struct Ears<'a> {
    output: &'a mut BufReader<ChildStdout>,
    clock: &'a ProcessClock,
}

impl Ears<'_> {
    /// How much time the processor gave the worker since it started.
    pub fn spent(&self) -> Duration {
        self.clock.spent()
    }

    /// The next thing it says, before it has taken `until` since it started; nothing when it died or talks nonsense.
    pub async fn hear(&mut self, until: Duration) -> Result<Option<Said>, WorkerTimeoutError> {
        let mut line = Vec::new();
        let clock = self.clock;
        match clock.run_within(until, self.line(&mut line)).await {
            Err(_) => Err(WorkerTimeoutError),
            Ok(Ok(())) => Ok(serde_json::from_slice(&line).ok()),
            Ok(Err(_)) => Ok(None),
        }
    }

    /// The bytes of a picture that was announced.
    pub async fn picture(&mut self, size: usize, until: Duration) -> Option<Vec<u8>> {
        if size > LARGEST_PICTURE {
            return None;
        }
        let mut bytes = vec![0; size];
        self.clock.run_within(until, self.output.read_exact(&mut bytes)).await.ok()?.ok()?;
        Some(bytes)
    }

    /// Reads one line of bounded length; an end of the stream is an error.
    async fn line(&mut self, line: &mut Vec<u8>) -> std::io::Result<()> {
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
