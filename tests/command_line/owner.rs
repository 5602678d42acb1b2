//! What the program writes is its owner's: nobody else on the machine reads an address, a secret or a paper.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use super::{folder, raadhuis, said};

/// All below a folder, and the folder.
fn all(path: &Path) -> Vec<PathBuf> {
    let mut found = vec![path.to_owned()];
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            found.extend(all(&entry.unwrap().path()));
        }
    }
    found
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn nobody_else_can_read_what_is_kept() {
    let around = tempfile::tempdir().unwrap();
    let data = around.path().join("data");
    let run = || raadhuis(&["demo", "--exit", "--data", &folder(&data)]);
    let first = run();
    assert!(first.status.success() && !said(&first).contains("others may look"), "{}", said(&first));
    let book = data.join("alerts.db");
    let desk = || raadhuis(&["desk", "--data", &folder(&data)]);
    assert!(desk().status.success(), "{}", said(&desk()));
    let open: Vec<PathBuf> = all(&data).into_iter().filter(|path| mode(path) & 0o077 != 0).collect();
    assert!(open.is_empty(), "{open:?}");
    assert_eq!((mode(&data), mode(&book), mode(&data.join("alerts.key"))), (0o700, 0o600, 0o600));
    // The secret stands in its own file, and in no other.
    let secret = fs::read(data.join("alerts.key")).unwrap();
    assert_eq!(secret.len(), 32);
    let holds = |path: &PathBuf| {
        path.is_file() && fs::read(path).unwrap().windows(secret.len()).any(|window| window == secret)
    };
    assert_eq!(all(&data).into_iter().filter(holds).count(), 1);

    // Where others were let in, it says so, and closes what holds addresses.
    fs::set_permissions(&data, fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(&book, fs::Permissions::from_mode(0o644)).unwrap();
    let opened = desk();
    let words = said(&opened);
    assert!(words.contains("others may look") && words.contains("addresses of readers"), "{words}");
    assert_eq!(mode(&book), 0o600);

    // Without the secret no link in a letter works: that is said, and nothing is made in its place.
    fs::rename(data.join("alerts.key"), around.path().join("kept")).unwrap();
    let without = desk();
    assert_eq!(without.status.code(), Some(2));
    assert!(
        said(&without).contains("alerts.key is gone") && !data.join("alerts.key").exists(),
        "{}",
        said(&without)
    );
}
