"""A mapping that mostly has one entry: a host has one network card, a card one address. A dict takes four times the room."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Few(Generic[Value]):
    """Texts with a value each, in the order in which they came; what a dict does, of which only this is needed."""

    __slots__ = ("_key", "_more", "_value")

    def __init__(self, items: Iterable[tuple[str, Value]] = ()) -> None:
        self._key: str | None = None
        self._value: Value | None = None
        self._more: dict[str, Value] | None = None
        """All of them, once there were two."""
        for key, value in items:
            self[key] = value

    def __len__(self) -> int:
        return len(self._more) if self._more is not None else int(self._key is not None)

    def __iter__(self) -> Iterator[str]:
        if self._more is not None:
            return iter(self._more)
        return iter(()) if self._key is None else iter((self._key,))

    def __contains__(self, key: object) -> bool:
        return key in self._more if self._more is not None else key is not None and key == self._key

    def get(self, key: str) -> Value | None:
        """Its value; None if it is not there."""
        if self._more is not None:
            return self._more.get(key)
        return self._value if key == self._key else None

    def __getitem__(self, key: str) -> Value:
        return dict(self.items())[key] if self._more is None else self._more[key]

    def __setitem__(self, key: str, value: Value) -> None:
        if self._more is not None:
            self._more[key] = value
        elif self._key is None or self._key == key:
            self._key, self._value = key, value
        else:
            self._more = {**dict(self.items()), key: value}
            self._key = self._value = None

    def pop(self, key: str) -> Value:
        """Takes it out; KeyError if it is not there."""
        value = self[key]
        if self._more is not None:
            del self._more[key]
        else:
            self._key = self._value = None
        return value

    def items(self) -> Iterable[tuple[str, Value]]:
        """Each with its value."""
        if self._more is not None:
            return self._more.items()
        return () if self._key is None else ((self._key, self._value),)  # type: ignore[return-value]

    def values(self) -> Iterable[Value]:
        """The values."""
        return [value for _, value in self.items()]
