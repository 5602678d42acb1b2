-- The files of what was taken down: one that is read later, under whatever id, goes too.
CREATE TABLE taken_file (
    sha256      TEXT NOT NULL,
    entity      TEXT NOT NULL,      -- what was taken down, a row of block
    PRIMARY KEY (sha256, entity)
) WITHOUT ROWID;
