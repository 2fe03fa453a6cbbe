"""The Discord client: bot, services for cogs, who may press, components, errors, localisation."""
