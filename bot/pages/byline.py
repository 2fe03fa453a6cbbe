"""Finds authors: the people whom a credit names, bylines in an article's lines, and the note on the author.

"By Ann Writer and Bo Kim, CNN" names Ann Writer and Bo Kim.
"""

import html
import re
from dataclasses import dataclass, replace

from bot.dates.parsing import date_in
from bot.pages.blocks import Block, BlockKind
from bot.plain_text import one_line

BYLINE = re.compile(
    r"^[-\u2013—~\s]{0,9}(?:(?:written|words|text|story|article|essay|post|posted|submitted|published|reported|authored|"
    r"contributed|created|told|guest post|photos? and text|words and photos?|interview(?:ed)?)\s{1,3})?"
    r"(?:by\b\s?[:.]?|author\s?:|writer\s?:)\s{0,3}(?P<name>\S.{0,400})$",
    re.IGNORECASE,
)
# The same words in other languages begin other lines too: only two words that read as a name follow them.
FOREIGN_BYLINE = re.compile(
    r"^[-\u2013—~\s]{0,9}(?:(?:propos recueillis|publié|escrito|publicado|geschrieben|texte?|testo)\s{1,3})?"
    r"(?:par|por|von|door|di|da|av|af|(?:words|story|report|texte?|testo|auteur(?:e|s|es)?|autor(?:[/*:_]?in|en|e|i|a|es|as)?)\s?:)"
    r"\s?:?\s{1,3}(?P<name>\S.{0,400})$",
    re.IGNORECASE,
)
_KOREAN_LABEL = "글쓴이|작성자?|지은이|필자|저자|취재|인터뷰|정리|기고|에디터|글"
_SURNAME = (
    "[가강고공곽구권김나남노도류마문민박반방배백변서석선성손송신심안양엄여염오"
    "우원유윤이임장전정조주지진차채최추하한함허현홍황]"
)
KOREAN_BYLINE = re.compile(
    rf"^(?:{_KOREAN_LABEL})(?:\s?[·・,/&+\s]\s?(?:{_KOREAN_LABEL}|사진|그림|영상))*"
    # Without a mark only names may follow: "글 쓰기" is no byline, nor is "글쓴이 김민수는 활동가이다".
    rf"(?:\s{{0,3}}[:=\uff1a|·]\s{{0,3}}(?=[가-힣A-Za-z])|"
    rf"\s(?=(?:{_SURNAME}[가-힣]{{1,3}}[·, ]{{0,2}}){{1,5}}(?:[|/(]|$)))"
    r"(?P<name>[가-힣A-Za-z .·,]{2,40}?)\s?(?:[|/(].{0,80})?$"
)
# How an agency's report begins, with all its reporters.
KOREAN_REPORT = re.compile(
    r"^[(\[][^()\[\]]{2,40}[)\]]\s?(?P<names>(?:[가-힣]{2,4}[ ·,]{1,2}){1,5})(?:기자|특파원)\s?="
)
REPORTER = re.compile(
    r"(?:^|[\s\[(=/·,])(?P<name>[가-힣]{2,4}(?:\s?[·,]\s?[가-힣]{2,4}){0,3})\s?"
    r"(?:(?:선임|수습|인턴|전문|객원|수석)\s?)?(?:기자|특파원|논설위원|편집위원|칼럼니스트|에디터|PD)(?=$|[\s\])=.,(/|·])"
)
_ROLE = (
    r"writer|reporter|correspondent|editor|contributor|columnist|journalist|analyst|director|producer|author|"
    r"intern|founder|ceo|president|professor|photographer|fellow|bureau|phd|ph\.d|md|m\.d"
)
_ROLE_KIND = (
    r"senior|staff|chief|special|contributing|associate|managing|deputy|guest|foreign|political|freelance|executive"
)
_MONTH = r"jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_ON = r"am|le|el|em|il|den"
_DOMAIN = r"(?:www\.)?[\w-]{2,40}\.(?:com|net|org|info|news|tv|io|co|fr|de|es|it|nl|se|ca|au|uk|kr|jp)\b"
# What follows is no name: a place or role, a date, an address.
DATED = re.compile(rf"\s(?:{_ON})\s\d", re.IGNORECASE)
CUT = re.compile(
    r"\s?[|•—\u2013]\s?|\s-\s|\sfollow\b|\s@|"
    r"\s(?=(?:photo\w{0,6}|pictures?|illustrat\w{1,4}|images?|video|edit\w{2}|translated) by\b)|"
    r",?\s(?:on|updated|published|via)[:\s]|"
    rf"\s(?:at|um|à|{_ON})\s(?=\d)|(?P<place>,?\s(?:at|in|for|from)\s)|"
    rf",?\s(?=(?:{_MONTH})[a-z]{{0,6}}\.?\s\d)|,?\s(?=(?:mon|tues|wednes|thurs|fri|satur|sun)day\b)|"
    rf",?\s(?=\d)|,?\s(?=(?:{_ROLE_KIND})\s(?:{_ROLE})s?\b)|\s(?={_DOMAIN})",
    re.IGNORECASE,
)
REMARK = re.compile(
    r"\s?\([^()]{0,80}\)?(?=\s*(?:$|[,;]|and\b))"
)  # "(Reuters)", not the initials in "Richard (R.J.) Roe"
SEPARATOR = re.compile(r"\s*[,;/·]\s*")
AND = re.compile(r"(?:^|\s+)(?:and|&|und|et|y|och|og)\s+", re.IGNORECASE)
SUFFIX = re.compile(r",\s(?=(?:jr|sr|ii|iii|iv)\b)", re.IGNORECASE)
ROLE = re.compile(rf"(?:{_ROLE})s?\b|(?:.{{0,40}}\s)?(?:{_ROLE})s?|special to\b.*", re.IGNORECASE)
# What people other than the author did, or where they are.
OTHER_CREDIT = re.compile(
    r"(?:photo(?:s|graphs?|graphy)?|pictures|illustrat(?:ions?|ed)|translated|edited|videos?|graphics?|reviewed|"
    r"additional|for|in|at)\b",
    re.IGNORECASE,
)
ORGANISATION = re.compile(
    r"(?:.*\s)?(?:news|times|post|press|today|magazine|journal|radio|network|tv|university|institute|foundation|inc|ltd|"
    r"online|zeitung|rundschau|anzeiger|presse|tribune|gazette|chronicle|observer|bulletin|staff|team|desk|editors?|newsroom|agency|media|editorial|redaktion|redacción|rédaction|ediciones.*|"
    r"편집부|편집국|.*팀|.*일보|.*신문|.*뉴스|.*방송)\.?|"
    r"(?:.*\s)?(?:institut\w{0,3}|universit\w{1,4}|hochschule|landesanstalt|ministerium|stiftung|verband|verlag|gmbh)\b.*",
    re.IGNORECASE,
)
CAPITALS = re.compile(r"[^\W\d_a-z]{3,}(?:[ -][^\W\d_a-z]{2,})+(?=\s[^\W\d_][a-zà-ÿ])")
ACRONYM = re.compile(r"[A-Z]{2,5}")
WEB_ADDRESS = re.compile(rf"{_DOMAIN}.*|\S+\.\S+/.*", re.IGNORECASE)
PARTICLES = frozenset({
    "and", "al", "bin", "da", "de", "del", "della", "der", "di", "dos", "du", "la", "le", "of", "the", "ten", "van",
    "von", "with", "y", "e", "el", "und", "et", "&", "ter", "af", "av", "i", "den",
})  # fmt: skip
NOT_NAMES = frozenset({
    "admin", "administrator", "editor", "editors", "webmaster", "staff", "author", "guest", "root", "unknown",
    "user", "wordpress", "null", "none", "undefined", "anonymous", "by", "name", "default", "superuser", "test",
    "관리자", "운영자", "편집부", "staff writer", "the editors", "guest author", "guest post", "username",
    "author bio", "submitted", "posted", "written", "comments", "twitter", "facebook", "email", "autor", "autorin",
    "autoren", "auteur", "autore", "redaktion", "gast", "invité", "작성자", "글쓴이", "기자",
    "정보", "이전", "전체", "이어보기", "전체보기", "주소", "공유", "추천", "신고", "수정", "조회",
})  # fmt: skip
# What links beside a name say.
CONTROL = re.compile(
    r"\W*(?:view|more|read|learn|see|show|all|follow|about|log|sign|join|contact|subscribe|share|click|latest|"
    r"mehr|weiter|weiterlesen|alle|zum|zur|folgen|teilen|kommentare|lire|voir|tous|toutes|suivre|partager|leer|seguir|"
    r"compartir|leggi|segui|더보기|구독|팔로우|공유|전체)\b",
    re.IGNORECASE,
)
MAX_NAME, MAX_NAME_WORDS, MAX_PEOPLE = 80, 10, 12
MAX_CREDIT = 400

