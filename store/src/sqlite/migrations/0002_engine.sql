-- What each lane of suppliers' hosts learned: how slowly it wants to be asked, until when it rests, whether we are banned.
CREATE TABLE lane (
    name        TEXT PRIMARY KEY,
    record      TEXT NOT NULL       -- JSON
);

-- The questions of runs that are under way. A row goes with its run; while it is open it is asked again after a crash.
CREATE TABLE task (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    run         INTEGER NOT NULL,
    name        TEXT NOT NULL,
    body        TEXT NOT NULL,      -- JSON, as the supplier's adapter writes it
    comes_last  INTEGER NOT NULL,
    open        INTEGER NOT NULL,
    UNIQUE (run, name)
);
CREATE INDEX task_open ON task (run, comes_last, seq) WHERE open;

-- What listings of a run under way named, and what they said everything about.
CREATE TABLE listed (
    run         INTEGER NOT NULL,
    origin      TEXT NOT NULL,
    days        TEXT NOT NULL,      -- the window, or nothing
    entity      TEXT NOT NULL,
    PRIMARY KEY (run, origin, days, entity)
) WITHOUT ROWID;
CREATE TABLE whole (
    run         INTEGER NOT NULL,
    task        TEXT NOT NULL,
    origin      TEXT NOT NULL,
    days        TEXT NOT NULL,
    announced   INTEGER,
    PRIMARY KEY (run, task, origin)
) WITHOUT ROWID;

-- What suppliers have and we have not: questions that failed, and files that were not read yet.
CREATE TABLE owed (
    source      TEXT NOT NULL,
    name        TEXT NOT NULL,
    body        TEXT,               -- JSON; NULL for a file
    subject     TEXT,
    day         TEXT,
    code        TEXT,               -- NULL when it was not asked yet
    message     TEXT NOT NULL,
    since       INTEGER NOT NULL,
    tries       INTEGER NOT NULL,
    due         INTEGER NOT NULL,
    PRIMARY KEY (source, name)
) WITHOUT ROWID;
CREATE INDEX owed_by_due ON owed (source, due);
CREATE INDEX owed_by_subject ON owed (subject) WHERE subject IS NOT NULL;

-- What each listing said it has, beside what it gave.
CREATE TABLE total (
    source      TEXT NOT NULL,
    collection  TEXT NOT NULL,
    days        TEXT NOT NULL,
    announced   INTEGER,
    given       INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    run         INTEGER NOT NULL,
    PRIMARY KEY (source, collection, days)
) WITHOUT ROWID;

-- What a run is for, its days, and its account so far.
ALTER TABLE run ADD COLUMN purpose TEXT;
ALTER TABLE run ADD COLUMN days TEXT;
ALTER TABLE run ADD COLUMN account TEXT;
CREATE INDEX run_open ON run (source) WHERE report IS NULL;

-- Since when complete listings no longer name it.
ALTER TABLE part ADD COLUMN missing INTEGER;

-- The answers in the archive: which question each answers, so that it can be read again, and whether it is news.
CREATE TABLE answer (
    payload     TEXT PRIMARY KEY,   -- the archive key
    source      TEXT NOT NULL,
    task        TEXT NOT NULL,      -- JSON, as the supplier's adapter writes the question
    sha256      TEXT NOT NULL,      -- of what is kept
    edition     INTEGER NOT NULL,   -- of the adapter that read it last
    fetched     INTEGER NOT NULL
);
CREATE INDEX answer_by_source ON answer (source);

-- What stood in no queue until now: files that were never read.
INSERT INTO owed
SELECT source, 'file of ' || id, NULL, id, day, NULL, '', seen, 0, 0
  FROM (SELECT source, id, day, first_seen AS seen FROM entity
         WHERE kind = 'document' AND gone IS NULL
           AND NOT EXISTS (SELECT 1 FROM reference r JOIN entity t ON t.id = r."from"
                            WHERE r."to" = entity.id AND r.relation = 'text-of' AND t.gone IS NULL));
