//! Memory that nobody uses goes back to the system: after a batch in which much was new, the heap is mostly holes.

use pyo3::prelude::*;

/// Gives free pages of the heap back to the system; see the stub file.
#[pyfunction]
pub(crate) fn give_back(py: Python<'_>) {
    py.detach(trim);
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn trim() {
    // SAFETY: the call takes no memory of ours; the allocator locks what it looks at (malloc_trim(3): MT-Safe).
    unsafe { libc::malloc_trim(0) };
}

/// Other allocators do it by themselves, or cannot be told.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn trim() {}
