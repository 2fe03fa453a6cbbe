"""The Discord client: bot, services for cogs, components, errors, localisation."""
