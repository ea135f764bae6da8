#!/usr/bin/env bash
# Counts the instructions of three commands and holds them against .ci/instructions.txt: speed leaks away in steps that a clock
# on a shared machine does not show, and instructions are counted alike there and on an idle one.
#
#   .ci/instructions.sh [--write] [BINARY]        default BINARY: target/release/copperplate
#
# Says by how much each count differs, exit code 1 beyond 2 % either way: a gain is written down, too, or the next loss hides in
# it. --write writes the counts anew. They hold for one compiler and for processors with AVX2; elsewhere the exit code is 77
# (skipped).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
known=.ci/instructions.txt
write=
if [[ ${1:-} == --write ]]; then
    write=yes
    shift
fi
binary=$(realpath "${1:-target/release/copperplate}")
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
# One thread, so that nothing waits or steals; one place in memory, so that no address decides a branch.
export RAYON_NUM_THREADS=1 COLUMNS=100 LC_ALL=C

compiler=$(rustc --version)
if ! grep -q '\bavx2\b' /proc/cpuinfo; then
    echo "the counts are of the kernels for AVX2, which this processor lacks"
    exit 77
fi
if [[ -z $write ]] && ! grep -qxF "# $compiler" "$known"; then
    echo "the counts are of $(sed -n 's/^# \(rustc .*\)/\1/p' "$known"), this is $compiler"
    exit 77
fi

# Name, then the command.
count() {
    local name=$1 counted
    shift
    setarch -R valgrind --tool=callgrind --callgrind-out-file=/dev/null "$binary" "$@" > "$temp/out" 2> "$temp/log" \
        || { cat "$temp/log"; return 1; }
    counted=$(sed -n 's/.*Collected : \([0-9]*\).*/\1/p' "$temp/log")
    [[ -n $counted ]] || { cat "$temp/log"; return 1; }
    printf '%s %s\n' "$name" "$counted" >> "$temp/counts"
}

"$binary" run scenarios/quickstart.toml --strategy congestion-management --messages-xml --out "$temp/messages" > /dev/null 2>&1
count load-flow powerflow scenarios/feeders/lv-rural1-2 --series
count run run scenarios/quickstart.toml --strategy congestion-management --out "$temp/run"
count messages message check "$temp"/messages/messages/congestion-management/*.xml

if [[ -n $write ]]; then
    { echo "# $compiler"; cat "$temp/counts"; } > "$known"
    cat "$known"
    exit
fi
awk 'NR == FNR { if ($1 != "#") known[$1] = $2; next }
    {
        change = 100 * ($2 / known[$1] - 1)
        far = change > 2 || change < -2
        failed = failed || far
        printf "%-10s %12d instructions, %12d known, %+6.2f %%%s\n", $1, $2, known[$1], change, far ? "  BEYOND 2 %" : ""
    }
    END { exit failed }' "$known" "$temp/counts"
