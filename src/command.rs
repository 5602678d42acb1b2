//! The command line. Its comments are the help texts.

use std::{net::IpAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::{ToSpan, civil::Date};
use raadhuis_api::Site;
use raadhuis_harvester::catalogue::{Catalogue, CatalogueError};
use raadhuis_schema::{EntityId, Policy, TakedownReason, Window};

/// Finds what Dutch councils decide: harvests, keeps, searches and serves council information.
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Harvest a made-up country, then serve it. Needs no network.
    Demo(Demo),
    /// Harvest sources of the catalogue.
    Harvest(Harvest),
    /// Harvest every active source of the catalogue, for ever: the recent days often, the past in the quiet.
    Work(Work),
    /// Serve, and work in the same process.
    Up(Up),
    /// Serve what was harvested.
    Serve(Serve),
    /// Say of each authority what is held, what is missing, and why.
    Check(Check),
    /// Read what the archive holds again, as after a new version. Asks nobody anything.
    Reread(Reread),
    /// Make the whole index anew, beside the one that answers meanwhile. Asks nobody anything.
    Reindex(Reindex),
    /// Remove something for good: it never comes back, and the reason is public.
    Takedown(Takedown),
    /// List the numbers of persons that were found in files, and rule which pages may be seen.
    Review(Review),
    /// Print the text of one file by page, with where it comes from.
    Text(Text),
    /// Fetch what makes the program faster or able to more, and say what was done.
    Setup(Setup),
    /// List what readers reported and which letters of alerts could not leave; close a report, or try letters again.
    Desk(Desk),
    /// Say how the lanes of suppliers' hosts stand: resting, slowed down, banned.
    Lanes(Lanes),
    /// List the sources of the catalogue, or the authorities that have none.
    Sources(Sources),
    /// Ask sources one cheap question, live, and say what answered.
    Probe(Probe),
}

/// The demo.
#[derive(Debug, Args)]
pub struct Demo {
    /// Stop after the harvest.
    #[arg(long)]
    pub exit: bool,
    #[command(flatten)]
    pub data: Data,
    #[command(flatten)]
    pub listen: Listen,
}

/// A harvest.
#[derive(Debug, Args)]
pub struct Harvest {
    /// Names of sources in the catalogue.
    #[arg(required = true, value_name = "SOURCE")]
    pub sources: Vec<String>,
    /// From when: a day (2026-01-31), or so many days (30d), weeks (6w), months (3m) or years (2y) ago.
    #[arg(long, default_value = "30d", value_parser = since)]
    pub since: Date,
    /// Until which day, included; without it 90 days ahead, because agendas are published before the meeting.
    #[arg(long)]
    pub until: Option<Date>,
    #[command(flatten)]
    pub catalogue: SourcesOf,
    #[command(flatten)]
    pub visit: Visit,
    #[command(flatten)]
    pub privacy: Privacy,
    #[command(flatten)]
    pub data: Data,
}

impl Harvest {
    /// The days to harvest.
    pub fn window(&self) -> anyhow::Result<Window> {
        let ahead = today().checked_add(90.days()).unwrap_or(Date::MAX);
        Ok(Window::new(self.since, self.until.unwrap_or(ahead))?)
    }
}

/// Work without end.
#[derive(Debug, Args)]
pub struct Work {
    /// Names of sources in the catalogue; all that are active when none is given.
    #[arg(value_name = "SOURCE")]
    pub sources: Vec<String>,
    /// From when on everything is to be held: a day (2026-01-31), or so many days, weeks, months or years ago.
    #[arg(long, default_value = "2010-01-01", value_parser = since)]
    pub since: Date,
    /// Stop as soon as nothing is due.
    #[arg(long)]
    pub once: bool,
    #[command(flatten)]
    pub catalogue: SourcesOf,
    #[command(flatten)]
    pub visit: Visit,
    #[command(flatten)]
    pub privacy: Privacy,
    #[command(flatten)]
    pub data: Data,
}

/// A server that also works.
#[derive(Debug, Args)]
pub struct Up {
    #[command(flatten)]
    pub work: Work,
    #[command(flatten)]
    pub listen: Listen,
}

/// A check of completeness.
#[derive(Debug, Args)]
pub struct Check {
    /// Only the authorities of this province.
    #[arg(long)]
    pub province: Option<String>,
    /// A line for each year and kind and each missing thing, for a spreadsheet.
    #[arg(long)]
    pub csv: bool,
    #[command(flatten)]
    pub catalogue: SourcesOf,
    #[command(flatten)]
    pub data: Data,
}

/// A second reading.
#[derive(Debug, Args)]
pub struct Reread {
    /// Names of sources in the catalogue; all when none is given.
    #[arg(value_name = "SOURCE")]
    pub sources: Vec<String>,
    #[command(flatten)]
    pub catalogue: SourcesOf,
    #[command(flatten)]
    pub privacy: Privacy,
    #[command(flatten)]
    pub data: Data,
}

