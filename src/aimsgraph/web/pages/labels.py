"""The words of the pages, a file for each language; a page names a label, never a text."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

import yaml

DEFAULT = "en"


class Labels:
    """The words in one language.

    Attributes:
        language: its tag (BCP 47).
    """

    def __init__(self, language: str, texts: Mapping[str, str]) -> None:
        self.language = language
        self._texts = texts

    def __call__(self, key: str, **values: object) -> str:
        """Return a label with its values in place, as text that is not escaped.

        >>> Labels("en", {"find.hits": "{n} found"})("find.hits", n=3)
        '3 found'

        Raises:
            KeyError: there is no such label, or a value for it is missing.
        """
        text = self._texts[key]
        return text.format_map(values) if "{" in text else text

    def of(self, group: str, name: str) -> str:
        """Return the label of a value of a closed list, or the value itself when the list has grown."""
        return self._texts.get(f"{group}.{name}", name)

    def keys(self) -> frozenset[str]:
        """Return the names of all labels."""
        return frozenset(self._texts)


@functools.cache
def load_labels(language: str = DEFAULT) -> Labels:
    """Return the labels of a language."""
    folder = files("aimsgraph.web.pages").joinpath("labels")
    read: dict[str, Any] = yaml.safe_load(folder.joinpath(f"{language}.yaml").read_text(encoding="utf-8"))
    return Labels(language, dict(_flat(read)))


def _flat(read: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for key, value in read.items():
        name = f"{before}{key}"
        if isinstance(value, Mapping):
            yield from _flat(value, f"{name}.")
        else:
            yield name, str(value)
