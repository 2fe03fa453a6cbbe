-- Article texts as bot/store/search/indexed_text.py describes them. From now on `terms` are distinct, the most used
-- first. A row from before has an empty text and is written again when the bot starts, as one of an older analysis.

ALTER TABLE search_documents ADD COLUMN uses BLOB NOT NULL DEFAULT x''; -- of each term, one byte
ALTER TABLE search_documents ADD COLUMN text BLOB NOT NULL DEFAULT x''; -- UTF-8
