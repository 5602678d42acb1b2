//! Output for the person at the terminal.
#![expect(clippy::print_stderr, reason = "this is the one place that talks to the terminal")]

use std::{
    collections::BTreeMap,
    io::{IsTerminal, Write},
    path::Path,
    time::Duration,
};

use raadhuis_alerts::Report;
use raadhuis_harvester::probe::ProbeFinding;
use raadhuis_schema::{
    Authority, EntityId, Kind, LaneRecord, Reviewed, Ruling, RunReport, Source, Takedown, Tier, Verdict,
    coverage::{Coverage, State},
};
use raadhuis_text::StoredText;
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

/// The most gaps of one source that are printed one by one.
const GAPS_SHOWN: usize = 20;

/// The most diagnostics with one code that are printed one by one.
const DIAGNOSTICS_SHOWN: usize = 3;

/// Prints a line. A closed pipe (`raadhuis sources | head`) is no error.
macro_rules! say {
    ($($words:tt)*) => { drop(writeln!(std::io::stdout(), $($words)*)) };
}

/// Sends the log to standard error; `RUST_LOG` chooses how much.
pub fn start_log() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
}

pub fn failure(error: &anyhow::Error) {
    eprintln!("raadhuis: {error:#}");
}

/// Prints reports, and the messages that were given up: number, alert, error.
pub fn reader_reports(reports: &[Report], given_up: &[(i64, i64, String)]) {
    for Report { number, problem, at, closed } in reports {
        let reasons: Vec<String> =
            problem.reasons.iter().map(|reason| format!("{reason:?}").to_lowercase()).collect();
        let subject = problem.subject.as_ref().map_or("-", EntityId::as_str);
        let state = closed.map_or_else(|| "open".to_owned(), |at| format!("closed {at}"));
        say!("{number:<6} {at} {state} {} {subject}", reasons.join(","));
        for line in problem.comment.iter().chain(&problem.query).flat_map(|text| text.lines()) {
            // Texts of strangers may hold control sequences of terminals.
            say!("       {}", line.replace(char::is_control, " "));
        }
    }
    if reports.is_empty() {
        say!("no report waits");
    }
    for (letter, alert, why) in given_up {
        say!("letter {letter} of alert {alert} was given up: {why}");
    }
}

/// Prints a line for each source: key, supplier, kind of authority, province, state, name.
pub fn sources<'a>(sources: impl Iterator<Item = &'a Source>) {
    for source in sources {
        let Authority { name, kind, province, .. } = &source.authority;
        say!(
            "{:<44} {:<20} {:<16} {:<20} {:<11} {name}",
            source.key,
            source.supplier.as_str(),
            kind.as_str(),
            province.as_deref().unwrap_or("-"),
            source.state.as_str(),
        );
    }
}

/// Prints a line for each authority without an active source: code, kind, province, name.
pub fn missing(authorities: &[&Authority]) {
    for Authority { name, kind, code, province, .. } in authorities {
        say!("{code:<10} {:<16} {:<20} {name}", kind.as_str(), province.as_deref().unwrap_or("-"));
    }
    say!("{} authorities without an active source", authorities.len());
}

pub fn probe_finding(source: &Source, finding: ProbeFinding, why: &str) {
    say!("{:<44} {:<20} {:<9} {why}", source.key, source.supplier.as_str(), finding.word());
}

pub fn serving(listener: &TcpListener) -> anyhow::Result<()> {
    say!("Serving on http://{}", listener.local_addr()?);
    say!("  the pages        http://{}/", listener.local_addr()?);
    say!("  GraphQL explorer http://{}/graphql", listener.local_addr()?);
    say!("Stop with Ctrl-C.");
    Ok(())
}

pub fn coverage_head(is_csv: bool) {
    if is_csv {
        say!("code,authority,source,state,verifiable,year,kind,held,owed,excused,missing,cause,message");
    }
}

