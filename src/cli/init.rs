//! `copperplate init`: a commented scenario to start from, which runs as it is.
//!
//! It is one of the shipped scenarios with its own name; paths of the feeder and of the schema are those of the shipped ones, seen
//! from where the file is written.

use std::path::{Component, Path, PathBuf};

use clap::ValueEnum;

use super::rules::{FILE_EXISTS, NO_FEEDERS, SCENARIO_NAME};
use super::{Outcome, files, print};
use crate::diagnostic::{Finding, Findings};
use crate::output::error::CANNOT_WRITE;
use crate::table::read::unreadable;

/// Arguments of `init`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  copperplate init my-street --from winter-evening\n  copperplate run my-street.toml")]
pub(super) struct Args {
    /// Name of the scenario: writes NAME.toml; results will go to outputs/NAME
    name: PathBuf,
    /// The shipped scenario to start from
    #[arg(long, value_enum, default_value_t = Template::Quickstart)]
    from: Template,
    /// Folder 'scenarios' of the repository, with the shipped feeders [default: the first one found in and above the new file's folder,
    /// then above the program]
    #[arg(long, value_name = "DIR")]
    scenarios: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Template {
    /// A week of sun behind a village transformer
    Quickstart,
    /// Electric cars and heat pumps in a cold week
    WinterEvening,
    /// The quickstart over a year
    Year,
}

/// A template's name and the texts that it is laid over, itself last.
fn text(template: Template) -> (&'static str, &'static str) {
    match template {
        Template::Quickstart => ("quickstart", include_str!("../../scenarios/quickstart.toml")),
        Template::WinterEvening => ("winter-evening", include_str!("../../scenarios/winter-evening.toml")),
        Template::Year => ("year", include_str!("../../scenarios/year.toml")),
    }
}

pub(super) fn run(args: &Args) -> Result<Outcome, Findings> {
    let written = args.name.display().to_string();
    let name = args.name.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let name = name.strip_suffix(".toml").unwrap_or(&name);
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_') {
        let finding = SCENARIO_NAME.finding(format!("'{written}' is not a name for a scenario"));
        return Err(finding.help("use letters, digits, '-' and '_'").into());
    }
    let folder = args.name.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let file = format!("{name}.toml");
    let target = args.name.with_file_name(&file);
    if target.exists() {
        let finding = FILE_EXISTS.finding(format!("'{}' already exists", target.display()));
        return Err(finding.help("choose another name, or remove it").into());
    }
    // Looked for before anything is made; the folder may be one of those that are.
    let wanted = std::path::absolute(folder).unwrap_or_else(|_| folder.to_path_buf());
    let shipped = shipped(&wanted, args.scenarios.as_deref())?;
    std::fs::create_dir_all(folder).map_err(|e| CANNOT_WRITE.finding(format!("cannot make '{}': {e}", folder.display())))?;
    let folder = folder.canonicalize().map_err(|error| unreadable(folder, &error))?;
    let shipped = shipped.canonicalize().map_err(|error| unreadable(&shipped, &error))?;
    let (template, text) = text(args.from);
    let text = adapted(text, (template, name), &relative(&folder, &shipped));
    files::publish(&folder, &[(&file, text.into_bytes())])?;
    let target = target.display();
    print(&format!("wrote {target} from '{template}'; next:\n  copperplate validate {target}\n  copperplate run {target}\n"));
    Ok(Outcome::Done)
}

/// The folder `scenarios` with the shipped feeders: the one that is said, else in or above the scenario's folder, or above the
/// program.
fn shipped(folder: &Path, said: Option<&Path>) -> Result<PathBuf, Finding> {
    let holds = |folder: &PathBuf| folder.join("feeders").is_dir();
    if let Some(said) = said {
        let found = said.canonicalize().ok().filter(holds);
        return found.ok_or_else(|| {
            let finding = NO_FEEDERS.finding(format!("there is no folder 'feeders' in '{}'", said.display()));
            finding.help("name the folder 'scenarios' of the repository")
        });
    }
    let program = std::env::current_exe().and_then(|path| path.canonicalize()).ok();
    let above = folder.ancestors().chain(program.iter().flat_map(|path| path.ancestors()));
    above.map(|folder| folder.join("scenarios")).find(holds).ok_or_else(|| {
        let message = format!("no folder scenarios/feeders found in or above '{}', or above the program", folder.display());
        NO_FEEDERS.finding(message).help("name the repository's folder: --scenarios PATH/TO/scenarios")
    })
}

/// The way from `folder` to `target`, both whole paths, with '/' between its steps.
fn relative(folder: &Path, target: &Path) -> String {
    let (from, to): (Vec<Component<'_>>, Vec<Component<'_>>) = (folder.components().collect(), target.components().collect());
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = from[common..].iter().map(|_| "..".to_owned());
    let down = to[common..].iter().map(|step| step.as_os_str().to_string_lossy().into_owned());
    up.chain(down).collect::<Vec<_>>().join("/")
}

/// The template under its new name, with paths through `scenarios`.
fn adapted(text: &str, (template, name): (&str, &str), scenarios: &str) -> String {
    let inside = |path: &str| if scenarios.is_empty() { path.to_owned() } else { format!("{scenarios}/{path}") };
    let line = |line: &str| {
        line.replacen(&format!("name = \"{template}\""), &format!("name = \"{name}\""), 1)
            .replacen("#:schema scenario.schema.json", &format!("#:schema {}", inside("scenario.schema.json")), 1)
            .replacen("path = \"feeders/", &format!("path = \"{}", inside("feeders/")), 1)
            .replacen("extends = \"quickstart.toml\"", &format!("extends = \"{}\"", inside("quickstart.toml")), 1)
            + "\n"
    };
    text.lines().map(line).collect()
}
