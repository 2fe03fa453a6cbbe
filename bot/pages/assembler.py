"""Assembles an article from its blocks: passages, links, footnotes.

Interprets blocks and knows no HTML. Every word of the article is kept in exactly one place:
a passage, a caption, the author's note or a footnote. A link is text in a sentence, a pull link or a call
to action.
"""

import re
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import attrgetter
from urllib.parse import urlsplit

from bot.models import ArticleBody, Link, LinkKind, Passage
from bot.pages.blocks import Block, BlockKind
from bot.plain_text import letters, one_line

BULLET = re.compile(r"^[•◦▪●‣∙·][ \t]*")
NOTE_MARK = re.compile(r"^(?P<mark>[*\uff0a\u2217\u204e]{1,3}|[†‡※]|\[\d{1,2}\]|[¹²³⁰-⁹]{1,2})(?P<space>\s?)\S")
STARS = "*\uff0a\u2217\u204e"
MAX_HEADING, MAX_HEADING_WORDS = 120, 14
POINTS = (">", "»", "\u203a", "▶", "►", "→", "➜", "➡", "▸", "👉")
CALL_START = re.compile(
    r"(?:please |click (?:here )?to |you can |and )?(?:"
    r"(?:donate|subscribe|sign[ -]up|register|volunteer|pledge|fundraise|rsvp|sponsor)\b|"
    r"sign (?:the|our|this|up|on|a|your)\b|take action|get involved|take part|act now|become an? |"
    r"give(?: (?:now|today|monthly|to|here|hope|a gift|freely|generously)|[!.]?$)|"
    r"join(?: (?:us|our|the|now|today|a|liberty|here|in|them)|[!.]?$)|"
    r"support(?: (?:us|our|the|their|this|now|today|north|refugees)|[!.]?$)|"
    r"help (?:us|bring|rescue|fund|support|save|free|more|a|them|north|refugees|change|make|now)|"
    r"share(?: (?:this|the|your|now|with)|[!.]?$)|make (?:a|your) (?:gift|donation|pledge|difference)|"
    r"apply(?: (?:now|today|here|to|for)|[!.]?$)|shop(?: (?:now|the|our|for|here)|[!.]?$)|buy |order |"
    r"start (?:a|your) (?:fundraiser|campaign|team|page|rescue)|stand with|contact (?:us|your)|write to|call your|"
    r"request |host an? )",
    re.IGNORECASE,
)
# Korean puts the verb last.
KOREAN_CALL = re.compile(
    r"(?:후원|기부|서명|가입|구독|신청|참여|동참|함께|자원봉사|응원|등록|공유)\s?"
    r"(?:하기|하세요|해\s?주세요|하십시오|합시다|하러 가기)?[.!]?$"
)
NOUNS_TOO = frozenset(
    {"give", "join", "support", "share", "apply", "sponsor", "request", "order", "pledge", "register"}
)
CALL_PATH = re.compile(
    r"/(?:donate|donation|donations|give|giving|pledge|subscribe|newsletter|volunteer|signup|sign-up|join|petition|"
    r"register|fundraise|take-action|get-involved|sponsor|support-us)(?:/|$)",
    re.IGNORECASE,
)
VAGUE = frozenset({"here", "click here", "this", "this link", "link", "now", "today", "여기", "이곳", "링크"})
ARROWS = ">»\u203a▶►→➜➡⇒▸☞👉\ufe0f \t\r\n\f\v\xa0\u2002\u2003\u2009\u3000"
SENTENCE = re.compile(r"[^.!?…]{1,400}(?:[.!?…]+(?=\s|$)|$|[.!?…]+)")
SHARE_HOSTS = re.compile(
    r"(?:^|\.)(?:facebook\.com|twitter\.com|x\.com|linkedin\.com|pinterest\.com|t\.me|wa\.me|whatsapp\.com|reddit\.com|"
    r"tumblr\.com|story\.kakao\.com|band\.us|bsky\.app)$"
)
SHARE_PATH = re.compile(r"/(?:sharer?|intent|share-?offsite|shareArticle|pin/create|submit|send)\b", re.IGNORECASE)
SHARE_LABEL = re.compile(r"(?:share|tweet|pin it|공유하기|링크 복사)(?: (?:this|post|article))*", re.IGNORECASE)
MAX_CALL = 120  # a longer line is a paragraph that happens to hold a link
MAX_ALONE = 1_000  # no link alone on its line is longer


@dataclass(slots=True)
class _Section:
    heading: str = ""
    anchor: str = ""
    text: str = ""
    last: BlockKind = BlockKind.HEADING
    links: list[Link] = field(default_factory=list[Link])