/// A new index.
#[derive(Debug, Args)]
pub struct Reindex {
    #[command(flatten)]
    pub data: Data,
}

/// A takedown.
#[derive(Debug, Args)]
pub struct Takedown {
    /// What: an id, as in the address of its page.
    #[arg(value_name = "ID")]
    pub id: EntityId,
    /// Why.
    #[arg(long, value_name = "privacy|copyright|court")]
    pub reason: TakedownReason,
    #[command(flatten)]
    pub data: Data,
}

/// A review.
#[derive(Debug, Args)]
pub struct Review {
    /// Show what stands on this page, or on all pages of this file, from now on. The first letters of a hash are enough.
    #[arg(long, value_name = "SHA256[:PAGE]")]
    pub release: Vec<String>,
    /// Show it to nobody, also where nothing was found (then the whole hash is needed).
    #[arg(long, value_name = "SHA256[:PAGE]")]
    pub withhold: Vec<String>,
    /// List what was ruled as well.
    #[arg(long)]
    pub all: bool,
    #[command(flatten)]
    pub data: Data,
}

/// What is done about numbers of persons.
#[derive(Debug, Args)]
pub struct Privacy {
    /// What is done where a file holds a citizen service number, until it was reviewed.
    #[arg(
        long,
        value_name = "detect|hide-page|quarantine",
        env = "RAADHUIS_PERSONAL_NUMBERS",
        default_value = "hide-page"
    )]
    pub personal_numbers: Policy,
}

/// One file.
#[derive(Debug, Args)]
pub struct Text {
    /// The file.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Read PDF with the engine that is built in, also where pdfium is found.
    #[arg(long)]
    pub builtin: bool,
    /// Read pages that are pictures by OCR.
    #[arg(long)]
    pub ocr: bool,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// What is set up.
#[derive(Debug, Args)]
pub struct Setup {
    /// What.
    pub part: Part,
}

/// What can be set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// The library that reads PDF four times as fast and paints pages.
    Pdfium,
}

/// What readers wrote, and what could not be written to them.
#[derive(Debug, Args)]
pub struct Desk {
    /// Close the report with this number: it was dealt with.
    #[arg(long, value_name = "NUMBER")]
    pub close: Vec<i64>,
    /// Try the letters again that were given up.
    #[arg(long)]
    pub try_again: bool,
    /// List closed reports too.
    #[arg(long)]
    pub all: bool,
    #[command(flatten)]
    pub data: Data,
}

/// The lanes.
#[derive(Debug, Args)]
pub struct Lanes {
    /// Open a lane in which we were banned: the supplier lets us in again.
    #[arg(long, value_name = "LANE")]
    pub open: Option<String>,
    #[command(flatten)]
    pub data: Data,
}

/// A list of sources.
#[derive(Debug, Args)]
pub struct Sources {
    /// The authorities that no active source publishes, instead.
    #[arg(long)]
    pub missing: bool,
    #[command(flatten)]
    pub catalogue: SourcesOf,
}

/// A probe.
#[derive(Debug, Args)]
pub struct Probe {
    /// Names of sources in the catalogue; all that are active or unverified when none is given.
    #[arg(value_name = "SOURCE")]
    pub sources: Vec<String>,
    #[command(flatten)]
    pub catalogue: SourcesOf,
    #[command(flatten)]
    pub visit: Visit,
}

/// How suppliers are visited.
#[derive(Debug, Args)]
pub struct Visit {
    /// A private or loopback address that may be visited all the same; `*.HOST:PORT` for all names below.
    #[arg(long, value_name = "HOST:PORT")]
    pub allow_host: Vec<String>,
    /// A portal whose robots.txt is not honoured, by your decision.
    #[arg(long, value_name = "HOST")]
    pub ignore_robots: Vec<String>,
    /// Where a supplier can reach you when a harvest is in its way: an address of mail or a page.
    #[arg(long, value_name = "TEXT", env = "RAADHUIS_CONTACT", default_value = "none given")]
    pub contact: String,
    /// Budgets and waits at a simulator on this machine (names below .localhost) are scaled by this much.
    #[arg(long, value_name = "N", default_value_t = 1.0)]
    pub hurry: f64,
}

/// A server.
#[derive(Debug, Args)]
pub struct Serve {
    #[command(flatten)]
    pub catalogue: SourcesOf,
    #[command(flatten)]
    pub data: Data,
    #[command(flatten)]
    pub listen: Listen,
}

/// Whom there is to ask.
#[derive(Debug, Args)]
pub struct SourcesOf {
    /// A folder with other sources.
    #[arg(long, value_name = "DIR")]
    catalogue: Option<PathBuf>,
}

