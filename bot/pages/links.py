"""Classifies links in an article: text in a sentence, a pull link, or a call to action."""

import re
from urllib.parse import urlsplit

from bot.models import LinkKind
from bot.plain_text import letters

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


def without_arrows(text: str) -> str:
    """The text without decorative arrows and brackets at its ends."""
    return text.strip(ARROWS)


def leads_to_sharing(label: str, url: str) -> bool:
    """Whether a button shares the page on another network."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    shares = bool(SHARE_HOSTS.search(host) and (SHARE_PATH.search(parts.path) or len(label.split()) <= 1))
    return shares or SHARE_LABEL.fullmatch(label) is not None


def kind_of(label: str, url: str, line: str, *, button: bool) -> LinkKind:
    """The kind of a link by its position; `line` is the whole line's text."""
    alone = len(line) <= MAX_ALONE and letters(label) != "" and letters(label) == letters(line)
    if button or _calls(label, alone=alone) or calling_sentence(label, line):
        return LinkKind.CALL_TO_ACTION
    if len(line) <= MAX_CALL and CALL_PATH.search(urlsplit(url).path):
        return LinkKind.CALL_TO_ACTION
    return LinkKind.RELATED if alone else LinkKind.TEXT


def label_for(label: str, line: str, kind: LinkKind) -> str:
    """The label of a link: its own text, or the sentence around it where that says what to do."""
    own = without_arrows(label) or label
    if kind is not LinkKind.CALL_TO_ACTION or _calls(label, alone=True):
        return own
    if sentence := calling_sentence(label, line):
        return sentence
    vague = own.strip(".!").lower() in VAGUE and len(line) <= MAX_CALL
    return (without_arrows(line) or line) if vague else own


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
