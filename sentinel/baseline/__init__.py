"""The baseline: what is normal on this network, and what is new."""

from sentinel.baseline.baseline import Baseline
from sentinel.baseline.facts import Fact, FactLimits, Subject
from sentinel.baseline.learning import BaselineSettings, LearningState
from sentinel.baseline.novelty import Exposure, Novelty, Usual

__all__ = [
    "Baseline",
    "BaselineSettings",
    "Exposure",
    "Fact",
    "FactLimits",
    "LearningState",
    "Novelty",
    "Subject",
    "Usual",
]
