"""The sentences people read, in both languages."""

import re

import pytest

from bot.i18n import LANGUAGES, messages


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


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_count_has_a_plural_form(language: str) -> None:
    """English counts in two forms wherever a sentence says how many."""
    if language != "en":
        return
    several = re.compile(r"\{count\} (?!min read)\w+s\b")
    found = [key for key, forms in messages(language).items() if "one" not in forms and several.search(forms["other"])]
    assert found == []
