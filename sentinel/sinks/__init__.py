"""Sinks: one file each, one line in the table."""

from __future__ import annotations

import importlib
from typing import Any

from sentinel.config import SinkSettings
from sentinel.sinks.contract import Document, Sink, SinkRefused, SinkUnavailable

SINKS = {
    "ndjson": "sentinel.sinks.ndjson",
    "stdout": "sentinel.sinks.standard_output",
}
"""`type` in [sinks.<name>] and the module, which has `Settings` and `open_sink`."""


def settings() -> dict[str, type[SinkSettings]]:
    """The settings of every kind of sink, for `load_config`."""
    return {kind: _module(kind).Settings for kind in SINKS}


def open_sink(settings: SinkSettings) -> Sink:
    """The sink of these settings."""
    sink: Sink = _module(settings.type).open_sink(settings)
    return sink


def _module(kind: str) -> Any:
    return importlib.import_module(SINKS[kind])


__all__ = ["SINKS", "Document", "Sink", "SinkRefused", "SinkUnavailable", "open_sink", "settings"]
