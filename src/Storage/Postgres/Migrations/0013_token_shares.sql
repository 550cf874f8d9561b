-- readable from: 1
-- Whose turn it is in a queue: the token a task was submitted with. Empty: one from before, or that an older silo takes in meanwhile.
ALTER TABLE tasks ADD COLUMN submitter text COLLATE "C" NOT NULL DEFAULT '';
-- Each token's tasks by themselves. An older silo's reads use it, too: they sort what a group has.
DROP INDEX tasks_backlog;
CREATE INDEX tasks_backlog ON tasks (tenant, pool, requires, submitter, priority DESC, created_at, id) INCLUDE (not_before)
    WHERE state = 1;
