-- What became of a meeting that a listing no longer names, when it was asked at its own address.
ALTER TABLE part ADD COLUMN asked INTEGER;      -- when, in seconds since 1970; NULL where nobody asked since it is missing
ALTER TABLE part ADD COLUMN answers INTEGER;    -- whether it answers there
