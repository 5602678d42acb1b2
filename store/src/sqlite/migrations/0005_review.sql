-- Numbers of persons that were found in files, by where they stand and never by what they are; and what people ruled.
CREATE TABLE finding (
    sha256      TEXT NOT NULL,
    page        INTEGER NOT NULL,
    at          INTEGER NOT NULL,   -- the character of the page's text
    tier        TEXT NOT NULL,
    masked      TEXT NOT NULL,
    PRIMARY KEY (sha256, page, at)
) WITHOUT ROWID;

-- A ruling is about a page, so that it holds when the page is read again.
CREATE TABLE ruling (
    sha256      TEXT NOT NULL,
    page        INTEGER NOT NULL,
    ruling      TEXT NOT NULL,
    seen        TEXT NOT NULL,      -- what had been found on the page by then
    at          INTEGER NOT NULL,
    PRIMARY KEY (sha256, page)
) WITHOUT ROWID;

-- What is done about numbers of persons, as the last harvest was told: one row.
CREATE TABLE policy (
    one         INTEGER PRIMARY KEY CHECK (one = 1),
    policy      TEXT NOT NULL
);

-- Files that killed their readers, and when they are put before one again.
CREATE TABLE killer (
    sha256      TEXT PRIMARY KEY,
    times       INTEGER NOT NULL,
    due         INTEGER NOT NULL
) WITHOUT ROWID;

-- Texts with pages that only OCR can read, without a walk over all texts.
CREATE INDEX entity_scans ON entity (source, id)
    WHERE kind = 'document-text' AND gone IS NULL AND json_extract(body, '$.scans') > 0;
