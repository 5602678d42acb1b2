//! A real server of mail and a real receiver of webhooks, on this machine: what reaches readers is caught here.

use std::{
    io::{BufRead, BufReader, Write},
    net::{IpAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use mail_parser::MessageParser;
use mailin::{Action, Handler, Response, SessionBuilder, response};

/// A letter that was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// To whom the server was told to bring it.
    pub to: String,
    /// Its id.
    pub id: String,
    /// What it is about.
    pub subject: String,
    /// What it says.
    pub text: String,
    /// Its head, unfolded, as it came.
    pub head: String,
}

impl Letter {
    /// The part of its text behind `start`, up to white space.
    pub fn after(&self, start: &str) -> String {
        let rest = self.text.split_once(start).unwrap_or_else(|| panic!("no {start} in {}", self.text)).1;
        rest.split_whitespace().next().unwrap().to_owned()
    }
}

/// What a server of mail has.
#[derive(Clone, Default)]
pub struct Mailbox {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Default)]
struct Inner {
    letters: Vec<Letter>,
    /// So many letters are refused before the next is accepted.
    refusing: usize,
    /// How the refusals are answered: whether it is of no use to try again.
    for_good: bool,
}

/// One conversation.
struct Talk {
    mailbox: Mailbox,
    to: String,
    data: Vec<u8>,
}

impl Handler for Talk {
    fn rcpt(&mut self, to: &str) -> Response {
        to.clone_into(&mut self.to);
        let mut inner = self.mailbox.look();
        if inner.refusing > 0 {
            inner.refusing -= 1;
            return if inner.for_good { response::NO_MAILBOX } else { response::INTERNAL_ERROR };
        }
        response::OK
    }

    fn data(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.data.extend(bytes);
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        let mut inner = self.mailbox.look();
        let data = std::mem::take(&mut self.data);
        let parsed = MessageParser::default().parse(&data).unwrap();
        let raw = String::from_utf8_lossy(&data);
        let head = raw.split("\r\n\r\n").next().unwrap_or_default().replace("\r\n ", " ");
        inner.letters.push(Letter {
            to: self.to.clone(),
            id: parsed.message_id().unwrap_or_default().to_owned(),
            subject: parsed.subject().unwrap_or_default().to_owned(),
            text: parsed.body_text(0).unwrap_or_default().replace("\r\n", "\n"),
            head,
        });
        response::OK
    }
}

impl Mailbox {
    /// Starts a server; with the address by which it is spoken to.
    pub fn serve() -> (Self, String) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("smtp://{}", listener.local_addr().unwrap());
        let mailbox = Self::default();
        let own = mailbox.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mailbox = own.clone();
                // A client that leaves half way ends its own conversation only.
                thread::spawn(move || mailbox.talk(stream?));
            }
        });
        (mailbox, address)
    }

    /// What was accepted so far.
    pub fn letters(&self) -> Vec<Letter> {
        self.look().letters.clone()
    }

    /// Refuses so many letters, for now or for good.
    pub fn refuse(&self, count: usize, for_good: bool) {
        let mut inner = self.look();
        (inner.refusing, inner.for_good) = (count, for_good);
    }

    fn look(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn talk(&self, mut stream: TcpStream) -> std::io::Result<()> {
        let handler = Talk { mailbox: self.clone(), to: String::new(), data: Vec::new() };
        let mut session = SessionBuilder::new("post.example").build(IpAddr::from([127, 0, 0, 1]), handler);
        session.greeting().write_to(&mut stream)?;
        let mut lines = BufReader::new(stream.try_clone()?);
        let mut line = Vec::new();
        loop {
            line.clear();
            if lines.read_until(b'\n', &mut line)? == 0 {
                return Ok(());
            }
            let answer = session.process(&line);
            if answer.action != Action::NoReply {
                answer.write_to(&mut stream)?;
                stream.flush()?;
            }
            if answer.action == Action::Close {
                return Ok(());
            }
        }
    }
}

/// A message that came to a webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Called {
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: String,
}

/// A status, and where it sends whoever asked.
type Scripted = (StatusCode, Option<String>);

/// A receiver of webhooks.
#[derive(Clone, Default)]
pub struct Receiver {
    called: Arc<Mutex<Vec<Called>>>,
    /// What it answers to the next messages; 204 when there is none.
    answers: Arc<Mutex<Vec<Scripted>>>,
}

impl Receiver {
    /// Starts one; with its address.
    pub async fn serve() -> (Self, String) {
        let receiver = Self::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/haak", listener.local_addr().unwrap());
        let app = Router::new().route("/haak", post(Self::take)).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        (receiver, address)
    }

    async fn take(State(own): State<Self>, headers: HeaderMap, body: Bytes) -> (StatusCode, HeaderMap) {
        let body = String::from_utf8(body.to_vec()).unwrap();
        own.called.lock().unwrap().push(Called { headers, body });
        let (status, location) = own.answers.lock().unwrap().pop().unwrap_or((StatusCode::NO_CONTENT, None));
        let mut headers = HeaderMap::new();
        if let Some(to) = location {
            headers.insert("location", to.parse().unwrap());
        }
        (status, headers)
    }

    /// Answers the next message so, sending it on where an address is given.
    pub fn answer(&self, status: u16, location: Option<&str>) {
        let answer = (StatusCode::from_u16(status).unwrap(), location.map(str::to_owned));
        self.answers.lock().unwrap().insert(0, answer);
    }

    /// What came so far.
    pub fn called(&self) -> Vec<Called> {
        self.called.lock().unwrap().clone()
    }
}
