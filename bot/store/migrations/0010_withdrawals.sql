-- How long the words of a withdrawn article stay is a setting, so only the time of the withdrawal is stored.

DROP INDEX withdrawn_articles_due;
ALTER TABLE withdrawn_articles DROP COLUMN erase_at;
CREATE INDEX withdrawn_articles_kept ON withdrawn_articles (withdrawn_at) WHERE content IS NOT NULL;
