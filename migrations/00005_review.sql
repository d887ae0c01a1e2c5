-- What remains after an incident: the tracker's tickets and the postmortem.

-- +goose Up
-- task 0 is the incident itself; any other number is one of its action items.
CREATE TABLE ticket (
	incident_id bigint      NOT NULL,
	task        integer     NOT NULL,
	state       text        NOT NULL,
	key         text        NOT NULL DEFAULT '',
	url         text        NOT NULL DEFAULT '',
	status      text        NOT NULL DEFAULT '',
	reason      text        NOT NULL DEFAULT '',
	attempts    integer     NOT NULL DEFAULT 0,
	worker      text        NOT NULL DEFAULT '',
	held_until  timestamptz,
	updated_at  timestamptz NOT NULL,
	CONSTRAINT ticket_pkey PRIMARY KEY (incident_id, task),
	CONSTRAINT ticket_incident_fkey FOREIGN KEY (incident_id) REFERENCES incident (id) ON DELETE CASCADE,
	CONSTRAINT ticket_state_check CHECK (state IN ('waiting', 'open', 'done'))
);
CREATE UNIQUE INDEX ticket_key_key ON ticket (key) WHERE key <> '';
CREATE INDEX ticket_open_idx ON ticket (updated_at) WHERE state = 'open';

CREATE TABLE postmortem (
	incident_id bigint      NOT NULL,
	state       text        NOT NULL DEFAULT 'draft',
	version     integer     NOT NULL DEFAULT 0,
	owner       text        NOT NULL DEFAULT '',
	read_key    text        NOT NULL,
	drafted_at  timestamptz,
	CONSTRAINT postmortem_pkey PRIMARY KEY (incident_id),
	CONSTRAINT postmortem_read_key_key UNIQUE (read_key),
	CONSTRAINT postmortem_incident_fkey FOREIGN KEY (incident_id) REFERENCES incident (id) ON DELETE CASCADE,
	CONSTRAINT postmortem_state_check CHECK (state IN ('draft', 'in review', 'published'))
);

-- What the machine wrote and what a person wrote are kept apart, so that a new
-- draft never overwrites a person.
CREATE TABLE postmortem_section (
	incident_id bigint      NOT NULL,
	section     text        NOT NULL,
	generated   text        NOT NULL DEFAULT '',
	written     text        NOT NULL DEFAULT '',
	written_by  text        NOT NULL DEFAULT '',
	written_at  timestamptz,
	based_on    text        NOT NULL DEFAULT '',
	CONSTRAINT postmortem_section_pkey PRIMARY KEY (incident_id, section),
	CONSTRAINT postmortem_section_postmortem_fkey FOREIGN KEY (incident_id) REFERENCES postmortem (incident_id) ON DELETE CASCADE
);

-- +goose Down
DROP TABLE postmortem_section;
DROP TABLE postmortem;
DROP TABLE ticket;
