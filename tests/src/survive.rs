//! Any answer to any question: what the property tests and the fuzz targets put to the readers of every supplier.

use jiff::Timestamp;
use raadhuis_harvester::{
    Catalogue,
    supplier::{
        Allmanak, GemeenteOplossingen, Ibabs, Notubiz, Parlaeus, Registers, Supplier, allmanak,
        companywebcast, gemeenteoplossingen as go, ibabs, notubiz, parlaeus, registers,
    },
    transport::{Answer, ParsedBody},
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
/// panic, and every diagnostic has a path.
pub fn survives(supplier: &str, bytes: &[u8]) -> bool {
    match supplier {
        "notubiz" => bears::<Notubiz>("alkmaar", &of_notubiz(), bytes),
        "ibabs" => bears::<Ibabs>("utrecht", &of_ibabs(), bytes),
        "gemeenteoplossingen" => bears::<GemeenteOplossingen>("alblasserdam", &of_go(), bytes),
        "parlaeus" => bears::<Parlaeus>("apeldoorn", &of_parlaeus(), bytes),
        "allmanak" => bears::<Allmanak>(
            "allmanak-utrecht",
            &[allmanak::AllmanakTask::Parties, allmanak::AllmanakTask::Members],
            bytes,
        ),
        "registers" => bears::<Registers>("tooi", &of_registers(), bytes),
        other => panic!("no supplier is called {other}"),
    }
}

/// What a crawl does with an answer, for each question.
fn bears<S: Supplier>(key: &str, tasks: &[S::Task], bytes: &[u8]) -> bool {
    let (source, answer) = (source(key), answer(bytes.to_vec()));
    tasks.iter().all(|task| {
        let _ = S::classify_answer(task, &answer);
        let _ = S::redact_answer(task, &answer);
        let Ok(harvested) = S::read_answer(&source, task, &answer) else { return true };
        harvested
            .diagnostics
            .iter()
            .all(|diagnostic| diagnostic.path.is_empty() || diagnostic.path.starts_with('/'))
    })
}

fn of_notubiz() -> Vec<notubiz::NotubizTask> {
    use notubiz::NotubizTask;
    let window = year();
    let stretch = notubiz::Stretch { item: 2, start: 5, end: 60 };
    vec![
        NotubizTask::Gremia,
        NotubizTask::Parties,
        NotubizTask::Speakers,
        NotubizTask::Modules { window },
        NotubizTask::Events { window, page: 1 },
        NotubizTask::Assembly { id: 910_106 },
        NotubizTask::Meeting { id: 910_103 },
        NotubizTask::Votings { meeting: 910_103, withheld: vec![1] },
        NotubizTask::Register { module: 6, name: "Moties".into(), window },
        NotubizTask::Item { id: 9_120_021 },
        NotubizTask::Media {
            meeting: 1,
            page: None,
            stretches: vec![stretch],
            withheld: vec![1],
            closed: vec![stretch],
        },
        NotubizTask::Page {
            meeting: 1,
            address: "https://waterdam.example/1".parse().unwrap(),
            recording: Some(2),
            withheld: vec![1],
            closed: vec![stretch],
        },
        NotubizTask::Subtitles {
            media: 1,
            meeting: 1,
            address: "https://api.notubiz.nl/x.srt".parse().unwrap(),
            closed: vec![stretch],
        },
    ]
}

fn of_ibabs() -> Vec<ibabs::IbabsTask> {
    use ibabs::IbabsTask;
    let (window, types) = (year(), ibabs::Types::default());
    let (list, name, entry) = ("l".to_owned(), "Moties".to_owned(), "e".to_owned());
    vec![
        IbabsTask::MeetingTypes { window },
        IbabsTask::Meetings { window, types: types.clone() },
        IbabsTask::Lists { window, types: types.clone() },
        IbabsTask::Entries { list: list.clone(), name: name.clone(), window, types: types.clone() },
        IbabsTask::Entry { list, name: name.clone(), entry: entry.clone(), window, types },
        IbabsTask::Votes { entry, name },
        IbabsTask::Users,
        IbabsTask::User { id: "u".into() },
        IbabsTask::Webcast(companywebcast::CompanyWebcastTask::Info(webcast())),
        IbabsTask::Webcast(companywebcast::CompanyWebcastTask::Chapters(webcast())),
        IbabsTask::Webcast(companywebcast::CompanyWebcastTask::Access(webcast(), "guid".into(), None)),
        IbabsTask::Webcast(companywebcast::CompanyWebcastTask::Access(
            webcast(),
            "guid".into(),
            Some("t".into()),
        )),
        IbabsTask::Webcast(companywebcast::CompanyWebcastTask::Tracks(webcast(), "guid".into(), None)),
        IbabsTask::Webcast(companywebcast::CompanyWebcastTask::Track(
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
        code: companywebcast::Code::parse_code("heidekerk/20260205_1").unwrap(),
        recording: "recording:ibabs:utrecht:heidekerk/20260205_1".parse().unwrap(),
        meeting: "meeting:ibabs:utrecht:m".parse().unwrap(),
        items: vec![("b76d1861".into(), "Herinrichting Kerkplein".into())],
    }
}

fn of_go() -> Vec<go::GemeenteOplossingenTask> {
    use go::GemeenteOplossingenTask;
    let page: url::Url = "https://raad.waterdam.example/1".parse().unwrap();
    vec![
        GemeenteOplossingenTask::Dmus,
        GemeenteOplossingenTask::Meetings { window: year() },
        GemeenteOplossingenTask::DmusOf2 { offset: 0 },
        GemeenteOplossingenTask::MeetingsOf2 { window: year(), offset: 0 },
        GemeenteOplossingenTask::Items { meeting: 1, offset: 0, attached: None, closed: vec!["2".into()] },
        GemeenteOplossingenTask::Linked { meeting: 1, item: None, before: vec![] },
        GemeenteOplossingenTask::Linked { meeting: 1, item: Some(1), before: vec![7] },
        GemeenteOplossingenTask::Bare { meeting: 1 },
        GemeenteOplossingenTask::Sessions { offset: 0 },
        GemeenteOplossingenTask::Events { offset: 0, window: year() },
        GemeenteOplossingenTask::Attachments { event: 1, before: vec![3] },
        GemeenteOplossingenTask::Positions { offset: 0 },
        GemeenteOplossingenTask::Groups { offset: 0, window: year() },
        GemeenteOplossingenTask::Members { group: 1, is_party: true, name: "x".into(), offset: 0 },
        GemeenteOplossingenTask::Documents { offset: 0 },
        GemeenteOplossingenTask::Votings { folder: 0, party: 1, name: "x".into(), window: year() },
        GemeenteOplossingenTask::Totals { document: 1 },
        GemeenteOplossingenTask::Page { meeting: 1, address: page.clone(), items: vec![], withheld: vec![5] },
        GemeenteOplossingenTask::Page { meeting: 1, address: page, items: vec![31_041], withheld: vec![] },
        GemeenteOplossingenTask::ItemDocuments { item: 1, meeting: 1 },
        GemeenteOplossingenTask::Speakers {
            fragment: 1,
            starts_at: 5,
            recording: "recording:gemeenteoplossingen:x:1".parse().unwrap(),
        },
    ]
}

fn of_parlaeus() -> Vec<parlaeus::ParlaeusTask> {
    use parlaeus::ParlaeusTask;
    vec![
        ParlaeusTask::Committees,
        ParlaeusTask::Persons,
        ParlaeusTask::Agendas { window: year() },
        ParlaeusTask::Agenda { id: "a".into() },
        ParlaeusTask::Video { id: "a".into() },
        ParlaeusTask::Registers { window: year() },
        ParlaeusTask::Register { register: "motie".into(), year: 2026, month: 5 },
        ParlaeusTask::Entry { register: "motie".into(), key: "e".into() },
    ]
}

fn of_registers() -> Vec<registers::RegisterTask> {
    vec![
        registers::RegisterTask::Export,
        registers::RegisterTask::List("rwc_gemeenten_compleet".to_owned(), 5),
    ]
}
