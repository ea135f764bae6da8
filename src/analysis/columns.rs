//! What stands in the columns of a sweep's tables.

use crate::table::description::{ColumnDescription, FileDescription, column};

const STRATEGY: ColumnDescription = column("strategy", "name", "strategy the row belongs to");
const CASE: ColumnDescription = column("case", "number", "number of the case, from 0");
const SAMPLE: ColumnDescription =
    column("sample", "number", "number of the set of parameters, from 0; in a Saltelli scheme, number of the base sample");
const BLOCK: ColumnDescription =
    column("block", "text", "block of a Saltelli scheme: `A`, `B`, or `AB:` with the parameter that comes from B; else empty");
const SEED: ColumnDescription = column("seed", "number", "seed of the random draws");
const PARAMETER_VALUE: ColumnDescription =
    column("<parameter>", "that of the key", "value of the parameter; text if a value is not a number");
const KPI: ColumnDescription = column("kpi", "name", "key of the figure, see [key figures](kpi.md)");
const UNIT: ColumnDescription = column("unit", "text", "unit of the figure");
const PARAMETER: ColumnDescription = column("parameter", "path", "dotted key of the parameter");
const CASES: ColumnDescription = column("cases", "number", "cases whose figure is a number");
const FAILED: ColumnDescription = column("failed", "number", "cases that failed");
const MEAN: ColumnDescription = column("mean", "that of `unit`", "arithmetic mean");
const DEVIATION: ColumnDescription = column("standard_deviation", "that of `unit`", "standard deviation; empty for fewer than two cases");
const MEAN_LOW: ColumnDescription =
    column("mean_low", "that of `unit`", "lower end of the 95 % confidence band of the mean; empty for fewer than two cases");
const MEAN_HIGH: ColumnDescription = column("mean_high", "that of `unit`", "its upper end");
const P5: ColumnDescription = column("p5", "that of `unit`", "5th percentile");
const MEDIAN: ColumnDescription = column("median", "that of `unit`", "median");
const P95: ColumnDescription = column("p95", "that of `unit`", "95th percentile");

/// The files of a sweep.
pub const FILES: [FileDescription; 7] = [
    FileDescription {
        file: "cases.csv",
        row: "a case of a sweep, as it was planned",
        columns: &[CASE, SAMPLE, BLOCK, STRATEGY, SEED, PARAMETER_VALUE],
    },
    FileDescription {
        file: "results.parquet",
        row: "a case of a sweep",
        columns: &[
            CASE,
            SAMPLE,
            BLOCK,
            STRATEGY,
            SEED,
            PARAMETER_VALUE,
            column(
                "<key figure>",
                "that of the figure",
                "each of [key figures](kpi.md); NaN where it has no meaning, is not priced, or the case failed",
            ),
            column("status", "word", "`ok` or `failed`"),
            column("reason", "text", "reason of the failure"),
        ],
    },
    FileDescription {
        file: "analysis/by_strategy.csv",
        row: "a strategy and figure, over all its cases",
        columns: &[STRATEGY, KPI, UNIT, CASES, FAILED, MEAN, DEVIATION, MEAN_LOW, MEAN_HIGH, P5, MEDIAN, P95],
    },
    FileDescription {
        file: "analysis/by_set.csv",
        row: "a set of parameters, strategy and figure, over seeds; only with more than one seed",
        columns: &[STRATEGY, PARAMETER_VALUE, KPI, UNIT, CASES, FAILED, MEAN, DEVIATION, MEAN_LOW, MEAN_HIGH, P5, MEDIAN, P95],
    },
    FileDescription {
        file: "analysis/swings.csv",
        row: "a strategy, figure and parameter; not for a list of several parameters, which move together",
        columns: &[
            STRATEGY,
            KPI,
            UNIT,
            PARAMETER,
            column("parameter_low", "that of the key", "mean of the parameter over the fifth of the cases where it is lowest"),
            column("parameter_high", "that of the key", "mean over the fifth where it is highest"),
            column("kpi_low", "that of `unit`", "mean of the figure at the low end"),
            column("kpi_high", "that of `unit`", "mean of the figure at the high end"),
            column("change", "that of `unit`", "high minus low; negative: the figure falls as the parameter rises"),
        ],
    },
    FileDescription {
        file: "analysis/sobol.csv",
        row: "a strategy, figure and parameter; Saltelli schemes only",
        columns: &[
            STRATEGY,
            KPI,
            PARAMETER,
            column("samples", "number", "number of base samples"),
            column("first", "share of the variance", "first-order Sobol index; slightly negative by error where it is near zero"),
            column("first_low", "share of the variance", "lower end of its 95 % band"),
            column("first_high", "share of the variance", "upper end"),
            column("total", "share of the variance", "total Sobol index"),
            column("total_low", "share of the variance", "lower end of its 95 % band"),
            column("total_high", "share of the variance", "upper end"),
        ],
    },
    FileDescription {
        file: "analysis/break_even.csv",
        row: "a value of a parameter at which the cheaper of two strategies changes; only with more than one seed, and not for several parameters that are drawn",
        columns: &[
            KPI,
            PARAMETER,
            column("cheaper_below", "name", "strategy with the lower figure below the value"),
            column("cheaper_above", "name", "strategy with the lower figure above it"),
            column("at", "that of the key", "the value, mean over the seeds that have it"),
            column("at_low", "that of the key", "lowest over these seeds"),
            column("at_high", "that of the key", "highest over these seeds"),
            column("seeds", "number", "seeds that have it"),
            column("of_seeds", "number", "seeds of the sweep"),
        ],
    },
];
