"""Options of commands whose value is one of what is configured."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from discord import app_commands

from bot.client.bot import HeraldBot, Interaction
from bot.client.errors import refusal
from bot.client.localisation import text_for
from bot.interactions.typed_choices import MAX_VALUE_LENGTH, Choice, UnknownChoiceError, as_choices, choose, matching
from bot.layouts.markdown import plain

AppChoices = list[app_commands.Choice[str]]

# The sentence about a name that none of them has.
UNKNOWN = {"topic": "articles.topics.unknown", "feed": "search.unknown_feed", "action": "actions.unknown"}


@dataclass(eq=False)
class OneOf(app_commands.Transformer[HeraldBot]):
    """A topic, a feed, or an action in season, as its key; typed by key or name in the member's language."""

    kind: Literal["topic", "feed", "action"]

    async def transform(self, interaction: Interaction, value: str, /) -> str:
        """The key. Raises UserFacingError for a name that is unknown or not unambiguous."""
        try:
            return choose(value, self._offered(interaction))
        except UnknownChoiceError as unknown:
            named = {self.kind: plain(unknown.word, MAX_VALUE_LENGTH)}
            raise refusal(interaction, UNKNOWN[self.kind], **named) from None

    async def autocomplete(self, interaction: Interaction, value: str, /) -> AppChoices:  # type: ignore[override]
        """Those whose name or key contains what is typed."""
        return as_choices(matching(self._offered(interaction), value))

    def _offered(self, interaction: Interaction) -> Sequence[Choice]:
        bot, language = interaction.client, text_for(interaction).language
        match self.kind:
            case "topic":
                return bot.brand.choices(language).topics
            case "feed":
                return bot.brand.choices(language).feeds
            case "action":
                return [Choice(action.key, action.label_in(language)) for action in bot.services.actions_in_season()]
