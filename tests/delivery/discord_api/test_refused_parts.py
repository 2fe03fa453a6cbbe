"""Which parts are removed from a message that Discord refuses because of one of them."""

from typing import Any

import pytest

from bot.delivery.discord_api.refused_parts import without_media, without_refused_parts

Json = dict[str, Any]


def text(content: str) -> Json:
    return {"type": 10, "content": content}


def section(content: str, image: str = "https://x.example/a.jpg") -> Json:
    return {"type": 9, "components": [text(content)], "accessory": {"type": 11, "media": {"url": image}}}


def gallery(*images: str) -> Json:
    return {"type": 12, "items": [{"media": {"url": image}} for image in images]}


def row(*labels: str) -> Json:
    return {"type": 1, "components": [{"type": 2, "style": 5, "label": label, "url": "https://x"} for label in labels]}


def card(*parts: Json) -> Json:
    return {"components": [{"type": 17, "id": 7, "accent_color": 1, "components": list(parts)}], "nonce": "n"}


def refused(path: str) -> Json:
    errors: Json = {"_errors": [{"code": "X", "message": "no"}]}
    for key in reversed(path.split(".")):
        errors = {key: errors}
    return errors


@pytest.mark.parametrize(
    ("body", "path", "kept"),
    [
        (card(section("T")), "components.0.components.0.accessory.media.url", [text("T")]),
        (card(text("T"), gallery("a", "b")), "components.0.components.1.items.0.media.url", [text("T"), gallery("b")]),
        (card(text("T"), gallery("a")), "components.0.components.1.items.0.media.url", [text("T")]),
        (card(text("T"), row("a", "b")), "components.0.components.1.components.0.url", [text("T"), row("b")]),
        (card(text("T"), row("a")), "components.0.components.1.components.0.label", [text("T")]),
        (card(text("T"), text("S")), "components.0.components.1.content", [text("T")]),
    ],
    ids=["thumbnail", "one of two pictures", "only picture", "one of two buttons", "only button", "one of two texts"],
)
def test_the_smallest_refused_part_is_left_out(body: Json, path: str, kept: list[Json]) -> None:
    reduced = without_refused_parts(body, refused(path))

    assert reduced is not None
    assert reduced["components"][0]["components"] == kept
    assert (reduced["components"][0]["id"], reduced["nonce"]) == (7, "n")


def test_the_colour_of_a_card_can_be_left_out() -> None:
    reduced = without_refused_parts(card(text("T")), refused("components.0.accent_color"))

    assert reduced is not None
    assert "accent_color" not in reduced["components"][0]


def test_the_message_of_a_forum_post_is_reduced_in_place() -> None:
    body = {"name": "T", "applied_tags": ["1"], "message": card(section("T"))}

    reduced = without_refused_parts(body, refused("message.components.0.components.0.accessory.media.url"))
    assert reduced is not None
    assert reduced["message"]["components"][0]["components"] == [text("T")]

    untagged = without_refused_parts(body, refused("applied_tags.0"))
    assert untagged is not None
    assert untagged["applied_tags"] == []


@pytest.mark.parametrize("path", ["nonce", "allowed_mentions.roles.0", "components.0.components.0.content", "flags"])
def test_nothing_is_left_out_where_no_text_would_stay_or_the_part_is_needed(path: str) -> None:
    assert without_refused_parts(card(text("T")), refused(path)) is None


def test_the_original_is_not_changed() -> None:
    body = card(section("T"), gallery("a"))
    without_refused_parts(body, refused("components.0.components.1.items.0.media.url"))
    without_media(body)

    assert body == card(section("T"), gallery("a"))


def test_without_media_keeps_texts_and_buttons() -> None:
    reduced = without_media(card(section("T"), gallery("a"), row("b")))

    assert reduced is not None
    assert reduced["components"][0]["components"] == [text("T"), row("b")]
    assert without_media(card(text("T"))) is None


def test_several_refused_parts_are_left_out_together() -> None:
    first, second = "components.0.components.1.items.0.media.url", "components.0.components.2.components.0.url"
    errors = {
        "components": {
            "0": {
                "components": {
                    "1": refused(first)["components"]["0"]["components"]["1"],
                    "2": refused(second)["components"]["0"]["components"]["2"],
                }
            }
        }
    }

    reduced = without_refused_parts(card(text("T"), gallery("a"), row("b"), text("S")), errors)
    assert reduced is not None
    assert reduced["components"][0]["components"] == [text("T"), text("S")]
