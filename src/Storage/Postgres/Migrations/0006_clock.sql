-- readable from: 1
-- How far the time of the cluster is ahead of the database's clock, µs; and how often its processes found that this is so.
CREATE TABLE openclaw_clock (
    one           boolean     PRIMARY KEY DEFAULT true CHECK (one),
    ahead         bigint      NOT NULL,
    confirmations bigint      NOT NULL,
    eased_at      timestamptz NOT NULL
) WITH (fillfactor = 50);
INSERT INTO openclaw_clock (ahead, confirmations, eased_at) VALUES (0, 0, clock_timestamp());
