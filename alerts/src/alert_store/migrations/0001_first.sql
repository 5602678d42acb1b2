-- What readers asked to be told. Nothing of it is copied anywhere; what is erased is overwritten (secure_delete).

-- How far this follower is in the change log, and the secret that seals keys.
CREATE TABLE book (
    one         INTEGER PRIMARY KEY CHECK (one = 1),
    seq         INTEGER NOT NULL,
    secret      BLOB NOT NULL
);

CREATE TABLE alert (
    number      INTEGER PRIMARY KEY AUTOINCREMENT,
    channel     TEXT NOT NULL,          -- mail or webhook
    address     TEXT NOT NULL,
    query       TEXT NOT NULL,
    filter      TEXT NOT NULL,          -- JSON
    frequency   TEXT NOT NULL,
    name        TEXT NOT NULL,
    page        TEXT NOT NULL,          -- to which letters lead
    made        INTEGER NOT NULL,       -- as all moments here, in seconds since 1970
    after       INTEGER NOT NULL,
    confirmed   INTEGER,
    paused      INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX alert_by_address ON alert (address);

-- To whom a letter that asks for confirmation left, by a keyed hash, for as long as no other may follow.
CREATE TABLE asked (
    who         BLOB PRIMARY KEY,
    at          INTEGER NOT NULL,       -- of the last attempt
    letter      INTEGER NOT NULL        -- by which it was asked
) WITHOUT ROWID;

CREATE TABLE letter (
    number      INTEGER PRIMARY KEY AUTOINCREMENT,
    alert       INTEGER NOT NULL REFERENCES alert (number) ON DELETE CASCADE,
    asks        INTEGER NOT NULL,
    due         INTEGER NOT NULL,       -- also: not before this may another process try it
    made        INTEGER NOT NULL DEFAULT 0,
    tries       INTEGER NOT NULL DEFAULT 0,
    within      INTEGER,                -- the letter that speaks for this one too
    sent        INTEGER,
    given_up    TEXT                    -- why
);
CREATE INDEX letter_due ON letter (due) WHERE sent IS NULL AND given_up IS NULL AND within IS NULL;
CREATE INDEX letter_by_alert ON letter (alert);

-- What is new for an alert; kept after it was told, so that it is told once.
CREATE TABLE notice (
    alert       INTEGER NOT NULL REFERENCES alert (number) ON DELETE CASCADE,
    entity      TEXT NOT NULL,
    at          INTEGER NOT NULL,
    due         INTEGER NOT NULL,
    letter      INTEGER,
    PRIMARY KEY (alert, entity)
) WITHOUT ROWID;
CREATE INDEX notice_due ON notice (due) WHERE letter IS NULL;
CREATE INDEX notice_by_letter ON notice (letter);

-- What is wrong, as readers say.
CREATE TABLE report (
    number      INTEGER PRIMARY KEY AUTOINCREMENT,
    subject     TEXT,
    reasons     TEXT NOT NULL,          -- JSON
    comment     TEXT,
    query       TEXT,
    at          INTEGER NOT NULL,
    closed      INTEGER
);
