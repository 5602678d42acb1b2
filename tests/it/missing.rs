//! What listings no longer name: history that a supplier stops showing stays, a postponed meeting moves, a removed one goes.

use bytes::Bytes;
use raadhuis_harvester::transport::Answer;
use raadhuis_schema::{Action, DiagnosticCode, Kind, Verdict};
use raadhuis_tests::{World, dump};
use serde_json::{Value, json};

use crate::WORKER;

/// Whether a meeting, by its id and its day, is dropped.
type Dropped<'a> = &'a dyn Fn(&str, &str) -> bool;

/// A town of the country: its source, how its meetings are listed and found at their own addresses, and one of them.
struct Town {
    source: &'static str,
    /// The id of a meeting of March or April that stands between others.
    meeting: &'static str,
    /// Takes the meetings before a day, or one meeting, out of the supplier's lists and from their own addresses.
    drop_meetings: fn(&World, Dropped<'_>),
    /// Postpones the meeting to 12 November.
    postpone: fn(&World),
}

const POSTPONED: &str = "2026-11-12";

const TOWNS: [Town; 4] = [
    Town {
        source: "waterdam",
        meeting: "meeting:notubiz:9101:910103",
        drop_meetings: |world, is_dropped| {
            let mut gone = Vec::new();
            world.edit("notubiz/9101/events.json", |json| {
                json["events"].as_array_mut().unwrap().retain(|event| {
                    let day =
                        event.pointer("/plannings/0/start_date").and_then(Value::as_str).unwrap_or("9999");
                    let is_dropped = is_dropped(&event["id"].to_string(), &day[..day.len().min(10)]);
                    gone.extend(is_dropped.then(|| event["id"].to_string()));
                    !is_dropped
                });
            });
            for id in gone {
                world.remove(&format!("notubiz/9101/meetings/{id}.json"));
            }
        },
        postpone: |world| {
            let planned = json!([{"start_date": format!("{POSTPONED} 19:30:00"), "end_date": null}]);
            world.edit("notubiz/9101/events.json", |json| {
                let events = json["events"].as_array_mut().unwrap();
                events.iter_mut().find(|event| event["id"] == 910_103).unwrap()["plannings"] =
                    planned.clone();
            });
            world.edit("notubiz/9101/meetings/910103.json", |json| {
                json["meeting"]["plannings"] = planned.clone();
            });
        },
    },
    Town {
        source: "heidekerk",
        meeting: "meeting:ibabs:heidekerk:",
        drop_meetings: |world, is_dropped| {
            edit_meetings(world, |id, day, text| (!is_dropped(id, day)).then(|| text.to_owned()));
        },
        postpone: |world| {
            edit_meetings(world, |_, day, text| {
                Some(if day == "2026-04-16" {
                    text.replace("2026-04-16", POSTPONED)
                } else {
                    text.to_owned()
                })
            });
        },
    },
    Town {
        source: "duinstede",
        meeting: "meeting:gemeenteoplossingen:duinstede:2103",
        drop_meetings: |world, is_dropped| {
            let keeps = |meeting: &Value| {
                !is_dropped(&meeting["id"].to_string(), &meeting["date"].as_str().unwrap()[..10])
            };
            world.edit("gemeenteoplossingen/v1/meetings.json", |json| {
                json.as_array_mut().unwrap().retain(keeps);
            });
            world.edit("gemeenteoplossingen/v2/meetings.json", |json| {
                json["result"]["meetings"].as_array_mut().unwrap().retain(keeps);
            });
        },
        postpone: |world| {
            let postpone = |meetings: &mut Value| {
                let all = meetings.as_array_mut().unwrap();
                let meeting = all.iter_mut().find(|meeting| meeting["id"] == 2103).unwrap();
                let date = meeting["date"].as_str().unwrap().replace("2026-04-16", POSTPONED);
                meeting["date"] = date.into();
            };
            world.edit("gemeenteoplossingen/v1/meetings.json", postpone);
            world.edit("gemeenteoplossingen/v2/meetings.json", |json| {
                postpone(&mut json["result"]["meetings"]);
            });
        },
    },
    Town {
        source: "veenhoven",
        meeting: "meeting:parlaeus:veenhoven:a9106000000000000000000000000003",
        drop_meetings: |world, is_dropped| {
            let mut gone = Vec::new();
            world.edit("parlaeus/agenda_list.json", |json| {
                json["list"].as_array_mut().unwrap().retain(|row| {
                    let (id, day) = (row["agid"].as_str().unwrap(), row["date"].as_str().unwrap());
                    let is_dropped = is_dropped(id, &format!("{}-{}-{}", &day[..4], &day[4..6], &day[6..]));
                    gone.extend(is_dropped.then(|| id.to_owned()));
                    !is_dropped
                });
            });
            for id in gone {
                world.remove(&format!("parlaeus/agenda_detail/{id}.json"));
            }
        },
        postpone: |world| {
            let (id, day) = ("a9106000000000000000000000000003", POSTPONED.replace('-', ""));
            world.edit("parlaeus/agenda_list.json", |json| {
                let rows = json["list"].as_array_mut().unwrap();
                rows.iter_mut().find(|row| row["agid"] == id).unwrap()["date"] = day.clone().into();
            });
            world.edit(&format!("parlaeus/agenda_detail/{id}.json"), |json| {
                let agenda = if json.get("agid").is_some() { json } else { &mut json["agenda"] };
                agenda["date"] = day.clone().into();
            });
        },
    },
];

/// Changes the meetings of Heidekerk, each by its id, its day and its text; none leaves it out.
fn edit_meetings(world: &World, change: impl Fn(&str, &str, &str) -> Option<String>) {
    let path = "ibabs/heidekerk/meetings.xml";
    let (open, close) = ("<a:iBabsMeeting>", "</a:iBabsMeeting>");
    let mut country = world.country.lock().unwrap();
    let text = String::from_utf8(country.file(path).unwrap().to_vec()).unwrap();
    let field = |meeting: &str, name: &str| {
        let begin = meeting.split_once(&format!("<a:{name}>")).unwrap().1;
        begin.split_once('<').unwrap().0.to_owned()
    };
    let mut changed = String::new();
    let mut rest = text.as_str();
    while let Some((before, inside)) = rest.split_once(open) {
        let (meeting, behind) = inside.split_once(close).unwrap();
        changed.push_str(before);
        let id = meeting.rsplit("<a:Id>").next().unwrap().split('<').next().unwrap();
        let day = &field(meeting, "MeetingDate")[..10];
        if let Some(meeting) = change(id, day, meeting) {
            changed.extend([open, &meeting, close]);
        }
        rest = behind;
    }
    changed.push_str(rest);
    country.put(path, changed.into_bytes());
}

/// The meetings of a town that live, with their days.
async fn meetings(world: &World, town: &Town) -> Vec<(String, String)> {
    let prefix = town.meeting.rsplit_once(':').unwrap().0;
    let query = "{ meetings(first: 100) { nodes { id start } } }";
    let data = world.data(query, json!({})).await;
    let nodes = data["meetings"]["nodes"].as_array().unwrap();
    let own = nodes.iter().filter(|node| node["id"].as_str().unwrap().starts_with(prefix));
    own.map(|node| {
        (node["id"].as_str().unwrap().to_owned(), node["start"].as_str().unwrap_or_default().to_owned())
    })
    .collect()
}

#[tokio::test]
async fn what_lies_behind_a_horizon_stays_and_the_report_says_so() {
    for town in &TOWNS {
        let world = World::new(WORKER).await;
        world.harvest(town.source).await;
        let before = meetings(&world, town).await;
        // The horizon moves with the date: four times, a month each time.
        for day in ["2026-02-15", "2026-03-15", "2026-04-15", "2026-05-15"] {
            let end = world.end().await;
            (town.drop_meetings)(&world, &|_, date| date < day);
            let report = world.harvest(town.source).await;
            let gone: Vec<_> =
                world.changes(end).await.into_iter().filter(|it| it.action == Action::Withdrawn).collect();
            assert_eq!(gone, [], "{} {day}", town.source);
            assert_eq!(report.verdict, Verdict::Healthy, "{}", town.source);
            let horizon = report.diagnostics.iter().find(|it| it.code == DiagnosticCode::Horizon);
            assert!(
                horizon.is_some_and(|it| it.message.contains("are kept")),
                "{} {day} {report:?}",
                town.source
            );
        }
        assert_eq!(meetings(&world, town).await, before, "{}", town.source);
    }
}

#[tokio::test]
async fn a_meeting_that_its_own_address_gives_on_another_day_moves() {
    for town in &TOWNS {
        let world = World::new(WORKER).await;
        let half = "2026-01-01..2026-06-30".parse().unwrap();
        world.harvest_window(town.source, half).await;
        let before = meetings(&world, town).await;
        let end = world.end().await;
        (town.postpone)(&world);
        world.harvest_window(town.source, half).await;
        let changes = world.changes(end).await;
        assert!(changes.iter().all(|it| it.action == Action::Updated), "{} {changes:?}", town.source);
        let after = meetings(&world, town).await;
        assert_eq!(after.len(), before.len(), "{}", town.source);
        let moved: Vec<_> = after.iter().filter(|it| !before.contains(it)).collect();
        assert_eq!(moved.len(), 1, "{} {moved:?}", town.source);
        assert!(moved[0].0.starts_with(town.meeting) && moved[0].1.starts_with(POSTPONED), "{moved:?}");
        // The next day nothing changes, and nothing is asked that is known.
        let end = world.end().await;
        world.harvest_window(town.source, half).await;
        assert_eq!(world.changes(end).await, [], "{}", town.source);
    }
}

#[tokio::test]
async fn a_meeting_between_others_goes_at_every_supplier_and_nothing_else() {
    for town in &TOWNS {
        let world = World::new(WORKER).await;
        world.harvest(town.source).await;
        let before = meetings(&world, town).await;
        let end = world.end().await;
        let native = town.meeting.rsplit_once(':').unwrap().1;
        (town.drop_meetings)(&world, &|id, day| {
            if native.is_empty() { day == "2026-04-16" } else { id == native }
        });
        world.harvest(town.source).await;
        let changes = world.changes(end).await;
        let gone: Vec<_> = changes.iter().filter(|it| it.kind() == Kind::Meeting).collect();
        assert_eq!(gone.len(), 1, "{} {gone:?}", town.source);
        assert!(gone[0].action == Action::Withdrawn && gone[0].id.as_str().starts_with(town.meeting));
        assert_eq!(meetings(&world, town).await.len(), before.len() - 1);
    }
}

#[tokio::test]
async fn a_meeting_that_still_answers_or_cannot_be_asked_stays_until_its_own_address_says_it_is_gone() {
    let world = World::new(WORKER).await;
    world.harvest("waterdam").await;
    let end = world.end().await;
    world.edit("notubiz/9101/events.json", |json| {
        json["events"].as_array_mut().unwrap().retain(|event| event["id"] != 910_103);
    });
    let diagnostic = async |world: &World| {
        let report = world.harvest("waterdam").await;
        report.diagnostics.into_iter().find(|it| it.code == DiagnosticCode::Missing).unwrap().message
    };
    world.twist("events/meetings/910103", |answer| Answer { status: 503, bytes: Bytes::new(), ..answer });
    assert!(diagnostic(&world).await.contains("of 1 it is not known yet"));
    assert_eq!(world.changes(end).await, []);
    world.twist("nothing", |answer| answer);
    assert!(diagnostic(&world).await.contains("1 answer at their own addresses"));
    assert_eq!(world.changes(end).await, []);
    // Within a week it is not asked again.
    world.twist("events/meetings/910103", |answer| Answer { status: 404, bytes: Bytes::new(), ..answer });
    assert!(diagnostic(&world).await.contains("1 answer at their own addresses"));
    assert_eq!(world.changes(end).await, []);
}

#[tokio::test]
async fn a_register_that_stops_showing_its_past_loses_nothing() {
    for (source, path, rows, is_old) in REGISTERS {
        let world = World::new(WORKER).await;
        world.harvest(source).await;
        let end = world.end().await;
        let mut dropped = 0;
        world.edit(path, |json| {
            let rows = json.pointer_mut(rows).unwrap().as_array_mut().unwrap();
            let before = rows.len();
            rows.retain(|row| !is_old(row));
            dropped = before - rows.len();
            assert!(dropped > 1 && !rows.is_empty(), "{path}: {dropped} of {before}");
        });
        let report = world.harvest(source).await;
        let changes = world.changes(end).await;
        assert!(changes.iter().all(|it| it.action != Action::Withdrawn), "{path} {changes:?}");
        assert!(
            report.diagnostics.iter().any(|it| it.code == DiagnosticCode::Horizon),
            "{path} {:?}",
            report.diagnostics
        );
    }
}

/// A source, a register of it, where its rows stand, and which of them are old.
type Register = (&'static str, &'static str, &'static str, fn(&Value) -> bool);

const REGISTERS: [Register; 2] = [
    ("waterdam", "notubiz/9101/modules/6.json", "/items", |row| {
        let fields = row["attributes"].as_array().unwrap();
        let date = fields.iter().find(|field| field["id"] == 15 || field["id"] == 44);
        let date = date.and_then(|date| date.pointer("/values/0/content")).and_then(Value::as_str);
        date.is_some_and(|date| date < "2026-04-01")
    }),
    ("duinstede", "gemeenteoplossingen/v2/documents.json", "/result/documents", |row| {
        row["publicationDate"]["date"].as_str().is_some_and(|date| date < "2026-04-01")
    }),
];

#[tokio::test]
async fn a_run_that_may_ask_no_more_loses_nothing_and_says_so() {
    let mut world = World::harvested(WORKER).await;
    let whole = dump(&world.harvester.store).await;
    let mut cut = World::new(WORKER).await;
    cut.harvest("middenland").await;
    cut.harvester.rules.max_questions = 12;
    let report = cut.harvest("waterdam").await;
    assert_eq!(report.verdict, Verdict::Suspicious);
    let told: Vec<_> =
        report.diagnostics.iter().filter(|it| it.code == DiagnosticCode::TooManyQuestions).collect();
    assert!(told.len() == 1 && told[0].message.contains("more than 12 questions"), "{told:?}");
    assert!(dump(&cut.harvester.store).await.len() < whole.len());
    cut.harvester.rules.max_questions = 500_000;
    let report = cut.harvest("waterdam").await;
    assert_eq!(report.verdict, Verdict::Healthy);
    assert_eq!(dump(&cut.harvester.store).await, whole);
    // What is held is not withdrawn by a run that was cut off, however often.
    world.harvester.rules.max_questions = 12;
    for _ in 0..3 {
        assert_eq!(world.harvest("waterdam").await.verdict, Verdict::Suspicious);
    }
    assert_eq!(dump(&world.harvester.store).await, whole);
}
