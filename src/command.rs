//! The command line. The doc comments on types and fields are the texts of `--help`.

use std::{net::IpAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::{ToSpan, civil::Date};
use raadhuis_api::Site;
use raadhuis_harvester::catalogue::{Catalogue, CatalogueError};
use raadhuis_schema::{EntityId, Policy, TakedownReason, Window};

/// Harvests, stores, searches and serves the documents and decisions of Dutch councils.
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = true)]
pub struct Cli {
    /// The command to run.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands of the program, one variant each.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Harvest a made-up country from recorded answers, then serve it. Needs no network.
    Demo(DemoArgs),
    /// Harvest the named sources of the catalogue once.
    Harvest(HarvestArgs),
    /// Harvest all active sources continuously: recent days often, earlier years when nothing else is due.
    Work(WorkArgs),
    /// Run `serve` and `work` together in one process.
    Up(UpArgs),
    /// Serve the harvested data: web pages, GraphQL and files.
    Serve(ServeArgs),
    /// Report for each authority what is held, what is missing, and why.
    Check(CheckArgs),
    /// Parse the archived answers again, for example after an upgrade. Sends no requests to suppliers.
    Reread(RereadArgs),
    /// Rebuild the search index while the current one keeps answering. Sends no requests to suppliers.
    Reindex(ReindexArgs),
    /// Remove an entity for good: it is never harvested again, and the reason is public.
    Takedown(TakedownArgs),
    /// List citizen service numbers and covered text found in files, and decide which pages may be shown.
    Review(ReviewArgs),
    /// Print the text of one file page by page, with the origin of each page (text layer or OCR).
    Text(TextArgs),
    /// Install an optional library, and report what was done.
    Setup(SetupArgs),
    /// List reports from readers and alert messages that could not be sent; close reports, or send messages again.
    #[command(alias = "desk")]
    Reports(ReportsArgs),
    /// List how suppliers' hosts are visited: resting, slowed down or banned; open a lane after a ban.
    Lanes(LanesArgs),
    /// List the sources of the catalogue, or the authorities without an active source.
    Sources(SourcesArgs),
    /// Send one small request to each source, and print whether it answered.
    Probe(ProbeArgs),
}

/// Options of the command `demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Exit after the harvest instead of serving.
    #[arg(long)]
    pub exit: bool,
    #[command(flatten)]
    pub data: DataArgs,
    #[command(flatten)]
    pub listen: ListenArgs,
}

/// Options of the command `harvest`.
#[derive(Debug, Args)]
pub struct HarvestArgs {
    /// Names of the sources to harvest, as `raadhuis sources` lists them.
    #[arg(required = true, value_name = "SOURCE")]
    pub sources: Vec<String>,
    /// First day to harvest: a date (2026-01-31), or a number of days (30d), weeks (6w), months (3m) or years (2y) before
    /// today.
    #[arg(long, default_value = "30d", value_parser = parse_since)]
    pub since: Date,
    /// Last day to harvest, included. Default: 90 days from today, because agendas are published before the meeting.
    #[arg(long)]
    pub until: Option<Date>,
    #[command(flatten)]
    pub catalogue: CatalogueArgs,
    #[command(flatten)]
    pub visit: VisitArgs,
    #[command(flatten)]
    pub privacy: PrivacyArgs,
    #[command(flatten)]
    pub data: DataArgs,
}

impl HarvestArgs {
    pub fn to_window(&self) -> anyhow::Result<Window> {
        let ahead = find_today().checked_add(90.days()).unwrap_or(Date::MAX);
        Ok(Window::new(self.since, self.until.unwrap_or(ahead))?)
    }
}

/// Options of the command `work`.
#[derive(Debug, Args)]
pub struct WorkArgs {
    /// Names of sources in the catalogue; without names, all active sources.
    #[arg(value_name = "SOURCE")]
    pub sources: Vec<String>,
    /// First day to hold data of: a date (2026-01-31), or a number of days (30d), weeks (6w), months (3m) or years (2y)
    /// before today.
    #[arg(long, default_value = "2010-01-01", value_parser = parse_since)]
    pub since: Date,
    /// Exit as soon as no source is due.
    #[arg(long)]
    pub once: bool,
    #[command(flatten)]
    pub catalogue: CatalogueArgs,
    #[command(flatten)]
    pub visit: VisitArgs,
    #[command(flatten)]
    pub privacy: PrivacyArgs,
    #[command(flatten)]
    pub data: DataArgs,
}

/// Options of the command `up`.
#[derive(Debug, Args)]
pub struct UpArgs {
    #[command(flatten)]
    pub work: WorkArgs,
    #[command(flatten)]
    pub listen: ListenArgs,
}

/// Options of the command `check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Report only the authorities of this province.
    #[arg(long)]
    pub province: Option<String>,
    /// Print CSV: a line for each year and kind, and a line for each gap.
    #[arg(long)]
    pub csv: bool,
    #[command(flatten)]
    pub catalogue: CatalogueArgs,
    #[command(flatten)]
    pub data: DataArgs,
}

