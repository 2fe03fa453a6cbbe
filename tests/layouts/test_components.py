"""Lines that several cards share."""

import pytest

from bot.i18n import Catalogue
from bot.layouts.components import day_stamp
from bot.models import UNKNOWN_DATE


@pytest.mark.parametrize(("language", "words"), [("en", "date unknown"), ("ko", "날짜 미상")])
def test_an_unknown_date_is_shown_as_unknown(language: str, words: str) -> None:
    assert day_stamp(UNKNOWN_DATE, Catalogue.of(language)) == words
    assert day_stamp(1_700_000_000.5, Catalogue.of(language)) == "<t:1700000000:D>"
