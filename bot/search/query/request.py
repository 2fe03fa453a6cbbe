"""Separates what a person's words ask for from what they are about: dates, order, quotes, how to help.

`SubjectWords` says whether they name the archive's subject: a word of the configured taxonomy.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from bot.models import Topic
from bot.search.query.spelling import korean_noun
from bot.search.query.synonyms import is_place
from bot.search.query.terms import is_stop_word
from bot.store.search.filters import Period
from bot.text_analysis import DEFAULT_LANGUAGE, STOP_WORDS, is_cjk, limit_combining_marks, word_terms, words

MAX_QUERY = 4_000  # characters; Discord sends at most 6,000
MAX_WISH = 400  # characters in which the wish to help is looked for
MAX_QUOTES = 3
MAX_YEARS = 3
MAX_DATED = 12  # words; in a longer text "latest" or a year describes its subject
COMPASS = frozenset(["north", "south", "east", "west"])  # words that belong to the name of a place after them
MIN_SYLLABLES = 2  # of a Korean word, which is looked for inside others because particles are attached to it

_YEAR = r"(?<![\d.,-])(1[89]\d\d|20\d\d)(?![\d.,-]?\d)"
_UNITS = {"day": 1, "week": 7, "month": 30, "year": 365, "일": 1, "주": 7, "달": 30, "개월": 30, "년": 365}
_NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "ten": 10, "few": 3, "couple": 2}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_SEASONS = {
    "spring": 3,
    "summer": 6,
    "autumn": 9,
    "fall": 9,
    "winter": 12,
    "봄": 3,
    "여름": 6,
    "가을": 9,
    "겨울": 12,
}  # begin

_MONTH_NAME = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
# A day: "September 12, 2024", "12 September 2024", "2024-09-12", "2024년 9월 12일".
_DAY = re.compile(
    rf"(?:\b(?:on|from)\s+)?(?:\b{_MONTH_NAME}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+20\d\d\b"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH_NAME}\.?,?\s+20\d\d\b"
    r"|\b20\d\d-\d\d-\d\d\b|(?<!\d)20\d\d년\s*\d{1,2}월\s*\d{1,2}일(?:에는?|의)?)",
    re.IGNORECASE,
)

# A month or season of a year, and a year with or without one.
_MONTH = (
    rf"(?:(?:{_MONTH_NAME}|spring|summer|autumn|fall|winter)\.?,?\s+(?:of\s+)?(?:1[89]|20)\d\d(?!\d)"
    r"|(?<!\d)(?:1[89]|20)\d\d년\s*(?:(?:1[0-2]|0?[1-9])월|봄|여름|가을|겨울))"
)
_SPAN = rf"({_MONTH}|(?<![\d.,-])(?:1[89]|20)\d\d(?![\d.,-]?\d)년?)"
_RANGE_SPAN = rf"({_MONTH}|(?<!\d)(?:1[89]|20)\d\d(?!\d)년?)"
_BETWEEN = re.compile(
    rf"(?:\b(?:between|from)\s+)?{_RANGE_SPAN}\s*(?:-|–|—|~|\band\b|\bto\b|\buntil\b|\btill\b|부터|에서)\s*{_RANGE_SPAN}\s*(?:까지|사이)?",
    re.IGNORECASE,
)
_SINCE = re.compile(
    rf"\b(since|after|from(?=(?:\s+[a-z]+)?\s+\d{{4}}\s+on))\s+{_SPAN}(?:\s+(?:on|onwards?))?|{_SPAN}\s*(?:이후|이래|부터)",
    re.IGNORECASE,
)
_BEFORE = re.compile(rf"\b(before|until|till|up to|by)\s+{_SPAN}|{_SPAN}\s*(이전|전에|까지)(?![가-힣])", re.IGNORECASE)
_IN_MONTH = re.compile(rf"(?:\b(?:in|of|during|from)\s+)?({_MONTH})(?:에는?|의)?", re.IGNORECASE)
_IN_YEAR = re.compile(
    rf"(?:\b(?:in|of|during|from|year)\s+(?:the\s+year\s+)?)?{_YEAR}(?:년도?(?:에는?|의)?)?", re.IGNORECASE
)
_COUNT = r"(\d{1,3}|two|three|four|five|six|ten|few|couple of)"
_LAST_UNITS = re.compile(
    rf"\b(?:(?:in|over|during|from)\s+)?the\s+(?:last|past)\s+{_COUNT}\s+(day|week|month|year)s?\b"
    rf"|\b(?:last|past)\s+{_COUNT}\s+(day|week|month|year)s?\b"
    r"|(?:최근|지난)\s*(\d{1,3})\s*(일|주|개월|년)(?:간|\s*동안)?",
    re.IGNORECASE,
)
_RELATIVE = re.compile(
    r"\b(?:(?:in|from|during)\s+)?(last|this|past|previous)\s+(year|month|week)(?:'s)?\b|\b(yesterday)(?:'s)?\b"
    r"|(재작년|지난\s*해|작년|올해|금년|지난\s*달|저번\s*달|이번\s*달|지난\s*주|저번\s*주|이번\s*주|어제)(?:에는?|의)?(?=\s|$|[?!.,])",
    re.IGNORECASE,
)
_TODAY = re.compile(r"\b(?:(from|posted|published)\s+)?today(?:'s)?\b", re.IGNORECASE)
_KOREAN_RELATIVE = {
    "재작년": ("year", -2), "지난해": ("year", -1), "작년": ("year", -1), "올해": ("year", 0), "금년": ("year", 0),
    "지난달": ("month", -1), "저번달": ("month", -1), "이번달": ("month", 0),
    "지난주": ("week", -1), "저번주": ("week", -1), "이번주": ("week", 0), "어제": ("day", -1),
}  # fmt: skip
_NEWEST = re.compile(
    r"\b(?:the\s+)?(?:newest|latest|most\s+recent(?:ly)?)\b(?:\s+first(?=\W*$))?"
    r"|\bnew\s+(?=(?:article|post|stor(?:y|ies)|blog|piece|publication)s?\b)|\bwhat(?:['’]?s|\s+is)\s+new\b"
    r"|\blast\s+(?=(?:article|post|story|piece)\b)"
    r"|(?:(?:가장|제일)\s*)?(?:최신|최근)(?:의|에|\s*순(?:으로)?)?(?=\s|$|[?!.,])|(?:(?:가장|제일)\s*)?(?:새로운?|마지막)\s+(?=글|기사|이야기|소식|포스트)",
    re.IGNORECASE,
)
_OLDEST = re.compile(
    r"\b(?:(?:oldest|earliest)\s+(?=(?:article|post|stor(?:y|ies)|blog|piece|one|publication)s?\b)"
    r"|first\s+(?:ever\s+)?(?=(?:article|(?:blog\s+)?post)s?\b))|^\W*(?:the\s+)?(?:oldest|earliest)\b(?=\s+(?:on|about)\b|\W*$)"
    r"|\b(?:oldest|earliest)\s+first(?=\W*$)|오래된\s*순(?:으로)?(?=\s|$|[?!.,])"
    r"|(?:(?:가장|제일)\s*)?오래된\s+(?=글|기사|이야기|포스트)|(?:맨\s*처음|최초의?|첫\s*(?:번째)?)\s*(?=(?:올린\s*|쓴\s*)?(?:글|기사|포스트))",
    re.IGNORECASE,
)
_QUOTE = re.compile(r'"([^"]{2,200})"|“([^”]{2,200})”|「([^」]{2,200})」|『([^』]{2,200})』')
_HELP_VERB = (
    r"(?:help(?:\s+out)?|donat\w*|volunteer\w*|support|contribut\w*|give(?:\s+(?:money|back))?|(?:get|be|become)\s+involved"
    r"|take\s+action|fund-?rais\w*|sponsor|join|sign\s+(?:up|(?:the|a|your|that)\s+(?:pledge|petition))"
    r"|start\s+(?:a|an|my|our)\s+(?:\w+\s+)?(?:team|club|chapter|fundraiser|campaign)"
    r"|do\s+(?:something|anything|more)|make\s+a\s+difference|take\s+part)"
)
_WHO = r"(?:i|we|one|you|people|someone|anyone|(?:a|an|my|our|the)\s+(?:\w+\s+)?\w+|students?|teens?)"
_OUR_GROUP = (
    r"(?:my|our)\s+(?:\w+\s+)?(?:school|class|church|club|team|family|company|group|community|office|university)"
)
_WISH = rf"(?:want|wanna|like|love|wish)\s*(?:to)?\s+{_HELP_VERB}\b"
# Grouped by how they begin: most places of a text are then passed over at once.
_HELP = re.compile(
    rf"\b(?:how\s+(?:can|could|do|does|may|might|should|would|to)\s+(?:{_WHO}\s+)?(?:best\s+|also\s+)?{_HELP_VERB}\b"
    rf"|(?:can|could|may)\s+(?:i|we|{_OUR_GROUP})\s+(?:still\s+|also\s+)?{_HELP_VERB}\b"
    rf"|(?:i|we)(?:'?d|\s+would)?\s+(?:really\s+)?{_WISH}"
    rf"|(?:i|we)\s+(?:can|could)\s+(?:do\s+(?:\S+\s+){{0,5}}to\s+)?{_HELP_VERB}\b|(?:my|our|a)\s+donations?\b"
    rf"|where\s+(?:can|could|do|should)\s+(?:i|we|one|people)\s+{_HELP_VERB}\b"
    rf"|what\s+(?:can|could|should)\s+{_WHO}\s+do\b(?:.*\b(?:help|support|about|for)\b|\W*$)"
    r"|sign\s+me\s+up\b|count\s+me\s+in\b|monthly\s+(?:giving|gifts?|donations?|donors?)\b|giv(?:e|ing)\s+monthly\b"
    r"|(?:be|become|becoming|as)\s+an?\s+(?:\w+\s+)?(?:volunteer|mentor|donor|supporter|sponsor|ally|fundraiser)\b"
    r"|fund-?rais\w+\s+ideas?\b|ideas?\s+for\s+(?:an?|our|my)\s+(?:\w+\s+)?fund-?rais"
    rf"|(?:ways?|how)\s+to\s+{_HELP_VERB}\b)"
    rf"|^\W*(?:{_WISH}|(?:please\s+)?(?:donate|donations?|volunteer|volunteering|fundrais\w+|get\s+involved|take\s+action"
    r"|help\s+out)\W*$|(?:후원|기부|자원\s*봉사)(?:하기|방법)?\W*$)"
    r"|(?=[가-힣])(?:(?:돕|도울|도와|도움이?\s*(?:되|을\s*주|줄)|후원|기부|자원\s*봉사|봉사|참여|동참)\S*\s*"
    r"(?:고\s*싶|수\s*있|방법|하려면|할래|하는\s*법|어떻게|어디)"
    r"|(?:어떻게|어디서|어디에|무엇을|뭘)\s*(?:\S+\s+)?(?:돕|도울|도와|후원|기부|봉사|참여|동참)"
    r"|(?:후원|기부|봉사)\S*\s*(?:신청|가입|계좌|문의))",
    re.IGNORECASE,
)
# What is said to any bot, in whole.
_SMALL_TALK = re.compile(
    r"\W*(?:(?:hi|hello|hey|yo|howdy|gm|gn|good\s*(?:morning|afternoon|evening|night|day)|bye)"
    r"(?:\s+(?:all|every(?:one|body)|guys|there|folks|friends?|chat|bot|herald))?"
    r"|happy\s+birthday(?:\s+\w+)?|(?:thanks?(?:\s+you)?|ty|thx)(?:\s+(?:so|very)\s+much|\s+a\s+lot)?"
    r"|(?:tell|give|say|sing|write)\s+(?:me|us)\s+(?:a|an|another|some)\s+(?:\w+\s+)?(?:jokes?|riddles?|facts?|songs?|poems?|secrets?)"
    r"|what(?:'?s|\s+is)\s+(?:the\s+meaning\s+of\s+life|(?:your|my)\s+(?:name|age|(?:favou?rite|fav)\s+\w+))"
    r"|who\s+(?:are\s+you|(?:made|created|built|owns)\s+you)|how(?:'?s|\s+is|\s+are)\s+(?:you|it|your\s+day)(?:\s+\w+)?"
    r"|are\s+you\s+(?:an?\s+)?\w+|(?:do\s+you|i)\s+(?:love|like|hate)\s+(?:me|you)|(?:flip|toss)\s+a\s+coin|roll\s+a\s+di(?:c?e)"
    r"|안녕\S*|반가\S+|고마\S+|감사\S+|심심\S+|졸려\S*|사랑해\S*|잘\s*자\S*|좋은\s*(?:아침|저녁|밤)\S*|농담\s*\S*|넌?\s*누구\S*"
    r"|(?:너|네|니)\s*이름\S*(?:\s*뭐\S*)?)\W*",
    re.IGNORECASE,
)
# About the asker's own affairs, or about a time or place that no article knows.
_PERSONAL = re.compile(
    r"\b(?:how\s+(?:do|can|should|would|could)\s+(?:i|we)|how\s+to|i\s+(?:feel|hate|need\s+an?)|i(?:'?m|\s+am)\s+so|my|best"
    r"|(?:do|can|could|should|would|will|am)\s+i\s+(?!find|read|see|learn|watch|listen|hear|look|know|start)\w+"
    r"|how\s+(?:far|tall|old|big|heavy)\s+is|(?:help|suits|teach|write)\s+me|(?:ideas?|tips|answers)\s+(?:for|to))\b"
    r"|(?:^|\s)(?:내|제|우리)\s|\S(?:는|\s)\s*법\W*$|(?:싸웠|배고|졸려|아파)\S*\W*$",
    re.IGNORECASE,
)
# What is to be bought, done or found here and now.
_ERRAND = re.compile(
    r"\b(?:cheap(?:est)?|near(?:by|\s+me)|tonight|tomorrow|(?:this|next)\s+week(?:end)?|right\s+now|(?:for|on)\s+sale"
    r"|still\s+open|open\s+(?:now|late|today|on\s+\w+day)|(?:opening|business)\s+hours|phone\s+number|used\s+\w+\s+prices?"
    r"|recipes?|discounts?|not\s+working|for\s+rent)\b"
    r"|(?:^|\s)(?:내일|모레|(?:이번|다음)\s*주말?|근처)\s|세일|할인|영업\s*시간|전화\s*번호|레시피|맛집|최저가",
    re.IGNORECASE,
)
# "I have a presentation on monday about ...": what the words are for, before what they are about.
_OCCASION = re.compile(
    r"^(?:\S+\s+){0,20}?(?:essay|presentation|assignment|project|paper|report|speech|article|story|piece|post|text|something|anything|smth)s?"
    r"\s+(?:\S+\s+){0,3}?(?:about|regarding|on\s+how|on\s+why)\s+(?=(?:\S+\s+){2})",
    re.IGNORECASE,
)
# "donate to unicef", "유니세프에 기부하는 법": whom somebody wants to help, when it is one word.
_HELPED = re.compile(r"\b(?:to|for|with|in|at)\s+(?:the\s+)?([a-z]{4,})\b", re.IGNORECASE)
_KOREAN_HELPED = re.compile(r"([가-힣]{2,}?)(?:에|에게|에다)?\s+(?:정기\s*)?$")


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """What was asked. `text` is what remains to be searched for, quoted phrases included.

    `period` limits the date of publication. `years` may be when an article was published or what it is about,
    so articles of either kind match. `helped` are the words for whom or what somebody may wish to help.
    A `personal` question is probably not for an archive, an `errand` even less.
    """

    text: str
    quotes: tuple[tuple[str, ...], ...] = ()
    period: Period | None = None
    years: tuple[int, ...] = ()
    newest_first: bool = False
    oldest_first: bool = False
    help: bool = False
    helped: tuple[str, ...] = ()
    personal: bool = False
    errand: bool = False


class SubjectWords:
    """The words of a taxonomy; `help_topics` are the keys of topics of which a word is a wish to help."""

    def __init__(self, topics: Sequence[Topic]) -> None:
        self.help_topics = tuple(topic.key for topic in topics if any(map(_HELP.search, topic.words)))
        named = [words(text) for topic in topics for text in (topic.name, *(name for _, name in topic.names))]
        places = {word for phrase in named for word in phrase if is_place(word)}
        places |= {one for phrase in named for one, other in pairwise(phrase) if one in COMPASS and other in places}
        nouns = {korean_noun(word) if is_cjk(word) else word for word in places}
        self._places = tuple({term for word in nouns for term in word_terms(word, DEFAULT_LANGUAGE)})
        self._topics_of: defaultdict[str, set[str]] = defaultdict(set)
        for topic in topics:
            for word in topic.words:
                if len(part := words(word)) == 1 and part[0] not in STOP_WORDS:
                    self._topics_of[word_terms(part[0], DEFAULT_LANGUAGE)[0]].add(topic.key)
        single = {part[0] for topic in topics for word in topic.words if len(part := words(word)) == 1}
        self._korean = tuple(word for word in single if is_cjk(word) and len(word) >= MIN_SYLLABLES)
        self._stems = {word_terms(word, DEFAULT_LANGUAGE) for word in single - STOP_WORDS if not is_cjk(word)}

    def is_place(self, terms: Iterable[str]) -> bool:
        """Returns whether a term is of a place that a topic's name names, or of what is from there: "Korean".

        Most articles are about that place, whether they say so or not.
        """
        return any(term.startswith(self._places) for term in terms)

    def topics_of(self, terms: Iterable[str]) -> frozenset[str]:
        """Returns the keys of the topics that some terms name."""
        return frozenset[str]().union(*(self._topics_of.get(term, ()) for term in terms))

    def named_in(self, typed: Sequence[str]) -> bool:
        """Returns whether one of the words typed is of the subject, in any form of it, or its place."""
        return any(
            any(noun in word for noun in self._korean)
            if is_cjk(word)
            else word_terms(word, DEFAULT_LANGUAGE) in self._stems
            for word in typed
        ) or any(is_place(word) and self.is_place(word_terms(word, DEFAULT_LANGUAGE)) for word in typed)


def parse_request(text: str, today: date) -> SearchRequest:
    """Reads dates, order, quotes and the wish to help out of a person's words."""
    rest = " ".join(limit_combining_marks(text[:MAX_QUERY]).split())
    wish = _HELP.search(rest[:MAX_WISH])
    # Whom a wish to help may be about.
    named = [*_HELPED.findall(rest, wish.start()), *_KOREAN_HELPED.findall(rest[: wish.start()])] if wish else []
    helped = tuple(word for word in words(" ".join(named)) if not is_stop_word(word))
    found = (next(group for group in match.groups() if group) for match in _QUOTE.finditer(rest))
    quotes = tuple(quote for quote in (tuple(words(part)) for part in found) if quote)[:MAX_QUOTES]
    if quotes:  # the words are meant exactly as they are
        return SearchRequest(rest, quotes, help=wish is not None, helped=helped)
    if len(rest.split()) > MAX_DATED:
        rest = _OCCASION.sub("", rest, count=1)
        return SearchRequest(rest, help=wish is not None, helped=helped)
    if _SMALL_TALK.fullmatch(rest):
        return SearchRequest("")
    rest, period = _take_period(rest, today)
    personal, errand = (wish is None and kind.search(rest) is not None for kind in (_PERSONAL, _ERRAND))
    years = [] if period else [int(match[1]) for match in _IN_YEAR.finditer(rest) if int(match[1]) <= today.year + 1]
    oldest_first = bool(_OLDEST.search(rest))
    newest_first = not oldest_first and bool(_NEWEST.search(rest))
    rest = (_OLDEST if oldest_first else _NEWEST).sub(" ", rest)
    return SearchRequest(
        rest,
        period=period,
        years=tuple(dict.fromkeys(years))[:MAX_YEARS],
        newest_first=newest_first,
        oldest_first=oldest_first,
        help=wish is not None,
        helped=helped,
        personal=personal,
        errand=errand,
    )


