"""Errors of a configuration, as sentences with file, key and fix."""

import difflib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Self

from pydantic import ValidationError
from pydantic_core import ErrorDetails

WAYS_OUT = {
    "missing": "it is missing; add it (config.example.toml shows how)",
    "string_type": "text is expected here; put it between quotation marks",
    "bool_type": "write true or false",
    "bool_parsing": "write true or false",
    "int_type": "a whole number is expected here",
    "int_parsing": "a whole number is expected here",
    "int_from_float": "a whole number is expected here",
    "float_type": "a number is expected here",
    "float_parsing": "a number is expected here",
    "tuple_type": "a list is expected here; put it between square brackets",
    "dict_type": "a table is expected here; write it as [name] with its keys below",
    "model_type": "a table is expected here; write it as [name] with its keys below",
}


class ConfigError(Exception):
    """The configuration cannot be used; `str()` is for the operator's eyes, a line a problem."""

    def __init__(self, path: Path, key: str, problem: str) -> None:
        self.path, self.key, self.problem = path, key, problem
        super().__init__(f"{path}: {key}: {problem}." if key else f"{path}: {problem}.")

    @classmethod
    def several(cls, path: Path, problems: list[tuple[str, str]]) -> Self:
        """One error that lists all the problems, the first one leading."""
        error = cls(path, *problems[0])
        error.args = ("\n".join(str(cls(path, *problem)) for problem in problems),)
        return error


def explain(
    error: ValidationError,
    known_keys: Callable[[tuple[str, ...]], list[str]],
    environment: Mapping[str, str],
) -> list[tuple[str, str]]:
    """The key and a sentence for every problem pydantic found."""
    found = error.errors()
    # A misspelt key is one mistake, though pydantic finds two: an unknown key, and a missing one.
    meant = {(*details["loc"][:-1], _nearest(details, known_keys)) for details in found if _is_unknown(details)}
    return [
        _explain_one(details, known_keys, environment)
        for details in found
        if details["type"] != "missing" or details["loc"] not in meant
    ]


def _is_unknown(details: ErrorDetails) -> bool:
    return details["type"] == "extra_forbidden"


def _nearest(details: ErrorDetails, known_keys: Callable[[tuple[str, ...]], list[str]]) -> str:
    names = tuple(part for part in map(str, details["loc"]) if not part.isdigit())
    return next(iter(difflib.get_close_matches(names[-1], known_keys(names[:-1]), n=1)), "")


def _explain_one(
    details: ErrorDetails,
    known_keys: Callable[[tuple[str, ...]], list[str]],
    environment: Mapping[str, str],
) -> tuple[str, str]:
    location = tuple(str(part) for part in details["loc"])
    names = tuple(part for part in location if not part.isdigit())
    problem = _problem(details, names, known_keys)
    variable = "HERALD_" + "__".join(names).upper()
    if variable in environment:
        problem += f" (it was set by the environment variable {variable})"
    return _readable(location), problem


def _problem(details: ErrorDetails, names: tuple[str, ...], known_keys: Callable[[tuple[str, ...]], list[str]]) -> str:
    kind = details["type"]
    if _is_unknown(details):
        return _unknown_key(names, known_keys(names[:-1]))
    if kind == "value_error":
        return str(details.get("ctx", {}).get("error", details["msg"]))
    if kind in WAYS_OUT:
        return WAYS_OUT[kind]
    message = details["msg"].replace("Input", "it", 1)
    return f"{message}; it is now {details['input']!r}, change that"


def _unknown_key(names: tuple[str, ...], known: list[str]) -> str:
    near = difflib.get_close_matches(names[-1], known, n=1)
    if near:
        return f'this key is not known; did you mean "{near[0]}"? Otherwise remove it'
    return f"this key is not known; remove it (known here: {', '.join(known)})"


def _readable(location: tuple[str, ...]) -> str:
    """`feeds.2.url` for the second feed, counted as people count."""
    return ".".join(str(int(part) + 1) if part.isdigit() else part for part in location)
