"""Detectors: one file and one line in the table each; they turn novelties and documents into findings."""

from __future__ import annotations

from collections.abc import Callable

from sentinel.detect.breadth import Breadth
from sentinel.detect.clear_text_password import ClearTextPassword
from sentinel.detect.control import ControlOperation
from sentinel.detect.event_flood import EventFlood
from sentinel.detect.explosion import Explosion
from sentinel.detect.finding import Detector, Finding, Frames, Party, PlainWords, Words
from sentinel.detect.new_asset import NewAsset
from sentinel.detect.new_class import NewClass
from sentinel.detect.new_conversation import NewConversation
from sentinel.detect.new_operation import NewOperation
from sentinel.detect.new_point import NewPoint
from sentinel.detect.new_writer import NewWriter
from sentinel.detect.protocol_violation import ProtocolViolation
from sentinel.detect.refused import RefusedBurst
from sentinel.detect.unanswered import Unanswered

DETECTORS: tuple[Callable[[Words], Detector], ...] = (
    ControlOperation,
    NewWriter,
    NewConversation,
    NewClass,
    NewAsset,
    NewOperation,
    NewPoint,
    Breadth,
    ClearTextPassword,
    RefusedBurst,
    Explosion,
    ProtocolViolation,
    EventFlood,
    Unanswered,
)
"""All detectors, the most serious first."""


def detectors(words: Words | None = None) -> list[Detector]:
    """One of each, telling in the plant's words."""
    return [make(words or PlainWords()) for make in DETECTORS]


__all__ = ["DETECTORS", "Detector", "Finding", "Frames", "Party", "PlainWords", "Words", "detectors"]
