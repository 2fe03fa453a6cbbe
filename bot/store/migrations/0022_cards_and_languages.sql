-- An article's own calls to action beside its body, so that a card can show one without reading the body.
ALTER TABLE articles ADD COLUMN calls TEXT NOT NULL DEFAULT '[]';  -- JSON: [[label, address], ...], at most three
UPDATE articles SET calls = (
    SELECT coalesce(json_group_array(json(call)), '[]') FROM (
        SELECT json_array(json_extract(link.value, '$.label'), json_extract(link.value, '$.url')) AS call
        FROM json_each(articles.body, '$.links') AS link
        WHERE json_extract(link.value, '$.kind') = 'call' LIMIT 3
    )
) WHERE body IS NOT NULL;

-- The language of the person who set a channel up, for reports about it. Not who it was.
ALTER TABLE subscriptions ADD COLUMN moderator_language TEXT NOT NULL DEFAULT '';

-- When a member shared it, so that one article is shared once a day in a channel; NULL for a test.
ALTER TABLE shared_cards ADD COLUMN shared_at REAL;
CREATE INDEX shared_cards_shared ON shared_cards (channel_id, article) WHERE shared_at IS NOT NULL;
