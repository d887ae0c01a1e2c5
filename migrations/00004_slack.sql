-- What we know of Slack: envelopes seen, people, and the remote objects of each incident.

-- +goose Up
CREATE TABLE slack_inbound (
	key         text        NOT NULL,
	kind        text        NOT NULL,
	payload     jsonb,
	claimed_at  timestamptz NOT NULL,
	done_at     timestamptz,
	CONSTRAINT slack_inbound_pkey PRIMARY KEY (key)
);
CREATE INDEX slack_inbound_claimed_idx ON slack_inbound (claimed_at);

CREATE TABLE slack_person (
	id           text        NOT NULL,
	name         text        NOT NULL,
	real_name    text        NOT NULL DEFAULT '',
	email        text        NOT NULL DEFAULT '',
	zone         text        NOT NULL DEFAULT 'UTC',
	deactivated  boolean     NOT NULL DEFAULT false,
	bot          boolean     NOT NULL DEFAULT false,
	refreshed_at timestamptz NOT NULL,
	CONSTRAINT slack_person_pkey PRIMARY KEY (id)
);

-- One row for each thing that declare and its followers make in Slack. The row is
-- written before the call, so that a second attempt knows it must look first. Whoever
-- makes it holds the row for a while: of two jobs for the same thing one waits.
CREATE TABLE slack_step (
	incident_id    bigint      NOT NULL,
	step           text        NOT NULL,
	state          text        NOT NULL,
	attempts       integer     NOT NULL DEFAULT 0,
	remote_channel text        NOT NULL DEFAULT '',
	remote_id      text        NOT NULL DEFAULT '',
	drawn          bigint      NOT NULL DEFAULT 0,
	reason         text        NOT NULL DEFAULT '',
	worker         text        NOT NULL DEFAULT '',
	held_until     timestamptz,
	started_at     timestamptz NOT NULL,
	updated_at     timestamptz NOT NULL,
	CONSTRAINT slack_step_pkey PRIMARY KEY (incident_id, step),
	CONSTRAINT slack_step_incident_fkey FOREIGN KEY (incident_id) REFERENCES incident (id) ON DELETE CASCADE,
	CONSTRAINT slack_step_state_check CHECK (state IN ('started', 'done', 'failed', 'skipped'))
);

-- Up to which message each war room has been read.
CREATE TABLE slack_cursor (
	channel    text        NOT NULL,
	last_ts    text        NOT NULL,
	updated_at timestamptz NOT NULL,
	CONSTRAINT slack_cursor_pkey PRIMARY KEY (channel)
);

-- +goose Down
DROP TABLE slack_cursor;
DROP TABLE slack_step;
DROP TABLE slack_person;
DROP TABLE slack_inbound;
