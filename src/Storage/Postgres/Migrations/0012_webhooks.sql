-- readable from: 1
-- What is to be told of a task to somebody outside: a row comes to be with the commit that ends the task, and goes with the task.
ALTER TABLE task_specs ADD COLUMN callback_url text COLLATE "C", ADD COLUMN callback_channel text COLLATE "C";

-- Turns that are under way: the channel was in their payload alone.
UPDATE task_specs s SET callback_channel = substring(convert_from(s.payload, 'UTF8') FROM '"callbackChannel":"([0-9]{1,20})"')
FROM tasks t WHERE t.seq = s.seq AND t.ended_at IS NULL AND t.session IS NOT NULL;

CREATE TABLE webhooks (
    seq        bigint   GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    task       bigint   NOT NULL,
    created_at bigint   NOT NULL,
    due_at     bigint   NOT NULL,
    give_up_at bigint   NOT NULL,
    ended_at   bigint,
    attempts   integer  NOT NULL DEFAULT 0,
    state      smallint NOT NULL,
    route      smallint NOT NULL,
    id         uuid     NOT NULL,
    task_id    uuid     NOT NULL,
    tenant     text     COLLATE "C" NOT NULL,
    target     text     COLLATE "C" NOT NULL,
    host       text     COLLATE "C" NOT NULL,
    event      text     COLLATE "C" NOT NULL,
    last_error text     COLLATE "C"
);
CREATE UNIQUE INDEX webhooks_task ON webhooks (task, route);
CREATE UNIQUE INDEX webhooks_id ON webhooks (id);
CREATE INDEX webhooks_due ON webhooks (due_at, seq) WHERE state = 1;
CREATE INDEX webhooks_list ON webhooks (tenant, state, created_at, id);

CREATE TABLE webhook_secrets (
    tenant       text  COLLATE "C" NOT NULL PRIMARY KEY,
    secret       bytea NOT NULL,
    former       bytea,
    former_until bigint
);
