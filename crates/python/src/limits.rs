//! Limits by name, as configuration gives them.

use sentinel_wire::limits::Bound;
use sentinel_wire::Limits;

/// Name, what it bounds and why, what happens when it is reached, unit, default.
pub(crate) type Told = (&'static str, &'static str, &'static str, &'static str, i64);

/// Every limit.
pub(crate) fn all() -> Vec<Told> {
    let unit = |name: &str, bound: &Bound<'_>| match bound {
        Bound::Time(_) => "ns",
        _ if name.contains("bytes") || name == "reorder_window" => "bytes",
        _ => "",
    };
    let mut defaults = Limits::default();
    defaults.entries().into_iter().map(|(name, what, reached, bound)| (name, what, reached, unit(name, &bound), bound.get())).collect()
}

/// # Errors
/// One line: no such limit, or a value that cannot be.
pub(crate) fn set(limits: &mut Limits, name: &str, value: i64) -> Result<(), String> {
    if value < 1 {
        return Err(format!("limits.{name}: {value} is not a positive number"));
    }
    let found = limits.entries().into_iter().find(|(one, ..)| *one == name);
    let (.., mut bound) = found.ok_or_else(|| format!("limits.{name}: there is no such limit"))?;
    bound.set(value).ok_or_else(|| format!("limits.{name}: {value} is too large"))
}
