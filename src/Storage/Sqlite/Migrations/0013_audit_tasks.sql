-- Tasks that are gone and whose audit rows are kept longer than they: what those rows need of them.
CREATE TABLE audit_tasks (
    number   INTEGER PRIMARY KEY,
    id       BLOB    NOT NULL CHECK (length(id) = 16),
    tenant   TEXT    NOT NULL,
    ended_at INTEGER NOT NULL
) STRICT;
CREATE INDEX audit_tasks_ended ON audit_tasks (ended_at);
