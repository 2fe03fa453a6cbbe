-- Roles that members give themselves to be notified about a topic; nothing about members is stored.

CREATE TABLE topic_roles (
    guild_id           INTEGER NOT NULL,
    topic              TEXT NOT NULL,
    role_id            INTEGER NOT NULL,
    PRIMARY KEY (guild_id, topic),
    UNIQUE (guild_id, role_id)
) STRICT, WITHOUT ROWID;

-- The message with the button that opens the menu of topics; a new panel replaces the old one.
CREATE TABLE topic_role_panels (
    guild_id           INTEGER PRIMARY KEY,
    channel_id         INTEGER NOT NULL,
    message_id         INTEGER NOT NULL
) STRICT;

ALTER TABLE subscriptions ADD COLUMN topic_roles INTEGER NOT NULL DEFAULT 0; -- 1: mentions the roles of the article's topics
ALTER TABLE subscriptions ADD COLUMN silent INTEGER NOT NULL DEFAULT 0;      -- 1: posts without a notification, mentions nobody