pub fn coverage(authority: &Authority, source: Option<&Source>, ledger: &Coverage, is_csv: bool) {
    let key = source.map_or("-", |source| source.key.as_str());
    let Authority { code, name, .. } = authority;
    let state = ledger.state.as_str();
    if is_csv {
        let start = format!("{},{},{key},{state}", quote_field(code), quote_field(name));
        for ((of, kind), row) in &ledger.rows {
            let (kind, verifiable) = (kind.as_str(), row.is_verifiable);
            say!(
                "{start},{verifiable},{},{kind},{},{},{},,,",
                format_year(*of),
                row.held,
                row.owed,
                row.excused
            );
        }
        for gap in &ledger.gaps {
            let kind = gap.kind.map_or("", Kind::as_str);
            let count = gap.count.to_string();
            let (owed, excused) = if gap.is_owed { (count.as_str(), "") } else { ("", count.as_str()) };
            let (what, message) = (quote_field(&gap.what), quote_field(&gap.message));
            say!(
                "{start},,{},{kind},,{owed},{excused},{what},{},{message}",
                format_year(gap.year),
                gap.cause
            );
        }
        if ledger.rows.is_empty() && ledger.gaps.is_empty() {
            say!("{start},,,,,,,,,");
        }
        return;
    }
    let period = ledger.period.map_or_else(String::new, |period| format!(", {period}"));
    let successors: Vec<_> = authority.successors.iter().map(ToString::to_string).collect();
    let into = if successors.is_empty() {
        String::new()
    } else {
        format!(", went into {}", successors.join(" and "))
    };
    let is_said = ledger.state == State::Unverifiable || ledger.period.is_none();
    let doubt = if ledger.is_verifiable || is_said { "" } else { ", unverifiable" };
    say!("{name} ({code}, {key}): {state}{into}{doubt}{period}");
    for ((of, kind), row) in &ledger.rows {
        say!(
            "  {:<5} {:<20} {:>8} held {:>6} owed {:>6} excused{}",
            format_year(*of),
            kind.as_str(),
            row.held,
            row.owed,
            row.excused,
            if row.is_verifiable { "" } else { "  unverifiable" }
        );
    }
    for gap in ledger.gaps.iter().take(GAPS_SHOWN) {
        let sort = if gap.is_owed { "owed" } else { "excused" };
        say!("  {sort}: {} ({}) {}", gap.what, gap.cause, gap.message);
    }
    if ledger.gaps.len() > GAPS_SHOWN {
        say!("  … and {} more; --csv names all", ledger.gaps.len() - GAPS_SHOWN);
    }
}

fn format_year(year: Option<i16>) -> String {
    year.map_or_else(|| "-".to_owned(), |year| year.to_string())
}

