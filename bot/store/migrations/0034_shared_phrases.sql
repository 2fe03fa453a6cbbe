-- Nine in ten phrases are those of a single article. Autocomplete prefers the others: only they are indexed by use.

DROP INDEX search_phrases_by_use;
CREATE INDEX search_phrases_by_use ON search_phrases (documents DESC, phrase) WHERE documents > 1;
CREATE INDEX search_phrases_shared ON search_phrases (phrase, documents) WHERE documents > 1;
