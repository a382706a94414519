"""Reads `sentinel.toml`: every fault of it is told with its place."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, create_model

from sentinel.config import NEEDED, Bounds, Config, Section, SinkSettings
from sentinel.errors import SentinelError

Kind = TypeVar("Kind", bound=Section)


def read(path: Path, sinks: Mapping[str, type[SinkSettings]] | None) -> Config:
    """What the file says. Raises SentinelError with one line for each fault of it."""
    try:
        text = path.read_text(encoding="utf-8")
        table = tomllib.loads(text)
    except OSError as error:
        raise SentinelError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SentinelError(f"{path}: is not UTF-8 text; save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise SentinelError(f"{path}: is not TOML: {error}") from None
    places = _Places(path, text)
    sent = table.pop("sinks", {})
    faults: list[str] = []
    if "path" in table:
        faults.append(places.line(("path",), _unknown("path", _keys(Config), "")))
        del table["path"]
    config = _checked(Config, table, places, (), faults)
    opened = _sinks(sent, sinks, places, faults)
    if faults or config is None:
        raise SentinelError("\n".join(faults))
    return config.replaced(sinks=opened, path=path)


def _model(section: type[Section]) -> type[BaseModel]:
    """What checks a table of this kind."""
    kinds = get_type_hints(section, include_extras=True)
    fields: dict[str, Any] = {}
    for name, default in section.defaults().items():
        begins = {} if default is NEEDED else {"default": default}
        fields[name] = (_kind(kinds[name]), Field(alias=_key(name), **begins))
    return create_model(section.__name__, __config__=ConfigDict(extra="forbid", strict=True), **fields)


def _kind(kind: Any) -> Any:
    """A kind of value as pydantic knows it."""
    if get_origin(kind) is Annotated:
        inner, *more = get_args(kind)
        checks = [check for one in more for check in (_checks(one) if isinstance(one, Bounds) else [one])]
        return Annotated[(_kind(inner), *checks)]
    if get_origin(kind) in (Union, UnionType):
        return Union[tuple(_kind(one) for one in get_args(kind))]  # noqa: UP007
    return _model(kind) if isinstance(kind, type) and issubclass(kind, Section) else kind


def _checks(bounds: Bounds) -> list[Any]:
    checks: list[Any] = [BeforeValidator(bounds.read)] if bounds.read else []
    return [*checks, Field(ge=bounds.least, le=bounds.most)]


def _made(section: type[Kind], model: BaseModel) -> Kind:
    kinds = get_type_hints(section)
    values = {name: getattr(model, name) for name in model.model_fields_set}
    return section(
        **{name: _made(kinds[name], one) if isinstance(one, BaseModel) else one for name, one in values.items()}
    )


def _key(name: str) -> str:
    return name.removesuffix("_")


def _keys(section: type[Section]) -> list[str]:
    return [_key(name) for name in section.defaults() if section is not Config or name != "path"]


def _sinks(
    tables: Any, kinds: Mapping[str, type[SinkSettings]] | None, places: _Places, faults: list[str]
) -> dict[str, SinkSettings]:
    opened: dict[str, SinkSettings] = {}
    if kinds is None:
        return opened
    if not isinstance(tables, dict):
        faults.append(places.line(("sinks",), "is no table; write [sinks.<a name of yours>]"))
        return opened
    for name, table in tables.items():
        where = ("sinks", name)
        known = ", ".join(f'"{kind}"' for kind in kinds)
        if not isinstance(table, dict):
            faults.append(places.line(where, f"is no table; write [sinks.{name}] with type = {known.split(',')[0]}"))
        elif "type" not in table:
            faults.append(places.line((*where, "type"), f"is missing; write one of {known}"))
        elif (model := kinds.get(str(table["type"]))) is None:
            near = _near(str(table["type"]), kinds)
            hint = f'did you mean "{near}"?' if near else f"known are {known}"
            faults.append(places.line((*where, "type"), f'"{table["type"]}" is no kind of sink; {hint}'))
        elif (settings := _checked(model, table, places, where, faults)) is not None:
            opened[name] = settings
    return opened


class _Places:
    """Finds the line of a key, for faults."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._lines: dict[str, int] = {}
        section = ""
        for number, line in enumerate(text.splitlines(), 1):
            if head := re.match(r"\s*\[+\s*([^\]]+?)\s*\]+", line):
                section = head[1].replace('"', "").replace(" ", "") + "."
                self._lines.setdefault(section[:-1], number)
            elif key := re.match(r"\s*([\w.\"-]+)\s*=", line):
                self._lines.setdefault(section + key[1].replace('"', ""), number)

    def line(self, key: tuple[str, ...], text: str) -> str:
        name = ".".join(key)
        places = (self._lines.get(".".join(key[:end])) for end in range(len(key), 0, -1))
        number = next((number for number in places if number), None)
        return f"{self._path}{f':{number}' if number else ''}: {name}: {text}"


def _checked(
    section: type[Kind], table: Mapping[str, Any], places: _Places, where: tuple[str, ...], faults: list[str]
) -> Kind | None:
    """The section, or None with its faults added."""
    try:
        return _made(section, _model(section).model_validate(table))
    except ValidationError as error:
        for one in error.errors():
            key = tuple(str(part) for part in one["loc"])
            # Which of several types was tried last is no part of the name.
            while key and not _known(table, key):
                key = key[:-1]
            faults.append(places.line((*where, *key), _words(section, one, key)))
        return None


def _known(table: Any, key: tuple[str, ...]) -> bool:
    for part in key[:-1]:
        table = table.get(part) if isinstance(table, dict) else None
    return isinstance(table, dict)


def _words(section: type[Section], error: Any, key: tuple[str, ...]) -> str:
    """What is wrong and what to do, in plain words."""
    kind, context, value = error["type"], error.get("ctx", {}), error["input"]
    if kind == "extra_forbidden":
        fields, place = _fields_at(section, key[:-1])
        return _unknown(key[-1], fields, place)
    if kind == "missing":
        return "is missing; write it"
    shown = f'"{value}"' if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)
    if kind == "value_error":
        return f"{shown} {context['error']}"
    if kind == "literal_error":
        near = _near(str(value), re.findall(r"'([^']*)'", context["expected"]))
        hint = f'; did you mean "{near}"?' if near else ""
        return f"{shown} is not known{hint or '; write one of ' + context['expected']}"
    if kind == "greater_than_equal":
        return f"{shown} is too small; write {context['ge']} or more"
    if kind == "less_than_equal":
        return f"{shown} is too large; write {context['le']} or less"
    wanted = {
        "int_type": "a whole number without quotes",
        "float_type": "a number without quotes",
        "bool_type": "true or false without quotes",
        "string_type": "a text in quotes",
        "list_type": 'a list like ["one", "two"]',
        "model_type": f"a table: [{'.'.join(key)}]",
    }
    return f"{shown} is not of the right type; write {wanted.get(kind, error['msg'])}"


def _fields_at(section: type[Section], path: tuple[str, ...]) -> tuple[list[str], str]:
    """Keys that may stand in a table of the section, and how the table is called."""
    for part in path:
        inner = get_type_hints(section).get(part)
        if isinstance(inner, type) and issubclass(inner, Section):
            section = inner
    return _keys(section), ".".join(path)


def _unknown(name: str, fields: Iterable[str], place: str) -> str:
    near = _near(name, fields)
    if near:
        return f"is not known; did you mean {near}?"
    return f"is not known; {f'[{place}] may have' if place else 'known are'} {', '.join(fields)}"


def _near(name: str, known: Iterable[str]) -> str:
    return next(iter(difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)), "")