/// Options of the command `reread`.
#[derive(Debug, Args)]
pub struct RereadArgs {
    /// Names of sources in the catalogue; without names, all sources.
    #[arg(value_name = "SOURCE")]
    pub sources: Vec<String>,
    #[command(flatten)]
    pub catalogue: CatalogueArgs,
    #[command(flatten)]
    pub privacy: PrivacyArgs,
    #[command(flatten)]
    pub data: DataArgs,
}

/// Options of the command `reindex`.
#[derive(Debug, Args)]
pub struct ReindexArgs {
    #[command(flatten)]
    pub data: DataArgs,
}

/// Options of the command `takedown`.
#[derive(Debug, Args)]
pub struct TakedownArgs {
    /// Id of the entity to remove, as in the address of its page.
    #[arg(value_name = "ID")]
    pub id: EntityId,
    /// Reason for the removal, which its page shows.
    #[arg(long, value_name = "privacy|copyright|court")]
    pub reason: TakedownReason,
    #[command(flatten)]
    pub data: DataArgs,
}

/// Options of the command `review`.
#[derive(Debug, Args)]
pub struct ReviewArgs {
    /// Show this page, or all pages of this file, from now on. The first letters of the hash are enough.
    #[arg(long, value_name = "SHA256[:PAGE]")]
    pub release: Vec<String>,
    /// Withhold this page, or all pages of this file. A page without a finding needs the whole hash.
    #[arg(long, value_name = "SHA256[:PAGE]")]
    pub withhold: Vec<String>,
    /// List findings that were already decided too.
    #[arg(long)]
    pub all: bool,
    #[command(flatten)]
    pub data: DataArgs,
}

/// The option for files with citizen service numbers.
#[derive(Debug, Args)]
pub struct PrivacyArgs {
    /// Treatment of a file with a citizen service number until it is reviewed: only list it, hide the page, or hide the
    /// whole file.
    #[arg(
        long,
        value_name = "detect|hide-page|quarantine",
        env = "RAADHUIS_PERSONAL_NUMBERS",
        default_value = "hide-page"
    )]
    pub personal_numbers: Policy,
}

/// Options of the command `text`.
#[derive(Debug, Args)]
pub struct TextArgs {
    /// Path of the file to read.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Read PDF with the built-in engine, even if pdfium is installed.
    #[arg(long)]
    pub builtin: bool,
    /// Read pages without a text layer by OCR; needs tesseract.
    #[arg(long)]
    pub ocr: bool,
    /// Print the text as JSON.
    #[arg(long)]
    pub json: bool,
}

/// Options of the command `setup`.
#[derive(Debug, Args)]
pub struct SetupArgs {
    /// Name of the library to install.
    pub part: SetupPart,
}

/// Libraries that `setup` can install.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SetupPart {
    /// The pdfium library, which reads PDF four times as fast and renders pages as pictures.
    Pdfium,
}

/// Options of the command `reports`.
#[derive(Debug, Args)]
pub struct ReportsArgs {
    /// Close the report with this number, because it was dealt with.
    #[arg(long, value_name = "NUMBER")]
    pub close: Vec<i64>,
    /// Send the alert messages again that were given up.
    #[arg(long)]
    pub try_again: bool,
    /// List closed reports as well as open ones.
    #[arg(long)]
    pub all: bool,
    #[command(flatten)]
    pub data: DataArgs,
}

/// Options of the command `lanes`.
#[derive(Debug, Args)]
pub struct LanesArgs {
    /// Open this lane after a ban, because the supplier accepts our requests again.
    #[arg(long, value_name = "LANE")]
    pub open: Option<String>,
    #[command(flatten)]
    pub data: DataArgs,
}

/// Options of the command `sources`.
#[derive(Debug, Args)]
pub struct SourcesArgs {
    /// List the authorities without an active source instead.
    #[arg(long)]
    pub missing: bool,
    #[command(flatten)]
    pub catalogue: CatalogueArgs,
}

/// Options of the command `probe`.
#[derive(Debug, Args)]
pub struct ProbeArgs {
    /// Names of sources in the catalogue; without names, all active and unverified sources.
    #[arg(value_name = "SOURCE")]
    pub sources: Vec<String>,
    #[command(flatten)]
    pub catalogue: CatalogueArgs,
    #[command(flatten)]
    pub visit: VisitArgs,
}

/// Options for requests to suppliers.
#[derive(Debug, Args)]
pub struct VisitArgs {
    /// Private or loopback address that may be visited; `*.HOST:PORT` allows all names below HOST. Can be repeated.
    #[arg(long, value_name = "HOST:PORT")]
    pub allow_host: Vec<String>,
    /// Host whose robots.txt is ignored, at your own responsibility. Can be repeated.
    #[arg(long, value_name = "HOST")]
    pub ignore_robots: Vec<String>,
    /// Contact that is sent to suppliers, so that they can reach you: a mail address or the address of a page.
    #[arg(long, value_name = "TEXT", env = "RAADHUIS_CONTACT", default_value = "none given")]
    pub contact: String,
    /// Factor that speeds up budgets and waits for a simulator on this machine (names below .localhost).
    #[arg(long, value_name = "N", default_value_t = 1.0)]
    pub hurry: f64,
}