def assemble(blocks: list[Block]) -> ArticleBody:
    """The passages with their links, and the footnotes removed from the text; the pictures are added later."""
    body = "\n".join(block.text for block in blocks)
    marked = [is_footnote(block, body) for block in blocks]
    notes = [block for block, is_note in zip(blocks, marked, strict=True) if is_note]
    texts = [block for block, is_note in zip(blocks, marked, strict=True) if not is_note]
    headings = [is_heading(block) for block in texts]
    sections = [_Section()]
    for at, block in enumerate(texts):
        # A bold line heads a section only when text follows it.
        followed = at + 1 < len(texts) and texts[at + 1].kind is not BlockKind.HEADING and not headings[at + 1]
        heads = headings[at] and (block.kind is BlockKind.HEADING or followed)
        if heads:
            sections.append(_Section(one_line(block.text), block.anchor))
        section = sections[-1]
        section.links += _links(block)
        if heads or block.kind is BlockKind.EMBED:
            continue
        # Items begin with "• ", quotations with "> ", pull links with neither.
        kind = BlockKind.ITEM if BULLET.match(block.text) else block.kind
        lines: list[str] = []
        for text, spans in block.lines:
            if kind is BlockKind.ITEM:
                lines.append(f"• {BULLET.sub('', text)}")
            elif all(span.url for span in spans if span.text.strip(ARROWS)):
                lines.append(text.strip(ARROWS) or text)
            else:
                lines.append(f"> {text}" if kind is BlockKind.QUOTE else text)
        close = section.last is kind and kind in (BlockKind.ITEM, BlockKind.QUOTE)
        section.text += (("\n" if close else "\n\n") if section.text else "") + "\n".join(lines)
        section.last = kind
    sections = [part for part in sections if part.heading or part.text or part.links]
    links = [replace(link, passage=at) for at, part in enumerate(sections) for link in part.links]
    links += [replace(link, passage=max(0, len(sections) - 1)) for note in notes for link in _links(note)]
    return ArticleBody(
        passages=tuple(Passage(at, part.heading, part.text, part.anchor) for at, part in enumerate(sections)),
        links=tuple(dict.fromkeys(links)),
        footnotes=tuple(one_line(note.text) for note in notes),
    )


def is_footnote(block: Block, body: str) -> bool:
    """Whether a paragraph explains a mark, such as the star behind a changed name."""
    if block.kind is BlockKind.FOOTNOTE:
        return True
    found = NOTE_MARK.match(block.text)
    if not found or block.kind is BlockKind.EMBED:
        return False
    star = found["mark"][0] in STARS
    referred = re.search(rf"[^\s{STARS}]{re.escape(found['mark'])}(?![{STARS}])", body) is not None
    # A star and a space may be a bullet; the other marks are unambiguous.
    plain = found["mark"][0] in "†‡※" or (star and not found["space"])
    if block.kind is BlockKind.HEADING:
        return plain or (referred and star)  # notes in small print are set as small headings
    return referred or (plain and block.kind is BlockKind.PARAGRAPH)


def is_heading(block: Block) -> bool:
    """Whether the block heads a section: by its element, or as a short line all in bold."""
    if block.kind is BlockKind.HEADING:
        # One that is only a link is used as a pull link ("> The Market Generation") or as a call.
        linked = all(span.url for span in block.spans if one_line(span.text.strip(ARROWS)))
        calls = linked and any(link.kind is LinkKind.CALL_TO_ACTION for link in _links(block))
        return not (calls or (linked and block.text.startswith(POINTS)))
    words = block.text
    short = len(words) <= MAX_HEADING and len(words.split()) <= MAX_HEADING_WORDS and "\n" not in words
    if block.kind is not BlockKind.PARAGRAPH or not short or words.endswith((".", "!", ",", ":", ";", "”", '"', "…")):
        return False
    inked = [span for span in block.spans if span.text.strip("\u200d\u200b \xa0\n")]
    return all(span.bold and not span.url for span in inked) and re.match(r"[\w¿¡(“\"\u2018#]", words) is not None


def _links(block: Block) -> list[Link]:
    """The block's links, in no passage yet. Neighbouring spans with one address are one link with their whole text."""
    found: list[Link] = []
    for text, spans in block.lines:
        whole = one_line(BULLET.sub("", text))
        for url, run in groupby(spans, key=attrgetter("url")):
            parts = list(run)
            label = one_line("".join(part.text for part in parts)) if url else ""
            if not label:
                continue
            kind, shown = classify_link(label, url, whole, button=parts[-1].button)
            if block.kind is BlockKind.ITEM and kind is LinkKind.RELATED and not whole.startswith(POINTS):
                kind = LinkKind.TEXT  # a list of addresses is a list, not a row of pull links
            found.append(Link(shown, url, kind, passage=0))
    return found


def leads_to_sharing(label: str, url: str) -> bool:
    """Whether a button shares the page on another network."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    shares = bool(SHARE_HOSTS.search(host) and (SHARE_PATH.search(parts.path) or len(label.split()) <= 1))
    return shares or SHARE_LABEL.fullmatch(label) is not None


def classify_link(label: str, url: str, line: str, *, button: bool) -> tuple[LinkKind, str]:
    """The kind of a link, and its label: its own text, or the sentence around it where that says what to do.

    `line` is the whole line's text. A button says itself what it does; the line may hold other buttons.
    """
    line = label if button else line
    words = label.strip(ARROWS)
    own = words or label
    alone = len(line) <= MAX_ALONE and letters(label) != "" and letters(label) == letters(line)
    short, vague = len(line) <= MAX_CALL, own.strip(".!").lower() in VAGUE
    calls = CALL_START.match(words) is not None or KOREAN_CALL.search(words) is not None
    asks = calls and (alone or words.strip(".!") not in NOUNS_TOO)
    # The call that contains the link: "Sign the [pledge] today!". In a longer paragraph only an exclamation counts, or
    # a vague link: a statement may begin with the same words.
    around = (found[0].strip(ARROWS) for found in SENTENCE.finditer(line if len(line) <= 10 * MAX_CALL else ""))
    calling = (text for text in around if label in text and len(text) <= MAX_CALL and CALL_START.match(text))
    sentence = next(calling, "")
    if len(sentence) < len(line.strip(ARROWS)) and not (sentence.endswith("!") or vague):
        sentence = ""
    if not (button or sentence or asks or (short and CALL_PATH.search(urlsplit(url).path))):
        return LinkKind.RELATED if alone else LinkKind.TEXT, own
    if calls:
        return LinkKind.CALL_TO_ACTION, own
    return LinkKind.CALL_TO_ACTION, sentence or ((line.strip(ARROWS) or line) if short and vague else own)