BYLINE_LABEL = re.compile(
    r"(?:(?:written|words|story|posted|submitted|published)\s)?by:?|authors?:?|autor(?:[/*:_]?in)?:?|auteurs?:?|"
    r"(?:geschrieben |un(?:e)? \w{1,20} )?(?:par|von)|por|door|di|글쓴이:?|작성자:?|지은이:?|필자:?|저자:?",
    re.IGNORECASE,
)
# Places that read as names, beside the date of a report.
PLACE = re.compile(
    r"(?:new|san|los|las|saint|st\.?|port|fort|cape|north|south|east|west)\s.*|"
    r".*\s(?:city|town|county|islands?|beach|republic|kingdom|states|korea|d\.?c\.?)",
    re.IGNORECASE,
)
# What follows the reporter in the first line of a report: "(서울=뉴스) 김민수 기자 = 강이 얼었다."
REPORT = re.compile(r"(?:기자|특파원)\s?=\s?\S")
MAX_NOTE = 1_200
EDGE_BLOCKS = 4  # at either end of an article, where a byline may stand
CLOSING_BLOCKS = 3  # at the end, where a note on the author may stand without a byline

THIRD_PERSON = re.compile(
    r"\b(?:is|was|are|were|has|have|works?|worked|lives?|lived|serves?|served|writes?|wrote|graduated|born|joined|"
    r"joins|holds|studie[sd]|leads?|led|founded|grew|escaped|spent|moved|arrived|resettled|left|fled|teaches|"
    r"shares|currently|originally)\b|(?:입니다|습니다|이다|있다|한다)[.]?",
    re.IGNORECASE,
)
FIRST_PERSON = re.compile(r"\b(?:I|I'm|I\u2019m|my|me|My|Me)\b|(?:나는|저는|내가|제가)")
QUOTED = re.compile(r"[“\"\u2018'][^“”\"\u2018\u2019']{0,1200}[”\"\u2019']")


