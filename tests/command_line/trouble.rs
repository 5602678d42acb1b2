//! A disk that is full, a database that cannot be written, an archive that is gone: said clearly, nothing corrupted, and the
//! next run completes.

use std::{
    os::unix::{
        fs::{MetadataExt, PermissionsExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Command, Output},
};

use tokio::runtime::Runtime;

use crate::{folder, raadhuis, said};

/// Nobody in particular: the superuser may write what is read-only.
const NOBODY: u32 = 65_534;

fn demo(data: &Path) -> Output {
    raadhuis(&["demo", "--exit", "--data", &folder(data)])
}

/// A folder and all that lies in it.
fn files(path: &Path) -> Vec<PathBuf> {
    let mut all = vec![path.to_owned()];
    if path.is_dir() {
        all.extend(std::fs::read_dir(path).unwrap().flat_map(|entry| files(&entry.unwrap().path())));
    }
    all
}

/// All that lives, and what the database thinks of itself.
fn dump(data: &Path) -> (Vec<(String, String)>, String) {
    Runtime::new().unwrap().block_on(async {
        let address = format!("sqlite:{}", data.join("raadhuis.db").display());
        let pool = sqlx::SqlitePool::connect(&address).await.unwrap();
        let living = sqlx::query_as("SELECT id, hash FROM entity WHERE gone IS NULL ORDER BY id");
        let check = sqlx::query_scalar("PRAGMA integrity_check");
        let found = (living.fetch_all(&pool).await.unwrap(), check.fetch_one(&pool).await.unwrap());
        pool.close().await;
        found
    })
}

fn assert_is_clear(output: &Output, words: &str) {
    let said = said(output);
    assert_eq!(output.status.code(), Some(2), "{said}");
    let last = said.lines().last().unwrap_or_default();
    let is_told = words.split('|').any(|words| last.contains(words));
    assert!(last.starts_with("raadhuis: ") && is_told, "{said}");
}

#[test]
fn a_full_disk_is_said_and_the_next_run_completes() {
    let place = tempfile::tempdir().unwrap();
    let (clean, full) = (place.path().join("clean"), place.path().join("full"));
    assert!(demo(&clean).status.success());
    // No file may grow beyond so many kilobytes: each is where a disk may fill up.
    for kilobytes in [64, 700, 1500] {
        let script = format!("trap '' XFSZ; ulimit -f {kilobytes}; exec \"$0\" demo --exit --data \"$1\"");
        let limited = Command::new("bash")
            .args(["-c", &script, env!("CARGO_BIN_EXE_raadhuis")])
            .arg(&full)
            .output()
            .unwrap();
        assert_is_clear(&limited, "the database|the archive failed|the search engine failed");
    }
    let after = demo(&full);
    assert!(after.status.success(), "{}", said(&after));
    assert_eq!(dump(&full), dump(&clean));
    assert_eq!(dump(&full).1, "ok");
}

#[test]
fn a_database_that_cannot_be_written_is_said_and_left_as_it_was() {
    let place = tempfile::tempdir().unwrap();
    let data = place.path().join("data");
    assert!(demo(&data).status.success());
    let before = dump(&data);
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|it| it.uid() == 0);
    let change = |path: &Path, mode| std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
    let database = data.join("raadhuis.db");
    change(place.path(), 0o755);
    change(&data, 0o555);
    change(&database, 0o444);
    // The program itself must be within reach of nobody.
    let program = place.path().join("raadhuis");
    std::fs::copy(env!("CARGO_BIN_EXE_raadhuis"), &program).unwrap();
    let mut command = Command::new(program);
    command.args(["harvest", "denhaag", "--data", &folder(&data)]);
    if is_root {
        for path in files(&data) {
            chown(path, Some(NOBODY), None).unwrap();
        }
        command.uid(NOBODY);
    }
    assert_is_clear(&command.output().unwrap(), "database");
    change(&data, 0o755);
    change(&database, 0o644);
    assert_eq!(dump(&data), before);
    assert!(demo(&data).status.success());
}

#[test]
fn an_archive_that_is_gone_is_said_and_not_made_anew() {
    let place = tempfile::tempdir().unwrap();
    let (data, away) = (place.path().join("data"), place.path().join("away"));
    assert!(demo(&data).status.success());
    let before = dump(&data);
    std::fs::rename(data.join("archive"), &away).unwrap();
    assert_is_clear(&demo(&data), "archive is gone");
    std::fs::write(data.join("archive"), "no folder").unwrap();
    assert_is_clear(&demo(&data), "archive");
    std::fs::remove_file(data.join("archive")).unwrap();
    std::fs::rename(&away, data.join("archive")).unwrap();
    assert!(demo(&data).status.success());
    assert_eq!(dump(&data), before);
}
