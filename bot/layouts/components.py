"""The parts every card is made of: titles, lines of facts, pictures, rows of buttons, pages."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self

import discord

from bot.config.settings import Settings
from bot.i18n import Catalogue
from bot.interactions.custom_ids import SHARE_MENU, ArticleAction, article_button_id
from bot.interactions.typed_choices import Choice, Choices
from bot.layouts.markdown import link, plain
from bot.models import UNKNOWN_DATE, Article, Image, Topic
from bot.plain_text import clean_line, truncate
from bot.urls import is_web_url, public_url

ACCENT = discord.Colour(0xE39A2D)
NO_PINGS = discord.AllowedMentions.none()

MAX_TEXT = 4_000
MAX_COMPONENTS = 40
MAX_LABEL = 80
MAX_BUTTON_URL = 512
MAX_ALT = 1_024
MAX_ROW = 5
MAX_OPTION = 100
MAX_OPTIONS = 25
TITLE = 200
PER_PAGE = 5
# Discord wraps a row of buttons on a narrow screen. These widths were measured on a window of 390 pixels; they are
# estimates, on the safe side.
PHONE_ROW = 265.0  # pixels inside a card
BUTTON_GAP = 8.0
BUTTON_PADDING = 24.0
ICON = 22.0  # of a link that leads elsewhere, or an emoji
LETTER, WIDE_LETTER = 7.4, 14.0
MAX_ROWS = 2
WIDE = re.compile(r"[\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]")
ARTICLE_BUTTONS: dict[ArticleAction, tuple[str, str | None]] = {
    "share": ("common.share", "📣"),
    "related": ("articles.more_like_this", None),
    "more": ("articles.more", None),
}

Part = discord.ui.Item[Any]
Row = discord.ui.ActionRow[Any]
Button = discord.ui.Button[Any]
Option = tuple[str, str, bool]  # of a menu: label, value, whether it is chosen


@dataclass(frozen=True, slots=True)
class Brand:
    """The configured values that every card needs: names of feeds and topics, own links."""

    organisation: str
    feeds: Mapping[str, str]
    topics: tuple[Topic, ...]
    own_hosts: tuple[str, ...] = ()
    call_hosts: tuple[str, ...] = ()
    utm: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The names and links of an installation."""
        return cls(
            organisation=settings.organisation,
            feeds={feed.key: feed.name for feed in settings.feeds},
            topics=settings.topics,
            own_hosts=settings.own_hosts,
            call_hosts=settings.call_hosts,
            utm=tuple(settings.utm_parameters.items()),
        )

    def topic(self, key: str) -> Topic | None:
        """A configured topic."""
        return next((topic for topic in self.topics if topic.key == key), None)

    def topic_name(self, key: str, language: str) -> str:
        """The topic's name in a language; its key when it is no longer configured."""
        return next((topic.name_in(language) for topic in self.topics if topic.key == key), key)

    def choices(self, language: str) -> Choices:
        """All topics and feeds, named in a language, to choose from."""
        return Choices(
            topics=tuple(Choice(topic.key, topic.name_in(language)) for topic in self.topics),
            feeds=tuple(Choice(key, name) for key, name in self.feeds.items()),
        )

    def public(self, url: str) -> str:
        """The public address; anything but a web address is returned unchanged."""
        return public_url(url, self.own_hosts, self.utm) if is_web_url(url) else url


def layout(*parts: Part | None) -> discord.ui.LayoutView:
    """A message made of parts; None parts are left out.

    Buttons carry their whole state in their `custom_id`, so nothing waits for them in memory.
    """
    view = discord.ui.LayoutView(timeout=None)
    for part in parts:
        if part is not None:
            view.add_item(part)
    view.stop()
    return view


def card(*parts: Part | None, accent: int | None = None) -> discord.ui.Container[Any]:
    """The coloured container of a message's content."""
    colour = ACCENT if accent is None else discord.Colour(accent)
    return discord.ui.Container(*(part for part in parts if part is not None), accent_colour=colour)


def notice(sentence: str, *rows: Row) -> discord.ui.LayoutView:
    """A short answer; the sentence must be safe markdown."""
    return layout(card(text_display(sentence), *rows))


def text_display(*lines: str) -> discord.ui.TextDisplay[Any]:
    """Lines of safe markdown, one below the other; empty ones are left out."""
    return discord.ui.TextDisplay("\n".join(line for line in lines if line))


