//! HTTP: the listener's checks and answers, and a way out to each peer.
//!
//! | condition | status | sender may try again |
//! |---|---|---|
//! | taken into the queue | 200 | |
//! | another path, another method | 404, 405 | no |
//! | no Content-Length | 411 | no |
//! | another content type or character set, no SignedMessage, no message in it, too large | 400 | no |
//! | no key of the sender known | 419 | yes |
//! | signature by somebody else | 401 | no |
//! | queue full | 429 | yes |
//!
//! Out: 2xx is delivered; 400, 401 and 411 are final; everything else (4xx, 5xx, no connection, no answer in 30 s) is tried again
//! after 1, 2, 4 … s until the message is given up. Letters to one peer keep their order.
//!
//! Origin: Shapeshifter specification 3.1.0, "Transport", the tables of status codes.

use std::io::Read as _;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, SyncSender, TrySendError, channel};
use std::thread;
use std::time::Duration;

use tiny_http::{Header, Method, Request, Response, Server};

use super::PATH;
use crate::ids::{Domain, Role};
use crate::uftp::message::MessageId;
use crate::uftp::sign::{OpenError, Opened, PublicKey, open};
use crate::uftp::xml::MAX_BYTES;

/// What the network tells the driver.
pub(super) enum Notice {
    /// A message came, and its sender signed it.
    Arrived(Box<Opened>),
    /// Something came that was not taken in.
    Refused { status: u16, why: String },
    /// A peer took a message in.
    Delivered(MessageId),
    /// A peer will not take a message in.
    Undeliverable { id: MessageId, why: String },
}

/// The keys of a sender.
pub(super) type Keys = Arc<dyn Fn(&Domain, Role) -> Vec<PublicKey> + Send + Sync>;

/// Threads that take requests.
const LISTENERS: usize = 4;

/// Base64 of the largest message, and the envelope around it.
const MAX_BODY: u64 = (MAX_BYTES * 4 / 3 + 4096) as u64;

/// Listens on `address` from now on.
///
/// # Errors
/// What the system says when the address cannot be listened on.
pub(super) fn listen(address: &str, keys: &Keys, notices: &SyncSender<Notice>) -> Result<(), String> {
    let server = Arc::new(Server::http(address).map_err(|e| e.to_string())?);
    for _ in 0..LISTENERS {
        let (server, keys, notices) = (Arc::clone(&server), Arc::clone(keys), notices.clone());
        thread::spawn(move || {
            while let Ok(mut request) = server.recv() {
                let (status, why) = answer(&mut request, &keys, &notices);
                if status != 200 {
                    // The driver may be gone; the sender still gets its answer.
                    let _ = notices.try_send(Notice::Refused { status, why: why.clone() });
                }
                let _ = request.respond(Response::from_string(why).with_status_code(status));
            }
        });
    }
    Ok(())
}

/// Status and, unless it is 200, the reason.
fn answer(request: &mut Request, keys: &Keys, notices: &SyncSender<Notice>) -> (u16, String) {
    let refuse = |status: u16, why: &str| (status, why.to_owned());
    if request.url() != PATH {
        return refuse(404, "messages are taken elsewhere");
    }
    if *request.method() != Method::Post {
        return refuse(405, "messages are posted");
    }
    if !request.headers().iter().any(|h| h.field.equiv("Content-Length")) {
        return refuse(411, "Content-Length is missing");
    }
    if !request.headers().iter().any(is_xml) {
        return refuse(400, "Content-Type is not text/xml in UTF-8");
    }
    let mut body = Vec::new();
    match request.as_reader().take(MAX_BODY + 1).read_to_end(&mut body) {
        Ok(_) if body.len() as u64 > MAX_BODY => return refuse(400, "the message is too large"),
        Ok(_) => {}
        Err(e) => return refuse(400, &format!("the body breaks off: {e}")),
    }
    match open(&body, |domain, role| keys(domain, role)) {
        Ok(opened) => match notices.try_send(Notice::Arrived(Box::new(opened))) {
            Ok(()) => (200, String::new()),
            Err(TrySendError::Full(_)) => refuse(429, "the queue is full"),
            Err(TrySendError::Disconnected(_)) => refuse(503, "the participant is closing"),
        },
        Err(error) => (status(&error), error.to_string()),
    }
}

fn status(error: &OpenError) -> u16 {
    error.http_status()
}

/// `text/xml` or `application/xml`, in UTF-8 if it says.
fn is_xml(header: &Header) -> bool {
    let value = header.value.as_str().to_ascii_lowercase();
    let mut parts = value.split(';').map(str::trim);
    let xml = matches!(parts.next(), Some("text/xml" | "application/xml"));
    let charset = parts.find_map(|p| p.strip_prefix("charset="));
    header.field.equiv("Content-Type") && xml && charset.is_none_or(|c| c.trim_matches('"') == "utf-8")
}

/// A sealed message on its way.
pub(super) struct Letter {
    /// Which.
    pub(super) id: MessageId,
    /// The envelope.
    pub(super) envelope: String,
}

/// The way out to one peer.
pub(super) struct Outbox(Sender<Letter>);

impl Outbox {
    /// A way to `url`, with what comes of each letter told to `notices`.
    pub(super) fn new(url: String, longest_wait: Duration, give_up: Duration, notices: SyncSender<Notice>) -> Outbox {
        let (sender, letters) = channel();
        thread::spawn(move || carry(&letters, &url, longest_wait, give_up, &notices));
        Outbox(sender)
    }

    /// Posts a letter as soon as those before it are done with.
    pub(super) fn post(&self, letter: Letter) {
        // The thread lives as long as this end of the channel.
        let _ = self.0.send(letter);
    }
}

fn carry(letters: &Receiver<Letter>, url: &str, longest_wait: Duration, give_up: Duration, notices: &SyncSender<Notice>) {
    let config = ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(30))).http_status_as_error(false);
    let agent: ureq::Agent = config.max_redirects(2).build().into();
    for Letter { id, envelope } in letters {
        let (mut wait, mut waited) = (Duration::from_secs(1), Duration::ZERO);
        let notice = loop {
            let answer = agent.post(url).header("Content-Type", "text/xml; charset=utf-8").send(&envelope);
            let why = match answer.map(|a| a.status().as_u16()) {
                Ok(200..=299) => break Notice::Delivered(id),
                Ok(status @ (400 | 401 | 411)) => break Notice::Undeliverable { id, why: format!("status {status}") },
                Ok(status) => format!("status {status}"),
                Err(e) => e.to_string(),
            };
            if waited >= give_up {
                break Notice::Undeliverable { id, why };
            }
            thread::sleep(wait);
            waited += wait;
            wait = (wait * 2).min(longest_wait);
        };
        if notices.send(notice).is_err() {
            return;
        }
    }
}
