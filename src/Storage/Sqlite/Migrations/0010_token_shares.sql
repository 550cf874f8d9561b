-- Whose turn it is in a queue: the token a task was submitted with. Empty: one from before.
ALTER TABLE tasks ADD COLUMN submitter TEXT NOT NULL DEFAULT '';
-- Each token's tasks by themselves.
DROP INDEX tasks_backlog;
CREATE INDEX tasks_backlog ON tasks (tenant, pool, requires, submitter, priority DESC, created_at, id, not_before, concurrency_key)
    WHERE state = 1;
DROP INDEX tasks_key_lines;
CREATE INDEX tasks_key_lines ON tasks (tenant, pool, concurrency_key, created_at, id, not_before, requires, priority, submitter)
    WHERE state = 1 AND concurrency_key IS NOT NULL;
