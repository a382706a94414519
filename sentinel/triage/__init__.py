"""Triage: few alerts, each one story, obeying people's decisions."""

from sentinel.triage.alert import Alert, AlertRevision
from sentinel.triage.decisions import Decision, Decisions
from sentinel.triage.folding import Decided, Triage, TriageLimits

__all__ = ["Alert", "AlertRevision", "Decided", "Decision", "Decisions", "Triage", "TriageLimits"]
