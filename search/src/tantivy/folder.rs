//! The folder of all generations. Its file `current` names the one that answers, so that another takes its place in one step, and a
//! crash leaves the old.

use std::{
    io,
    path::{Path, PathBuf},
};

/// The file that names the generation that answers.
const CURRENT: &str = "current";

/// The number of the generation that answers; `None` where there is none yet.
pub fn current(folder: &Path) -> io::Result<Option<u64>> {
    match std::fs::read_to_string(folder.join(CURRENT)) {
        Ok(text) => Ok(text.trim().parse().ok()),
        Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(why) => Err(why),
    }
}

/// Lets the generation `number` answer from now on, and throws all others away. Whoever still reads one keeps what it reads.
pub fn switch(folder: &Path, number: u64) -> io::Result<()> {
    let written = folder.join("current.new");
    let file = std::fs::File::create(&written)?;
    io::Write::write_all(&mut &file, number.to_string().as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&written, folder.join(CURRENT))?;
    std::fs::File::open(folder)?.sync_all()?;
    // Whoever still writes to an old one may make files while it goes; what is left goes the next time.
    let _ = clear(folder, &[number]);
    Ok(())
}

/// Throws away everything in the folder but these generations.
pub fn clear(folder: &Path, keep: &[u64]) -> io::Result<()> {
    for path in inside(folder)? {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        let is_kept = name == CURRENT || keep.iter().any(|number| name == number.to_string());
        if is_kept {
            continue;
        }
        if path.is_dir() { std::fs::remove_dir_all(path)? } else { std::fs::remove_file(path)? }
    }
    Ok(())
}

/// A number that no generation in the folder has.
pub fn next(folder: &Path) -> io::Result<u64> {
    let numbers =
        inside(folder)?.into_iter().filter_map(|path| path.file_name()?.to_str()?.parse::<u64>().ok());
    Ok(numbers.max().unwrap_or(0) + 1)
}

fn inside(folder: &Path) -> io::Result<Vec<PathBuf>> {
    std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect()
}
