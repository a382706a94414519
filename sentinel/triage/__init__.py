"""Triage: few alerts, each one story, obeying people's decisions."""

from sentinel.triage.alert import Alert, AlertRevision
from sentinel.triage.decisions import ABOUT_FACTS, Decision, Decisions, Ruling
from sentinel.triage.folding import Decided, Triage, TriageLimits

__all__ = [
    "ABOUT_FACTS",
    "Alert",
    "AlertRevision",
    "Decided",
    "Decision",
    "Decisions",
    "Ruling",
    "Triage",
    "TriageLimits",
]
