//! A sweep as a Slurm job array: the script stays in the folder, so it can be read, changed and submitted again.

use std::path::Path;
use std::process::Command;

use super::super::{Outcome, print};
use crate::diagnostic::Findings;
use crate::sweep::Folder;
use crate::sweep::rules::CANNOT_SUBMIT;

/// Name of the script in the sweep's folder.
const SCRIPT: &str = "slurm.sh";

/// Shards if the user does not say how many.
const SHARDS: u64 = 20;

/// Writes the script and calls `sbatch`.
pub(super) fn submit(dir: &Path, shards: Option<u64>) -> Result<Outcome, Findings> {
    let folder = Folder::open(dir)?;
    // A plan that has changed since is told here, not in twenty logs.
    folder.plan()?;
    let shards = shards.unwrap_or(SHARDS).clamp(1, folder.record.parts);
    let failed = |what: &str, e: std::io::Error| Findings::from(CANNOT_SUBMIT.finding(format!("cannot {what}: {e}")));
    let program = std::env::current_exe().map_err(|e| failed("tell where this program is", e))?;
    let here = std::env::current_dir().map_err(|e| failed("tell where it was called", e))?;
    let folder_path = std::path::absolute(dir).map_err(|e| failed("tell where the sweep is", e))?;
    let logs = folder_path.join("logs");
    std::fs::create_dir_all(&logs).map_err(|e| failed(&format!("make '{}'", logs.display()), e))?;
    let path = folder_path.join(SCRIPT);
    let text = script(&folder.record.name, shards, &program, &here, &folder_path);
    std::fs::write(&path, text).map_err(|e| failed(&format!("write '{}'", path.display()), e))?;
    let answer = Command::new("sbatch").arg("--parsable").arg(&path).output();
    let answer = answer.map_err(|e| failed("call sbatch", e)).map_err(|mut findings| {
        findings.0[0].help = Some(format!("submit '{}' where Slurm is installed", path.display()));
        findings
    })?;
    if !answer.status.success() {
        // A message is one line.
        let said = String::from_utf8_lossy(&answer.stderr);
        let said: Vec<&str> = said.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let message = format!("sbatch refused: {}", said.join("; "));
        return Err(CANNOT_SUBMIT.finding(message).help(format!("change '{}', then: sbatch {0}", path.display())).into());
    }
    let job = String::from_utf8_lossy(&answer.stdout).trim().to_owned();
    print(&format!("job {job}: {shards} shards, script {}\n", path.display()));
    print(&format!("next: copperplate sweep status {0}, copperplate sweep merge {0}\n", dir.display()));
    Ok(Outcome::Done)
}

/// The array script. A task that is run again alone is told the number of shards, for it is no array of that length then.
fn script(name: &str, shards: u64, program: &Path, here: &Path, folder: &Path) -> String {
    let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c } else { '-' }).collect();
    let quoted = |path: &Path| format!("'{}'", path.display().to_string().replace('\'', r"'\''"));
    let last = shards - 1;
    format!(
        "#!/bin/sh\n\
         # Each task runs one shard of a sweep. To run one task again: sbatch --array=7 {script}\n\
         #SBATCH --job-name={plain}\n\
         #SBATCH --array=0-{last}\n\
         #SBATCH --ntasks=1\n\
         #SBATCH --cpus-per-task=1\n\
         #SBATCH --open-mode=append\n\
         #SBATCH --output=\"{logs}/%a.log\"\n\
         cd {here} || exit 2\n\
         exec {program} sweep work {folder} --shards {shards} --threads \"${{SLURM_CPUS_PER_TASK:-1}}\"\n",
        script = quoted(&folder.join(SCRIPT)),
        logs = folder.join("logs").display(),
        here = quoted(here),
        program = quoted(program),
        folder = quoted(folder),
    )
}

#[cfg(test)]
mod tests {
    use super::script;
    use std::path::Path;

    #[test]
    fn the_script_is_an_array_of_shards() {
        let text = script("a b", 20, Path::new("/bin/copperplate"), Path::new("/home/o'neil"), Path::new("/data/sweep"));
        assert!(text.contains("#SBATCH --job-name=a-b\n#SBATCH --array=0-19\n"));
        assert!(text.contains(r"cd '/home/o'\''neil' || exit 2"));
        assert!(text.ends_with("exec '/bin/copperplate' sweep work '/data/sweep' --shards 20 --threads \"${SLURM_CPUS_PER_TASK:-1}\"\n"));
    }
}