@dataclass(frozen=True, slots=True)
class Byline:
    """An author, the note on them, and the remaining blocks."""

    author: str
    note: str
    rest: list[Block]


def find_byline(blocks: list[Block]) -> Byline | None:
    """The byline among the first or last blocks, with the note below it; None when there is none."""
    ends = [*range(min(EDGE_BLOCKS, len(blocks))), *range(max(EDGE_BLOCKS, len(blocks) - EDGE_BLOCKS), len(blocks))]
    for position in ends:
        block, before, after = blocks[position], blocks[:position], blocks[position + 1 :]
        first, _, lines_below = block.text.partition("\n")
        if block.kind in (BlockKind.EMBED, BlockKind.FOOTNOTE) or not (author := ", ".join(authors_in(first))):
            continue
        if REPORT.search(first):
            return Byline(author, "", blocks)
        if below := one_line(lines_below):
            if is_note(below, author, italic=False):
                return Byline(author, below, before + after)
            first_break = next(at for at, span in enumerate(block.spans) if "\n" in span.text)
            return Byline(author, "", [*before, replace(block, spans=block.spans[first_break + 1 :]), *after])
        if after and after[0].kind in (BlockKind.PARAGRAPH, BlockKind.QUOTE):
            note = one_line(after[0].text)
            italic = all(span.italic for span in after[0].spans if span.text.strip())
            if is_note(note, author, italic=italic):
                return Byline(author, note, before + after[1:])
        return Byline(author, "", before + after)
    # The last line of a text whose lines are separated only by breaks: "김민수 기자".
    last = blocks[-1].text.rpartition("\n")[2] if blocks else ""
    return Byline(", ".join(names), "", blocks) if (names := authors_in(last)) else None


