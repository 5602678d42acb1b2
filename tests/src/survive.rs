//! Any answer to any question: what the property tests and the fuzz targets put to the readers of every supplier.

use jiff::Timestamp;
use raadhuis_harvester::{
    Catalogue,
    supplier::{
        Allmanak, Answer, GemeenteOplossingen, Ibabs, Notubiz, Parlaeus, ParsedBody, Registers, Supplier,
        allmanak, companywebcast, gemeenteoplossingen as go, ibabs, notubiz, parlaeus, registers,
    },
};
use raadhuis_schema::{Source, Window};

/// A source of the built-in catalogue, which is parsed once.
pub fn source(key: &str) -> Source {
    static CATALOGUE: std::sync::LazyLock<Catalogue> =
        std::sync::LazyLock::new(|| Catalogue::built_in().unwrap());
    CATALOGUE.get(key).unwrap().clone()
}

/// An answer of HTTP 200.
pub fn answer(bytes: Vec<u8>) -> Answer {
    Answer {
        status: 200,
        bytes: bytes.into(),
        fetched: Timestamp::UNIX_EPOCH,
        validator: None,
        parsed: ParsedBody::default(),
    }
}

fn year() -> Window {
    "2026-01-01..2026-12-31".parse().unwrap()
}

/// Whether the readers of a supplier (by its word in ids) bear `bytes` as the answer to each of their questions: no
/// panic, and every remark has a path.
pub fn survives(supplier: &str, bytes: &[u8]) -> bool {
    match supplier {
        "notubiz" => bears::<Notubiz>("alkmaar", &of_notubiz(), bytes),
        "ibabs" => bears::<Ibabs>("utrecht", &of_ibabs(), bytes),
        "gemeenteoplossingen" => bears::<GemeenteOplossingen>("alblasserdam", &of_go(), bytes),
        "parlaeus" => bears::<Parlaeus>("apeldoorn", &of_parlaeus(), bytes),
        "allmanak" => {
            bears::<Allmanak>("allmanak-utrecht", &[allmanak::Task::Parties, allmanak::Task::Members], bytes)
        }
        "registers" => bears::<Registers>("tooi", &of_registers(), bytes),
        other => panic!("no supplier is called {other}"),
    }
}

/// What a crawl does with an answer, for each question.
fn bears<S: Supplier>(key: &str, tasks: &[S::Task], bytes: &[u8]) -> bool {
    let (source, answer) = (source(key), answer(bytes.to_vec()));
    tasks.iter().all(|task| {
        let _ = S::judge(task, &answer);
        let _ = S::redact(task, &answer);
        let Ok(harvested) = S::read(&source, task, &answer) else { return true };
        harvested.remarks.iter().all(|remark| remark.path.is_empty() || remark.path.starts_with('/'))
    })
}

fn of_notubiz() -> Vec<notubiz::Task> {
    use notubiz::Task;
    let window = year();
    let stretch = notubiz::Stretch { item: 2, start: 5, end: 60 };
    vec![
        Task::Gremia,
        Task::Parties,
        Task::Speakers,
        Task::Modules { window },
        Task::Events { window, page: 1 },
        Task::Assembly { id: 910_106 },
        Task::Meeting { id: 910_103 },
        Task::Votings { meeting: 910_103, withheld: vec![1] },
        Task::Register { module: 6, name: "Moties".into(), window },
        Task::Item { id: 9_120_021 },
        Task::Media {
            meeting: 1,
            page: None,
            stretches: vec![stretch],
            withheld: vec![1],
            closed: vec![stretch],
        },
        Task::Page {
            meeting: 1,
            address: "https://waterdam.example/1".parse().unwrap(),
            recording: Some(2),
            withheld: vec![1],
            closed: vec![stretch],
        },
        Task::Subtitles {
            media: 1,
            meeting: 1,
            address: "https://api.notubiz.nl/x.srt".parse().unwrap(),
            closed: vec![stretch],
        },
    ]
}

