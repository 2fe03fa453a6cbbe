-- Every other public message that shows an article: a card a member shared, a moderator's test.
-- Its place and nothing else; who asked for it stands in the message alone.

CREATE TABLE shared_cards (
    id                 INTEGER PRIMARY KEY,
    article            INTEGER NOT NULL REFERENCES articles (id),
    guild_id           INTEGER NOT NULL,
    channel_id         INTEGER NOT NULL,
    message_id         INTEGER NOT NULL UNIQUE,
    language           TEXT NOT NULL,
    wanted             INTEGER NOT NULL,            -- fingerprint of what it should show; 0: that the article was withdrawn
    shown              INTEGER NOT NULL DEFAULT 0,  -- fingerprint of what it shows; 0: the card is not known to be there yet
    due                REAL,                        -- next look not before; NULL: nothing to do
    attempts           INTEGER NOT NULL DEFAULT 0,  -- that failed in a row
    blocked            TEXT NOT NULL DEFAULT ''     -- why it cannot be reached now, as the name of a reason
) STRICT;
CREATE INDEX shared_cards_due ON shared_cards (due) WHERE due IS NOT NULL;
CREATE INDEX shared_cards_by_article ON shared_cards (article);
CREATE INDEX shared_cards_by_place ON shared_cards (guild_id, channel_id);
CREATE INDEX shared_cards_blocked ON shared_cards (guild_id) WHERE blocked != '';

-- Posts that a correction or a withdrawal did not reach: few, and looked for whenever a server changes.
CREATE INDEX deliveries_stuck ON deliveries (subscription) WHERE due IS NULL AND problem != '';
