-- Which channel wants what, and what a server has chosen.

CREATE TABLE subscriptions (
    id                 INTEGER PRIMARY KEY,
    guild_id           INTEGER NOT NULL,
    channel_id         INTEGER NOT NULL UNIQUE,
    kind               TEXT NOT NULL CHECK (kind IN ('text', 'announcement', 'forum', 'thread')),
    topics             TEXT NOT NULL DEFAULT '[]',
    feeds              TEXT NOT NULL DEFAULT '[]',
    role_id            INTEGER,
    publish            INTEGER NOT NULL DEFAULT 0,
    open_thread        INTEGER NOT NULL DEFAULT 0,
    language           TEXT NOT NULL DEFAULT 'en',
    paused             INTEGER NOT NULL DEFAULT 0,
    blocked            TEXT NOT NULL DEFAULT '',
    created_at         REAL NOT NULL,
    removed            INTEGER NOT NULL DEFAULT 0   -- 1: ended; kept for the posts that stand in that channel
) STRICT;
CREATE INDEX subscriptions_by_guild ON subscriptions (guild_id);

CREATE TABLE guilds (
    guild_id           INTEGER PRIMARY KEY,
    log_channel_id     INTEGER,
    language           TEXT NOT NULL DEFAULT '',    -- empty: Discord's own setting of that server
    left_at            REAL                         -- when the bot was removed; its data goes some time after
) STRICT;
