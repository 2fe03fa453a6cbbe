"""Every spelling of an address has one key; people are sent to the plain https address."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.urls import canonical_key, is_web_url, public_url

PLAIN = "https://example.org/blog/a-river"

SAME = [
    PLAIN,
    "http://example.org/blog/a-river",
    "https://www.example.org/blog/a-river",
    "HTTPS://WWW.Example.ORG/blog/a-river",
    "https://example.org:443/blog/a-river",
    "http://example.org:80/blog/a-river",
    "https://example.org./blog/a-river",
    "https://example.org/blog/a-river/",
    "https://example.org/blog/x/../a-river",
    "https://example.org/blog/./a-river",
    "https://example.org/blog/a%2Driver",
    "https://example.org/blog/a-river#part-2",
    "https://example.org/blog/a-river#:~:text=the%20river",
    "https://example.org/blog/a-river?",
    "https://example.org/blog/a-river?utm_source=x&UTM_Medium=y",
    "https://example.org/blog/a-river?1a2b3c4d_page=7",
    "https://example.org/blog/a-river?fbclid=abc&gclid=def",
]

DIFFERENT = [
    "https://example.org/blog/A-River",
    "https://example.org/blog/a-river-2",
    "https://shop.example.org/blog/a-river",
    "https://example.org:8443/blog/a-river",
    "https://example.org/blog/a-river?id=2",
    "https://example.org/blog%2Fa-river",
    "https://example.org/blog/a-river?1a2b3c4_page=7",
]


@pytest.mark.parametrize("url", SAME)
def test_spellings_of_one_address_have_one_key(url: str) -> None:
    assert canonical_key(url) == canonical_key(PLAIN)


@pytest.mark.parametrize("url", DIFFERENT)
def test_other_addresses_have_other_keys(url: str) -> None:
    assert canonical_key(url) != canonical_key(PLAIN)


def test_the_front_page_is_one_address_with_and_without_slash() -> None:
    assert canonical_key("http://www.example.org") == canonical_key("https://example.org/") == "https://example.org/"


def test_korean_addresses_are_equal_encoded_decomposed_and_plain() -> None:
    composed = "https://example.org/\ube14\ub85c\uadf8/\ud55c\uad6d"
    decomposed = "https://example.org/\u1107\u1173\u11af\u1105\u1169\u1100\u1173/\u1112\u1161\u11ab\u1100\u116e\u11a8"
    encoded = "https://example.org/%EB%B8%94%eb%a1%9c%ea%b7%b8/%ED%95%9C%EA%B5%AD"

    assert canonical_key(composed) == canonical_key(decomposed) == canonical_key(encoded)


def test_an_international_host_equals_its_punycode() -> None:
    assert canonical_key("https://\ud55c\uad6d.kr/a") == canonical_key("https://xn--3e0b707e.kr/a")


def test_parameters_that_choose_the_article_count_whatever_their_order() -> None:
    first, second = canonical_key("https://example.org/?p=5&lang=ko"), canonical_key("https://example.org/?lang=ko&p=5")

    assert first == second == "https://example.org/?lang=ko&p=5"


segments = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Zs", "Zl", "Zp"), exclude_characters='\\<>"#?/%'),
    min_size=1,
    max_size=8,
).filter(lambda text: text not in (".", "..") and not any(char.isspace() for char in text))
names = st.from_regex(r"[a-z]([a-z0-9-]{0,5}[a-z0-9])?", fullmatch=True)
addresses = st.builds(
    "https://{}.{}/{}".format, names, st.sampled_from(["org", "co.kr", "example.com"]), st.lists(segments).map("/".join)
).filter(is_web_url)
spellings = st.sampled_from([
    lambda url: url.replace("https://", "http://", 1),
    lambda url: url.replace("https://", "https://www.", 1),
    lambda url: url.rstrip("/") + "/",
    lambda url: url + "#there",
    lambda url: url + ("&" if "?" in url else "?") + "utm_source=a%20b",
    lambda url: url + ("&" if "?" in url else "?") + "0a1b2c3d_page=12",
    lambda url: url.replace("https://", "HTTPS://", 1),
])  # fmt: skip


@settings(max_examples=150, deadline=None, derandomize=True)
@given(addresses)
def test_the_key_of_a_key_is_itself(url: str) -> None:
    key = canonical_key(url)

    assert is_web_url(key)
    assert canonical_key(key) == key


@settings(max_examples=150, deadline=None, derandomize=True)
@given(addresses, spellings, spellings)
def test_respelling_never_changes_the_key(url: str, first, second) -> None:  # noqa: ANN001 - functions drawn above
    respelt = first(second(url) if "#" not in second(url) else url)

    assert canonical_key(respelt) == canonical_key(url)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.text(max_size=60))
def test_any_text_is_classified_without_an_error_and_what_passes_has_a_key(text: str) -> None:
    for candidate in (text, f"https://{text}", f"http://example.org/{text}"):
        if is_web_url(candidate):
            assert canonical_key(canonical_key(candidate)) == canonical_key(candidate)
            assert public_url(candidate, ["example.org"], [("utm_source", "discord")]).startswith("http")
        else:
            with pytest.raises(ValueError, match="not a web address"):
                canonical_key(candidate)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org/a",
        "/blog/a",
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://example.org/a",
        "file:///etc/passwd",
        "mailto:a@example.org",
        "https://",
        "https:///path",
        "https://user:secret@example.org/",
        "https://user@example.org/",
        "https://example.org\\@other.org/",
        "https://example.org/a b",
        "https://example.org/a\nb",
        "https://example.org:99999/",
        "https://example.org:port/",
        "https://example.org/" + "a" * 2_048,
    ],
)
def test_only_plain_web_addresses_pass(url: str) -> None:
    assert not is_web_url(url)


UTM = (("utm_source", "discord"), ("utm_medium", "herald"))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://example.org/a", "https://example.org/a?utm_source=discord&utm_medium=herald"),
        ("http://example.org:80/a", "https://example.org/a?utm_source=discord&utm_medium=herald"),
        ("https://www.example.org/a?id=1", "https://www.example.org/a?id=1&utm_source=discord&utm_medium=herald"),
        ("https://shop.example.org/a?utm_source=mail", "https://shop.example.org/a?utm_source=discord&utm_medium=herald"),
        ("https://example.org/a#part", "https://example.org/a?utm_source=discord&utm_medium=herald#part"),
        ("https://example.org/a#:~:text=a%2Cb%2Dc", "https://example.org/a?utm_source=discord&utm_medium=herald#:~:text=a%2Cb%2Dc"),
        ("https://other.net/a?x=%2F&fbclid=9", "https://other.net/a?x=%2F"),
        ("https://notexample.org/a", "https://notexample.org/a"),
        ("http://127.0.0.1:8080/a", "http://127.0.0.1:8080/a"),
        ("http://localhost/a", "http://localhost/a"),
        ("http://other.net:8080/a", "http://other.net:8080/a"),
    ],
)  # fmt: skip
def test_people_are_sent_to_the_https_address(url: str, expected: str) -> None:
    assert public_url(url, ["Example.org"], UTM) == expected


def test_no_parameters_are_added_when_none_are_configured() -> None:
    assert public_url("https://example.org/a", ["example.org"], ()) == "https://example.org/a"
