-- The record of an incident: facts are added, never altered.

-- +goose Up
CREATE TABLE timeline_entry (
	id             bigint GENERATED ALWAYS AS IDENTITY,
	incident_id    bigint      NOT NULL,
	kind           text        NOT NULL,
	occurred_at    timestamptz NOT NULL,
	recorded_at    timestamptz NOT NULL,
	actor_kind     text        NOT NULL,
	actor_id       text        NOT NULL,
	subject        bigint,
	source_channel text        NOT NULL DEFAULT '',
	source_ts      text        NOT NULL DEFAULT '',
	data           jsonb       NOT NULL,
	CONSTRAINT timeline_entry_pkey PRIMARY KEY (id),
	CONSTRAINT timeline_entry_incident_fkey FOREIGN KEY (incident_id) REFERENCES incident (id) ON DELETE CASCADE
);
CREATE INDEX timeline_entry_order_idx ON timeline_entry (incident_id, occurred_at, id);
CREATE UNIQUE INDEX timeline_entry_source_key ON timeline_entry (incident_id, source_channel, source_ts)
	WHERE kind = 'timeline.message_captured';

-- Who marked which message how; the latest word by Slack's own event time wins.
CREATE TABLE timeline_mark (
	incident_id bigint  NOT NULL,
	channel     text    NOT NULL,
	message_ts  text    NOT NULL,
	person      text    NOT NULL,
	mark        text    NOT NULL,
	present     boolean NOT NULL,
	event_ts    text    NOT NULL,
	CONSTRAINT timeline_mark_pkey PRIMARY KEY (incident_id, channel, message_ts, person, mark),
	CONSTRAINT timeline_mark_incident_fkey FOREIGN KEY (incident_id) REFERENCES incident (id) ON DELETE CASCADE,
	CONSTRAINT timeline_mark_mark_check CHECK (mark IN ('pin', 'emoji', 'star', 'action', 'shortcut'))
);

CREATE TABLE timeline_file (
	id          bigint GENERATED ALWAYS AS IDENTITY,
	incident_id bigint      NOT NULL,
	entry_id    bigint      NOT NULL,
	remote_id   text        NOT NULL,
	name        text        NOT NULL,
	media_type  text        NOT NULL,
	size        bigint      NOT NULL,
	content     bytea,
	reason      text        NOT NULL DEFAULT '',
	saved_at    timestamptz,
	CONSTRAINT timeline_file_pkey PRIMARY KEY (id),
	CONSTRAINT timeline_file_remote_key UNIQUE (entry_id, remote_id),
	CONSTRAINT timeline_file_incident_fkey FOREIGN KEY (incident_id) REFERENCES incident (id) ON DELETE CASCADE,
	CONSTRAINT timeline_file_entry_fkey FOREIGN KEY (entry_id) REFERENCES timeline_entry (id) ON DELETE CASCADE
);

CREATE TABLE hypothesis (
	incident_id bigint      NOT NULL,
	number      integer     NOT NULL,
	text        text        NOT NULL,
	outcome     text        NOT NULL DEFAULT 'open',
	raised_by   text        NOT NULL,
	raised_at   timestamptz NOT NULL,
	settled_at  timestamptz,
	CONSTRAINT hypothesis_pkey PRIMARY KEY (incident_id, number),
	CONSTRAINT hypothesis_incident_fkey FOREIGN KEY (incident_id) REFERENCES incident (id) ON DELETE CASCADE,
	CONSTRAINT hypothesis_outcome_check CHECK (outcome IN ('open', 'confirmed', 'ruled out'))
);

-- +goose Down
DROP TABLE hypothesis;
DROP TABLE timeline_file;
DROP TABLE timeline_mark;
DROP TABLE timeline_entry;
