"""What a link in an article is: words in a sentence, a line that leads on, or something to do."""

import re
from urllib.parse import urlsplit

from bot.models import LinkKind

CALL_START = re.compile(
    r"(?:please |click (?:here )?to |you can |and )?(?:"
    r"donate|subscribe|sign[ -]up|sign (?:the|our|this|up|on|a|your)|register|volunteer|pledge|fundraise|rsvp|"
    r"take action|get involved|take part|act now|become an? |"
    r"give(?: (?:now|today|monthly|to|here|hope|a gift|freely|generously)|[!.]?$)|"
    r"join(?: (?:us|our|the|now|today|a|liberty|here|in|them)|[!.]?$)|"
    r"support(?: (?:us|our|the|their|this|now|today|north|refugees)|[!.]?$)|"
    r"help (?:us|bring|rescue|fund|support|save|free|more|a|them|north|refugees|change|make|now)|"
    r"share(?: (?:this|the|your|now|with)|[!.]?$)|sponsor|make (?:a|your) (?:gift|donation|pledge|difference)|"
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
ARROWS = re.compile(r"^[>»\u203a▶►→➜➡⇒▸☞👉\s]+|[>»\u203a▶►→➜➡⇒▸\s]+$")
MAX_CALL = 120  # a longer line is a paragraph that happens to hold a link
MAX_ALONE = 1_000  # no link that stands alone on its line is longer


def without_arrows(label: str) -> str:
    """The label without the arrows and brackets that only point at it."""
    return ARROWS.sub("", label) or label


def kind_of(label: str, url: str, line: str, *, button: bool) -> LinkKind:
    """How a link stands in its line; `line` is the whole line's text."""
    alone = len(line) <= MAX_ALONE and _same(label, line)
    if button or _calls(label, alone=alone) or _asks(label, line):
        return LinkKind.CALL
    if len(line) <= MAX_CALL and CALL_PATH.search(urlsplit(url).path):
        return LinkKind.CALL
    return LinkKind.PULL if alone else LinkKind.TEXT


def label_for(label: str, line: str, kind: LinkKind) -> str:
    """The words to show for a link: its own, or its line's when its own say nothing ("here")."""
    own = without_arrows(label)
    if kind is LinkKind.CALL and own.strip(".!").lower() in VAGUE and len(line) <= MAX_CALL:
        return without_arrows(line)
    return own


def _calls(label: str, *, alone: bool) -> bool:
    """Whether the words of a link tell the reader to do something."""
    words = without_arrows(label)
    if not alone and words.strip(".!") in NOUNS_TOO:
        return False
    return CALL_START.match(words) is not None or KOREAN_CALL.search(words) is not None


def _asks(label: str, line: str) -> bool:
    vague = without_arrows(label).strip(".!").lower() in VAGUE
    return vague and len(line) <= MAX_CALL and CALL_START.match(without_arrows(line)) is not None


def _same(label: str, line: str) -> bool:
    def bare(text: str) -> str:
        return re.sub(r"[\W_]+", "", text)

    return bool(bare(label)) and bare(label) == bare(line)
