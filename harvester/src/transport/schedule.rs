//! The schedule of one lane: the moments at which its requests may leave. Pure: the current time is an argument.

use std::time::Duration;

use tokio::time::Instant;

/// The longest pause granted to a host that names one.
const LONGEST_HOLD: Duration = Duration::from_hours(1);

/// The first rest after throttling without a stated pause, doubled each time. Throttling of this kind usually ends within
/// seconds.
const FIRST_REST: Duration = Duration::from_secs(5);

const LONGEST_REST: Duration = Duration::from_mins(15);

/// Failures in a row after which a lane rests: the host is down.
const MOST_FAILURES: u32 = 8;

/// The most by which a lane is slowed below its budget.
const SLOWEST: f64 = 16.0;

/// The factor by which throttling increases the slowness…
const LESSON: f64 = 1.25;

/// … and the factor by which a good answer reduces it. Eight good answers undo one throttling: a host that throttles
/// rarely is asked at its budget, one that throttles one request in eight is asked ever more slowly.
const RECOVERY: f64 = 0.97;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PaceFeedback {
    /// An answer, good or bad, that does not concern the rate.
    Fine,
    /// A fault of the host or of the connection.
    Failed,
    Throttled,
    Banned(String),
}

#[derive(Clone, Debug)]
pub struct LaneSchedule {
    /// The time between two requests at full speed.
    gap: Duration,
    /// The factor by which all waits are shortened.
    time_scale: f64,
    /// The earliest moment of the next turn.
    free: Instant,
    /// The end of the rest: no request leaves before it.
    pub held: Instant,
    /// The factor by which the gap is multiplied, at least 1.
    pub slowness: f64,
    pub banned: Option<String>,
    /// True if the ban is stored, so that an operator can lift it.
    pub is_ban_kept: bool,
    failures: u32,
    rests: u32,
    /// True if the host stated the length of the rest itself.
    is_told: bool,
}

