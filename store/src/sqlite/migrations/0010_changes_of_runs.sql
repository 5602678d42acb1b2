-- The changes of a run are counted for its report.
CREATE INDEX change_run ON change (run);
