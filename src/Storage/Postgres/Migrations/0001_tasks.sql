-- readable from: 1
-- Times are ticks of 100 ns since 0001-01-01 UTC, exact where timestamptz would round. Text sorts by its bytes, whatever the
-- locale of the database. JSON that no query looks into is bytea: jsonb refuses a NUL that a program may well have printed.
-- Nothing references anything by a foreign key: one statement writes the rows of a task, and one deletes them.

-- Keys of the rows that hang on a task: half the size of its id, and always at the end of their indexes.
CREATE SEQUENCE task_numbers CACHE 100;

CREATE TABLE tasks (
    seq              bigint   NOT NULL,
    version          bigint   NOT NULL,
    created_at       bigint   NOT NULL,
    epoch            bigint   NOT NULL,
    not_before       bigint,
    started_at       bigint,
    ended_at         bigint,
    wake_at          bigint,
    attempt          integer  NOT NULL,
    failed_attempts  integer  NOT NULL,
    state            smallint NOT NULL,
    priority         smallint NOT NULL,
    shard            smallint NOT NULL,
    cancel_requested boolean  NOT NULL,
    id               uuid     NOT NULL PRIMARY KEY,
    start_ticket     uuid,
    tenant           text     COLLATE "C" NOT NULL,
    pool             text     COLLATE "C" NOT NULL,
    kind             text     COLLATE "C" NOT NULL,
    requires         text     COLLATE "C" NOT NULL,
    concurrency_key  text     COLLATE "C",
    session          text     COLLATE "C",
    worker           text     COLLATE "C",
    reason           text     COLLATE "C",
    outcome          bytea,
    late_result      bytea
) WITH (
    -- The state is in an index, so every update leaves a dead row and dead entries behind: they go often and in small portions.
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000,
    autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05,
    autovacuum_vacuum_cost_delay = 1, autovacuum_vacuum_cost_limit = 2000
);

-- The backlog of a queue. The key of a task is not in it: with 32 long labels it would not fit an index.
CREATE INDEX tasks_backlog ON tasks (tenant, pool, requires, priority DESC, created_at, id) INCLUDE (not_before) WHERE state = 1;
-- Keys that are held: by a running task, or by one between two attempts.
CREATE INDEX tasks_busy_keys ON tasks (tenant, pool)
    WHERE concurrency_key IS NOT NULL AND (state = 3 OR (state = 1 AND not_before IS NOT NULL));
-- By time first: rows that are written together stand together, where by shard they would touch as many pages as there are shards.
CREATE INDEX tasks_wake ON tasks (wake_at, shard, id) WHERE wake_at IS NOT NULL;
CREATE INDEX tasks_ended ON tasks (ended_at) WHERE ended_at IS NOT NULL;
-- The list by state, and by worker and state; it is read backwards. A trailing kind filters without looking at the row.
CREATE INDEX tasks_state ON tasks (tenant, state, created_at, id, kind);
CREATE INDEX tasks_worker ON tasks (tenant, worker, state, created_at, id, kind) WHERE worker IS NOT NULL;

-- What was asked for: written once, never with an update. What never changes is therefore indexed here: an update of a task
-- writes into every index of its own table.
CREATE TABLE task_specs (
    seq            bigint  NOT NULL PRIMARY KEY,
    created_at     bigint  NOT NULL,
    start_within   bigint  NOT NULL,
    timeout        bigint  NOT NULL,
    silence        bigint,
    kill_grace     bigint  NOT NULL,
    max_attempts   integer NOT NULL,
    id             uuid    NOT NULL,
    tenant         text    COLLATE "C" NOT NULL,
    kind           text    COLLATE "C" NOT NULL,
    trace_parent   text    COLLATE "C",
    request_digest bytea,
    tags           bytea,
    payload        bytea   NOT NULL
);
-- The list, newest first: plain, and by kind.
CREATE INDEX task_specs_list ON task_specs (tenant, created_at, id);
CREATE INDEX task_specs_kind ON task_specs (tenant, kind, created_at, id);

CREATE TABLE audit (
    task     bigint   NOT NULL,
    version  bigint   NOT NULL,
    at       bigint   NOT NULL,
    attempt  integer  NOT NULL,
    state    smallint NOT NULL,
    what     text     COLLATE "C" NOT NULL,
    token_id text     COLLATE "C" NOT NULL,
    reason   text     COLLATE "C",
    worker   text     COLLATE "C",
    address  text     COLLATE "C",
    PRIMARY KEY (task, version)
);

CREATE TABLE audit_notes (
    seq      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at       bigint NOT NULL,
    task     uuid,
    what     text   COLLATE "C" NOT NULL,
    token_id text   COLLATE "C" NOT NULL,
    address  text   COLLATE "C",
    detail   text   COLLATE "C"
);
CREATE INDEX audit_notes_at ON audit_notes (at);

CREATE TABLE conversations (
    last_activity bigint NOT NULL,
    task_count    bigint NOT NULL,
    tenant        text   COLLATE "C" NOT NULL,
    session       text   COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, session)
) WITH (autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX conversations_recent ON conversations (tenant, last_activity);
