-- Tasks that ran, as the servers leave them: queued, running, ended, each state committed. psql -v n=1000000 -f churn.sql
CREATE PROCEDURE churn(n bigint) LANGUAGE plpgsql AS $$
DECLARE
    now bigint;
    ids uuid[];
    like_this tasks;
BEGIN
    SELECT * INTO like_this FROM tasks WHERE ended_at IS NOT NULL LIMIT 1;
    FOR i IN 1 .. n / 5000 LOOP
        now := (extract(epoch FROM clock_timestamp()) * 10000000)::bigint + 621355968000000000;
        WITH made AS (
            INSERT INTO tasks (seq, version, created_at, epoch, wake_at, attempt, failed_attempts, state, priority, shard, cancel_requested, id,
                tenant, pool, kind, requires)
            SELECT nextval('task_numbers'), 1, now + k, 0, now + 864000000000, 0, 0, 1, like_this.priority, k % 64, false, gen_random_uuid(),
                like_this.tenant, like_this.pool, like_this.kind, like_this.requires
            FROM generate_series(1, 5000) k RETURNING id)
        SELECT array_agg(id) INTO ids FROM made;
        COMMIT;
        UPDATE tasks SET state = 3, version = 2, attempt = 1, worker = 'bench-' || seq % 32, started_at = now + 9000, wake_at = now + 36000000000
        WHERE id = ANY (ids);
        COMMIT;
        UPDATE tasks SET state = like_this.state, version = 3, ended_at = now + 19000, wake_at = NULL, outcome = like_this.outcome
        WHERE id = ANY (ids);
        COMMIT;
    END LOOP;
END $$;
CALL churn(:n);
