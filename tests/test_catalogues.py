"""The sentences people read, in both languages."""

import re

from bot.i18n import messages


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