def take_note(blocks: list[Block], author: str) -> tuple[str, list[Block]]:
    """The paragraph at the end of an article that introduces its author by name, and the other blocks."""
    for position in range(max(EDGE_BLOCKS, len(blocks) - CLOSING_BLOCKS), len(blocks)):
        text = one_line(blocks[position].text)
        # "Ann Writer: …" is what she says.
        named = author and re.match(rf"(?:글쓴이\s|필자\s)?{re.escape(author)}(?:,?\s|[은는]\s)", text, re.IGNORECASE)
        if named and blocks[position].kind is BlockKind.PARAGRAPH and is_note(text, author, italic=False):
            return text, blocks[:position] + blocks[position + 1 :]
    return "", blocks


def authors_among(blocks: list[Block]) -> tuple[str, ...]:
    """The authors named by one of the lines around an article, given nearest first.

    A label and the name may be in two blocks, or date and name in one line ("May 6, 2024 · Ann Writer").
    """
    texts = [one_line(block.text)[:300] for block in blocks]
    for position, text in enumerate(texts):
        if names := authors_in(text):
            return names
        if position and BYLINE_LABEL.fullmatch(text) and (names := people_in(texts[position - 1])):
            return names
    for text in texts:
        if len(text) <= 2 * MAX_NAME and date_in(text) is not None:
            pieces = [piece.strip() for piece in re.split(r"\s?[|•·∙・]\s?|\s[-—\u2013]\s|\s(?=[Bb]y\s)", text)]
            named = [", ".join(authors_in(piece)) or piece for piece in pieces if date_in(piece) is None]
            found = [piece for piece in named if is_name(piece) and not PLACE.fullmatch(piece)]
            if len(pieces) > 1 and len(found) == 1:
                return (found[0],)
    return ()


def is_note(text: str, author: str, *, italic: bool) -> bool:
    """Whether a paragraph introduces the author rather than beginning the article."""
    if (
        not text
        or len(text) > MAX_NOTE
        or REPORT.search(text)
        or (not italic and FIRST_PERSON.search(QUOTED.sub("", text)))
    ):
        return False
    opening = " ".join(text.split()[:12]).casefold()
    names = [name for name in re.split(r"[\s,&]+", author.casefold()) if len(name) > 1 and name not in PARTICLES]
    named = any(name in opening for name in names)
    return italic or (named and THIRD_PERSON.search(" ".join(text.split()[:40])) is not None)


def authors_in(line: str) -> tuple[str, ...]:
    """The names in a line such as "By Lindsey Miller" or "김민수 기자"."""
    text = line.strip()[:MAX_CREDIT]
    reporters = _reporters(text) if len(text) <= MAX_NAME else ()
    found = BYLINE.match(text) or KOREAN_BYLINE.match(text) or FOREIGN_BYLINE.match(text)
    if not found:
        return reporters
    is_foreign = found.re is FOREIGN_BYLINE
    names = _reporters(found["name"]) or tuple(_named(one_line(found["name"])))
    credit = ", ".join(names)
    words = credit.replace(",", " ").split()
    small = {*PARTICLES, "in", "for", "at"}
    too_long = len(credit) > MAX_CREDIT or len(words) > MAX_NAME_WORDS * 2
    sentence = re.search(r"[!?:;\"“”]|\w{3,}\.$", credit) or any(
        word[0].islower() and word.lower() not in small for word in words
    )
    if not words or too_long or sentence or WEB_ADDRESS.fullmatch(credit):
        return reporters if is_foreign else ()
    dated = DATED.match(found["name"].removeprefix(credit)) is not None  # "Von Christian am 3. Mai 2013"
    return names if not is_foreign or dated or all(is_name(name) for name in names) else ()


