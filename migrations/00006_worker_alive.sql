-- Whether a process that works jobs is alive: it then holds a session lock on its
-- id, which Postgres releases the moment the process is gone.

-- +goose Up
-- +goose StatementBegin
CREATE FUNCTION worker_alive(id text) RETURNS boolean
LANGUAGE sql STABLE
AS $$
	SELECT EXISTS (
		SELECT FROM pg_locks
		WHERE locktype = 'advisory' AND granted AND objsubid = 2 AND classid = 7331
			AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
			AND objid = (hashtext(id)::bigint & 4294967295)::oid
	)
$$;
-- +goose StatementEnd

-- +goose Down
DROP FUNCTION worker_alive(text);
