"""The sentences people read, in both languages."""

import ast
import re
from pathlib import Path

from bot.i18n import messages

ROOT = Path(__file__).parents[1]
PYTHON = [file.read_text("utf-8") for folder in ("bot", "cogs") for file in (ROOT / folder).rglob("*.py")]
SANDBOX = [file.read_text("utf-8") for file in (ROOT / "bot/demo/static").iterdir() if file.suffix in (".html", ".js")]


def test_korean_never_shows_both_forms_of_a_particle() -> None:
    """A sentence is built so that the word before the particle is known."""
    both = re.compile(r"은\(는\)|는\(은\)|이\(가\)|가\(이\)|을\(를\)|를\(을\)|와\(과\)|과\(와\)|\(이\)라|\(으\)로")
    found = [key for key, forms in messages("ko").items() for form in forms.values() if both.search(form)]
    assert found == []


def test_korean_uses_discords_own_names() -> None:
    """The permissions and menus as Discord's Korean settings show them."""
    korean = messages("ko")
    assert korean["announcements.permission.view_channel"]["other"] == "채널 보기"
    assert korean["announcements.permission.send_messages"]["other"] == "메시지 보내기"
    assert "서버 관리하기" in korean["announcements.refused.not_yours"]["other"]


def test_korean_keeps_one_level_of_politeness() -> None:
    """해요-style throughout, as in Discord's own Korean interface."""
    formal = re.compile(r"[가-힣](?:니다|니까)(?![가-힣])")
    found = [key for key, forms in messages("ko").items() for form in forms.values() if formal.search(form)]
    assert found == []


def test_every_count_has_a_plural_form_in_english() -> None:
    """A sentence says "1 article" and "2 articles"."""
    several = re.compile(r"\{count\} (?!min read)\w+s\b")
    found = [key for key, forms in messages("en").items() if "one" not in forms and several.search(forms["other"])]
    assert found == []


def _pieces(source: str) -> tuple[set[str], list[list[str | None]]]:
    """The strings of a module, and the parts of those with fields; a field that is no constant is None."""
    tree = ast.parse(source)
    constants = {
        node.targets[0].id: str(node.value.value)
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
    }
    strings: set[str] = set()
    composed: list[list[str | None]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            strings.add(node.value)
        elif isinstance(node, ast.JoinedStr):
            composed.append(
                [
                    str(part.value) if isinstance(part, ast.Constant) else constants.get(ast.unparse(part)[3:-2])
                    for part in node.values
                ]
            )
    return strings, composed


def test_every_sentence_is_used() -> None:
    """Under its name in the code, or under one that the code composes from a subject or another name."""
    found = [_pieces(source) for source in PYTHON]
    named = set().union(*(strings for strings, _ in found))
    # JavaScript reads the sandbox's words by their names: `words["bot"]`, `data-words="bot"`, `words["step_" + step]`.
    words = {word for source in SANDBOX for word in re.findall(r"[\"']([a-z_]+)[\"']", source)}
    composed = [
        re.compile("".join("(.+)" if part is None else re.escape(part) for part in parts))
        for _, several in found
        for parts in several
        if any(part and "." in part for part in parts)
    ]

    def is_used(key: str) -> bool:
        subject, _, name = key.partition(".")
        if key in named or (subject == "sandbox" and (name in words or name.rstrip("0123456789") in words)):
            return True
        for pattern in composed:
            match = pattern.fullmatch(key)
            begun = match[1] if match and pattern.pattern.startswith("(") else ""
            if match and (not begun or (begun in named and ("." in begun or r"\.option" in pattern.pattern))):
                return True
        return False

    assert [key for key in messages("en") if not is_used(key)] == []
