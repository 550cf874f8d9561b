-- readable from: 1
-- Where the output of an attempt stands. Changed with every append, never an indexed column: room in the page keeps the updates there.
CREATE TABLE output_cursors (
    task          bigint  NOT NULL,
    next_sequence bigint  NOT NULL,
    stdout_offset bigint  NOT NULL,
    stderr_offset bigint  NOT NULL,
    head_bytes    bigint  NOT NULL,
    tail_bytes    bigint  NOT NULL,
    tail_from     bigint,
    attempt       integer NOT NULL,
    PRIMARY KEY (task, attempt)
) WITH (fillfactor = 50);

CREATE TABLE output_chunks (
    task     bigint   NOT NULL,
    sequence bigint   NOT NULL,
    position bigint   NOT NULL,
    at       bigint   NOT NULL,
    attempt  integer  NOT NULL,
    length   integer  NOT NULL,
    stream   smallint NOT NULL,
    packed   boolean  NOT NULL,
    data     bytea    NOT NULL,
    PRIMARY KEY (task, attempt, sequence)
) WITH (
    -- A long output overwrites its own tail: what fell out must become free space soon, or the table grows by all that was printed.
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000,
    autovacuum_vacuum_cost_delay = 1, autovacuum_vacuum_cost_limit = 2000,
    toast.autovacuum_vacuum_scale_factor = 0.02, toast.autovacuum_vacuum_threshold = 20000,
    toast.autovacuum_vacuum_cost_delay = 1, toast.autovacuum_vacuum_cost_limit = 2000
);
CREATE INDEX output_by_position ON output_chunks (task, attempt, stream, position, sequence);
-- It is packed before it comes here, or does not shrink.
ALTER TABLE output_chunks ALTER COLUMN data SET STORAGE EXTERNAL;
