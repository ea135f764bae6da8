//! HTTP: the listener's checks and answers.
//!
//! | condition | status | sender may try again |
//! |---|---|---|
//! | the message is in the journal | 200 | |
//! | another path, another method | 404, 405 | no |
//! | no Content-Length | 411 | no |
//! | another content type or character set, no SignedMessage, no message in it, addressed to somebody else, too large | 400 | no |
//! | the body does not come | 408 | yes |
//! | no key of the sender known | 419 | yes |
//! | signature by somebody else | 401 | no |
//! | queue full | 429 | yes |
//! | the participant is closing, or cannot write its journal | 503 | yes |
//!
//! `/health` and `/metrics` answer GET. A connection carries one request: keeping it open would keep somebody else out.
//!
//! Origin: Shapeshifter specification 3.1.0, "Transport", the tables of status codes.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, TrySendError};
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body as _, Incoming};
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::PATH;
use super::connections::{Connections, Ticket};
use super::log::Log;
use super::metrics::Metrics;
use super::notice::{Arrival, Fingerprint, Notice};
use crate::diagnostic::visible;
use crate::ids::{Domain, Role};
use crate::uftp::sign::{Opened, PublicKey, open};
use crate::uftp::xml::MAX_BYTES;

/// Base64 of the largest message, and the envelope around it.
const MAX_BODY: usize = MAX_BYTES * 4 / 3 + 4096;

/// Time for the header of a request, and for the next piece of its body.
const HEADER: Duration = Duration::from_secs(10);
const PIECE: Duration = Duration::from_secs(5);

/// Time for a connection, from the first byte to the last.
const WHOLE: Duration = Duration::from_secs(90);

/// A listener that cannot accept for so long is none.
const DEAF: Duration = Duration::from_secs(300);

/// The agent's thread looks up at least once a second; after so long it hangs.
const HANGS: Duration = Duration::from_secs(30);

/// What the listener knows, and whom it tells.
pub(super) struct Door {
    /// The participant's own name.
    pub(super) domain: Domain,
    /// Keys of those who are heard.
    pub(super) keys: BTreeMap<(Domain, Role), Vec<PublicKey>>,
    pub(super) notices: SyncSender<Notice>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) log: Arc<Log>,
    /// When the participant began.
    pub(super) began: Instant,
}

/// A listener at work in a thread of its own.
pub(super) struct Listener {
    /// What it listens on.
    pub(super) address: SocketAddr,
    stop: oneshot::Sender<()>,
    ended: std::sync::mpsc::Receiver<()>,
}

impl Listener {
    /// Listens on `address` from now on.
    ///
    /// # Errors
    /// What the system says when the address cannot be listened on.
    pub(super) fn open(address: &str, door: Door) -> std::io::Result<Listener> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build()?;
        let socket = runtime.block_on(TcpListener::bind(address))?;
        let address = socket.local_addr()?;
        let (stop, stopped) = oneshot::channel();
        let (end, ended) = std::sync::mpsc::channel();
        let connections = Arc::new(Connections::new(Arc::clone(&door.metrics), Arc::clone(&door.log)));
        thread::spawn(move || {
            let door = Arc::new(door);
            runtime.block_on(async {
                let accepting = tokio::spawn(accept(socket, Arc::clone(&door), Arc::clone(&connections)));
                let _ = stopped.await;
                accepting.abort();
                // Who has said everything gets its answer.
                let _ = timeout(Duration::from_secs(2), connections.answered()).await;
            });
            // Nobody may wait for it.
            let _ = end.send(());
        });
        Ok(Listener { address, stop, ended })
    }

    /// Closes the door; what is complete is answered, for two seconds.
    pub(super) fn close(self) {
        // A thread that is gone is closed.
        let _ = self.stop.send(());
        let _ = self.ended.recv_timeout(Duration::from_secs(3));
    }
}

/// Tells the driver when accepting ends, however it does.
struct Alarm(Arc<Door>, String);

