//! Which share of a sweep a process takes: by option, or by what a scheduler puts into the environment of a job array.
//!
//! | scheduler | this one | of how many |
//! |---|---|---|
//! | Slurm | `SLURM_ARRAY_TASK_ID` − `SLURM_ARRAY_TASK_MIN` | `SLURM_ARRAY_TASK_COUNT` |
//! | Kubernetes, indexed Job | `JOB_COMPLETION_INDEX` | `JOB_COMPLETIONS`, to be set in the manifest |
//! | AWS Batch, array job | `AWS_BATCH_JOB_ARRAY_INDEX` | `AWS_BATCH_JOB_ARRAY_SIZE` |
//!
//! With `--shards` the number is taken from there and the scheduler's as it is, from 0: a single task of an array can then be
//! run again, though it believes to be an array of one.

use std::fmt;
use std::str::FromStr;

use crate::diagnostic::Findings;
use crate::sweep::rules::NO_SHARD;

/// Shard `index` of `count`, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shard {
    index: u64,
    count: u64,
}

impl Shard {
    /// Whether it runs a part: parts are dealt in turn.
    pub(super) fn takes(self, part: u64) -> bool {
        part % self.count == self.index
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Shard, String> {
        let form = || "write I/N, such as 0/4 for the first of four".to_owned();
        let (index, count) = text.split_once('/').ok_or_else(form)?;
        let (index, count) = (index.parse().map_err(|_| form())?, count.parse().map_err(|_| form())?);
        if index < count { Ok(Shard { index, count }) } else { Err("I counts from 0 and is below N".to_owned()) }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

/// The shard that the options or the scheduler name.
///
/// # Errors
/// `no-shard` when neither says which of how many, or what they say makes no sense.
pub(super) fn of(given: Option<Shard>, shards: Option<u64>, env: &dyn Fn(&str) -> Option<String>) -> Result<Shard, Findings> {
    if let Some(shard) = given {
        return Ok(shard);
    }
    let number = |name: &str| env(name).and_then(|text| text.parse::<u64>().ok());
    let arrays = [
        ("SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_COUNT"),
        ("JOB_COMPLETION_INDEX", "", "JOB_COMPLETIONS"),
        ("AWS_BATCH_JOB_ARRAY_INDEX", "", "AWS_BATCH_JOB_ARRAY_SIZE"),
    ];
    let fault = |message: String| Findings::from(NO_SHARD.finding(message).help("name the shard: --shard 0/4 is the first of four"));
    let Some((name, id, first, count)) = arrays.iter().find_map(|(id, first, count)| Some((*id, number(id)?, *first, *count))) else {
        return Err(fault("the number of this shard is unknown: there is no --shard and no job array".to_owned()));
    };
    let (index, count) = match shards {
        Some(count) => (id, Some(count)),
        None => (id.saturating_sub(number(first).unwrap_or(0)), number(count)),
    };
    match count {
        Some(count) if index < count => Ok(Shard { index, count }),
        Some(count) => Err(fault(format!("{name} is {id}, beyond {count} shards counted from 0"))),
        None => Err(fault(format!("{name} is {id}, but the number of shards is unknown; add --shards"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(env: &[(&str, &str)], shards: Option<u64>) -> Result<String, String> {
        let get = |name: &str| env.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
        of(None, shards, &get).map(|s| s.to_string()).map_err(|f| f.0[0].message.clone())
    }

    #[test]
    fn schedulers_say_which_shard_it_is() {
        let slurm = [("SLURM_ARRAY_TASK_ID", "7"), ("SLURM_ARRAY_TASK_MIN", "5"), ("SLURM_ARRAY_TASK_COUNT", "20")];
        assert_eq!(found(&slurm, None), Ok("2/20".to_owned()));
        // One task of the array run again by itself.
        let alone = [("SLURM_ARRAY_TASK_ID", "7"), ("SLURM_ARRAY_TASK_MIN", "7"), ("SLURM_ARRAY_TASK_COUNT", "1")];
        assert_eq!(found(&alone, Some(20)), Ok("7/20".to_owned()));
        assert_eq!(found(&[("JOB_COMPLETION_INDEX", "3")], Some(4)), Ok("3/4".to_owned()));
        assert_eq!(found(&[("JOB_COMPLETION_INDEX", "3"), ("JOB_COMPLETIONS", "5")], None), Ok("3/5".to_owned()));
        assert_eq!(found(&[("AWS_BATCH_JOB_ARRAY_INDEX", "0"), ("AWS_BATCH_JOB_ARRAY_SIZE", "2")], None), Ok("0/2".to_owned()));
    }

    #[test]
    fn half_a_place_is_none() {
        assert!(found(&[], None).unwrap_err().contains("no job array"));
        assert!(found(&[("JOB_COMPLETION_INDEX", "3")], None).unwrap_err().contains("--shards"));
        assert!(found(&[("JOB_COMPLETION_INDEX", "4")], Some(4)).unwrap_err().contains("beyond"));
        assert_eq!("1/4".parse::<Shard>(), Ok(Shard { index: 1, count: 4 }));
        assert!(["4/4", "1", "a/b", "1/0", ""].iter().all(|s| s.parse::<Shard>().is_err()));
    }

    #[test]
    fn shards_deal_out_every_part_once() {
        let shards: Vec<Shard> = (0..7).map(|index| Shard { index, count: 7 }).collect();
        assert!((0..50).all(|part| shards.iter().filter(|s| s.takes(part)).count() == 1));
    }
}
