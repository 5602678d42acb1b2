//! `setup`: installs optional libraries. The machine's pip downloads them from its configured index; a file is used only
//! if its hash is the pinned one.

use std::{
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use anyhow::{Context, bail};
use raadhuis_text::{office::package::Package, pdf::pdfium};

use crate::{command, print};

/// The Python package with the library, which is built from public sources without scripts and forms, and the hashes of
/// its wheels: Linux with glibc and musl on both processors, and macOS.
const PACKAGE: &str = "pypdfium2==5.15.2";
const WHEELS: [&str; 5] = [
    "dc31aea5b0fb9fefc9b537a65f4113980b2c40798445736a7e6565bc85161e37",
    "dd46e93c0c3a73f6cea8489baff6d77a5d0759dd53fbbce0aeb49c91830176fc",
    "ef452a7178744196d4ff97029f46b56a13817346fc7ee0473c75643512276b3a",
    "71ba93a356708cb2a7b1a82dbc2c07ddb62c501e35bb6a67c7323e1da6ae9cb7",
    "e71fe832e94421ac3c28d6a6ed4a9e61f22417089652d339f391c4ffc2a44c35",
];

pub fn run(setup: command::SetupArgs) -> anyhow::Result<ExitCode> {
    let command::SetupPart::Pdfium = setup.part;
    let home = pdfium::library_folder().context("neither XDG_DATA_HOME nor HOME says where it should go")?;
    std::fs::create_dir_all(&home).with_context(|| format!("{} cannot be made", home.display()))?;
    let folder = tempfile::tempdir_in(&home)?;
    let wheel = download(folder.path())?;
    let bytes = std::fs::read(&wheel)?;
    let unreadable = format!("{} cannot be opened", wheel.display());
    let mut package = Package::open(&bytes).context(unreadable.clone())?;
    let library =
        package.read_member(&format!("pypdfium2_raw/{}", pdfium::FILE)).context(unreadable.clone())?;
    let licences =
        package.member_names().into_iter().filter(|name| name.contains("/licenses/") && !name.ends_with('/'));
    let mut all = String::new();
    for name in licences {
        let text = package.read_member(&name).context(unreadable.clone())?;
        all.extend(["== ", &name, "\n\n", &String::from_utf8_lossy(&text), "\n\n"]);
    }
    let place = home.join(pdfium::FILE);
    replace_file(folder.path(), &place, &library)?;
    replace_file(folder.path(), &home.join("pdfium-licences.txt"), all.as_bytes())?;
    pdfium::Pdfium::load_library(&place)
        .map_err(|why| anyhow::anyhow!("{} cannot be loaded: {why}", place.display()))?;
    print::set_up(&place, library.len(), PACKAGE);
    Ok(ExitCode::SUCCESS)
}

/// Downloads the wheel for this machine into `folder`. Pip refuses a wheel with another hash.
fn download(folder: &Path) -> anyhow::Result<PathBuf> {
    let hashes = WHEELS.map(|hash| format!(" --hash=sha256:{hash}"));
    let wanted = folder.join("wanted.txt");
    std::fs::write(&wanted, format!("{PACKAGE}{}\n", hashes.concat()))?;
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--require-hashes"]);
    pip.args(["--disable-pip-version-check", "--dest"]).arg(folder).arg("--requirement").arg(&wanted);
    let ended = pip.output().context("python3 cannot be started; it is needed for its pip")?;
    if !ended.status.success() {
        bail!("pip could not fetch {PACKAGE}: {}", String::from_utf8_lossy(&ended.stderr).trim());
    }
    let files = std::fs::read_dir(folder)?.flatten().map(|entry| entry.path());
    let mut wheels = files.filter(|path| path.extension().is_some_and(|end| end == "whl"));
    wheels.next().context("pip gave no wheel")
}

/// Replaces a file in one step: a concurrent reader sees the old file or the new one.
fn replace_file(folder: &Path, place: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let new = folder.join("new");
    std::fs::write(&new, bytes).with_context(|| format!("{} cannot be written", new.display()))?;
    std::fs::rename(&new, place).with_context(|| format!("{} cannot be written", place.display()))
}
