//! The folder of all generations. Its file `current` names the active one. Replacing that file switches atomically: after a crash
//! the old generation is still active.

use std::{
    io,
    path::{Path, PathBuf},
};

/// The file that holds the number of the active generation.
const CURRENT: &str = "current";

/// The number of the active generation; `None` if there is none.
pub fn current(folder: &Path) -> io::Result<Option<u64>> {
    match std::fs::read_to_string(folder.join(CURRENT)) {
        Ok(text) => Ok(text.trim().parse().ok()),
        Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(why) => Err(why),
    }
}

/// Makes generation `number` the active one and deletes all others. A process that still reads an old one keeps its open files.
pub fn activate_generation(folder: &Path, number: u64) -> io::Result<()> {
    let written = folder.join("current.new");
    let file = std::fs::File::create(&written)?;
    io::Write::write_all(&mut &file, number.to_string().as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&written, folder.join(CURRENT))?;
    std::fs::File::open(folder)?.sync_all()?;
    // A process that still writes to an old generation may create files meanwhile; the next call deletes them.
    let _ = delete_except(folder, &[number]);
    Ok(())
}

/// Deletes everything in the folder except these generations.
pub fn delete_except(folder: &Path, keep: &[u64]) -> io::Result<()> {
    for path in list_paths(folder)? {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        let is_kept = name == CURRENT || keep.iter().any(|number| name == number.to_string());
        if is_kept {
            continue;
        }
        if path.is_dir() { std::fs::remove_dir_all(path)? } else { std::fs::remove_file(path)? }
    }
    Ok(())
}

pub fn next_number(folder: &Path) -> io::Result<u64> {
    let numbers =
        list_paths(folder)?.into_iter().filter_map(|path| path.file_name()?.to_str()?.parse::<u64>().ok());
    Ok(numbers.max().unwrap_or(0) + 1)
}

fn list_paths(folder: &Path) -> io::Result<Vec<PathBuf>> {
    std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect()
}