impl Drop for Alarm {
    fn drop(&mut self) {
        // On the way out nobody hears it, and nobody needs to.
        let _ = self.0.notices.send(Notice::Deaf(self.1.clone()));
    }
}

#[allow(clippy::disallowed_methods, reason = "a listener goes by the clock on the wall")]
async fn accept(socket: TcpListener, door: Arc<Door>, connections: Arc<Connections>) {
    let mut alarm = Alarm(Arc::clone(&door), "the listener broke down".to_owned());
    let mut failing_since: Option<Instant> = None;
    loop {
        connections.room().await;
        match socket.accept().await {
            Ok((stream, _)) => {
                failing_since = None;
                let ticket = connections.enter();
                let id = ticket.id();
                let task = tokio::spawn(serve(stream, ticket, Arc::clone(&door)));
                connections.ended_by(id, task.abort_handle());
            }
            Err(e) => {
                door.metrics.accept_errors.add(1);
                door.log.limited("turned-away", "", &[("why", &e), ("limit", &connections.most())]);
                if failing_since.get_or_insert_with(Instant::now).elapsed() > DEAF {
                    alarm.1 = format!("no connection could be accepted for {} s: {e}", DEAF.as_secs());
                    return;
                }
                connections.drop_oldest(None);
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

/// One connection, one request.
async fn serve(stream: TcpStream, ticket: Ticket, door: Arc<Door>) {
    let (ticket, metrics) = (Arc::new(ticket), Arc::clone(&door.metrics));
    let service = service_fn(move |request| {
        let (door, ticket) = (Arc::clone(&door), Arc::clone(&ticket));
        async move { Ok::<_, Infallible>(door.answer(request, &ticket).await) }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEADER).keep_alive(false).max_buf_size(64 * 1024);
    let ended = timeout(WHOLE, http.serve_connection(TokioIo::new(stream), service)).await;
    if ended.map_or(true, |ended| ended.is_err_and(|e| e.is_timeout())) {
        metrics.timed_out.add(1);
    }
}

/// Status and text of an answer.
type Answer = (StatusCode, String);

fn refuse(status: StatusCode, why: &str) -> Answer {
    (status, why.to_owned())
}

impl Door {
    async fn answer(&self, request: Request<Incoming>, ticket: &Ticket) -> Response<Full<Bytes>> {
        let (status, text) = match (request.method(), request.uri().path()) {
            (&Method::GET, "/health") => self.health(),
            (&Method::GET, "/metrics") => (StatusCode::OK, self.metrics.text()),
            (&Method::POST, PATH) => {
                let answer = self.take(request, ticket).await;
                self.told(answer)
            }
            (_, PATH) => self.told(refuse(StatusCode::METHOD_NOT_ALLOWED, "messages are posted")),
            _ => self.told(refuse(StatusCode::NOT_FOUND, "messages are taken elsewhere")),
        };
        ticket.complete();
        self.metrics.request(status.as_u16());
        let mut response = Response::new(Full::new(Bytes::from(text)));
        *response.status_mut() = status;
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
        response
    }

    /// Logs a refusal; what a stranger wrote is shown, not repeated.
    fn told(&self, (status, why): Answer) -> Answer {
        if status != StatusCode::OK {
            self.log.limited("refused", status.as_str(), &[("status", &status.as_u16()), ("why", &why)]);
        }
        (status, visible(&why).into_owned())
    }

    /// Whether the thread with the agent looks up.
    fn health(&self) -> Answer {
        let silent_ms = i64::try_from(self.began.elapsed().as_millis()).unwrap_or(i64::MAX) - self.metrics.alive_ms.get();
        if silent_ms > HANGS.as_millis() as i64 {
            return (StatusCode::SERVICE_UNAVAILABLE, format!("the agent has not answered for {} s\n", silent_ms / 1000));
        }
        (StatusCode::OK, "ok\n".to_owned())
    }

    async fn take(&self, request: Request<Incoming>, ticket: &Ticket) -> Answer {
        let length = request.headers().get(CONTENT_LENGTH);
        if length.is_none() {
            return refuse(StatusCode::LENGTH_REQUIRED, "Content-Length is missing");
        }
        if !is_xml(request.headers()) {
            return refuse(StatusCode::BAD_REQUEST, "Content-Type is not text/xml in UTF-8");
        }
        if request.body().size_hint().lower() > MAX_BODY as u64 {
            return refuse(StatusCode::BAD_REQUEST, "the message is too large");
        }
        let body = match read(request.into_body(), ticket).await {
            Ok(body) => body,
            Err(answer) => return answer,
        };
        ticket.complete();
        let opened = match open(&body, |domain, role| self.keys.get(&(domain.clone(), role)).cloned().unwrap_or_default()) {
            Ok(opened) => opened,
            Err(e) => return (StatusCode::from_u16(e.http_status()).unwrap_or(StatusCode::BAD_REQUEST), e.to_string()),
        };
        let recipient = &opened.received.message().header().recipient_domain;
        if *recipient != self.domain {
            // An answer to it would have to be signed as somebody else.
            return refuse(StatusCode::BAD_REQUEST, &format!("the message is addressed to {recipient}, and this is {}", self.domain));
        }
        let fingerprint = fingerprint(&opened);
        let Ok(envelope) = String::from_utf8(body) else { return refuse(StatusCode::BAD_REQUEST, "the envelope is not UTF-8") };
        let (taken, answer) = oneshot::channel();
        match self.notices.try_send(Notice::Arrived(Arrival { envelope, fingerprint, taken })) {
            Ok(()) => self.metrics.queue.add(1),
            Err(TrySendError::Full(_)) => return refuse(StatusCode::TOO_MANY_REQUESTS, "the queue is full"),
            Err(TrySendError::Disconnected(_)) => return refuse(StatusCode::SERVICE_UNAVAILABLE, "the participant is closing"),
        }
        match answer.await {
            Ok(true) => (StatusCode::OK, String::new()),
            Ok(false) | Err(_) => refuse(StatusCode::SERVICE_UNAVAILABLE, "the message cannot be kept now"),
        }
    }
}

/// The whole body, as long as it is not too large and goes on coming.
async fn read(mut incoming: Incoming, ticket: &Ticket) -> Result<Vec<u8>, Answer> {
    let mut body = Vec::new();
    loop {
        let Ok(frame) = timeout(PIECE, incoming.frame()).await else {
            return Err(refuse(StatusCode::REQUEST_TIMEOUT, &format!("nothing of the body came for {} s", PIECE.as_secs())));
        };
        match frame {
            None => return Ok(body),
            Some(Err(e)) => return Err(refuse(StatusCode::BAD_REQUEST, &format!("the body breaks off: {e}"))),
            Some(Ok(frame)) => {
                let Some(piece) = frame.data_ref() else { continue };
                ticket.grew(piece.len());
                body.extend_from_slice(piece);
                if body.len() > MAX_BODY {
                    return Err(refuse(StatusCode::BAD_REQUEST, "the message is too large"));
                }
            }
        }
    }
}

/// Of who signed and what was signed.
pub(super) fn fingerprint(opened: &Opened) -> Fingerprint {
    let mut hasher = blake3::Hasher::new();
    let sender = &opened.envelope.sender_domain;
    hasher.update(sender.as_str().as_bytes()).update(b"\0").update(opened.envelope.unverified());
    hasher.finalize().into()
}

/// `text/xml` or `application/xml`, in UTF-8 if it says.
fn is_xml(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok()) else { return false };
    let value = value.to_ascii_lowercase();
    let mut parts = value.split(';').map(str::trim);
    let xml = matches!(parts.next(), Some("text/xml" | "application/xml"));
    let charset = parts.find_map(|p| p.strip_prefix("charset="));
    xml && charset.is_none_or(|c| c.trim_matches('"') == "utf-8")
}
