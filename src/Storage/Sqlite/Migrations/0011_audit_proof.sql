-- What an audit row proves beside what happened: digests of the payload that was accepted and of the result that was reported, and its exit
-- code. Rows of format 1 are from before.
ALTER TABLE audit ADD COLUMN format INTEGER NOT NULL DEFAULT 1;
ALTER TABLE audit ADD COLUMN payload_digest BLOB;
ALTER TABLE audit ADD COLUMN exit_code INTEGER;
ALTER TABLE audit ADD COLUMN outcome_digest BLOB;

-- The largest numbers that were ever given. SQLite gives that of a last row again once the row is deleted, and the audit's chains name rows
-- by number: another task's row in the place of one that is gone would look as if somebody had changed it.
CREATE TABLE last_numbers (
    what   TEXT    PRIMARY KEY,
    number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO last_numbers (what, number) VALUES ('tasks', coalesce((SELECT max(seq) FROM tasks), 0));
INSERT INTO last_numbers (what, number) VALUES ('notes', coalesce((SELECT max(seq) FROM audit_notes), 0));