def listed(heading: str, lines: Iterable[str]) -> discord.ui.TextDisplay[Any] | None:
    """Lines of safe markdown, below a heading if that is not empty; None without lines."""
    present = list(lines)
    return text_display(heading, *present) if present else None


def subtext(line: str) -> str:
    """A line in Discord's subtext style; nothing for an empty one."""
    return f"-# {line}" if line else ""


def divider() -> discord.ui.Separator[Any]:
    """A thin line between items."""
    return discord.ui.Separator(spacing=discord.SeparatorSpacing.small)


def title_link(article: Article, text: Catalogue, brand: Brand, limit: int = TITLE) -> str:
    """The article's title as a link to it."""
    title = article.title if clean_line(article.title) else text("common.untitled")
    return link(title, brand.public(article.url), limit)


def byline(article: Article, text: Catalogue, brand: Brand) -> str:
    """Date, reading time and author in one line, and the source where there are several."""
    pieces = [
        plain(brand.feeds.get(article.feed, article.feed), MAX_LABEL) if len(brand.feeds) > 1 else "",
        day_stamp(article.published, text),
        text("common.reading", count=article.reading_minutes) if article.reading_minutes else "",
        text("common.by", author=plain(article.author, MAX_LABEL)) if clean_line(article.author) else "",
    ]
    return " · ".join(piece for piece in pieces if piece)


def stamp(instant: float, style: Literal["R", "D", "f", "F"] = "R") -> str:
    """A timestamp that Discord shows in each reader's language and time zone.

    Relative ("in 3 hours") unless `style` is `D` (the day), `f` or `F` (day and time, without and with the weekday).
    """
    return f"<t:{int(instant)}:{style}>"


def day_stamp(instant: float, text: Catalogue) -> str:
    """The day of publication, which may be unknown."""
    return text("common.date_unknown") if instant == UNKNOWN_DATE else stamp(instant, "D")


def topic_line(keys: Sequence[str], text: Catalogue, brand: Brand) -> str:
    """The topics of an article, empty without any."""
    names = " · ".join(brand.topic_name(key, text.language) for key in keys)
    return text("common.topics", names=plain(names, 300)) if names else ""


def picture(article: Article, text: Catalogue) -> discord.ui.MediaGallery[Any] | None:
    """The article's image in full width, with its alternative text."""
    image = article.image
    if image is None or not is_web_url(image.url):
        return None
    described = image_description(image, article, text)
    return discord.ui.MediaGallery(discord.MediaGalleryItem(image.url, description=described))


def section_with_thumbnail(article: Article, text: Catalogue, *lines: str) -> Part:
    """Lines with the article's image as a small picture beside them, or the lines alone."""
    image = article.image
    if image is None or not is_web_url(image.url):
        return text_display(*lines)
    described = image_description(image, article, text)
    return discord.ui.Section(text_display(*lines), accessory=discord.ui.Thumbnail(image.url, description=described))


def image_description(image: Image, article: Article, text: Catalogue) -> str:
    """The alternative text of an image: its description, else its caption, else the article it belongs to."""
    known = clean_line(image.alt) or clean_line(image.caption)
    title = clean_line(article.title) or text("common.untitled")
    return truncate(known or text("common.picture_of", title=title), MAX_ALT)


def link_button(label: str, url: str) -> Button | None:
    """A button that opens an address; None when Discord would refuse the address."""
    name = truncate(clean_line(label), MAX_LABEL)
    if not name or not is_web_url(url) or len(url) > MAX_BUTTON_URL:
        return None
    return discord.ui.Button(label=name, url=url)


def menu_row(custom_id: str, options: Iterable[Option], *, placeholder: str = "", several: bool = False) -> Row | None:
    """A menu from which one option is chosen, or with `several` any number of them; None without options."""
    offered = list(options)[:MAX_OPTIONS]
    if not offered:
        return None
    menu = discord.ui.Select[Any](
        custom_id=custom_id,
        placeholder=placeholder or None,
        min_values=0 if several else 1,
        max_values=len(offered) if several else 1,
        options=[
            discord.SelectOption(label=truncate(clean_line(label), MAX_OPTION) or value, value=value, default=chosen)
            for label, value, chosen in offered
        ],
    )
    return discord.ui.ActionRow(menu)


