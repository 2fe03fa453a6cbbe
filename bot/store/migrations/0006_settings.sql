-- Small things the bot has to remember between two runs, and searches too long for a button.

CREATE TABLE kept (
    key                TEXT PRIMARY KEY,
    value              TEXT NOT NULL,
    changed            REAL NOT NULL
) STRICT, WITHOUT ROWID;

-- Only the words, never who asked; forgotten after a while.
CREATE TABLE long_searches (
    key                TEXT PRIMARY KEY,            -- made from the words, so one search has one key
    state              TEXT NOT NULL,
    used               REAL NOT NULL
) STRICT, WITHOUT ROWID;
