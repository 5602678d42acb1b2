//! The turns of one lane: when the next request may leave. Pure: moments are arguments.

use std::time::Duration;

use tokio::time::Instant;

/// The longest that a lane is left alone on a host's own word.
const LONGEST_HOLD: Duration = Duration::from_hours(1);

/// The rest after being told to slow down without a word on how long, doubled each time: what suppliers are known to do
/// so clears in seconds.
const FIRST_REST: Duration = Duration::from_secs(5);

/// The longest such rest.
const LONGEST_REST: Duration = Duration::from_mins(15);

/// Failures in a row after which a lane is left alone for a while: it is down, and asking on does not help.
const MOST_FAILURES: u32 = 8;

/// A lane is never asked more than so many times slower than its budget allows.
const SLOWEST: f64 = 16.0;

/// What being told to slow down adds to the slowness…
const LESSON: f64 = 1.25;

/// … and what a good answer takes off it. Eight unlearn one lesson: a host that throttles now and then is asked at its
/// budget, one that throttles one request in eight is asked ever more slowly.
const RECOVERY: f64 = 0.97;

/// What became of a request, as far as the pace is concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// An answer, good or bad, that says nothing of our pace.
    Fine,
    /// It failed: a fault of theirs, or of the line.
    Failed,
    /// We are to slow down.
    Throttled,
    /// We are banned, in these words.
    Banned(String),
}

/// The state of a lane.
#[derive(Clone, Debug)]
pub struct Turns {
    /// Between two requests at full speed.
    gap: Duration,
    /// All waits are this many times shorter.
    hurry: f64,
    /// The next free moment.
    free: Instant,
    /// Until when nothing leaves.
    pub held: Instant,
    /// How many times the gap is kept.
    pub slowness: f64,
    /// Why nothing leaves any more.
    pub banned: Option<String>,
    /// Whether the ban is written down, so that an operator can lift it.
    pub is_ban_kept: bool,
    failures: u32,
    rests: u32,
    /// Whether the host said itself how long a rest it wants.
    is_told: bool,
}

impl Turns {
    /// A lane with `gap` between two requests. The first waits for one gap: a program before this one may have asked
    /// just now.
    pub fn new(gap: Duration, hurry: f64, now: Instant) -> Self {
        Self {
            gap,
            hurry,
            free: now + gap,
            held: now,
            slowness: 1.0,
            banned: None,
            is_ban_kept: false,
            failures: 0,
            rests: 0,
            is_told: false,
        }
    }

    /// Takes the next turn.
    pub fn take(&mut self, now: Instant) -> Instant {
        let at = self.free.max(self.held).max(now);
        self.free = at + self.gap.mul_f64(self.slowness);
        at
    }

    /// Keeps more than the lane's own gap before the next turn: a host asks for it.
    pub fn widen(&mut self, gap: Duration) {
        self.gap = self.gap.max(gap.div_f64(self.hurry));
    }

    /// Leaves the lane alone for as long as a host asks, but for no more than an hour.
    pub fn hold(&mut self, now: Instant, pause: Duration) {
        self.held = self.held.max(now + pause.min(LONGEST_HOLD).div_f64(self.hurry));
        self.is_told = true;
    }

    /// Learns from what was heard; whether there is something that must be remembered.
    pub fn learn(&mut self, now: Instant, heard: &Heard) -> bool {
        let is_told = std::mem::take(&mut self.is_told);
        match heard {
            Heard::Fine => {
                (self.failures, self.rests) = (0, 0);
                self.slowness = (self.slowness * RECOVERY).max(1.0);
                false
            }
            Heard::Failed => {
                self.failures += 1;
                let is_down = self.failures >= MOST_FAILURES;
                if is_down {
                    self.failures = 0;
                    self.rest(now);
                }
                is_down
            }
            Heard::Throttled => {
                self.slowness = (self.slowness * LESSON).min(SLOWEST);
                // Requests that were under way together are told so together: that is one lesson, not several.
                if self.held <= now && !is_told {
                    self.rest(now);
                }
                true
            }
            Heard::Banned(why) => {
                let is_new = self.banned.is_none();
                self.banned.get_or_insert_with(|| why.clone());
                is_new
            }
        }
    }