def action_row(*buttons: Button | None) -> Row | None:
    """A row of the buttons that are not None; None without any."""
    present = [button for button in buttons if button is not None][:MAX_ROW]
    return discord.ui.ActionRow(*present) if present else None


def button_rows(first: Sequence[Button], optional: Sequence[Button], last: Button | None) -> list[list[Button]]:
    """The buttons in at most two rows: all of `first`, then as many `optional` ones as fit, in order.

    `last` is always shown, because it opens what did not fit.
    """
    chosen = list(first)
    for candidate in optional:
        if _rows([*chosen, candidate], last) is not None:
            chosen.append(candidate)
    rows = _rows(chosen, last)
    return rows if rows is not None else [[*chosen, *([last] if last else [])][:MAX_ROW]]


def button_width(button: Button) -> float:
    """The width of a button on a phone; a label that is too long is cut at the end of the row."""
    label = button.label or ""
    wide = len(WIDE.findall(label))
    letters = wide * WIDE_LETTER + (len(label) - wide) * LETTER
    icons = ICON * ((button.url is not None) + (button.emoji is not None))
    return min(BUTTON_PADDING + letters + icons, PHONE_ROW)


def pages(total: int, per_page: int = PER_PAGE) -> int:
    """The number of pages for `total` items; at least one."""
    return max(1, -(-total // per_page))


def pager(
    identify: Callable[[int], str], page: int, total: int, text: Catalogue, per_page: int = PER_PAGE
) -> Row | None:
    """Buttons to the neighbouring pages, counted from 0; None when there is only one page."""
    last = pages(total, per_page) - 1
    if last == 0:
        return None
    # Discord requires an id even for a disabled button, and a different one for each button.
    back, forward = text("common.previous"), text("common.next")
    return action_row(
        discord.ui.Button(label=back, custom_id=identify(page - 1) if page > 0 else f"none:{back}", disabled=page == 0),
        discord.ui.Button(
            label=forward, custom_id=identify(page + 1) if page < last else f"none:{forward}", disabled=page >= last
        ),
    )


def article_button(action: ArticleAction, article: Article, text: Catalogue) -> Button:
    """A button about an article.

    `share` posts its card in this channel with the member's name; `related` looks articles like it up at the press,
    and `more` opens everything about it, both privately.
    """
    label, emoji = ARTICLE_BUTTONS[action]
    return discord.ui.Button(label=text(label), custom_id=article_button_id(action, article.id), emoji=emoji)


def share_menu(articles: Sequence[Article], text: Catalogue) -> Row | None:
    """A menu of the articles on this page, to share one of them in this channel."""
    untitled = text("common.untitled")
    options = [(clean_line(article.title) or untitled, str(article.id), False) for article in articles]
    return menu_row(SHARE_MENU, options, placeholder=text("common.share_one"))


class DefaultValue(discord.SelectDefaultValue):
    """A preselected channel or role. discord.py sends its id as a number, Discord documents a string."""

    def to_dict(self) -> Any:  # noqa: ANN401 - discord.py's type has a number
        """As Discord's API takes it."""
        return {"id": str(self.id), "type": self.type.value}


def preselected(target_id: int | None, kind: discord.SelectDefaultValueType) -> list[discord.SelectDefaultValue]:
    """What a menu of channels or roles shows as chosen."""
    return [] if target_id is None else [DefaultValue(id=target_id, type=kind)]


def first_within_limits(forms: Iterable[discord.ui.LayoutView]) -> discord.ui.LayoutView:
    """The first of several forms, richest first and made one by one, within Discord's limit of text; else the last."""
    view = layout()
    for view in forms:
        if view.content_length() <= MAX_TEXT:
            break
    return view


def _rows(buttons: Sequence[Button], last: Button | None) -> list[list[Button]] | None:
    """The buttons in order, row by row; `last` fills a gap in an earlier row where the last one has none."""
    rows: list[list[Button]] = [[]]
    for button in buttons if last is None else (*buttons, last):
        for row in reversed(rows) if button is last else rows[-1:]:
            used = sum(button_width(one) + BUTTON_GAP for one in row)
            if len(row) < MAX_ROW and (not row or used + button_width(button) <= PHONE_ROW):
                row.append(button)
                break
        else:
            rows.append([button])
    return rows if len(rows) <= MAX_ROWS else None
