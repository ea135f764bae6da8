//! The way out to each peer: letters one after the other, each tried again until it is taken in or given up.
//!
//! 2xx is delivered; 400, 401 and 411 are final; everything else (4xx, 5xx, no connection, no answer in 30 s) is tried again after
//! 1, 2, 4 … s. Letters to one peer keep their order.
//!
//! Origin: Shapeshifter specification 3.1.0, "Transport", the tables of status codes.

use std::sync::mpsc::{Receiver, Sender, SyncSender, channel};
use std::thread;
use std::time::Duration;

use super::letter::Letter;
use super::notice::Notice;

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
    for letter in letters {
        let id = letter.id();
        let (mut wait, mut waited) = (Duration::from_secs(1), Duration::ZERO);
        let notice = loop {
            let answer = agent.post(url).header("Content-Type", "text/xml; charset=utf-8").send(letter.envelope());
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
