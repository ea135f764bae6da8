#!/usr/bin/env bash
# A sweep on the real scheduler: Slurm on this one machine, 20 shards, one of them killed and run again, merged, and the result
# compared byte for byte with the sweep of a single process. Needs root (or sudo) to install Debian's slurm-wlm; 77 if it cannot.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
binary=$PWD/target/release/copperplate
template=${COPPERPLATE_SHARED:-../shared}/slurm/slurm-onenode.conf
scenario=scenarios/sweep-pv.toml

as_root=()
if [[ $(id -u) -ne 0 ]]; then as_root=(sudo -n); fi
if ! command -v slurmctld sbatch > /dev/null; then
    { "${as_root[@]}" apt-get update -qq && "${as_root[@]}" apt-get install -y -qq slurm-wlm; } > /dev/null 2>&1 \
        || { echo "slurm-wlm cannot be installed"; exit 77; }
fi
[[ $(id -u) -eq 0 && -f $template ]] || { echo "needs root and $template"; exit 77; }

temp=$(mktemp -d)
daemons=()
stop() {
    scancel --quiet "${job:-0}" 2> /dev/null || true
    for pid in "${daemons[@]}"; do kill "$pid" 2> /dev/null || true; done
    wait 2> /dev/null || true
    rm -rf "$temp"
}
trap stop EXIT

# One node that is its own controller.
host=$(hostname -s)
mkdir -p "$temp/state/state" "$temp/state/spool" "$temp/state/log"
sed -e "s|@HOST@|$host|g" -e "s|@STATE@|$temp/state|g" "$template" > "$temp/slurm.conf"
export SLURM_CONF=$temp/slurm.conf
slurmctld -D > "$temp/slurmctld.out" 2>&1 & daemons+=($!)
slurmd -D > "$temp/slurmd.out" 2>&1 & daemons+=($!)
ready() { sinfo --noheader --format=%T 2> /dev/null | grep -qE 'idle|mixed|alloc'; }
for _ in $(seq 60); do if ready; then break; fi; sleep 1; done
ready || { tail -n 20 "$temp"/state/log/*; exit 1; }

"$binary" sweep "$scenario" --out "$temp/alone"
"$binary" sweep plan "$scenario" --out "$temp/array"
"$binary" sweep submit "$temp/array" --backend slurm --shards 20 | tee "$temp/submitted"
job=$(sed -n 's/^job \([0-9]*\):.*/\1/p' "$temp/submitted")

# One task is killed, while it runs if it lasts long enough to be seen; its share is taken away in any case.
finished() { local left; left=$(squeue --noheader --jobs="$job" --states=all --format=%T) && ! grep -qvE 'COMPLETED|CANCELLED|FAILED' <<< "${left:-COMPLETED}"; }
task_7() { squeue --noheader --array --jobs="$job" --states=running --format=%K | grep -qx 7; }
for _ in $(seq 600); do if task_7; then scancel --signal=KILL "${job}_7" || true; break; fi; if finished; then break; fi; sleep 0.2; done
for _ in $(seq 300); do if finished; then break; fi; sleep 1; done
finished || { squeue; exit 1; }
squeue --noheader --array --jobs="$job" --states=all --format='%K %T' | sort -n | tr '\n' ';'; echo
rm -f "$temp/array/parts/part-000007.parquet" "$temp/array/parts/part-000027.parquet"
if "$binary" sweep merge "$temp/array" 2> "$temp/refused"; then echo "merged without a shard"; exit 1; fi
grep 'sweep-unfinished' "$temp/refused"

sbatch --quiet --wait --array=7 "$temp/array/slurm.sh"
cat "$temp/array/logs/7.log"
"$binary" sweep status "$temp/array"
"$binary" sweep merge "$temp/array"
cmp "$temp/alone/results.parquet" "$temp/array/results.parquet"
echo "20 shards through Slurm, one of them twice: the same bytes as one process"
