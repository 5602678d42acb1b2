-- Entities: one row each, living or tombstone. `body` is the fold of the parts as canonical JSON.
CREATE TABLE entity (
    id          TEXT PRIMARY KEY,
    kind        TEXT NOT NULL,
    authority   TEXT NOT NULL,
    source      TEXT NOT NULL,
    day         TEXT,               -- Dutch calendar day, for filters
    sort        TEXT NOT NULL,      -- day, else position, else lower-case name
    body        TEXT,               -- NULL for a tombstone: nothing of its content stays
    hash        TEXT,
    gone        TEXT,               -- NULL while it lives; else withdrawn, withheld or blocked
    seq         INTEGER NOT NULL,   -- its last line in the change log
    first_seen  INTEGER NOT NULL    -- seconds since 1970
);
CREATE INDEX entity_listing ON entity (kind, authority, sort, id) WHERE gone IS NULL;
CREATE INDEX entity_by_sort ON entity (kind, sort, id) WHERE gone IS NULL;
CREATE INDEX entity_by_source ON entity (source, kind) WHERE gone IS NULL;

-- What each answer said about each entity.
CREATE TABLE part (
    entity      TEXT NOT NULL,
    origin      TEXT NOT NULL,
    anchor      TEXT,               -- the entity without which this word falls silent; NULL for a listing
    source      TEXT NOT NULL,
    standing    INTEGER NOT NULL,
    day         TEXT,
    body        TEXT,               -- NULL when it only counts as a link, or when content was withheld
    withheld    INTEGER NOT NULL,
    run         INTEGER NOT NULL,   -- the last run that heard it
    fetched     INTEGER NOT NULL,
    payload     TEXT,               -- the archive key of the answer on which it rests
    PRIMARY KEY (entity, origin)
) WITHOUT ROWID;
CREATE INDEX part_by_origin ON part (origin, run);
CREATE INDEX part_by_anchor ON part (anchor) WHERE anchor IS NOT NULL;
CREATE INDEX part_by_payload ON part (payload) WHERE payload IS NOT NULL;

-- Which answers in the archive speak of which entities, so that none survives an entity that is withheld.
CREATE TABLE witness (
    payload     TEXT NOT NULL,
    entity      TEXT NOT NULL,
    PRIMARY KEY (payload, entity)
) WITHOUT ROWID;
CREATE INDEX witness_by_entity ON witness (entity);

CREATE TABLE reference (
    "from"      TEXT NOT NULL,
    relation    TEXT NOT NULL,
    position    INTEGER NOT NULL,
    "to"        TEXT NOT NULL,
    PRIMARY KEY ("from", relation, position)
) WITHOUT ROWID;
CREATE INDEX reference_back ON reference ("to", relation);

CREATE TABLE change (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    entity      TEXT NOT NULL,
    authority   TEXT,
    action      TEXT NOT NULL,
    at          INTEGER NOT NULL
);

CREATE TABLE cursor (
    follower    TEXT PRIMARY KEY,
    seq         INTEGER NOT NULL
);

CREATE TABLE run (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    source      TEXT NOT NULL,
    started     INTEGER NOT NULL,
    report      TEXT                -- NULL while it runs, or when it was cut off
);
CREATE INDEX run_by_source ON run (source, id);

CREATE TABLE remark (
    run         INTEGER NOT NULL,
    code        TEXT NOT NULL,
    subject     TEXT NOT NULL,
    path        TEXT NOT NULL,
    message     TEXT NOT NULL
);
CREATE INDEX remark_by_run ON remark (run);

CREATE TABLE block (
    entity      TEXT PRIMARY KEY,
    reason      TEXT NOT NULL,
    at          INTEGER NOT NULL
);

-- Every file that was ever read for a document's text, so that all of them go when the document must.
CREATE TABLE file (
    text        TEXT NOT NULL,
    sha256      TEXT NOT NULL,
    PRIMARY KEY (text, sha256)
) WITHOUT ROWID;
CREATE INDEX file_by_sha256 ON file (sha256);

-- Archive keys that must go: noted in the transaction that condemned them, deleted after it. A key is also noted
-- before anything is put under it, and cleared by the commit that rests on it, so that a run cut off in between
-- leaves nothing that nobody knows of.
CREATE TABLE discard (
    key         TEXT PRIMARY KEY
);
