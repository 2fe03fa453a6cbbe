-- When a channel gets its articles (hours are local to time_zone), and the server's own voice around them.

ALTER TABLE subscriptions ADD COLUMN rhythm TEXT NOT NULL DEFAULT 'at_once'
    CHECK (rhythm IN ('at_once', 'daily', 'weekly'));
ALTER TABLE subscriptions ADD COLUMN digest_hour INTEGER NOT NULL DEFAULT 9;
ALTER TABLE subscriptions ADD COLUMN digest_weekday INTEGER NOT NULL DEFAULT 0;        -- Monday is 0
ALTER TABLE subscriptions ADD COLUMN quiet_from INTEGER;
ALTER TABLE subscriptions ADD COLUMN quiet_until INTEGER;
ALTER TABLE subscriptions ADD COLUMN time_zone TEXT NOT NULL DEFAULT 'UTC';
ALTER TABLE subscriptions ADD COLUMN line TEXT NOT NULL DEFAULT '';                    -- shown above the card
ALTER TABLE subscriptions ADD COLUMN accent INTEGER;                                   -- 0xRRGGBB
ALTER TABLE subscriptions ADD COLUMN actions TEXT;                                     -- JSON list of keys; NULL: all
ALTER TABLE subscriptions ADD COLUMN article_language TEXT NOT NULL DEFAULT '';        -- two letters; empty: all