fn of_ibabs() -> Vec<ibabs::Task> {
    use ibabs::Task;
    let (window, types) = (year(), ibabs::Types::default());
    let (list, name, entry) = ("l".to_owned(), "Moties".to_owned(), "e".to_owned());
    vec![
        Task::MeetingTypes { window },
        Task::Meetings { window, types: types.clone() },
        Task::Lists { window, types: types.clone() },
        Task::Entries { list: list.clone(), name: name.clone(), window, types: types.clone() },
        Task::Entry { list, name: name.clone(), entry: entry.clone(), window, types },
        Task::Votes { entry, name },
        Task::Users,
        Task::User { id: "u".into() },
        Task::Webcast(companywebcast::Task::Info(webcast())),
        Task::Webcast(companywebcast::Task::Chapters(webcast())),
        Task::Webcast(companywebcast::Task::Access(webcast(), "guid".into(), None)),
        Task::Webcast(companywebcast::Task::Access(webcast(), "guid".into(), Some("t".into()))),
        Task::Webcast(companywebcast::Task::Tracks(webcast(), "guid".into(), None)),
        Task::Webcast(companywebcast::Task::Track(
            webcast(),
            "https://sdk.companywebcast.com/x".parse().unwrap(),
            "nl".to_owned(),
            true,
        )),
    ]
}

/// A webcast of a made-up meeting with one item.
pub fn webcast() -> companywebcast::Webcast {
    companywebcast::Webcast {
        code: companywebcast::Code::read("heidekerk/20260205_1").unwrap(),
        recording: "recording:ibabs:utrecht:heidekerk/20260205_1".parse().unwrap(),
        meeting: "meeting:ibabs:utrecht:m".parse().unwrap(),
        items: vec![("b76d1861".into(), "Herinrichting Kerkplein".into())],
    }
}

fn of_go() -> Vec<go::Task> {
    use go::Task;
    let page: url::Url = "https://raad.waterdam.example/1".parse().unwrap();
    vec![
        Task::Dmus,
        Task::Meetings { window: year() },
        Task::DmusOf2 { offset: 0 },
        Task::MeetingsOf2 { window: year(), offset: 0 },
        Task::Items { meeting: 1, offset: 0, attached: None, closed: vec!["2".into()] },
        Task::Linked { meeting: 1, item: None, before: vec![] },
        Task::Linked { meeting: 1, item: Some(1), before: vec![7] },
        Task::Bare { meeting: 1 },
        Task::Sessions { offset: 0 },
        Task::Events { offset: 0, window: year() },
        Task::Attachments { event: 1, before: vec![3] },
        Task::Positions { offset: 0 },
        Task::Groups { offset: 0, window: year() },
        Task::Members { group: 1, is_party: true, name: "x".into(), offset: 0 },
        Task::Documents { offset: 0 },
        Task::Votings { folder: 0, party: 1, name: "x".into(), window: year() },
        Task::Totals { document: 1 },
        Task::Page { meeting: 1, address: page.clone(), items: vec![], withheld: vec![5] },
        Task::Page { meeting: 1, address: page, items: vec![31_041], withheld: vec![] },
        Task::ItemDocuments { item: 1, meeting: 1 },
        Task::Speakers {
            fragment: 1,
            starts_at: 5,
            recording: "recording:gemeenteoplossingen:x:1".parse().unwrap(),
        },
    ]
}

fn of_parlaeus() -> Vec<parlaeus::Task> {
    use parlaeus::Task;
    vec![
        Task::Committees,
        Task::Persons,
        Task::Agendas { window: year() },
        Task::Agenda { id: "a".into() },
        Task::Video { id: "a".into() },
        Task::Registers { window: year() },
        Task::Register { register: "motie".into(), year: 2026, month: 5 },
        Task::Entry { register: "motie".into(), key: "e".into() },
    ]
}

fn of_registers() -> Vec<registers::Task> {
    vec![registers::Task::Export, registers::Task::List("rwc_gemeenten_compleet".to_owned(), 5)]
}