impl LaneSchedule {
    /// Creates a lane with `gap` between two requests. The first request waits for one gap, because an earlier process
    /// may have sent one just now.
    pub fn new(gap: Duration, time_scale: f64, now: Instant) -> Self {
        Self {
            gap,
            time_scale,
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

    pub fn take_turn(&mut self, now: Instant) -> Instant {
        let at = self.free.max(self.held).max(now);
        self.free = at + self.gap.mul_f64(self.slowness);
        at
    }

    /// Widens the gap between turns at the request of a host; never narrows it.
    pub fn widen_gap(&mut self, gap: Duration) {
        self.gap = self.gap.max(gap.div_f64(self.time_scale));
    }

    /// Rests for as long as the host asks, at most an hour.
    pub fn hold_for(&mut self, now: Instant, pause: Duration) {
        self.held = self.held.max(now + pause.min(LONGEST_HOLD).div_f64(self.time_scale));
        self.is_told = true;
    }

    /// Adapts to an outcome. Returns true if the new state must be stored.
    pub fn apply_feedback(&mut self, now: Instant, feedback: &PaceFeedback) -> bool {
        let is_told = std::mem::take(&mut self.is_told);
        match feedback {
            PaceFeedback::Fine => {
                (self.failures, self.rests) = (0, 0);
                self.slowness = (self.slowness * RECOVERY).max(1.0);
                false
            }
            PaceFeedback::Failed => {
                self.failures += 1;
                let is_down = self.failures >= MOST_FAILURES;
                if is_down {
                    self.failures = 0;
                    self.rest_lane(now);
                }
                is_down
            }
            PaceFeedback::Throttled => {
                self.slowness = (self.slowness * LESSON).min(SLOWEST);
                // Concurrent requests are throttled together: that causes one rest, not several.
                if self.held <= now && !is_told {
                    self.rest_lane(now);
                }
                true
            }
            PaceFeedback::Banned(why) => {
                let is_new = self.banned.is_none();
                self.banned.get_or_insert_with(|| why.clone());
                is_new
            }
        }
    }

    fn rest_lane(&mut self, now: Instant) {
        let rest = (FIRST_REST * 2_u32.pow(self.rests.min(8))).min(LONGEST_REST);
        self.rests += 1;
        self.held = self.held.max(now + rest.div_f64(self.time_scale));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_feedback() -> impl Strategy<Value = PaceFeedback> {
        prop_oneof![6 => Just(PaceFeedback::Fine), 2 => Just(PaceFeedback::Failed), 1 => Just(PaceFeedback::Throttled)]
    }

    proptest! {
        /// Whatever is heard, and whenever workers come: never more than the budget in any minute, also when the
        /// program is started again in between.
        #[test]
        fn no_minute_ever_holds_more_than_the_budget(
            per_minute in 1_u32..300,
            steps in proptest::collection::vec((0_u64..4000, any_feedback(), 0_u8..20), 1..400),
        ) {
            let gap = Duration::from_secs_f64(60.0 / f64::from(per_minute));
            let begin = Instant::now();
            let mut now = begin;
            let mut schedule = LaneSchedule::new(gap, 1.0, now);
            let mut left = Vec::new();
            for (wait, feedback, fate) in steps {
                now += Duration::from_millis(wait);
                if fate == 0 {
                    // Killed and started again: turns that were taken and not used are forgotten.
                    left.retain(|at| *at <= now);
                    schedule = LaneSchedule::new(gap, 1.0, now);
                }
                left.push(schedule.take_turn(now));
                schedule.apply_feedback(now, &feedback);
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
        let mut schedule = LaneSchedule::new(Duration::from_secs(1), 1.0, now);
        assert!(schedule.apply_feedback(now, &PaceFeedback::Throttled));
        assert_eq!(schedule.held - now, FIRST_REST);
        assert!(
            schedule.apply_feedback(now, &PaceFeedback::Throttled),
            "under way at the same time: no longer rest"
        );
        assert_eq!(schedule.held - now, FIRST_REST);
        let then = schedule.held;
        schedule.apply_feedback(then, &PaceFeedback::Throttled);
        assert_eq!(schedule.held - then, FIRST_REST * 2);
        assert!(schedule.slowness > 1.9);
        for _ in 0..9 {
            let then = schedule.held;
            schedule.apply_feedback(then, &PaceFeedback::Throttled);
            assert!(schedule.held - then <= LONGEST_REST);
        }
        let then = schedule.held;
        schedule.apply_feedback(then, &PaceFeedback::Throttled);
        assert_eq!(schedule.held - then, LONGEST_REST);
        for _ in 0..300 {
            schedule.apply_feedback(then, &PaceFeedback::Fine);
        }
        assert!((schedule.slowness - 1.0).abs() < f64::EPSILON);
    }

    #[test]
    fn a_lane_that_is_down_is_left_alone_and_one_that_is_sometimes_bad_is_not() {
        let now = Instant::now();
        let mut schedule = LaneSchedule::new(Duration::from_secs(1), 1.0, now);
        let mut fail =
            |times| (0..times).filter(|_| schedule.apply_feedback(now, &PaceFeedback::Failed)).count();
        assert_eq!(fail(MOST_FAILURES - 1), 0);
        assert_eq!(fail(1), 1);
        assert_eq!(fail(MOST_FAILURES - 1), 0);
        schedule.apply_feedback(now, &PaceFeedback::Fine);
        let rested = schedule.held;
        assert_eq!(
            (0..MOST_FAILURES - 1).filter(|_| schedule.apply_feedback(now, &PaceFeedback::Failed)).count(),
            0
        );
        assert_eq!(schedule.held, rested);
        assert!(schedule.held > now);
    }

    #[test]
    fn a_host_that_names_a_pause_gets_it_up_to_an_hour() {
        let now = Instant::now();
        let mut schedule = LaneSchedule::new(Duration::from_secs(1), 1.0, now);
        schedule.hold_for(now, Duration::from_mins(20));
        assert_eq!(schedule.take_turn(now) - now, Duration::from_mins(20));
        schedule.apply_feedback(now, &PaceFeedback::Throttled);
        assert_eq!(schedule.held - now, Duration::from_mins(20), "its word counts, not our guess");
        schedule.hold_for(now, Duration::from_hours(30));
        assert_eq!(schedule.held - now, LONGEST_HOLD);
    }
}
