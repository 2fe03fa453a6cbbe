"""Assembles an article from its blocks: passages, links, footnotes.

Interprets blocks and knows no HTML. Every word of the article is kept in exactly one place:
a passage, a caption, the author's note or a footnote. A link is text in a sentence, a pull link or a call
to action.
"""

import re
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from bot.models import ArticleBody, Link, LinkKind, Passage
from bot.pages.blocks import Block, BlockKind, Span
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
    sections = _sections([block for block, is_note in zip(blocks, marked, strict=True) if not is_note])
    passages = [Passage(at, part.heading, part.text, part.anchor) for at, part in enumerate(sections)]
    links = [replace(link, passage=at) for at, part in enumerate(sections) for link in part.links]
    links += [replace(link, passage=max(0, len(sections) - 1)) for note in notes for link in _links(note)]
    return ArticleBody(
        passages=tuple(passages),
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
        linked = all(span.url for span in block.spans if one_line(without_arrows(span.text)))
        calls = linked and any(link.kind is LinkKind.CALL_TO_ACTION for link in _links(block))
        return not (calls or (linked and block.text.startswith(POINTS)))
    words = block.text
    short = len(words) <= MAX_HEADING and len(words.split()) <= MAX_HEADING_WORDS and "\n" not in words
    if block.kind is not BlockKind.PARAGRAPH or not short or words.endswith((".", "!", ",", ":", ";", "”", '"', "…")):
        return False
    inked = [span for span in block.spans if span.text.strip("\u200d\u200b \xa0\n")]
    return all(span.bold and not span.url for span in inked) and re.match(r"[\w¿¡(“\"\u2018#]", words) is not None


def _sections(blocks: list[Block]) -> list[_Section]:
    sections = [_Section()]
    headings = [is_heading(block) for block in blocks]
    for at, block in enumerate(blocks):
        # A bold line heads a section only when text follows it.
        followed = at + 1 < len(blocks) and blocks[at + 1].kind is not BlockKind.HEADING and not headings[at + 1]
        heads = headings[at] and (block.kind is BlockKind.HEADING or followed)
        if heads:
            sections.append(_Section(one_line(block.text), block.anchor))
        section = sections[-1]
        section.links += _links(block)
        if not heads and block.kind is not BlockKind.EMBED:
            kind = BlockKind.ITEM if BULLET.match(block.text) else block.kind
            text = "\n".join(_shown(kind, *line) for line in _lines(block))
            close = section.last is kind and kind in (BlockKind.ITEM, BlockKind.QUOTE)
            section.text += (("\n" if close else "\n\n") if section.text else "") + text
            section.last = kind
    return [part for part in sections if part.heading or part.text or part.links]


def _shown(kind: BlockKind, text: str, spans: list[Span]) -> str:
    """A line as it is stored in a passage: items begin with "• ", quotations with "> ", pull links with neither."""
    if kind is BlockKind.ITEM:
        return f"• {BULLET.sub('', text)}"
    if all(span.url for span in spans if without_arrows(span.text)):
        return without_arrows(text) or text
    return f"> {text}" if kind is BlockKind.QUOTE else text


def _links(block: Block) -> list[Link]:
    """The block's links, in no passage yet. Neighbouring spans with one address are one link with their whole text."""
    found: list[Link] = []
    for text, spans in _lines(block):
        whole = one_line(BULLET.sub("", text))
        runs: list[tuple[str, Span]] = []
        open_url = ""
        for span in spans:
            if span.url and span.url == open_url:
                runs[-1] = (runs[-1][0] + span.text, span)
            elif span.url:
                runs.append((span.text, span))
            open_url = span.url
        for label, span in ((label, span) for words, span in runs if (label := one_line(words))):
            kind, shown = classify_link(label, span.url, whole, button=span.button)
            if block.kind is BlockKind.ITEM and kind is LinkKind.RELATED and not whole.startswith(POINTS):
                kind = LinkKind.TEXT  # a list of addresses is a list, not a row of pull links
            found.append(Link(shown, span.url, kind, passage=0))
    return found


def _lines(block: Block) -> list[tuple[str, list[Span]]]:
    """The text and the spans of each line of the block that is not empty."""
    parted: list[list[Span]] = [[]]
    for span in block.spans:
        first, *others = span.text.split("\n")
        parted[-1].append(replace(span, text=first) if others else span)
        parted.extend([replace(span, text=other)] for other in others)
    lines = [(one_line("".join(span.text for span in line)), line) for line in parted]
    return [(text, line) for text, line in lines if text]


def without_arrows(text: str) -> str:
    """The text without decorative arrows and brackets at its ends."""
    return text.strip(ARROWS)


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
    alone = len(line) <= MAX_ALONE and letters(label) != "" and letters(label) == letters(line)
    short, sentence = len(line) <= MAX_CALL, calling_sentence(label, line)
    own = without_arrows(label) or label
    if not (button or sentence or _calls(label, alone=alone) or (short and CALL_PATH.search(urlsplit(url).path))):
        return LinkKind.RELATED if alone else LinkKind.TEXT, own
    if _calls(label, alone=True):
        return LinkKind.CALL_TO_ACTION, own
    vague = short and own.strip(".!").lower() in VAGUE
    return LinkKind.CALL_TO_ACTION, sentence or ((without_arrows(line) or line) if vague else own)


def calling_sentence(label: str, line: str) -> str:
    """The call to action that contains the link ("Sign the [pledge] today!"), or empty.

    In a longer paragraph only an exclamation counts: a statement may begin with the same words.
    """
    if len(line) > 10 * MAX_CALL or not label:
        return ""
    for found in SENTENCE.finditer(line):
        sentence = without_arrows(found[0])
        if label in sentence and len(sentence) <= MAX_CALL and CALL_START.match(sentence):
            whole = len(sentence) >= len(without_arrows(line))
            return (
                sentence
                if whole or sentence.endswith("!") or without_arrows(label).strip(".!").lower() in VAGUE
                else ""
            )
    return ""


def _calls(label: str, *, alone: bool) -> bool:
    """Whether the words of a link ask the reader to do something."""
    words = without_arrows(label)
    if not alone and words.strip(".!") in NOUNS_TOO:
        return False
    return CALL_START.match(words) is not None or KOREAN_CALL.search(words) is not None
