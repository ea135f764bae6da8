//! Ridge regression (Hoerl and Kennard 1970): least `Σ (y − b₀ − x·b)² + λ |b|²`, the intercept free, `x` unscaled.
//!
//! With `n` rows, `x̄`, `ȳ` the means,
//!
//! ```text
//! A b = Σ x y − n x̄ ȳ,   A = Σ x xᵀ − n x̄ x̄ᵀ + λ I = L Lᵀ,   b₀ = ȳ − x̄·b
//! left out:  e / (1 − h),   h = 1/n + |L⁻¹ (x − x̄)|²            the error for a row that a fit without it makes
//! ```
//!
//! Rows are kept as sums, so rows of neighbours are pooled by adding sums.

/// Sums over rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Moments {
    n: f64,
    x: Vec<f64>,
    y: f64,
    /// Lower triangle, row after row.
    xx: Vec<f64>,
    xy: Vec<f64>,
}

impl Moments {
    /// No rows of so many columns.
    #[must_use]
    pub fn new(columns: usize) -> Moments {
        Moments { n: 0.0, x: vec![0.0; columns], y: 0.0, xx: vec![0.0; columns * (columns + 1) / 2], xy: vec![0.0; columns] }
    }

    /// Adds a row.
    pub fn take(&mut self, x: &[f64], y: f64) {
        self.n += 1.0;
        self.y += y;
        let mut k = 0;
        for (i, a) in x.iter().enumerate() {
            self.x[i] += a;
            self.xy[i] += a * y;
            for b in &x[..=i] {
                self.xx[k] += a * b;
                k += 1;
            }
        }
    }

    /// Adds the rows of others.
    pub fn pool(&mut self, other: &Moments) {
        let add = |to: &mut [f64], from: &[f64]| to.iter_mut().zip(from).for_each(|(t, f)| *t += f);
        self.n += other.n;
        self.y += other.y;
        add(&mut self.x, &other.x);
        add(&mut self.xx, &other.xx);
        add(&mut self.xy, &other.xy);
    }

    /// Fits the rows; `None` without any, or where `λ` is zero and columns depend on each other.
    #[must_use]
    pub fn fit(&self, lambda: f64) -> Option<Ridge> {
        if self.n == 0.0 {
            return None;
        }
        let columns = self.x.len();
        let means: Vec<f64> = self.x.iter().map(|x| x / self.n).collect();
        let mean = self.y / self.n;
        // Cholesky, row by row in place.
        let mut l = self.xx.clone();
        let at = |i: usize, j: usize| i * (i + 1) / 2 + j;
        for i in 0..columns {
            for j in 0..=i {
                let mut sum = l[at(i, j)] - self.n * means[i] * means[j] + if i == j { lambda } else { 0.0 };
                for k in 0..j {
                    sum -= l[at(i, k)] * l[at(j, k)];
                }
                l[at(i, j)] = if i == j { libm::sqrt(sum) } else { sum / l[at(j, j)] };
            }
            if l[at(i, i)].is_nan() || l[at(i, i)] <= 0.0 {
                return None;
            }
        }
        let mut b: Vec<f64> = (0..columns).map(|i| self.xy[i] - self.n * means[i] * mean).collect();
        forward(&l, &mut b);
        for i in (0..columns).rev() {
            for k in i + 1..columns {
                b[i] -= l[at(k, i)] * b[k];
            }
            b[i] /= l[at(i, i)];
        }
        let intercept = mean - means.iter().zip(&b).map(|(x, b)| x * b).sum::<f64>();
        Some(Ridge { coefficients: b, intercept, n: self.n, means, factor: l })
    }
}

/// Solves `L z = v` in place.
fn forward(l: &[f64], v: &mut [f64]) {
    for i in 0..v.len() {
        let row = &l[i * (i + 1) / 2..];
        let mut sum = v[i];
        for k in 0..i {
            sum -= row[k] * v[k];
        }
        v[i] = sum / row[i];
    }
}

/// A fitted regression.
#[derive(Debug, Clone, PartialEq)]
pub struct Ridge {
    /// `b`, by column.
    pub coefficients: Vec<f64>,
    /// `b₀`.
    pub intercept: f64,
    n: f64,
    means: Vec<f64>,
    factor: Vec<f64>,
}

impl Ridge {
    /// What the regression says of a row.
    #[must_use]
    pub fn at(&self, x: &[f64]) -> f64 {
        self.coefficients.iter().zip(x).map(|(b, x)| b * x).sum::<f64>() + self.intercept
    }

    /// The error `y − ŷ` that a fit without the row makes for a row that was fitted. `work` is overwritten.
    #[must_use]
    pub fn left_out(&self, x: &[f64], y: f64, work: &mut Vec<f64>) -> f64 {
        work.clear();
        work.extend(x.iter().zip(&self.means).map(|(x, mean)| x - mean));
        forward(&self.factor, work);
        let h = 1.0 / self.n + work.iter().map(|z| z * z).sum::<f64>();
        (y - self.at(x)) / (1.0 - h).max(1e-9)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fit(x: &[f64], y: &[f64], lambda: f64) -> Ridge {
        let mut moments = Moments::new(3);
        x.chunks(3).zip(y).for_each(|(x, y)| moments.take(x, *y));
        moments.fit(lambda).expect("there are rows")
    }

    proptest! {
        /// The error of a row left out is that of a fit that never saw it.
        #[test]
        fn left_out_is_left_out(
            x in prop::collection::vec(-3.0..3.0_f64, 36),
            y in prop::collection::vec(-9.0..9.0_f64, 12),
            lambda in 0.1..10.0_f64,
            k in 0..12_usize,
        ) {
            let row = &x[3 * k..3 * (k + 1)];
            let error = fit(&x, &y, lambda).left_out(row, y[k], &mut Vec::new());
            let (mut other_x, mut other_y) = (x.clone(), y.clone());
            other_x.drain(3 * k..3 * (k + 1));
            other_y.remove(k);
            let without = fit(&other_x, &other_y, lambda);
            prop_assert!((y[k] - without.at(row) - error).abs() < 1e-7 * (1.0 + error.abs()));
        }
    }
}