def people_in(text: str) -> tuple[str, ...]:
    """The people of a credit without "By", roles, places, addresses and the organisation they write for."""
    credit = one_line(re.sub(r"<[^<>]{0,300}>", "", html.unescape(text[: 2 * MAX_CREDIT])))
    credit = credit.strip(" '\"\u2018\u2019“”,;|")
    if not credit or "//" in credit or len(credit) > MAX_CREDIT or CONTROL.match(credit):
        return ()
    if reporters := _reporters(credit):
        return reporters
    if found := BYLINE.match(credit) or KOREAN_BYLINE.match(credit) or FOREIGN_BYLINE.match(credit):
        credit = found["name"]
    return tuple(name for name in _named(re.sub(r"\S+@\S+\.\S+", "", credit)) if len(name) <= MAX_NAME)


def is_name(text: str) -> bool:
    """Whether a short text on the page reads as the name of one or more people."""
    words = text.replace(",", " ").split()
    if not words or len(text) > MAX_NAME or len(words) > MAX_NAME_WORDS or text.casefold() in NOT_NAMES:
        return False
    if re.search(r"[!?:;\"“”@/\d]|[^\W\d_]{4,}\.$", text) or CONTROL.match(text):
        return False
    korean = re.fullmatch(r"[가-힣]{2,4}", text) is not None
    proper = [word for word in words if word.lower() not in PARTICLES]
    return korean or (len(proper) >= 2 and all(word[0].isupper() or not word[0].isascii() for word in proper))  # noqa: PLR2004 - given name and family name


def is_organisation(name: str) -> bool:
    """Whether a name is that of a newsroom, a company or a site, as far as its words say."""
    return bool(ORGANISATION.fullmatch(name) or ACRONYM.fullmatch(name) or WEB_ADDRESS.fullmatch(name))


def _reporters(text: str) -> tuple[str, ...]:
    if report := KOREAN_REPORT.match(text):
        return tuple(re.findall(r"[가-힣]+", report["names"]))
    names = [name.strip() for found in REPORTER.finditer(text) for name in re.split(r"[·,]", found["name"])]
    return tuple(dict.fromkeys(names))


def _named(credit: str) -> list[str]:
    """The names in a credit; an organisation only where it names nobody else."""
    first, *others = SEPARATOR.split(SUFFIX.sub(" ", REMARK.sub("", credit)))
    # "Jane Roe, Quay Gazette staff writer" names one person.
    parts = [first, *(part for part in others if not ROLE.fullmatch(part) or " - " in part)]
    pieces: list[str] = []
    for part in parts:
        # Both sides of an "and" have to be whole names: "Food and Drug Office" is one.
        sides = [side for side in AND.split(part) if side]
        whole = len(sides) == 1 or all(" " in side.strip() or ROLE.fullmatch(side) for side in sides)
        pieces += sides if whole else [part]
    names: list[str] = []
    for piece in pieces:
        # What follows a name is cut off; "in" after one word belongs to it ("Liberty in North Korea").
        text = piece.removeprefix("with ")
        details = (found.start() for found in CUT.finditer(text) if not found["place"] or " " in text[: found.start()])
        name = text[: next(details, len(text))]
        # "LAURE BRETTON Envoyée spéciale": a name in capitals ends with them.
        capitals = CAPITALS.match(name)
        name = (capitals[0] if capitals else name).strip(" ,:*'\"")
        odd = name.startswith("@") or re.search(r"[\d!?]", name) or not re.search(r"[^\W\d_]{2}", name)
        if not odd and name.casefold() not in NOT_NAMES and not CONTROL.match(name):
            names.append(name)
    if len(names) > 1:
        names = [name for name in names if not ROLE.fullmatch(name) and not OTHER_CREDIT.match(name)]
    # "Jane Roe, Seoul" and "Ann Lee, MA": single words beside whole names are no people.
    whole = [name for name in names if " " in name or re.fullmatch(r"[가-힣]{2,4}", name)]
    people = [name for name in whole or names if not is_organisation(name)]
    return list(dict.fromkeys(people or names[:1]))[:MAX_PEOPLE]