def _take_period(text: str, today: date) -> tuple[str, Period | None]:
    """The text without its first span of time, and that span."""
    names_year = "18" in text or "19" in text or "20" in text  # what the first four, slow patterns need
    if names_year and (match := _BETWEEN.search(text)):
        (first, _), (_, end) = sorted(_days_of(span) for span in match.groups())
        period = Period(_start(first), _start(end))
    elif names_year and (match := _SINCE.search(text)):
        first, end = _days_of(match[2] or match[3])
        period = Period(since=_start(end if (match[1] or "").lower() == "after" else first))
    elif names_year and (match := _BEFORE.search(text)):
        first, end = _days_of(match[2] or match[3])
        inclusive = (match[1] or match[4]).lower() in {"until", "till", "up to", "까지"}
        period = Period(before=_start(end if inclusive else first))
    elif names_year and (match := _DAY.search(text)) and (day := _day_of(match[0])):
        period = Period(_start(day), _start(day + timedelta(days=1)))
    elif (
        names_year
        and (match := _IN_MONTH.search(text))
        and all(is_stop_word(word) for word in words(_without(text, match)))
    ):
        # With other words the month may be part of the subject.
        first, end = _days_of(match[1])
        period = Period(_start(first), _start(end))
    elif match := _LAST_UNITS.search(text):
        number = match[1] or match[3] or match[5]
        unit = (match[2] or match[4] or match[6]).lower()
        count = int(number) if number.isdecimal() else _NUMBERS[number.split()[0].lower()]
        period = Period(since=_start(today - timedelta(days=count * _UNITS[unit])))
    elif match := _RELATIVE.search(text):
        period = _relative(match, today)
    elif (match := _TODAY.search(text)) and (
        match[1] or all(is_stop_word(word) for word in words(_without(text, match)))
    ):
        # With other words, as in "sign the pledge today" and "women today", it is the present time.
        period = Period(_start(today), _start(today + timedelta(days=1)))
    else:
        return text, None
    return _without(text, match), period


