-- A task that waits for a human's yes: its row says queued, not before the end of the wait. What it waits for is JSON that no query
-- looks into; awaits is the worker that asked.
ALTER TABLE tasks ADD COLUMN approval BLOB;
ALTER TABLE tasks ADD COLUMN awaits TEXT;
CREATE INDEX tasks_awaiting ON tasks (tenant, created_at DESC, id DESC, awaits, kind) WHERE state = 1 AND awaits IS NOT NULL;
