"""The title of an article: the heading that readers see, without the site's name, a kicker or a byline."""

import pytest

from bot.pages.extractor import extract_page
from tests.pages.platforms import PARAGRAPHS

TEXT = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)


def title_of(title: str, above: str, head: str = "") -> str:
    html = f"<html lang='en'><head><title>{title}</title>{head}</head><body>{above}<div>{TEXT}</div></body></html>"
    page = extract_page(html.encode(), "https://example.org/the-lamp", None)
    assert page is not None
    return page.title


@pytest.mark.parametrize("separator", ["|", "»", "-", "\u2013", "·", "::"])
@pytest.mark.parametrize("site_first", [True, False])
def test_of_the_parts_of_a_pages_name_the_one_that_heads_the_article_is_its_title(
    separator: str, *, site_first: bool
) -> None:
    """Sites name themselves first or last, and some mark their own name as the first heading."""
    parts = ["Quay Letters", "The Lamp of the Harbour"]
    title = f" {separator} ".join(parts if site_first else parts[::-1])
    above = '<h1><a href="/">Quay Letters</a></h1><h2><a href="/the-lamp">The Lamp of the Harbour</a></h2>'

    assert title_of(title, above) == "The Lamp of the Harbour"


def test_a_title_with_a_separator_of_its_own_stays_whole() -> None:
    above = "<h1>Lamps</h1><h2>The Lamp<br>A Story of the Harbour</h2>"

    assert title_of("The Lamp - A Story of the Harbour | Quay - Lamps", above) == "The Lamp - A Story of the Harbour"


def test_of_two_first_headings_the_one_most_like_the_pages_name_is_the_title() -> None:
    above = "<h1>Letters from the Quay</h1><h1>The Lamp, and who lit it</h1>"

    assert title_of("Who lit the lamp?", above) == "The Lamp, and who lit it"


def test_the_name_of_a_blog_inside_a_site_is_no_title() -> None:
    above = '<h1>BLOG: <a rel="home" href="/quay/">The Quay of Lamps</a></h1><h1>Okapi at the Harbour</h1>'

    assert title_of("Lamps » Science Blogs", above) == "Okapi at the Harbour"


@pytest.mark.parametrize(
    "heading",
    [
        "<h1><span>Harbours</span><span>The Lamp of the Harbour</span></h1>",
        "<h2><strong>Harbours</strong> The Lamp of the Harbour</h2>",
        "<h1><span>The Lamp of the Harbour</span><br><span>Mara Lindholm, editor</span></h1>",
        "<h1>The Lamp of the Harbour <em>Members only</em></h1>",
    ],
)
def test_what_else_a_heading_says_beside_the_pages_name_is_no_title(heading: str) -> None:
    named = '<meta property="og:title" content="The Lamp of the Harbour">'

    assert title_of("Quay Letters", heading, named) == "The Lamp of the Harbour"


def test_a_kicker_and_a_title_in_elements_of_their_own_are_spelled_as_the_pages_name() -> None:
    heading = '<h1><span>Harbours</span><span class="visually-hidden">: </span><span>The Lamp</span></h1>'

    assert title_of("Harbours: The Lamp | Quay Letters", heading) == "Harbours: The Lamp"
