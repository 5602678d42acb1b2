//! The recorded and derived answers of suppliers that lie beside the project, each with the question that it answers.

use raadhuis_harvester::supplier::{
    Allmanak, AnswerClass, GemeenteOplossingen, Harvested, Ibabs, Notubiz, Parlaeus, Registers, Supplier,
    allmanak, companywebcast, gemeenteoplossingen as go, ibabs, notubiz, parlaeus, registers,
};
use raadhuis_schema::{Content, Diagnostic, Entity, EntityId, Window};

use crate::{
    named::{self, Thing},
    shared,
    survive::{answer, source, webcast},
};

/// What a recorded answer came to.
#[derive(Debug)]
pub struct Yield {
    /// The file below `payloads`.
    pub file: &'static str,
    /// What it says of things.
    pub entities: Vec<Entity>,
    /// All things that it names.
    pub named: Vec<EntityId>,
    /// What is asked next.
    pub next: Vec<String>,
    /// What was remarked on.
    pub diagnostics: Vec<Diagnostic>,
    /// How many things a walk over the answer finds.
    pub things: usize,
    /// Those of them that came out as nothing.
    pub dropped: Vec<Thing>,
}

/// Every recorded answer, read as a harvest reads it; `None` where they are missing.
pub fn all() -> Option<Vec<Yield>> {
    let folder = shared("payloads")?;
    let bytes = |file: &str| std::fs::read(folder.join(file)).unwrap();
    // Two meetings were kept without their envelope.
    let wrapped = |file: &str| [b"{\"meeting\":", bytes(file).as_slice(), b"}"].concat();
    let window: Window = "2025-01-01..2026-12-31".parse().unwrap();
    let types = || {
        ibabs::Types::from(std::collections::BTreeMap::from([(
            "11".to_owned(),
            "Raadscommissie Ruimte".to_owned(),
        )]))
    };
    let mut all = Vec::new();
    {
        use notubiz::NotubizTask;
        let mut add = |file, task, bytes| all.push(read::<Notubiz>(file, "alkmaar", &task, bytes));
        let media = |meeting| NotubizTask::Media {
            meeting,
            page: None,
            stretches: vec![],
            withheld: vec![],
            closed: vec![],
        };
        let motions = NotubizTask::Register { module: 6, name: "Moties".into(), window };
        let subtitles = NotubizTask::Subtitles {
            media: 1,
            meeting: 1,
            address: "https://api.notubiz.nl/media/subtitles".parse().unwrap(),
            closed: vec![],
        };
        let file = "notubiz/meeting_amsterdam_458902_2018.json";
        add(file, NotubizTask::Meeting { id: 458_902 }, wrapped(file));
        let file = "notubiz/meeting_bunschoten_1152031_trimmed.json";
        add(file, NotubizTask::Meeting { id: 1_152_031 }, bytes(file));
        let file = "notubiz/meeting_haarlem_synthetic.json";
        add(file, NotubizTask::Meeting { id: 123 }, wrapped(file));
        let file = "notubiz/error_meeting_no_rights_http200.json";
        add(file, NotubizTask::Meeting { id: 7 }, bytes(file));
        let file = "notubiz/media_amsterdam_event1502813_elided.json";
        add(file, media(1_502_813), bytes(file));
        let file = "notubiz/module6_motions_alkmaar.json";
        add(file, motions, bytes(file));
        let file = "notubiz/modules_alkmaar.json";
        add(file, NotubizTask::Modules { window }, bytes(file));
        let file = "notubiz/speakers.json";
        add(file, NotubizTask::Speakers, bytes(file));
        let file = "transcripts/notubiz_excerpt.srt";
        add(file, subtitles, bytes(file));
    }
    {
        use ibabs::IbabsTask;
        let mut add = |file, task| all.push(read::<Ibabs>(file, "utrecht", &task, bytes(file)));
        let (list, name) = ("b25f250f-d487-4ce5-93b3-efb84d24567a".to_owned(), "Moties".to_owned());
        let entry = "616c065b-601c-4f8b-9991-02746483f646".to_owned();
        add(
            "ibabs/soap_list_entries_response.xml",
            IbabsTask::Entries { list, name: name.clone(), window, types: types() },
        );
        add("ibabs/soap_list_entry_votes_response.xml", IbabsTask::Votes { entry, name });
        add("ibabs/soap_lists_response.xml", IbabsTask::Lists { window, types: types() });
        add("ibabs/soap_meetings_response.xml", IbabsTask::Meetings { window, types: types() });
        add("ibabs/soap_meetingtypes_response.xml", IbabsTask::MeetingTypes { window });
        let track = "https://sdk.companywebcast.com/players/x/vtt/public/nl".parse().unwrap();
        let track = companywebcast::CompanyWebcastTask::Track(webcast(), track, "nl".to_owned(), false);
        add("transcripts/companywebcast_excerpt.vtt", IbabsTask::Webcast(track));
    }
    {
        use go::GemeenteOplossingenTask;
        let mut add = |file, key, task| all.push(read::<GemeenteOplossingen>(file, key, &task, bytes(file)));
        let address = "https://gemeenteraad.denhelder.nl/Vergaderingen/Gemeenteraad/2015/31-augustus/19:30/";
        let page = || GemeenteOplossingenTask::Page {
            meeting: 1,
            address: address.parse().unwrap(),
            items: vec![],
            withheld: vec![],
        };
        let recording = "recording:gemeenteoplossingen:groningen:film-1".parse().unwrap();
        add("gemeenteoplossingen/dmus_v1_synthetic.json", "alblasserdam", GemeenteOplossingenTask::Dmus);
        add(
            "gemeenteoplossingen/meetings_v1_synthetic.json",
            "alblasserdam",
            GemeenteOplossingenTask::Meetings { window },
        );
        add("gemeenteoplossingen/html_den_helder_meeting.html", "den_helder", page());
        add("gemeenteoplossingen/html_den_helder_meeting_item.html", "den_helder", page());
        let documents = GemeenteOplossingenTask::ItemDocuments { item: 19_024, meeting: 1 };
        add("gemeenteoplossingen/html_den_helder_meeting_item_documents.html", "den_helder", documents);
        let speakers = GemeenteOplossingenTask::Speakers { fragment: 19_449, starts_at: 0, recording };
        add("gemeenteoplossingen/speakers_fragment19449_elided.json", "groningen", speakers);
    }
    let file = "parlaeus/agenda_detail_synthetic.json";
    all.push(read::<Parlaeus>(
        file,
        "apeldoorn",
        &parlaeus::ParlaeusTask::Agenda { id: "agenda-1".into() },
        bytes(file),
    ));
    registers(&mut all, bytes);
    Some(all)
}