    fn rest(&mut self, now: Instant) {
        let rest = (FIRST_REST * 2_u32.pow(self.rests.min(8))).min(LONGEST_REST);
        self.rests += 1;
        self.held = self.held.max(now + rest.div_f64(self.hurry));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn heard() -> impl Strategy<Value = Heard> {
        prop_oneof![6 => Just(Heard::Fine), 2 => Just(Heard::Failed), 1 => Just(Heard::Throttled)]
    }

    proptest! {
        /// Whatever is heard, and whenever workers come: never more than the budget in any minute, also when the
        /// program is started again in between.
        #[test]
        fn no_minute_ever_holds_more_than_the_budget(
            per_minute in 1_u32..300,
            steps in proptest::collection::vec((0_u64..4000, heard(), 0_u8..20), 1..400),
        ) {
            let gap = Duration::from_secs_f64(60.0 / f64::from(per_minute));
            let begin = Instant::now();
            let mut now = begin;
            let mut turns = Turns::new(gap, 1.0, now);
            let mut left = Vec::new();
            for (wait, heard, fate) in steps {
                now += Duration::from_millis(wait);
                if fate == 0 {
                    // Killed and started again: turns that were taken and not used are forgotten.
                    left.retain(|at| *at <= now);
                    turns = Turns::new(gap, 1.0, now);
                }
                left.push(turns.take(now));
                turns.learn(now, &heard);
            }
            left.sort();
            for (place, first) in left.iter().enumerate() {
                let minute = left[place..].iter().take_while(|at| **at - *first < Duration::from_mins(1));
                prop_assert!(minute.count() as u64 <= u64::from(per_minute) + 1);
            }
        }
    }

    #[test]
    fn a_lane_that_is_told_to_slow_down_rests_longer_each_time_and_recovers() {
        let now = Instant::now();
        let mut turns = Turns::new(Duration::from_secs(1), 1.0, now);
        assert!(turns.learn(now, &Heard::Throttled));
        assert_eq!(turns.held - now, FIRST_REST);
        assert!(turns.learn(now, &Heard::Throttled), "under way at the same time: no longer rest");
        assert_eq!(turns.held - now, FIRST_REST);
        let then = turns.held;
        turns.learn(then, &Heard::Throttled);
        assert_eq!(turns.held - then, FIRST_REST * 2);
        assert!(turns.slowness > 1.9);
        for _ in 0..9 {
            let then = turns.held;
            turns.learn(then, &Heard::Throttled);
            assert!(turns.held - then <= LONGEST_REST);
        }
        let then = turns.held;
        turns.learn(then, &Heard::Throttled);
        assert_eq!(turns.held - then, LONGEST_REST);
        for _ in 0..300 {
            turns.learn(then, &Heard::Fine);
        }
        assert!((turns.slowness - 1.0).abs() < f64::EPSILON);
    }

    #[test]
    fn a_lane_that_is_down_is_left_alone_and_one_that_is_sometimes_bad_is_not() {
        let now = Instant::now();
        let mut turns = Turns::new(Duration::from_secs(1), 1.0, now);
        let mut fail = |times| (0..times).filter(|_| turns.learn(now, &Heard::Failed)).count();
        assert_eq!(fail(MOST_FAILURES - 1), 0);
        assert_eq!(fail(1), 1);
        assert_eq!(fail(MOST_FAILURES - 1), 0);
        turns.learn(now, &Heard::Fine);
        let rested = turns.held;
        assert_eq!((0..MOST_FAILURES - 1).filter(|_| turns.learn(now, &Heard::Failed)).count(), 0);
        assert_eq!(turns.held, rested);
        assert!(turns.held > now);
    }

    #[test]
    fn a_host_that_names_a_pause_gets_it_up_to_an_hour() {
        let now = Instant::now();
        let mut turns = Turns::new(Duration::from_secs(1), 1.0, now);
        turns.hold(now, Duration::from_mins(20));
        assert_eq!(turns.take(now) - now, Duration::from_mins(20));
        turns.learn(now, &Heard::Throttled);
        assert_eq!(turns.held - now, Duration::from_mins(20), "its word counts, not our guess");
        turns.hold(now, Duration::from_hours(30));
        assert_eq!(turns.held - now, LONGEST_HOLD);
    }
}
