//! The secret of a store, in a separate file: a copy of the database alone can neither verify nor sign anything.

use std::{
    fs::{self, File, OpenOptions, Permissions},
    io::{self, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

const OWNER_ONLY: u32 = 0o600;

const SIZE: usize = 32;

pub fn place_of(store: &Path) -> PathBuf {
    store.with_extension("key")
}

/// Reads the secret. If the file is missing, creates it from `held`, the secret of an older store, or at random for a new store.
///
/// # Errors
/// The file cannot be read or created, is no secret, or is missing for an existing store.
pub fn read_secret(place: &Path, held: Option<Vec<u8>>, is_new: bool) -> io::Result<Vec<u8>> {
    match fs::read(place) {
        Ok(secret) if secret.len() == SIZE => {
            close_to_others(place)?;
            Ok(secret)
        }
        Ok(secret) => {
            Err(invalid_data(format!("{} has {} bytes, not {SIZE}", place.display(), secret.len())))
        }
        Err(why) if why.kind() == io::ErrorKind::NotFound => {
            let secret = match held {
                Some(held) => held,
                None if is_new => make_secret()?,
                None => {
                    return Err(invalid_data(format!(
                        "{} is gone, by which readers confirm and end their alerts; put it back from a backup",
                        place.display()
                    )));
                }
            };
            write_secret(place, &secret)?;
            Ok(secret)
        }
        Err(why) => Err(why),
    }
}

/// Removes the permissions of everyone but the owner. Returns whether others had any.
///
/// # Errors
/// The file belongs to another user.
pub fn close_to_others(place: &Path) -> io::Result<bool> {
    let is_open = fs::metadata(place)?.permissions().mode() & 0o077 != 0;
    if is_open {
        fs::set_permissions(place, Permissions::from_mode(OWNER_ONLY))?;
    }
    Ok(is_open)
}

fn invalid_data(why: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

fn make_secret() -> io::Result<Vec<u8>> {
    let mut secret = vec![0; SIZE];
    getrandom::fill(&mut secret).map_err(|why| io::Error::other(why.to_string()))?;
    Ok(secret)
}

fn write_secret(place: &Path, secret: &[u8]) -> io::Result<()> {
    let beside = place.with_extension("key.new");
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(OWNER_ONLY).open(&beside)?;
    file.write_all(secret)?;
    file.sync_all()?;
    fs::rename(&beside, place)?;
    File::open(place.parent().unwrap_or(Path::new(".")))?.sync_all()
}
