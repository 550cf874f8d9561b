-- The row of a conversation stays when its last task is gone, for as long as it is remembered on which PC its files are: then both go.
-- Those whose row is gone already, and whose PC was remembered for ever, begin their time now.
INSERT INTO conversations (tenant, session, last_activity, task_count)
SELECT substr(key, 9, instr(key, '/') - 9), substr(key, instr(key, '/') + 1),
    CAST(strftime('%s', 'now') AS INTEGER) * 10000000 + 621355968000000000, 0
FROM stored_values WHERE name = 'session' AND key LIKE 'session:%/%'
ON CONFLICT DO NOTHING;

-- Each row is in one of the two.
CREATE INDEX conversations_kept ON conversations (tenant, last_activity DESC) WHERE task_count > 0;
CREATE INDEX conversations_silent ON conversations (last_activity) WHERE task_count <= 0;
DROP INDEX conversations_recent;
