//! Taking down: the list that outlives every backup, and leaving no trace of what stands on it.
//!
//! The list lies beside the data folder, not in it: whoever puts an older copy of the folder back does not put back what was
//! taken down since. Both ways it is only ever added to.

use std::{
    fs::{File, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
};

use raadhuis_schema::Takedown;

use crate::{Archive, ArchiveError, ArchiveKey, Blocked, SharedStore, StoreError};

/// Everything that was ever taken down here: a file with a line of JSON for each.
#[derive(Clone, Debug)]
pub struct TakedownList {
    path: PathBuf,
}

/// Why something could not be taken down.
#[derive(Debug, thiserror::Error)]
pub enum TakedownError {
    /// The list cannot be read or written.
    #[error("the list of takedowns {path} cannot be used: {why}")]
    List {
        /// The file.
        path: String,
        /// What is wrong, with its line where there is one.
        why: String,
    },
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The archive.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
}

impl TakedownList {
    /// The list of a data folder, which must exist: `DATA.takedowns` beside it.
    ///
    /// # Errors
    /// The folder cannot be found.
    pub fn of(folder: &Path) -> Result<Self, TakedownError> {
        let list = |why: std::io::Error| TakedownError::List {
            path: folder.display().to_string(),
            why: why.to_string(),
        };
        let mut name = folder.canonicalize().map_err(list)?.into_os_string();
        name.push(".takedowns");
        Ok(Self { path: name.into() })
    }

    /// Each entity on it once, with all its files, in the order in which they were first written.
    ///
    /// # Errors
    /// The file cannot be read, or holds something else.
    pub fn read(&self) -> Result<Vec<Takedown>, TakedownError> {
        let text = match std::fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(why) if why.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(why) => return Err(self.failed(&why)),
        };
        let mut all: Vec<Takedown> = Vec::new();
        for (place, line) in
            text.split_inclusive('\n').enumerate().filter(|(_, line)| !line.trim().is_empty())
        {
            match serde_json::from_str::<Takedown>(line) {
                Ok(takedown) => match all.iter_mut().find(|known| known.id == takedown.id) {
                    Some(known) => {
                        let new = takedown.files.into_iter().filter(|file| !known.files.contains(file));
                        let new: Vec<String> = new.collect();
                        known.files.extend(new);
                    }
                    None => all.push(takedown),
                },
                // A line that was being written when the program died: what it named was not taken down.
                Err(why) if !line.ends_with('\n') => {
                    tracing::warn!(list = %self.path.display(), %why, "the last line is cut off");
                }
                Err(why) => return Err(self.failed(&format!("line {}: {why}", place + 1))),
            }
        }
        Ok(all)
    }

    /// Writes one more down, so that it lasts.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn add(&self, takedown: &Takedown) -> Result<(), TakedownError> {
        let open = || -> std::io::Result<()> {
            let mut file: File = OpenOptions::new().create(true).append(true).open(&self.path)?;
            // A line that was cut off must not swallow this one.
            let text = std::fs::read(&self.path)?;
            let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
            if whole < text.len() {
                file.set_len(whole as u64)?;
            }
            file.write_all(format!("{}\n", serde_json::to_string(takedown)?).as_bytes())?;
            file.sync_all()
        };
        open().map_err(|why| self.failed(&why))
    }

    fn failed(&self, why: &dyn std::fmt::Display) -> TakedownError {
        TakedownError::List { path: self.path.display().to_string(), why: why.to_string() }
    }
}

/// What a takedown led to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TakenDown {
    /// How many entities changed.
    pub changes: u64,
    /// The SHA-256 of the files that are remembered with it.
    pub files: Vec<String>,
}

/// Removes something from store and archive. Where another process harvests, `is_alone` is false: it may be writing the
/// same keys, so they stay noted, and it deletes them once more.
///
/// # Errors
/// The store or the archive failed.
pub async fn take_down(
    store: &SharedStore,
    archive: &Archive,
    takedown: &Takedown,
    is_alone: bool,
) -> Result<TakenDown, TakedownError> {
    let Blocked { committed, keys, files } = store.block(takedown).await?;
    for key in &keys {
        archive.delete(&ArchiveKey::stored(key)).await?;
    }
    store.discarded(if is_alone { &keys } else { &[] }).await?;
    Ok(TakenDown { changes: committed.changes.len() as u64, files })
}

/// What stands on the list and is not taken down in the store, with all its files, as after a backup was put back. What the
/// store knows and the list does not is added to the list.
///
/// # Errors
/// The list or the store failed.
pub async fn pending(list: &TakedownList, store: &SharedStore) -> Result<Vec<Takedown>, TakedownError> {
    let (listed, known) = (list.read()?, store.takedowns().await?);
    for takedown in known.iter().filter(|it| !is_covered(it, &listed)) {
        list.add(takedown)?;
    }
    Ok(listed.into_iter().filter(|it| !is_covered(it, &known)).collect())
}

/// Whether others say of the same entity that it was taken down, with all files of this takedown.
fn is_covered(takedown: &Takedown, others: &[Takedown]) -> bool {
    let same = || others.iter().filter(|other| other.id == takedown.id);
    same().next().is_some()
        && takedown.files.iter().all(|file| same().any(|other| other.files.contains(file)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_lies_beside_the_folder_and_names_a_broken_line() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("data");
        std::fs::create_dir(&folder).unwrap();
        let list = TakedownList::of(&folder).unwrap();
        assert_eq!(list.read().unwrap(), []);
        let takedown: Takedown = serde_json::from_str(
            r#"{"id": "document:notubiz:9101:7", "reason": "court", "at": "2026-11-25T12:00:00Z"}"#,
        )
        .unwrap();
        list.add(&takedown).unwrap();
        list.add(&takedown).unwrap();
        assert_eq!(list.read().unwrap(), std::slice::from_ref(&takedown));
        list.add(&Takedown { files: vec!["ab".into()], ..takedown.clone() }).unwrap();
        assert_eq!(list.read().unwrap()[0].files, ["ab"]);
        let path = place.path().join("data.takedowns");
        std::fs::write(&path, "{\"id\": ").unwrap();
        assert_eq!(list.read().unwrap(), [], "a line that was cut off");
        list.add(&takedown).unwrap();
        assert_eq!(list.read().unwrap(), std::slice::from_ref(&takedown));
        let with_file = Takedown { files: vec!["ab".into()], ..takedown.clone() };
        assert!(is_covered(&takedown, std::slice::from_ref(&with_file)));
        assert!(!is_covered(&with_file, std::slice::from_ref(&takedown)));
        assert!(
            is_covered(&with_file, &[takedown.clone(), with_file.clone()]) && !is_covered(&takedown, &[])
        );
        std::fs::write(&path, "{}\n").unwrap();
        let why = list.read().unwrap_err().to_string();
        assert!(why.contains("data.takedowns") && why.contains("line 1"), "{why}");
    }
}
