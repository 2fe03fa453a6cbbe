"""Every refusal that somebody can lift, by a permission, a role or a setting, carries *Check again*."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest

from bot.client.errors import CHANGEABLE, NothingToPressError, refusal
from bot.i18n import LANGUAGES, Catalogue, messages
from tests.layouts.reading import BUTTON, components, said

ROOT = Path(__file__).parents[2]
# Words by which a sentence says that somebody may not do something, or that Discord refused it.
ABOUT_RIGHTS = re.compile(
    r"\{permissions\}|\*\*(View Channel|Send Messages|Manage \w+)\*\*|permission|not allowed|may not|cannot (write|see)"
    r"|Discord (refused|did not)|cannot be a topic role|no longer exists|locked|chosen by whoever|already (gets|follo)"
)
# These the person can only choose differently.
OTHER_CHOICE = {
    "announcements.refused.already",
    "announcements.refused.everyone",
    "announcements.refused.vanished",
}
FIELDS = dict.fromkeys(("channel", "permissions", "reason", "role", "problem", "topics", "missing"), "x")


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Each call of `refusal` in the bot, with every key that it may pass."""
    for folder in ("bot", "cogs"):
        for file in (ROOT / folder).rglob("*.py"):
            tree = ast.parse(file.read_text("utf-8"))
            for node in ast.walk(tree):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "refusal":
                    for key in keys(node.args[1], tree):
                        yield key, node


def keys(argument: ast.expr, tree: ast.Module) -> Iterator[str]:
    """What an argument may be: a constant, a pattern with constant ends, or what that variable is set to."""
    if isinstance(argument, ast.Constant):
        yield cast("str", argument.value)
    elif isinstance(argument, ast.JoinedStr):
        parts = (str(part.value) if isinstance(part, ast.Constant) else None for part in argument.values)
        pattern = "".join(r"\w+" if part is None else re.escape(part) for part in parts)
        yield from (key for key in messages("en") if re.fullmatch(pattern, key))
    elif isinstance(argument, ast.Name):
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign):
                (target,) = node.targets
                names = target.elts if isinstance(target, ast.Tuple) else [target]
                values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
                for name, value in zip(names, values, strict=False):
                    if isinstance(name, ast.Name) and name.id == argument.id:
                        yield from keys(value, tree)


def test_every_refusal_about_rights_says_how_to_try_again() -> None:
    raised = dict(calls())

    assert len(raised) > 40
    about_rights = {key for key in raised if ABOUT_RIGHTS.search(messages("en")[key]["other"])} - OTHER_CHOICE
    assert about_rights - CHANGEABLE == set()
    assert raised.keys() >= CHANGEABLE


def test_no_caller_leaves_it_out() -> None:
    named = [(key, call) for key, call in calls() if isinstance(call.args[1], ast.Constant | ast.JoinedStr)]

    assert [(key, call.lineno) for key, call in named if key in CHANGEABLE and len(call.args) < 3] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", sorted(CHANGEABLE))
def test_the_builder_insists_on_the_button(key: str, language: str) -> None:
    client = SimpleNamespace(catalogue=Catalogue.of)
    interaction = cast(
        "discord.Interaction[Any]", SimpleNamespace(client=client, locale=SimpleNamespace(value=language))
    )
    with pytest.raises(NothingToPressError):
        refusal(interaction, key, **FIELDS)

    view = refusal(interaction, key, "announcements:overview:0", **FIELDS).view

    buttons = [part for part in components(view) if part["type"] == BUTTON]
    assert [one["label"] for one in buttons] == [Catalogue.of(language)("announcements.guide.again")]
    assert "x" in said(view) or "{" not in messages(language)[key]["other"]


def test_no_other_sentence_of_a_refusal_bypasses_the_builder() -> None:
    """A sentence that has to carry the button is read from the catalogue by the builder alone."""
    for folder in ("bot", "cogs"):
        for file in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "text":
                    found = [one.value for one in node.args if isinstance(one, ast.Constant)]
                    shown = CHANGEABLE.intersection(found) - {"topic_roles.member.unavailable"}  # in the menu too
                    assert not shown, f"{file}:{node.lineno}"
