//! Figures of what is summed up: counts, latencies, periods.

/// Latencies by power-of-two halves: 64 bins from 1 µs up, each within 41 % of its neighbour.
#[derive(Debug, Clone)]
struct Histogram {
    bins: Box<[u32; 64]>,
}

impl Histogram {
    fn bin(latency: i64) -> usize {
        let micros = (latency / 1_000).max(1) as u64;
        let power = 63 - micros.leading_zeros() as usize;
        let half = if power > 0 { (micros >> (power - 1)) as usize & 1 } else { 0 };
        (2 * power + half).min(63)
    }

    /// Upper edge of a bin in ns.
    fn edge(bin: usize) -> i64 {
        let base = 1_i64 << (bin / 2);
        let edge = if bin.is_multiple_of(2) { base + base / 2 } else { 2 * base };
        edge.max(1) * 1_000
    }
}

/// Running figures of one operation, outcome and minute.
#[derive(Debug, Clone)]
pub(crate) struct Sums {
    pub(crate) count: u64,
    pub(crate) first: i64,
    pub(crate) last: i64,
    pub(crate) bytes: u64,
    latencies: u64,
    pub(crate) latency_min: i64,
    pub(crate) latency_max: i64,
    latency_sum: i128,
    histogram: Histogram,
    periods: u64,
    period_sum: i128,
    period_squares: f64,
}

impl Sums {
    pub(super) fn new(time: i64) -> Self {
        Self {
            count: 0,
            first: time,
            last: time,
            bytes: 0,
            latencies: 0,
            latency_min: i64::MAX,
            latency_max: 0,
            latency_sum: 0,
            histogram: Histogram { bins: Box::new([0; 64]) },
            periods: 0,
            period_sum: 0,
            period_squares: 0.0,
        }
    }

    /// One transaction that began at `time` (ns).
    pub(super) fn add(&mut self, time: i64, latency: Option<i64>, bytes: u64) {
        if self.count > 0 {
            let period = time.saturating_sub(self.last).max(0);
            self.periods += 1;
            self.period_sum += i128::from(period);
            self.period_squares += (period as f64) * (period as f64);
        }
        self.count += 1;
        self.first = self.first.min(time);
        self.last = self.last.max(time);
        self.bytes += bytes;
        if let Some(latency) = latency {
            self.latencies += 1;
            self.latency_min = self.latency_min.min(latency);
            self.latency_max = self.latency_max.max(latency);
            self.latency_sum += i128::from(latency);
            self.histogram.bins[Histogram::bin(latency)] += 1;
        }
    }

    pub(crate) fn has_latency(&self) -> bool {
        self.latencies > 0
    }

    pub(crate) fn latency_mean(&self) -> i64 {
        (self.latency_sum / i128::from(self.latencies.max(1))) as i64
    }

    /// Upper edge of the bin that holds the 95th percentile, at most the maximum, in ns.
    pub(crate) fn latency_p95(&self) -> i64 {
        let wanted = (self.latencies * 95).div_ceil(100);
        let mut seen = 0;
        for (bin, count) in self.histogram.bins.iter().enumerate() {
            seen += u64::from(*count);
            if seen >= wanted {
                return Histogram::edge(bin).min(self.latency_max);
            }
        }
        self.latency_max
    }

    /// Mean time between starts and its standard deviation, in ns.
    pub(crate) fn period(&self) -> Option<(i64, i64)> {
        if self.periods == 0 {
            return None;
        }
        let count = self.periods as f64;
        let mean = self.period_sum as f64 / count;
        let variance = (self.period_squares / count - mean * mean).max(0.0);
        Some((mean as i64, variance.sqrt() as i64))
    }
}
