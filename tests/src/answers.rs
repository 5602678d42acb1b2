//! All answers of a source of the country, in the order in which a harvest would ask for them, without storing anything.

use std::collections::{BTreeSet, VecDeque};

use raadhuis_fixtures::{Country, PERIOD};
use raadhuis_harvester::supplier::{AnswerClass, Harvested, Supplier};
use raadhuis_harvester::transport::Answer;
use raadhuis_schema::Source;

/// Asks everything there is to ask, and shows each question with its answer and what was read in it.
pub fn each<S: Supplier>(
    country: &Country,
    source: &Source,
    mut show: impl FnMut(&S::Task, &Answer, &Harvested<S::Task>),
) {
    let mut queue: VecDeque<S::Task> = S::start_tasks(source, PERIOD.parse().unwrap()).into();
    let mut asked: BTreeSet<String> = queue.iter().map(S::task_name).collect();
    while let Some(task) = queue.pop_front() {
        let Some(answer) = crate::answer(country, &S::request(source, &task)) else { continue };
        if S::classify_answer(&task, &answer) != AnswerClass::Content {
            continue;
        }
        let Ok(harvested) = S::read_answer(source, &task, &answer) else { continue };
        show(&task, &answer, &harvested);
        queue.extend(harvested.next.into_iter().filter(|next| asked.insert(S::task_name(next))));
    }
}