def _relative(match: re.Match[str], today: date) -> Period:
    if match[4]:
        unit, offset = _KOREAN_RELATIVE["".join(match[4].split())]
    elif match[3]:
        unit, offset = "day", -1
    else:
        unit, offset = match[2].lower(), 0 if match[1].lower() == "this" else -1
    if unit == "year":
        year = today.year + offset
        return Period(_start(date(year, 1, 1)), _start(date(year + 1, 1, 1)))
    if unit == "month":
        month = today.year * 12 + today.month - 1 + offset
        return Period(_start(_month(month)), _start(_month(month + 1)))
    first = today - timedelta(days=today.weekday()) if unit == "week" else today
    days = 7 if unit == "week" else 1
    start = first + timedelta(days=days * offset)
    return Period(_start(start), _start(start + timedelta(days=days)))


def _day_of(text: str) -> date | None:
    """The day that a text names, as the pattern found it; None when no calendar has it."""
    numbers = [int(number) for number in re.findall(r"\d+", text)]
    named = [number for number, name in enumerate(_MONTHS, 1) if re.search(rf"\b{name}", text.lower())]
    if named:
        month, (day, year) = named[0], numbers
    else:
        year, month, day = numbers
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _days_of(span: str) -> tuple[date, date]:
    """The first day of a year, or of its month or season, as the patterns found it, and the day after its last one."""
    year, *rest = [int(number) for number in re.findall(r"\d+", span)]
    if season := next((month for name, month in _SEASONS.items() if name in span.lower()), 0):
        first = year * 12 + season - 1
        return _month(first), _month(first + 3)
    name = span[:3].lower()
    month = _MONTHS.index(name) + 1 if name in _MONTHS else next(iter(rest), 0)
    if not month:
        return date(year, 1, 1), date(year + 1, 1, 1)
    return date(year, month, 1), _month(year * 12 + month)


def _month(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)


def _start(day: date) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()


def _without(text: str, match: re.Match[str]) -> str:
    return f"{text[: match.start()]} {text[match.end() :]}"
