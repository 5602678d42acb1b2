//! Limits workers by processor time, so that a busy machine makes no worker slow. A worker that sleeps and
//! does not wake is also stopped.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use tokio::process::Child;

const PAUSE: Duration = Duration::from_millis(200);

/// The number of consecutive checks that find a worker asleep and idle before it is stopped.
const MOST_ASLEEP: u32 = 50;

/// The unit of the times in `/proc/<process>/stat`: a hundredth of a second on every Linux.
const TICK: Duration = Duration::from_millis(10);

/// A worker used up its processor time, or sleeps and does not wake.
#[derive(Debug, PartialEq, Eq)]
pub struct WorkerTimeoutError;

#[derive(Debug)]
pub struct ProcessClock {
    file: PathBuf,
    /// The start of the process. Without `/proc`, elapsed time replaces processor time.
    begun: Instant,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct ProcessState {
    spent: Duration,
    is_asleep: bool,
}

impl ProcessClock {
    pub fn of_child(child: &Child) -> Self {
        Self::of_process(child.id().unwrap_or_default())
    }

    pub fn of_process(id: u32) -> Self {
        Self { file: PathBuf::from(format!("/proc/{id}/stat")), begun: Instant::now() }
    }

    pub fn time_spent(&self) -> Duration {
        self.read_state().spent
    }

    fn read_state(&self) -> ProcessState {
        std::fs::read_to_string(&self.file)
            .ok()
            .and_then(|stat| parse_stat(&stat))
            .unwrap_or_else(|| ProcessState { spent: self.begun.elapsed(), is_asleep: false })
    }

    /// Runs `work` to its end. Gives up when the process has used `until` of processor time since its start,
    /// or sleeps and does not wake.
    pub async fn run_within<T>(
        &self,
        until: Duration,
        work: impl Future<Output = T>,
    ) -> Result<T, WorkerTimeoutError> {
        let mut work = std::pin::pin!(work);
        let (mut last, mut asleep) = (self.time_spent(), 0);
        loop {
            tokio::select! {
                biased;
                done = &mut work => return Ok(done),
                () = tokio::time::sleep(PAUSE) => {}
            }
            let look = self.read_state();
            let has_worked = look.spent > last + TICK;
            asleep = if look.is_asleep && !has_worked { asleep + 1 } else { 0 };
            last = look.spent;
            if look.spent >= until || asleep >= MOST_ASLEEP {
                return Err(WorkerTimeoutError);
            }
        }
    }
}

/// Parses the state and the processor times in `/proc/<process>/stat`. The second column, the program name in
/// parentheses, may contain any character.
fn parse_stat(stat: &str) -> Option<ProcessState> {
    let columns: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let user_ticks: u32 = columns.get(11)?.parse().ok()?;
    let system_ticks: u32 = columns.get(12)?.parse().ok()?;
    Some(ProcessState {
        spent: TICK * (user_ticks + system_ticks),
        is_asleep: matches!(columns.first(), Some(&("S" | "T"))),
    })
}

#[cfg(test)]
mod tests {
    use tokio::process::Command;

    use super::*;

    fn start(script: &str) -> Child {
        Command::new("sh").args(["-c", script]).kill_on_drop(true).spawn().unwrap()
    }

    #[test]
    fn a_name_with_spaces_and_parentheses_moves_no_column() {
        let stat = "7 (a) S 1) R 1 7 7 0 -1 4194304 90 0 0 0 250 50 0 0 20 0 1 0 99 1 1";
        assert_eq!(parse_stat(stat), Some(ProcessState { spent: Duration::from_secs(3), is_asleep: false }));
        assert_eq!(parse_stat("7 (a) S 1"), None);
        assert_eq!(parse_stat("nothing"), None);
    }

    #[tokio::test]
    async fn who_works_is_given_up_by_the_time_it_took_and_who_sleeps_by_its_sleep() {
        let busy = start("while :; do :; done");
        let most = Duration::from_millis(300);
        let clock = ProcessClock::of_child(&busy);
        assert_eq!(clock.run_within(most, std::future::pending::<()>()).await, Err(WorkerTimeoutError));
        assert!(clock.time_spent() >= most);
        let asleep = start("exec sleep 1000");
        let clock = ProcessClock::of_child(&asleep);
        let forever = Duration::from_secs(1000);
        assert_eq!(clock.run_within(forever, std::future::pending::<()>()).await, Err(WorkerTimeoutError));
        assert!(clock.time_spent() < forever);
    }

    #[tokio::test(start_paused = true)]
    async fn a_process_that_gets_no_time_is_not_slow() {
        let stopped = start("while :; do :; done");
        let clock = ProcessClock::of_child(&stopped);
        // Stopped for a while, as on a machine that has no time for it, and then let go.
        let signal = async |name: &str| {
            let id = stopped.id().unwrap().to_string();
            Command::new("kill").args([name, &id]).status().await.unwrap();
        };
        signal("-STOP").await;
        let before = clock.time_spent();
        let work = async {
            tokio::time::sleep(Duration::from_secs(2)).await;
            "done"
        };
        assert_eq!(clock.run_within(before + Duration::from_secs(1), work).await, Ok("done"));
        signal("-KILL").await;
    }
}