/// Quotes a CSV field, and prefixes text that a spreadsheet would run as a formula.
fn quote_field(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@']) { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

pub fn taken_down(takedown: &Takedown, is_known: bool, changes: u64, is_followed: bool) {
    let Takedown { id, reason, .. } = takedown;
    match (is_known, is_followed) {
        (false, _) => say!("{id} is not held; it will not enter either ({reason})"),
        (true, true) => say!("{id} is taken down ({reason}), with all that hangs from it: {changes} changes"),
        (true, false) => {
            say!("{id} is taken down ({reason}), with all that hangs from it: {changes} changes");
            say!(
                "the program that works on this folder takes it out of the index within a minute, or the next to start"
            );
        }
    }
    if !takedown.files.is_empty() {
        say!(
            "{} files went with it; a file with the same bytes, under whatever id, is taken down when it is read",
            takedown.files.len()
        );
    }
}

/// Prints a line for each lane in the store: its name and its state.
pub fn lane_states(lanes: &[LaneRecord]) {
    for LaneRecord { name, resting_until, slowness, banned } in lanes {
        let rest = resting_until.map_or_else(String::new, |until| format!(", rested until {until}"));
        match banned {
            Some(ban) => say!("{name:<32} BANNED since {}: {}", ban.since, ban.why),
            None => say!("{name:<32} open, {slowness:.1} times slower than its budget{rest}"),
        }
    }
    if lanes.is_empty() {
        say!("every lane is open");
    }
}

/// The verdict of a run as a text. A run with failures is not called healthy.
fn describe_verdict(report: &RunReport) -> String {
    let failures = report.diagnostics.iter().filter(|diagnostic| diagnostic.code.is_trouble()).count();
    match (report.verdict, failures) {
        (Verdict::Healthy, 0) => "healthy".to_owned(),
        (Verdict::Healthy, count) => format!("done, with failures: {count}"),
        (Verdict::Suspicious, count) => format!("SUSPICIOUS, with failures: {count}"),
        (Verdict::Broken, count) => format!("BROKEN, with failures: {count}"),
    }
}

pub fn run_line(source: &Source, report: &RunReport) {
    let seconds = report.ended.duration_since(report.started).as_secs_f64();
    say!(
        "{} {:<32} {:?} {} {}: {} requests, {} changes, {} pages, {seconds:.1} s",
        report.ended.strftime("%FT%TZ"),
        source.key,
        report.purpose,
        report.window,
        describe_verdict(report),
        report.requests,
        report.changed(),
        report.pages,
    );
}

pub fn bad_sources(sources: &[(&Source, State)]) {
    for (source, state) in sources {
        say!("{:<32} {}", source.key, state.as_str().to_uppercase());
    }
}

pub fn run_report(source: &Source, report: &RunReport) {
    let verdict = describe_verdict(report);
    let seconds = report.ended.duration_since(report.started).as_secs_f64();
    say!("{} ({}), {}: {verdict}", source.authority.name, source.key, report.window);
    say!(
        "  {} requests, {} kB, {} pages of text, {seconds:.1} s, {} changes",
        report.requests,
        report.bytes / 1000,
        report.pages,
        report.changed()
    );
    for (engine, pages) in &report.engines {
        say!("  {pages:>6} pages read by {engine}");
    }
    for (kind, seen, changes) in report.rows() {
        say!(
            "  {:<16} {seen:>6} seen {:>6} new {:>5} changed {:>5} gone {:>5} back",
            kind.as_str(),
            changes.created,
            changes.updated,
            changes.withdrawn,
            changes.revived
        );
    }
    for (fault, times) in &report.faults {
        say!("  {times} × {fault}, on the way to an answer");
    }
    let documents = report.seen.get(&Kind::Document).copied().unwrap_or_default();
    if let Some(share) = (report.documents_of_other_type * 100).checked_div(documents) {
        say!("  {share} % of the documents are of the type OTHER");
    }
    let mut diagnostics: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for diagnostic in &report.diagnostics {
        diagnostics.entry(diagnostic.code).or_default().push(diagnostic);
    }
    for (code, diagnostics) in diagnostics {
        say!(
            "  {} × {}{}",
            diagnostics.len(),
            code.as_str(),
            if code.is_trouble() { "" } else { " (for your information)" }
        );
        for diagnostic in diagnostics.iter().take(DIAGNOSTICS_SHOWN) {
            say!("      {} {}: {}", diagnostic.subject, diagnostic.path, diagnostic.message);
        }
        if diagnostics.len() > DIAGNOSTICS_SHOWN {
            say!("      … and {} more", diagnostics.len() - DIAGNOSTICS_SHOWN);
        }
    }
}

pub fn page_texts(kept: &StoredText, is_json: bool) -> anyhow::Result<()> {
    if is_json {
        say!("{}", serde_json::to_string_pretty(kept)?);
        return Ok(());
    }
    for page in &kept.pages {
        let origin = serde_json::to_value(page.origin)?;
        let mut about = vec![origin.as_str().unwrap_or_default().to_owned(), page.engine.clone()];
        about.extend(page.confidence.map(|confidence| format!("{confidence} % sure")));
        about.extend(page.label.as_ref().map(|label| format!("printed number {label}")));
        about.extend(page.file.clone());
        say!("== page {} of {} · {}", page.number, kept.pages_total, about.join(" · "));
        for line in &page.header {
            say!("   [header] {line}");
        }
        say!("{}", page.text);
        for line in &page.footer {
            say!("   [footer] {line}");
        }
    }
    if let Some(trouble) = &kept.trouble {
        say!("== {}: {trouble}", trouble.code.as_str());
    }
    Ok(())
}

/// Prints the other documents with the same file as one that was taken down.
pub fn other_copies(copies: &[EntityId]) {
    if !copies.is_empty() {
        let names: Vec<&str> = copies.iter().map(EntityId::as_str).collect();
        say!(
            "the same file is still published as {}: take these down as well if it must go",
            names.join(", ")
        );
    }
}

pub fn reindexed(count: u64, took: Duration) {
    let seconds = took.as_secs_f64();
    say!("{count} things indexed in {seconds:.1} s; the new index answers from now on");
}

pub fn set_up(place: &Path, size: usize, package: &str) {
    say!("pip fetched {package}, and its hash is the pinned one.");
    say!("The library ({size} bytes) lies in {}, its licences beside it.", place.display());
    say!(
        "It was loaded once and works; from now on PDFs are read with it. `raadhuis reread` reads those you have again."
    );
}

pub fn ruling_count(pages: usize, is_followed: bool) {
    say!("{pages} ruled");
    if !is_followed {
        say!("another program holds the index, and follows within a minute");
    }
}

/// Prints a line for each finding: file and page, tier, masked number, ruling, documents.
pub fn findings(waiting: &[&Reviewed], texts: &[(String, EntityId)]) {
    for Reviewed { sha256, finding, ruling } in waiting {
        let holders = texts.iter().filter(|(file, _)| file == sha256);
        let holders: Vec<String> =
            holders.filter_map(|(_, text)| Some(text.containing(Kind::Document)?.to_string())).collect();
        let tier = match finding.tier {
            Tier::High => "high",
            Tier::Medium => "medium",
            Tier::Hidden => "hidden",
        };
        let ruling = match ruling {
            None => "waits",
            Some(Ruling::Release) => "released",
            Some(Ruling::Withhold) => "withheld",
        };
        say!("{sha256}:{} {tier:<6} {} {ruling:<8} {}", finding.page, finding.masked, holders.join(" "));
    }
    say!("{} findings", waiting.len());
}
