-- By what the server that gave a file knows it again, so that it need not be sent twice (RFC 9110, validators).
ALTER TABLE file ADD COLUMN etag TEXT;
ALTER TABLE file ADD COLUMN modified TEXT;

-- What is gone of a source, and how, without a walk over all that lives.
CREATE INDEX entity_gone ON entity (source, gone) WHERE gone IS NOT NULL;

-- Archive keys that went with a takedown, so that they go again when an older archive is put back.
CREATE TABLE condemned (
    key         TEXT PRIMARY KEY
);

-- What suppliers withhold is counted without a walk over all parts.
CREATE INDEX part_withheld ON part (source) WHERE withheld;
