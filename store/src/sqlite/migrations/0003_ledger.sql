-- From which day on everything of a source is to be held.
CREATE TABLE promise (
    source      TEXT PRIMARY KEY,
    since       TEXT NOT NULL
);

-- What was known of a source at the end of each day's last run. The index is apart from the rows, so that the last day of
-- each source is found without reading the lines of years.
CREATE TABLE ledger (
    source      TEXT NOT NULL,
    day         TEXT NOT NULL,
    line        TEXT NOT NULL,      -- JSON
    PRIMARY KEY (source, day)
);

-- Of which kind a listing is, so that its total can be held against what is held.
ALTER TABLE total ADD COLUMN kind TEXT;
