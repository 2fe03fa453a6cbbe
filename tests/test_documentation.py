"""README and manual: commands, pictures, links and the configuration reference are true."""

import re
import shlex
from pathlib import Path

import pytest

from bot.__main__ import build_parser
from bot.delivery.permissions import Permission, name_of
from bot.i18n import messages
from tests.tools.configuration_reference import TARGET, reference

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / ".github").rglob("*.md"))]
PLACEHOLDERS = {"URL": "https://blog.example.org/a", "FILE": "x.db", "SOURCE": "https://blog.example.org/", "…": ""}
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#]+)(?:#[^)]*)?\)")


def test_the_configuration_reference_is_generated_from_the_settings() -> None:
    """When this fails, run `python -m tests.tools.configuration_reference`."""
    assert TARGET.read_text("utf-8") == reference()


def test_every_key_of_the_reference_has_a_meaning() -> None:
    rows = [line.split("|") for line in reference().splitlines() if line.startswith("| `")]

    assert len(rows) > 50
    assert [row[1] for row in rows if not row[3].strip()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_and_pictures_lead_to_files_that_exist(page: Path) -> None:
    for target in LINK.findall(page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_herald_command_in_a_code_block_is_understood(page: Path) -> None:
    """Each line of a shell block that begins with `herald` is parsed by the program's own parser."""
    parser = build_parser()
    for block in re.findall(r"```sh\n(.*?)```", page.read_text("utf-8"), re.DOTALL):
        for line in block.splitlines():
            found = re.search(r"(?:^|&& |/)herald ([^&]+)$", line.strip())
            if found:
                words = [PLACEHOLDERS.get(word, word) for word in shlex.split(found[1], comments=True)]
                parser.parse_args([word for word in words if word])


def named_permissions(text: str) -> Permission:
    """The permissions whose names, as Discord shows them, occur in a text."""
    said = " ".join(
        text.replace("View Channels", "View Channel").split()
    )  # the plural is a role's, the singular a channel's
    found = Permission(0)
    for one in Permission:
        name = messages("en").get(f"announcements.permission.{name_of(one)}", {"other": "Administrator"})["other"]
        if name.replace("\u200b", "") in said:
            found |= one
    return found


def test_readme_and_manual_name_the_permissions_of_the_invitation_and_the_readme_all_others() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    manual = (ROOT / ".github" / "docs" / "operating.md").read_text("utf-8")
    invitation = re.findall(r"permissions=(\d+)", readme)
    table = readme.split("| permission |")[1].split("\n\n")[0]
    step = re.findall(r"permissions View Channel.*?\.", manual, re.DOTALL)

    assert [named_permissions(one) for one in (table, *step)] == [Permission(int(one)) for one in invitation * 2]
    assert set(named_permissions(readme)) == set(Permission) - {Permission.ADMINISTRATOR}