impl SourcesOf {
    /// The catalogue in that folder, or the one that is compiled in.
    pub fn open(&self) -> Result<Catalogue, CatalogueError> {
        Catalogue::or_built_in(self.catalogue.as_deref())
    }
}

/// Where everything is kept.
#[derive(Clone, Debug, Args)]
pub struct Data {
    /// The folder that holds everything: database, archive and index.
    #[arg(long, value_name = "DIR", default_value = "data", env = "RAADHUIS_DATA")]
    pub data: PathBuf,
    /// The search engine: `tantivy:FOLDER`, or `meilisearch+http://HOST:PORT` with its key in `RAADHUIS_SEARCH_KEY`; without it
    /// an index in the data folder.
    #[arg(long, value_name = "ADDRESS", env = "RAADHUIS_SEARCH")]
    pub search: Option<String>,
}

impl Data {
    /// The address of the search engine.
    pub fn engine(&self) -> String {
        let own = || format!("tantivy:{}", self.data.join("index").display());
        self.search.clone().unwrap_or_else(own)
    }
}

/// Where the server answers.
#[derive(Debug, Args)]
pub struct Listen {
    /// The port.
    #[arg(long, default_value_t = 8080)]
    pub port: u16,
    /// The address; the default answers this machine only.
    #[arg(long, default_value = "127.0.0.1")]
    pub bind: IpAddr,
    /// Who runs this service, as its pages tell visitors.
    #[arg(long, value_name = "NAME")]
    pub operator: Option<String>,
    /// How visitors reach who runs it: an address of mail or of a page.
    #[arg(long, value_name = "ADDRESS")]
    pub operator_contact: Option<String>,
    /// Where the public finds it, such as <https://raadhuis.example>; for addresses in feeds.
    #[arg(long, value_name = "URL")]
    pub public_address: Option<String>,
    /// A proxy that is believed when it says who asks; as often as there are proxies.
    #[arg(long = "trusted-proxy", value_name = "IP")]
    pub trusted_proxies: Vec<IpAddr>,
    /// The server by which letters of alerts leave, such as <smtps://user:password@host>; better in the environment.
    #[arg(
        long,
        value_name = "URL",
        env = "RAADHUIS_MAIL_SERVER",
        hide_env_values = true,
        requires = "mail_from",
        requires = "public_address"
    )]
    pub mail_server: Option<String>,
    /// From whom letters are, such as "Raadhuis <meldingen@raadhuis.example>".
    #[arg(long, value_name = "MAILBOX", env = "RAADHUIS_MAIL_FROM")]
    pub mail_from: Option<String>,
    /// An app to whose pages letters of alerts may lead, such as <https://app.example>; as often as there are apps.
    #[arg(long = "app", value_name = "ORIGIN")]
    pub apps: Vec<String>,
    /// A webhook at a private address that may be visited all the same.
    #[arg(long, value_name = "HOST:PORT")]
    pub allow_webhook: Vec<String>,
    /// Keys of those who may ask ten times as much, with commas between them.
    #[arg(long, env = "RAADHUIS_API_KEYS", hide = true, hide_env_values = true, value_delimiter = ',')]
    pub api_keys: Vec<String>,
}

impl Listen {
    /// What is said of the service.
    pub fn site(&self) -> Site {
        Site {
            operator: self.operator.clone(),
            contact: self.operator_contact.clone(),
            address: self.public_address.as_ref().map(|url| url.trim_end_matches('/').to_owned()),
            trusted_proxies: self.trusted_proxies.clone(),
            api_keys: self.api_keys.iter().filter(|key| !key.is_empty()).cloned().collect(),
        }
    }
}

fn today() -> Date {
    raadhuis_schema::When::At(jiff::Timestamp::now()).day()
}

/// Reads a day, or a time before today.
fn since(text: &str) -> Result<Date, String> {
    if let Ok(day) = text.parse() {
        return Ok(day);
    }
    let refuse = || format!("{text:?} is neither a day (2026-01-31) nor a time ago (30d, 6w, 3m, 2y)");
    let (count, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(refuse)?;
    let count: i32 = count.parse().ok().filter(|count| (0..20_000).contains(count)).ok_or_else(refuse)?;
    let span = match unit {
        "d" => count.days(),
        "w" => count.weeks(),
        "m" => count.months(),
        "y" => count.years(),
        _ => return Err(refuse()),
    };
    today().checked_sub(span).map_err(|_| refuse())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn since_is_a_day_or_a_time_ago() {
        assert_eq!(since("2026-01-31"), Ok(Date::constant(2026, 1, 31)));
        assert_eq!(since("2w"), since("14d"));
        for text in ["", "d", "gisteren", "30", "-3d", "2026-02-30", "99999999d", "é"] {
            assert!(since(text).unwrap_err().contains("neither a day"), "{text}");
        }
    }
}
