//! The program while it serves: what it answers, and how it stops.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, Command, ExitStatus, Stdio},
};

/// The key by which a program that serves lets its tests ask more than visitors may.
pub const KEY: &str = "proef";

/// A program that serves. It is killed when nobody looks at it any more.
pub struct Reader {
    /// The host and port where it serves.
    pub address: String,
    child: Child,
}

impl Reader {
    /// Starts a command that serves, and waits until it does.
    pub fn start(mut command: Command) -> Self {
        let mut child = command
            .env("RAADHUIS_API_KEYS", KEY)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address =
            lines.find_map(|line| line.unwrap().strip_prefix("Serving on http://").map(str::to_owned));
        let mut why = String::new();
        if address.is_none() {
            child.stderr.take().unwrap().read_to_string(&mut why).unwrap();
        }
        assert!(address.is_some(), "it does not serve: {why}");
        Self { address: address.unwrap(), child }
    }

    /// The answer at an address, head and all.
    pub fn get(&self, path: &str) -> String {
        self.ask(path).unwrap()
    }

    /// The answer at an address, of one that may be killed meanwhile.
    pub fn ask(&self, path: &str) -> Option<String> {
        let mut stream = TcpStream::connect(&self.address).ok()?;
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\nConnection: close\r\n\r\n"
        )
        .ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        Some(answer)
    }

    /// The most resident memory that it ever had, in bytes.
    pub fn most_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.split_whitespace().next().unwrap().parse::<u64>().unwrap() * 1024
    }

    /// Asks, and does not wait for the answer.
    pub fn ask_and_leave(&self, path: &str) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    }

    /// Tells it to stop, and waits until it did.
    pub fn stop(mut self) -> ExitStatus {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(told.success());
        self.child.wait().unwrap()
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        // One that stopped already cannot be killed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
