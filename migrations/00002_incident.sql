-- Incidents, who holds which role in them, and what is left to do.

-- +goose Up
CREATE TABLE incident (
	id                bigint GENERATED ALWAYS AS IDENTITY,
	dedup_key         text,
	title             text        NOT NULL,
	summary           text        NOT NULL DEFAULT '',
	severity          smallint    NOT NULL,
	status            text        NOT NULL,
	private           boolean     NOT NULL DEFAULT false,
	cause             text        NOT NULL DEFAULT '',
	declared_by_kind  text        NOT NULL,
	declared_by_id    text        NOT NULL,
	declared_at       timestamptz NOT NULL,
	impact_started_at timestamptz,
	detected_at       timestamptz,
	acknowledged_at   timestamptz,
	mitigated_at      timestamptz,
	resolved_at       timestamptz,
	closed_at         timestamptz,
	update_due_at     timestamptz,
	update_generation integer     NOT NULL DEFAULT 0,
	origin            jsonb,
	room_channel      text        NOT NULL DEFAULT '',
	room_name         text        NOT NULL DEFAULT '',
	room_state        text        NOT NULL DEFAULT 'none',
	task_count        integer     NOT NULL DEFAULT 0,
	hypothesis_count  integer     NOT NULL DEFAULT 0,
	revision          bigint      NOT NULL DEFAULT 1,
	created_at        timestamptz NOT NULL DEFAULT now(),
	CONSTRAINT incident_pkey PRIMARY KEY (id),
	CONSTRAINT incident_dedup_key_key UNIQUE (dedup_key),
	CONSTRAINT incident_title_check CHECK (title <> ''),
	CONSTRAINT incident_severity_check CHECK (severity BETWEEN 1 AND 5),
	CONSTRAINT incident_status_check CHECK (status IN ('triage', 'active', 'mitigated', 'resolved', 'closed', 'cancelled')),
	CONSTRAINT incident_room_state_check CHECK (room_state IN ('none', 'open', 'archived', 'lost'))
);
CREATE UNIQUE INDEX incident_room_channel_key ON incident (room_channel) WHERE room_channel <> '';
CREATE INDEX incident_open_idx ON incident (severity, id DESC) WHERE status IN ('triage', 'active', 'mitigated');
CREATE INDEX incident_update_due_idx ON incident (update_due_at) WHERE update_due_at IS NOT NULL;

CREATE TABLE incident_role (
	incident_id bigint      NOT NULL,
	role        text        NOT NULL,
	person      text        NOT NULL,
	since       timestamptz NOT NULL,
	CONSTRAINT incident_role_pkey PRIMARY KEY (incident_id, role, person),
	CONSTRAINT incident_role_incident_fkey FOREIGN KEY (incident_id) REFERENCES incident (id) ON DELETE CASCADE
);
CREATE INDEX incident_role_person_idx ON incident_role (person, incident_id);

CREATE TABLE task (
	incident_id    bigint      NOT NULL,
	number         integer     NOT NULL,
	kind           text        NOT NULL,
	text           text        NOT NULL,
	owner          text        NOT NULL DEFAULT '',
	due_on         date,
	created_by     text        NOT NULL,
	created_at     timestamptz NOT NULL,
	done_at        timestamptz,
	withdrawn_at   timestamptz,
	source_channel text        NOT NULL DEFAULT '',
	source_ts      text        NOT NULL DEFAULT '',
	CONSTRAINT task_pkey PRIMARY KEY (incident_id, number),
	CONSTRAINT task_incident_fkey FOREIGN KEY (incident_id) REFERENCES incident (id) ON DELETE CASCADE,
	CONSTRAINT task_kind_check CHECK (kind IN ('task', 'action')),
	CONSTRAINT task_text_check CHECK (text <> '')
);
CREATE UNIQUE INDEX task_source_key ON task (incident_id, kind, source_channel, source_ts) WHERE source_ts <> '';
CREATE INDEX task_owner_open_idx ON task (owner, incident_id) WHERE done_at IS NULL AND withdrawn_at IS NULL AND owner <> '';

-- +goose Down
DROP TABLE task;
DROP TABLE incident_role;
DROP TABLE incident;
