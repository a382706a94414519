//! Live: one thread reads and decodes, Python takes batches out of a short queue.

use std::collections::VecDeque;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sentinel_capture::{Listener, Stop};
use sentinel_wire::columns::Table;
use sentinel_wire::engine::{Engine, Options};

use crate::totals::Totals;

/// Batches that wait for Python; the accident: a pause of Python while packets come.
const WAITING: usize = 4;
/// How often totals are taken, for they look at every flow.
const TOTALS: Duration = Duration::from_secs(1);

/// One batch.
pub(crate) struct Batch {
    pub(crate) tables: Vec<Table>,
    pub(crate) line_time: i64,
}

#[derive(Default)]
struct State {
    batches: VecDeque<Batch>,
    totals: Arc<Totals>,
    notices: Vec<String>,
    is_ended: bool,
    /// Our own fault ended it.
    has_failed: bool,
    /// Nobody will take another batch.
    is_left: bool,
}

#[derive(Default)]
struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

impl Queue {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn has_room(&self) -> bool {
        self.state().batches.len() < WAITING
    }

    /// Waits for room. False: nobody takes batches any more.
    fn push(&self, batch: Batch) -> bool {
        let mut state = self.state();
        while state.batches.len() >= WAITING && !state.is_left {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.batches.push_back(batch);
        self.changed.notify_all();
        !state.is_left
    }
}

/// What waiting for a batch brought.
pub(crate) enum Taken {
    Batch(Batch),
    /// Nothing yet.
    Nothing,
    /// There is nothing more.
    End,
    /// There is nothing more, by a fault of our own.
    Fault,
}

/// See the module.
pub(crate) struct Reading {
    queue: Arc<Queue>,
    stop: Stop,
    line_time: Mutex<i64>,
}

impl Reading {
    /// Starts the thread.
    pub(crate) fn begin(listener: Listener, options: Options) -> std::io::Result<Self> {
        let (queue, stop) = (Arc::new(Queue::default()), listener.stopper());
        let mut engine = Engine::listen(Box::new(listener), options);
        let line_time = Mutex::new(engine.line_time());
        queue.state().totals = Arc::new(Totals::of(&engine));
        let shared = Arc::clone(&queue);
        std::thread::Builder::new().name("sentinel-reader".to_owned()).spawn(move || {
            let has_failed = catch_unwind(AssertUnwindSafe(|| read(&mut engine, &shared))).is_err();
            let mut state = shared.state();
            (state.is_ended, state.has_failed) = (true, has_failed);
            shared.changed.notify_all();
        })?;
        Ok(Self { queue, stop, line_time })
    }

    /// The next batch, if one comes within this time.
    pub(crate) fn take(&self, within: Duration) -> Taken {
        let waits = |state: &mut State| state.batches.is_empty() && !state.is_ended;
        let state = self.queue.state();
        let (mut state, _) = self.queue.changed.wait_timeout_while(state, within, waits).unwrap_or_else(PoisonError::into_inner);
        match state.batches.pop_front() {
            Some(batch) => {
                self.queue.changed.notify_all();
                *self.line_time.lock().unwrap_or_else(PoisonError::into_inner) = batch.line_time;
                Taken::Batch(batch)
            }
            None if state.has_failed => Taken::Fault,
            None if state.is_ended => Taken::End,
            None => Taken::Nothing,
        }
    }

    /// Line time at the end of the batch taken last.
    pub(crate) fn line_time(&self) -> i64 {
        *self.line_time.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// At most a second old; exact after the end.
    pub(crate) fn totals(&self) -> Arc<Totals> {
        Arc::clone(&self.queue.state().totals)
    }

    pub(crate) fn notices(&self) -> Vec<String> {
        std::mem::take(&mut self.queue.state().notices)
    }

    /// The end comes after what was received so far.
    pub(crate) fn stop(&self) {
        self.stop.stop();
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        self.stop.stop();
        self.queue.state().is_left = true;
        self.queue.changed.notify_all();
    }
}

fn read(engine: &mut Engine, queue: &Queue) {
    let mut totals_at = Instant::now();
    let mut told = engine.line_time();
    loop {
        let goes_on = engine.fill();
        let notices = engine.notices();
        if !notices.is_empty() {
            queue.state().notices.extend(notices);
        }
        let now = Instant::now();
        let is_time = now >= totals_at || !goes_on;
        if is_time {
            totals_at = now + TOTALS;
            let totals = Arc::new(Totals::of(engine));
            queue.state().totals = totals;
        }
        // While Python is busy the batch grows: few large ones cost it less than many small ones.
        if goes_on && !engine.is_full() && !queue.has_room() {
            continue;
        }
        let (tables, line_time) = (engine.take(), engine.line_time());
        let is_news = is_time || line_time != told || tables.iter().any(|table| table.rows() > 0);
        told = line_time;
        if (is_news && !queue.push(Batch { tables, line_time })) || !goes_on {
            return;
        }
    }
}
