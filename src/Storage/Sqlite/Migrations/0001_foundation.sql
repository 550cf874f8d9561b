-- Times are ticks of 100 ns since 0001-01-01 UTC, ids 16 bytes in the order of their text.

CREATE TABLE tasks (
    seq              INTEGER PRIMARY KEY,
    id               BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    version          INTEGER NOT NULL,
    state            INTEGER NOT NULL,
    tenant           TEXT    NOT NULL,
    pool             TEXT    NOT NULL,
    kind             TEXT    NOT NULL,
    requires         TEXT    NOT NULL,
    priority         INTEGER NOT NULL,
    shard            INTEGER NOT NULL,
    created_at       INTEGER NOT NULL,
    concurrency_key  TEXT,
    session          TEXT,
    attempt          INTEGER NOT NULL,
    failed_attempts  INTEGER NOT NULL,
    cancel_requested INTEGER NOT NULL,
    epoch            INTEGER NOT NULL,
    worker           TEXT,
    reason           TEXT,
    not_before       INTEGER,
    started_at       INTEGER,
    ended_at         INTEGER,
    wake_at          INTEGER,
    outcome          BLOB,
    late_result      BLOB
) STRICT;

-- The backlog of a queue: everything a window needs is in the index.
CREATE INDEX tasks_backlog ON tasks (tenant, pool, requires, priority DESC, created_at, id, not_before, concurrency_key) WHERE state = 1;
-- Keys that are held: by a running task, or by one between two attempts.
CREATE INDEX tasks_busy_keys ON tasks (tenant, pool, concurrency_key, id, state, not_before)
    WHERE concurrency_key IS NOT NULL AND (state = 3 OR (state = 1 AND not_before IS NOT NULL));
-- By time first: rows that are written together stand together, where by shard they would touch as many pages as there are shards.
CREATE INDEX tasks_wake ON tasks (wake_at, shard, id) WHERE wake_at IS NOT NULL;
CREATE INDEX tasks_ended ON tasks (ended_at) WHERE ended_at IS NOT NULL;

-- The list, newest first: plain, by kind, by state, by worker and state. A trailing kind filters without looking at the row.
CREATE INDEX tasks_list ON tasks (tenant, created_at DESC, id DESC);
CREATE INDEX tasks_kind ON tasks (tenant, kind, created_at DESC, id DESC);
CREATE INDEX tasks_state ON tasks (tenant, state, created_at DESC, id DESC, kind);
CREATE INDEX tasks_worker ON tasks (tenant, worker, state, created_at DESC, id DESC, kind) WHERE worker IS NOT NULL;

-- What was asked for: written once, never with an update.
CREATE TABLE task_specs (
    seq            INTEGER PRIMARY KEY,
    start_within   INTEGER NOT NULL,
    timeout        INTEGER NOT NULL,
    silence        INTEGER,
    kill_grace     INTEGER NOT NULL,
    max_attempts   INTEGER NOT NULL,
    request_digest BLOB,
    trace_parent   TEXT,
    tags           BLOB,
    payload        BLOB    NOT NULL
) STRICT;

CREATE TABLE audit (
    task     INTEGER NOT NULL,
    version  INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    what     TEXT    NOT NULL,
    state    INTEGER NOT NULL,
    attempt  INTEGER NOT NULL,
    reason   TEXT,
    worker   TEXT,
    token_id TEXT    NOT NULL,
    address  TEXT,
    PRIMARY KEY (task, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit_notes (
    seq      INTEGER PRIMARY KEY,
    at       INTEGER NOT NULL,
    what     TEXT    NOT NULL,
    token_id TEXT    NOT NULL,
    address  TEXT,
    task     BLOB,
    detail   TEXT
) STRICT;
CREATE INDEX audit_notes_at ON audit_notes (at);

CREATE TABLE conversations (
    tenant        TEXT    NOT NULL,
    session       TEXT    NOT NULL,
    last_activity INTEGER NOT NULL,
    task_count    INTEGER NOT NULL,
    PRIMARY KEY (tenant, session)
) STRICT, WITHOUT ROWID;
CREATE INDEX conversations_recent ON conversations (tenant, last_activity DESC);

CREATE TABLE output_cursors (
    task          INTEGER NOT NULL,
    attempt       INTEGER NOT NULL,
    next_sequence INTEGER NOT NULL,
    stdout_offset INTEGER NOT NULL,
    stderr_offset INTEGER NOT NULL,
    head_bytes    INTEGER NOT NULL,
    tail_bytes    INTEGER NOT NULL,
    tail_from     INTEGER,
    PRIMARY KEY (task, attempt)
) STRICT, WITHOUT ROWID;

CREATE TABLE output_chunks (
    task     INTEGER NOT NULL,
    attempt  INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    stream   INTEGER NOT NULL,
    position INTEGER NOT NULL,
    length   INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    data     BLOB    NOT NULL
) STRICT;
CREATE UNIQUE INDEX output_by_sequence ON output_chunks (task, attempt, sequence);
CREATE INDEX output_by_position ON output_chunks (task, attempt, stream, position, sequence);

CREATE TABLE reminders (
    grain_id TEXT    NOT NULL,
    name     TEXT    NOT NULL,
    hash     INTEGER NOT NULL,
    start_at INTEGER NOT NULL,
    period   INTEGER NOT NULL,
    etag     TEXT    NOT NULL,
    PRIMARY KEY (grain_id, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX reminders_hash ON reminders (hash);

CREATE TABLE stored_values (
    name TEXT NOT NULL,
    key  TEXT NOT NULL,
    etag TEXT NOT NULL,
    json BLOB NOT NULL,
    PRIMARY KEY (name, key)
) STRICT, WITHOUT ROWID;
