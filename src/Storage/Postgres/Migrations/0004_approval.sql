-- readable from: 1
-- A task that waits for a human's yes: its row says queued, not before the end of the wait, so code that does not know of this leaves it
-- alone until then. What it waits for is JSON that no query looks into; awaits is the worker that asked.
ALTER TABLE tasks ADD COLUMN approval bytea, ADD COLUMN awaits text;
CREATE INDEX tasks_awaiting ON tasks (tenant, created_at, id, awaits, kind) WHERE state = 1 AND awaits IS NOT NULL;
