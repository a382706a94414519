"""The part of the line that these tests are about: baseline, detectors, triage."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from tables import Frames, Line

from sentinel.baseline import Baseline, BaselineSettings, Novelty
from sentinel.detect import Finding, detectors
from sentinel.triage import AlertRevision, Triage

LEARN = timedelta(minutes=10)


def baseline(learn: timedelta | None = LEARN, **settings: object) -> Baseline:
    return Baseline(BaselineSettings(learn=learn, **settings))  # type: ignore[arg-type]


def novelties(line: Line, of: Baseline | None = None, cuts: Iterable[int] = (), finish: bool = False) -> list[Novelty]:
    of = of or baseline()
    found = [novelty for batch in line.batches(cuts) for novelty in of.observe(batch)]
    return found + (of.finish() if finish else [])


def findings(line: Line, of: Baseline | None = None, cuts: Iterable[int] = (), finish: bool = False) -> list[Finding]:
    of, all_of_them, found = of or baseline(), detectors(), []
    documents: Frames | None = None
    for batch in line.batches(cuts):
        documents = line.documents(batch)
        new = of.observe(batch)
        found += [one for detector in all_of_them for one in detector.examine(documents, new)]
    if finish and documents is not None:
        documents = Frames(documents.events.clear(), documents.summaries.clear(), documents.weirds.clear())
        new = of.finish()
        found += [one for detector in all_of_them for one in detector.examine(documents, new)]
    return found


def only(found: list[Finding], kind: str) -> Finding:
    """The one finding of a kind that is no note."""
    chosen = [finding for finding in found if finding.kind == kind and not finding.note]
    assert len(chosen) == 1, [(one.kind, one.title, one.note) for one in found]
    return chosen[0]


def alerts(
    line: Line, of: Baseline | None = None, triage: Triage | None = None, cuts: Iterable[int] = ()
) -> list[AlertRevision]:
    of, triage, all_of_them = of or baseline(), triage or Triage(), detectors()
    revisions: list[AlertRevision] = []
    for batch in line.batches(cuts):
        documents, new = line.documents(batch), of.observe(batch)
        found = [one for detector in all_of_them for one in detector.examine(documents, new)]
        revisions += triage.consider([], found, batch.line_time)
    documents, new = line.documents(line.nothing()), of.finish()
    found = [one for detector in all_of_them for one in detector.examine(documents, new)]
    revisions += triage.consider([], found, line.time) + triage.finish(line.time)
    return revisions
