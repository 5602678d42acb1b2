-- What readers ask of the past: which fields of an entity changed when. Never a value.
ALTER TABLE change ADD COLUMN hash TEXT;        -- of the content after it; NULL where there is none or none may be known
ALTER TABLE change ADD COLUMN fields TEXT;      -- names of fields as a JSON array; NULL where it did not merely change
CREATE INDEX change_by_entity ON change (entity, seq);
CREATE INDEX change_by_authority ON change (authority, seq);

-- Abbreviations that texts explain, on pages that may be seen.
CREATE TABLE term (
    document    TEXT NOT NULL,
    short       TEXT NOT NULL,
    long        TEXT NOT NULL,
    authority   TEXT NOT NULL,
    page        INTEGER NOT NULL,
    seen        INTEGER NOT NULL,   -- when it was first mined, in seconds since 1970
    PRIMARY KEY (document, short, long)
) WITHOUT ROWID;
CREATE INDEX term_by_authority ON term (authority, short);
CREATE INDEX term_by_short ON term (short);

-- How everything stands, in the order in which it came to stand so.
CREATE UNIQUE INDEX entity_by_seq ON entity (seq);