/// Options of the command `serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {
    #[command(flatten)]
    pub catalogue: CatalogueArgs,
    #[command(flatten)]
    pub data: DataArgs,
    #[command(flatten)]
    pub listen: ListenArgs,
}

/// The option that selects the catalogue.
#[derive(Debug, Args)]
pub struct CatalogueArgs {
    /// Folder with a catalogue of sources, instead of the built-in one.
    #[arg(long, value_name = "DIR")]
    catalogue: Option<PathBuf>,
}

impl CatalogueArgs {
    /// Opens the catalogue in the folder, or the built-in one.
    pub fn open(&self) -> Result<Catalogue, CatalogueError> {
        Catalogue::or_built_in(self.catalogue.as_deref())
    }
}

/// Options for the storage of all data.
#[derive(Clone, Debug, Args)]
pub struct DataArgs {
    /// Folder with all data: database, archive and search index.
    #[arg(long, value_name = "DIR", default_value = "data", env = "RAADHUIS_DATA")]
    pub data: PathBuf,
    /// Search engine: `tantivy:FOLDER`, or `meilisearch+http://HOST:PORT` with its key in `RAADHUIS_SEARCH_KEY`. Default:
    /// an index in the data folder.
    #[arg(long, value_name = "ADDRESS", env = "RAADHUIS_SEARCH")]
    pub search: Option<String>,
}

impl DataArgs {
    /// The address of the search engine, by default an index in the data folder.
    pub fn engine_address(&self) -> String {
        self.search.clone().unwrap_or_else(|| format!("tantivy:{}", self.data.join("index").display()))
    }
}

/// Options for the server and its visitors.
#[derive(Debug, Args)]
pub struct ListenArgs {
    /// Port on which the server listens.
    #[arg(long, default_value_t = 8080)]
    pub port: u16,
    /// IP address on which the server listens; the default accepts only this machine.
    #[arg(long, default_value = "127.0.0.1")]
    pub bind: IpAddr,
    /// Name of the operator of this service, shown on its pages.
    #[arg(long, value_name = "NAME")]
    pub operator: Option<String>,
    /// Contact of the operator for visitors: a mail address or the address of a page.
    #[arg(long, value_name = "ADDRESS")]
    pub operator_contact: Option<String>,
    /// Public address of this service, such as <https://raadhuis.example>; used for links in feeds and messages.
    #[arg(long, value_name = "URL")]
    pub public_address: Option<String>,
    /// IP address of a proxy whose `X-Forwarded-For` header is trusted. Can be repeated.
    #[arg(long = "trusted-proxy", value_name = "IP")]
    pub trusted_proxies: Vec<IpAddr>,
    /// Mail server for alert messages, such as <smtps://user:password@host>; set it in the environment to keep the
    /// password out of the process list.
    #[arg(
        long,
        value_name = "URL",
        env = "RAADHUIS_MAIL_SERVER",
        hide_env_values = true,
        requires = "mail_from",
        requires = "public_address"
    )]
    pub mail_server: Option<String>,
    /// Sender of alert messages, such as "Raadhuis <meldingen@raadhuis.example>".
    #[arg(long, value_name = "MAILBOX", env = "RAADHUIS_MAIL_FROM")]
    pub mail_from: Option<String>,
    /// Origin of an app to whose pages alert messages may link, such as <https://app.example>. Can be repeated.
    #[arg(long = "app", value_name = "ORIGIN")]
    pub apps: Vec<String>,
    /// Private address that webhooks may use. Can be repeated.
    #[arg(long, value_name = "HOST:PORT")]
    pub allow_webhook: Vec<String>,
    /// API keys, separated by commas; a visitor with a key may send ten times as many requests.
    #[arg(long, env = "RAADHUIS_API_KEYS", hide = true, hide_env_values = true, value_delimiter = ',')]
    pub api_keys: Vec<String>,
}

impl ListenArgs {
    /// The settings of the service for the API.
    pub fn to_site(&self) -> Site {
        Site {
            operator: self.operator.clone(),
            contact: self.operator_contact.clone(),
            address: self.public_address.as_ref().map(|url| url.trim_end_matches('/').to_owned()),
            trusted_proxies: self.trusted_proxies.clone(),
            api_keys: self.api_keys.iter().filter(|key| !key.is_empty()).cloned().collect(),
        }
    }
}

fn find_today() -> Date {
    raadhuis_schema::When::At(jiff::Timestamp::now()).day()
}

/// Parses a day, or a time before today.
fn parse_since(text: &str) -> Result<Date, String> {
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
    find_today().checked_sub(span).map_err(|_| refuse())
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
        assert_eq!(parse_since("2026-01-31"), Ok(Date::constant(2026, 1, 31)));
        assert_eq!(parse_since("2w"), parse_since("14d"));
        for text in ["", "d", "gisteren", "30", "-3d", "2026-02-30", "99999999d", "é"] {
            assert!(parse_since(text).unwrap_err().contains("neither a day"), "{text}");
        }
    }
}
