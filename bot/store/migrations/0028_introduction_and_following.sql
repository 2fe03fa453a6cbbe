-- When the bot introduced itself to a server; NULL: not yet. Servers that use the bot already get no introduction.
ALTER TABLE guilds ADD COLUMN introduced_at REAL;
INSERT INTO guilds (guild_id) SELECT DISTINCT guild_id FROM subscriptions WHERE true ON CONFLICT DO NOTHING;
UPDATE guilds SET introduced_at = 0;

-- Channels that follow the organisation's own announcement channel: Discord delivers there, through a webhook.
CREATE TABLE followed_channels (
    channel_id         INTEGER PRIMARY KEY,
    guild_id           INTEGER NOT NULL,
    webhook_id         INTEGER NOT NULL,
    followed_at        REAL NOT NULL,
    confirmed_at       REAL NOT NULL                -- when Discord last answered that the webhook exists
) STRICT;
CREATE INDEX followed_channels_by_guild ON followed_channels (guild_id);