/// The registers of authorities.
fn registers(all: &mut Vec<Yield>, bytes: impl Fn(&str) -> Vec<u8>) {
    let file = "allmanak/parties_synthetic.json";
    all.push(read::<Allmanak>(file, "allmanak-utrecht", &allmanak::AllmanakTask::Parties, bytes(file)));
    let file = "allmanak/persons_synthetic.json";
    all.push(read::<Allmanak>(file, "allmanak-utrecht", &allmanak::AllmanakTask::Members, bytes(file)));
    for (file, name, version) in [
        ("tooi/rwc_gemeenten_compleet_5.json", "rwc_gemeenten_compleet", 5),
        ("tooi/rwc_provincies_compleet_1.json", "rwc_provincies_compleet", 1),
        ("tooi/rwc_waterschappen_compleet_2.json", "rwc_waterschappen_compleet", 2),
    ] {
        let task = registers::RegisterTask::List(name.to_owned(), version);
        all.push(read::<Registers>(file, "tooi", &task, bytes(file)));
    }
}

fn read<S: Supplier>(file: &'static str, key: &str, task: &S::Task, bytes: Vec<u8>) -> Yield {
    let (source, answer) = (source(key), answer(bytes));
    assert_eq!(S::classify_answer(task, &answer), AnswerClass::Content, "{file}");
    let harvested = S::read_answer(&source, task, &answer).unwrap();
    let things = named::things(source.supplier.as_str(), &answer.bytes);
    let dropped = named::dropped(&things, &harvested);
    let Harvested { parts, next, diagnostics, .. } = harvested;
    let named = parts.iter().map(|part| part.entity().clone()).collect();
    let said = parts.into_iter().filter_map(|part| match part.content {
        Content::Says(entity) => Some(*entity),
        _ => None,
    });
    Yield {
        file,
        entities: said.collect(),
        named,
        next: next.iter().map(S::task_name).collect(),
        diagnostics,
        things: things.len(),
        dropped,
    }
}
