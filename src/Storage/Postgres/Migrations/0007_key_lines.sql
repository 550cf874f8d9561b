-- readable from: 1
-- Who is first in line for a concurrency key, across all that the tasks require.
CREATE INDEX tasks_key_lines ON tasks (tenant, pool, concurrency_key, created_at, id) WHERE state = 1 AND concurrency_key IS NOT NULL;
