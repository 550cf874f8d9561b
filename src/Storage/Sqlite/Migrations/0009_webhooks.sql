-- What is to be told of a task to somebody outside: a row comes to be with the commit that ends the task, and goes with the task.
ALTER TABLE task_specs ADD COLUMN callback_url TEXT;
ALTER TABLE task_specs ADD COLUMN callback_channel TEXT;

-- Turns that are under way: the channel was in their payload alone.
UPDATE task_specs SET callback_channel = json_extract(CAST(payload AS TEXT), '$.callbackChannel')
WHERE seq IN (SELECT seq FROM tasks WHERE ended_at IS NULL AND session IS NOT NULL) AND json_valid(CAST(payload AS TEXT));

CREATE TABLE webhooks (
    seq        INTEGER PRIMARY KEY,
    task       INTEGER NOT NULL,
    id         BLOB    NOT NULL,
    task_id    BLOB    NOT NULL,
    tenant     TEXT    NOT NULL,
    route      INTEGER NOT NULL,
    target     TEXT    NOT NULL,
    host       TEXT    NOT NULL,
    event      TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    due_at     INTEGER NOT NULL,
    give_up_at INTEGER NOT NULL,
    state      INTEGER NOT NULL,
    attempts   INTEGER NOT NULL DEFAULT 0,
    ended_at   INTEGER,
    last_error TEXT
) STRICT;
CREATE UNIQUE INDEX webhooks_task ON webhooks (task, route);
CREATE UNIQUE INDEX webhooks_id ON webhooks (id);
CREATE INDEX webhooks_due ON webhooks (due_at, seq) WHERE state = 1;
CREATE INDEX webhooks_list ON webhooks (tenant, state, created_at, id);

CREATE TABLE webhook_secrets (
    tenant       TEXT PRIMARY KEY NOT NULL,
    secret       BLOB NOT NULL,
    former       BLOB,
    former_until INTEGER
) STRICT, WITHOUT ROWID;
