//! The child's side: limits first, then the file, then what is said about it.

use std::io::{Read, Write};

use raadhuis_schema::RemarkCode;
use rustix::process::{Resource, Rlimit, Signal, set_parent_process_death_signal, setrlimit};

use super::{Said, pdf};

/// Address space: an allocation beyond it aborts this process and no other.
const MEMORY: u64 = 1 << 30;

/// Processor time.
const SECONDS: u64 = 110;

/// The largest file that is read.
const LARGEST: u64 = 200 << 20;

/// Reads one file from standard input and says on standard output what is in it. The whole life of a worker.
pub fn run() {
    let mut output = std::io::stdout().lock();
    let mut say = |said: Said| {
        let line = serde_json::to_vec(&said).unwrap_or_default();
        output.write_all(&line).and_then(|()| output.write_all(b"\n")).and_then(|()| output.flush()).is_ok()
    };
    if let Err(why) = confine() {
        say(Said::Trouble(RemarkCode::ReaderDied, format!("the reader cannot be confined: {why}")));
        return;
    }
    let mut bytes = Vec::new();
    match std::io::stdin().lock().take(LARGEST + 1).read_to_end(&mut bytes) {
        Ok(size) if size as u64 > LARGEST => {
            say(Said::Trouble(RemarkCode::TooLarge, format!("the file is larger than {LARGEST} bytes")));
        }
        Ok(_) => pdf::read(&bytes, &mut say),
        Err(why) => {
            say(Said::Trouble(RemarkCode::ReaderDied, format!("the reader got no file: {why}")));
        }
    }
}

/// Gives up what a reader of files does not need: memory, time, files, privileges, and life without its parent.
fn confine() -> rustix::io::Result<()> {
    let limit = |most| Rlimit { current: Some(most), maximum: Some(most) };
    setrlimit(Resource::As, limit(MEMORY))?;
    setrlimit(Resource::Cpu, limit(SECONDS))?;
    setrlimit(Resource::Fsize, limit(0))?;
    setrlimit(Resource::Core, limit(0))?;
    setrlimit(Resource::Nofile, limit(16))?;
    set_parent_process_death_signal(Some(Signal::KILL))?;
    rustix::thread::set_no_new_privs(true)
}
