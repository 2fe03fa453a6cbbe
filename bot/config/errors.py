"""Errors of a configuration, as sentences with file, key and fix."""

import difflib
from collections.abc import Callable, Mapping
from pathlib import Path

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
    """The configuration cannot be used; `str()` is for the operator, one line per problem.

    `further` are the keys and sentences of more problems than the first.
    """

    def __init__(self, path: Path, key: str, problem: str, *further: tuple[str, str]) -> None:
        self.path, self.key, self.problem = path, key, problem
        places = [(f"{path}: {where}" if where else str(path), what) for where, what in ((key, problem), *further)]
        super().__init__("\n".join(f"{place}: {what}." for place, what in places))


def explain(
    error: ValidationError,
    known_keys: Callable[[tuple[str, ...]], list[str]],
    environment: Mapping[str, str],
) -> list[tuple[str, str]]:
    """The key and a sentence for every problem pydantic found."""
    problems: list[tuple[ErrorDetails, str]] = []
    meant: set[tuple[int | str, ...]] = set()
    for details in error.errors():
        kind = details["type"]
        names = tuple(part for part in map(str, details["loc"]) if not part.isdigit())
        if kind == "extra_forbidden":
            known = known_keys(names[:-1])
            problem = f"this key is not known; remove it (known here: {', '.join(known)})"
            for near in difflib.get_close_matches(names[-1], known, n=1):
                problem = f'this key is not known; did you mean "{near}"? Otherwise remove it'
                meant.add((*details["loc"][:-1], near))
        elif kind == "value_error":
            problem = str(details.get("ctx", {}).get("error", details["msg"]))
        elif kind in WAYS_OUT:
            problem = WAYS_OUT[kind]
        else:
            problem = f"{details['msg'].replace('Input', 'it', 1)}; it is now {details['input']!r}, change that"
        variable = "HERALD_" + "__".join(names).upper()
        if variable in environment:
            problem += f" (it was set by the environment variable {variable})"
        problems.append((details, problem))

    # `feeds.2.url` is the second feed, counted as people count. A misspelt key is one mistake, though
    # pydantic finds two: an unknown key, and a missing one.
    return [
        (".".join(str(part + 1) if isinstance(part, int) else part for part in details["loc"]), problem)
        for details, problem in problems
        if details["type"] != "missing" or details["loc"] not in meant
    ]
