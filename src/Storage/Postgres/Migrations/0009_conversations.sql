-- readable from: 1
-- The row of a conversation stays when its last task is gone, for as long as it is remembered on which PC its files are: then both go.
-- Those whose row is gone already, and whose PC was remembered for ever, begin their time now.
INSERT INTO conversations (last_activity, task_count, tenant, session)
SELECT (extract(epoch FROM now()) * 10000000)::bigint + 621355968000000000, 0, split_part(substr(key, 9), '/', 1),
    substr(key, 9 + position('/' IN substr(key, 9)))
FROM orleans_values WHERE state_name = 'session' AND key LIKE 'session:%/%'
ON CONFLICT DO NOTHING;

-- Each row is in one of the two.
CREATE INDEX conversations_kept ON conversations (tenant, last_activity) WHERE task_count > 0;
CREATE INDEX conversations_silent ON conversations (last_activity) WHERE task_count <= 0;
DROP INDEX conversations_recent;
