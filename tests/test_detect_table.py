"""The table of detectors, and what each of them must have."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

import pytest

import sentinel.baseline
import sentinel.detect
import sentinel.triage
from sentinel.detect import DETECTORS, detectors
from sentinel.detect.attack import catalogue, technique

HEADINGS = ("What it detects:", "Why it matters:", "False positives:", "ATT&CK for ICS:")


@pytest.mark.parametrize("make", DETECTORS)
def test_a_detector_explains_itself_and_has_a_test(make):
    text = make.__doc__ or ""
    assert [heading for heading in HEADINGS if heading not in text] == []
    name = make.__module__.rsplit(".", 1)[-1]
    assert (Path(__file__).parent / f"test_detect_{name}.py").exists()


def test_kinds_are_unique_and_every_file_is_in_the_table():
    made = detectors()
    assert len({one.kind for one in made}) == len(made)
    files = {type(one).__module__.rsplit(".", 1)[-1] for one in made}
    shared = {"attack", "counting", "document_story", "finding", "story", "words"}
    assert files | shared == {module.name for module in pkgutil.iter_modules(sentinel.detect.__path__)}


def test_all_techniques_that_are_named_exist_with_a_tactic():
    text = "".join(path.read_text() for path in Path(sentinel.detect.__path__[0]).glob("*.py"))
    named = {text[at : at + 5] for at in range(len(text)) if text[at] == "T" and text[at + 1 : at + 5].isdigit()}
    assert named
    for id in (named - {"T1692"}) | set(catalogue()["techniques"]):
        assert technique(id).tactic


def test_no_protocol_is_named():
    names = ("modbus", "opcua", "opc ua", "s7comm", "dnp3", "umas")
    for package in (sentinel.baseline, sentinel.detect, sentinel.triage):
        for path in Path(package.__path__[0]).glob("*"):
            if path.suffix in (".py", ".toml"):
                text = path.read_text().lower()
                assert [name for name in names if name in text] == [], path
        importlib.import_module(package.__name__)
