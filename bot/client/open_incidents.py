"""Shows a server's open incidents privately to a moderator where no log channel was chosen."""

from bot.client.bot import Interaction
from bot.client.localisation import text_for
from bot.delivery.incidents.text import incident_sentence
from bot.layouts.components import NO_PINGS, notice, subtext

MAX_INCIDENTS = 5


async def show_open_incidents(interaction: Interaction) -> None:
    """Shows the server's open incidents to the moderator whose command was just answered."""
    services, text = interaction.client.services, text_for(interaction)
    guild_id = interaction.guild_id
    if guild_id is None or (await services.guilds.get(guild_id)).log_channel_id is not None:
        return
    names = {feed.key: feed.name for feed in services.settings.feeds}
    found = await services.incidents.open_in_guild(guild_id)
    sentences = [incident_sentence([one], text, names) for one in found if not one.is_notice][:MAX_INCIDENTS]
    if sentences:
        await interaction.followup.send(
            view=notice("\n".join((*sentences, subtext(text("incidents.no_log_channel"))))),
            ephemeral=True,
            allowed_mentions=NO_PINGS,
        )
