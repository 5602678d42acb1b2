//! How long a worker works, by the time that the processor gave it: a busy machine makes no worker slow. A worker that waits
//! for nothing is given up as well.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use tokio::process::Child;

/// How often a worker is looked at.
const PAUSE: Duration = Duration::from_millis(200);

/// A worker that sleeps at this many looks in a row, has hardly worked between them and said nothing, waits for nothing.
const MOST_ASLEEP: u32 = 50;

/// A tick of the times in `/proc`: Linux counts 100 in a second, on every machine.
const TICK: Duration = Duration::from_millis(10);

/// It took too long.
#[derive(Debug, PartialEq, Eq)]
pub struct TooSlow;

/// The clock of one process.
#[derive(Debug)]
pub struct Clock {
    /// What the kernel says of it.
    file: PathBuf,
    /// Where the kernel says nothing, time is what passes.
    begun: Instant,
}

/// What the kernel says of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Look {
    spent: Duration,
    is_asleep: bool,
}

impl Clock {
    /// The clock of a process that was started just now.
    pub fn of(child: &Child) -> Self {
        let id = child.id().map(|id| id.to_string()).unwrap_or_default();
        Self { file: PathBuf::from("/proc").join(id).join("stat"), begun: Instant::now() }
    }

    /// How much time the processor gave it.
    pub fn spent(&self) -> Duration {
        self.look().spent
    }

    fn look(&self) -> Look {
        std::fs::read_to_string(&self.file)
            .ok()
            .and_then(|stat| parse(&stat))
            .unwrap_or_else(|| Look { spent: self.begun.elapsed(), is_asleep: false })
    }

    /// What comes of `work`, unless the process takes more than `until` in all before, or sleeps and does not wake.
    pub async fn within<T>(&self, until: Duration, work: impl Future<Output = T>) -> Result<T, TooSlow> {
        let mut work = std::pin::pin!(work);
        let (mut last, mut asleep) = (self.spent(), 0);
        loop {
            tokio::select! {
                biased;
                done = &mut work => return Ok(done),
                () = tokio::time::sleep(PAUSE) => {}
            }
            let look = self.look();
            let has_worked = look.spent > last + TICK;
            asleep = if look.is_asleep && !has_worked { asleep + 1 } else { 0 };
            last = look.spent;
            if look.spent >= until || asleep >= MOST_ASLEEP {
                return Err(TooSlow);
            }
        }
    }
}

/// The state and the times of the processor in a line of `/proc/<process>/stat`; its second column, the name of the program in
/// parentheses, may hold anything.
fn parse(stat: &str) -> Option<Look> {
    let columns: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |at: usize| columns.get(at)?.parse::<u32>().ok();
    Some(Look {
        spent: TICK * (ticks(11)? + ticks(12)?),
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
        assert_eq!(parse(stat), Some(Look { spent: Duration::from_secs(3), is_asleep: false }));
        assert_eq!(parse("7 (a) S 1"), None);
        assert_eq!(parse("nothing"), None);
    }

    #[tokio::test]
    async fn who_works_is_given_up_by_the_time_it_took_and_who_sleeps_by_its_sleep() {
        let busy = start("while :; do :; done");
        let most = Duration::from_millis(300);
        let clock = Clock::of(&busy);
        assert_eq!(clock.within(most, std::future::pending::<()>()).await, Err(TooSlow));
        assert!(clock.spent() >= most);
        let asleep = start("exec sleep 1000");
        let clock = Clock::of(&asleep);
        let forever = Duration::from_secs(1000);
        assert_eq!(clock.within(forever, std::future::pending::<()>()).await, Err(TooSlow));
        assert!(clock.spent() < forever);
    }

    #[tokio::test]
    async fn a_process_that_gets_no_time_is_not_slow() {
        let stopped = start("while :; do :; done");
        let clock = Clock::of(&stopped);
        // Stopped for a while, as on a machine that has no time for it, and then let go.
        let signal = async |name: &str| {
            let id = stopped.id().unwrap().to_string();
            Command::new("kill").args([name, &id]).status().await.unwrap();
        };
        signal("-STOP").await;
        let before = clock.spent();
        let work = async {
            tokio::time::sleep(Duration::from_secs(2)).await;
            "done"
        };
        assert_eq!(clock.within(before + Duration::from_secs(1), work).await, Ok("done"));
        signal("-KILL").await;
    }
}
