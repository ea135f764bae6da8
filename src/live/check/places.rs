//! Where the participant listens, and what it writes.

use std::net::ToSocketAddrs as _;
use std::path::Path;

use super::super::loaded::Loaded;
use super::super::rules::NO_LISTENER;
use crate::output::error::CANNOT_WRITE;
use crate::scenario::lint::Faults;

pub(super) fn listen(loaded: &Loaded, faults: &mut Faults<'_>) {
    let address = &loaded.config.listen;
    let why = match address.rsplit_once(':') {
        None => Some("it has no port".to_owned()),
        Some(("", _)) => Some("it has no host; 0.0.0.0 stands for all of them".to_owned()),
        Some((_, port)) if port.parse::<u16>().is_err() => Some(format!("'{port}' is no port")),
        Some(_) => address.to_socket_addrs().err().map(|e| e.to_string()),
    };
    if let Some(why) = why {
        let finding = NO_LISTENER.finding(format!("cannot listen on '{address}': {why}"));
        faults.at("listen", finding.help("write it like '127.0.0.1:8080'"));
    }
}

pub(super) fn messages(loaded: &Loaded, faults: &mut Faults<'_>) {
    let Some(folder) = loaded.document.file("messages") else { return };
    if folder.exists() && !folder.is_dir() {
        let finding = CANNOT_WRITE.finding(format!("'{}' is not a folder", folder.display()));
        faults.at("messages", finding.help("name a folder for the messages"));
    } else if holds(&folder, &loaded.file) {
        let finding = CANNOT_WRITE.finding(format!(
            "'{}' is the folder of the configuration, or one around it",
            loaded.config.messages.as_deref().unwrap_or_default()
        ));
        faults.at("messages", finding.help("name a folder of its own, such as messages = \"messages\""));
    } else if folder == loaded.journal() {
        let finding = CANNOT_WRITE.finding(format!("'{}' is the journal, too", folder.display()));
        faults.at("messages", finding.help("name a folder of its own"));
    }
}

/// Whether `file` lies in `folder` itself or deeper.
fn holds(folder: &Path, file: &Path) -> bool {
    let whole = |path: &Path| if path.as_os_str().is_empty() { Path::new(".").canonicalize() } else { path.canonicalize() };
    whole(folder).is_ok_and(|folder| whole(file).is_ok_and(|file| file.starts_with(folder)))
}

/// Keys of files that a participant reads; one of them may not be there yet.
const DATA: [&str; 5] = ["private_key", "aggregator.forecast", "aggregator.prices", "aggregator.meters", "operator.forecast"];

/// Whether two paths lead to one file, be it there or not.
fn is_same(a: &Path, b: &Path) -> bool {
    let place = |path: &Path| {
        let folder = path.parent().filter(|f| !f.as_os_str().is_empty()).unwrap_or(Path::new("."));
        path.canonicalize().ok().or_else(|| Some(folder.canonicalize().ok()?.join(path.file_name()?)))
    };
    a == b || place(a).is_some_and(|a| place(b) == Some(a))
}

pub(super) fn journal(loaded: &Loaded, faults: &mut Faults<'_>) {
    let path = loaded.journal();
    let folder = path.parent().filter(|f| !f.as_os_str().is_empty());
    let why = if path.is_dir() {
        Some(format!("'{}' is a folder", path.display()))
    } else if path.exists() && !path.is_file() {
        Some(format!("'{}' is no regular file", path.display()))
    } else if let Some(key) = DATA.into_iter().find(|key| loaded.document.file(key).is_some_and(|data| is_same(&data, &path))) {
        Some(format!("'{}' is '{key}', too", path.display()))
    } else {
        folder.filter(|f| !f.is_dir()).map(|f| format!("there is no folder '{}'", f.display()))
    };
    if let Some(why) = why {
        let finding = CANNOT_WRITE.finding(format!("cannot keep a journal: {why}"));
        faults.at("journal", finding.help("name a file in a folder that is there"));
    }
}
