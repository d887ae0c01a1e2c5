-- Escalation: the ladders, their runs, the pages that these made, and when work is
-- going on that must wake nobody.

-- +goose Up
CREATE TABLE policy (
	id         text  NOT NULL,
	definition jsonb NOT NULL,
	CONSTRAINT policy_pkey PRIMARY KEY (id),
	CONSTRAINT policy_id_check CHECK (id <> '')
);

-- policy is the copy that the run goes by. next_due_at repeats what the other due
-- times say, so that what is overdue is found by an index.
CREATE TABLE escalation (
	id             bigint GENERATED ALWAYS AS IDENTITY,
	incident_id    bigint      NOT NULL,
	dedup_key      text        NOT NULL,
	count          int         NOT NULL,
	subject        text        NOT NULL,
	service        text        NOT NULL DEFAULT '',
	urgency        text        NOT NULL,
	reason         text        NOT NULL DEFAULT '',
	state          text        NOT NULL,
	policy         jsonb       NOT NULL,
	pass           int         NOT NULL,
	next_step      int         NOT NULL,
	settled        boolean     NOT NULL,
	fired          int         NOT NULL,
	exhausted      boolean     NOT NULL,
	step_due_at    timestamptz,
	ack_due_at     timestamptz,
	snoozed        boolean     NOT NULL,
	resolve_due_at timestamptz,
	held           boolean     NOT NULL,
	held_until     timestamptz,
	run            int         NOT NULL,
	generation     int         NOT NULL,
	acked_by       text[]      NOT NULL DEFAULT '{}',
	began_at       timestamptz NOT NULL,
	next_due_at    timestamptz,
	CONSTRAINT escalation_pkey PRIMARY KEY (id),
	CONSTRAINT escalation_incident_fkey FOREIGN KEY (incident_id) REFERENCES incident (id) ON DELETE CASCADE,
	CONSTRAINT escalation_key_check CHECK (dedup_key <> ''),
	CONSTRAINT escalation_urgency_check CHECK (urgency IN ('high', 'low')),
	CONSTRAINT escalation_state_check CHECK (state IN ('triggered', 'acknowledged', 'resolved')),
	CONSTRAINT escalation_over_check CHECK (state <> 'resolved' OR next_due_at IS NULL)
);
CREATE UNIQUE INDEX escalation_open_key ON escalation (dedup_key) WHERE state <> 'resolved';
CREATE INDEX escalation_incident_idx ON escalation (incident_id);
CREATE INDEX escalation_next_due_idx ON escalation (next_due_at) WHERE next_due_at IS NOT NULL;
CREATE INDEX escalation_held_idx ON escalation (service) WHERE held;

-- A page is one demand on one person, or one word to a place. Step 0 is the
-- fallback. The key is what makes paging twice impossible.
CREATE TABLE page (
	id            bigint GENERATED ALWAYS AS IDENTITY,
	escalation_id bigint      NOT NULL,
	incident_id   bigint      NOT NULL,
	run           int         NOT NULL,
	pass          int         NOT NULL,
	step          int         NOT NULL,
	kind          text        NOT NULL,
	address       text        NOT NULL, -- Slack user id or channel, or a webhook's URL
	urgency       text        NOT NULL,
	created_at    timestamptz NOT NULL,
	CONSTRAINT page_pkey PRIMARY KEY (id),
	CONSTRAINT page_escalation_fkey FOREIGN KEY (escalation_id) REFERENCES escalation (id) ON DELETE CASCADE,
	CONSTRAINT page_once_key UNIQUE (escalation_id, run, pass, step, kind, address),
	CONSTRAINT page_kind_check CHECK (kind IN ('person', 'channel', 'webhook')),
	CONSTRAINT page_address_check CHECK (address <> ''),
	CONSTRAINT page_urgency_check CHECK (urgency IN ('high', 'low'))
);
CREATE INDEX page_address_idx ON page (address, created_at) WHERE kind = 'person';

-- An empty service means all of them. Nothing is deleted: it tells why nobody was
-- paged.
CREATE TABLE maintenance (
	id         bigint GENERATED ALWAYS AS IDENTITY,
	service    text        NOT NULL DEFAULT '',
	from_at    timestamptz NOT NULL,
	until_at   timestamptz,
	mode       text        NOT NULL,
	reason     text        NOT NULL DEFAULT '',
	created_by text        NOT NULL,
	CONSTRAINT maintenance_pkey PRIMARY KEY (id),
	CONSTRAINT maintenance_mode_check CHECK (mode IN ('hold', 'drop')),
	CONSTRAINT maintenance_span_check CHECK (until_at >= from_at)
);
CREATE INDEX maintenance_until_idx ON maintenance (until_at);

-- +goose Down
DROP TABLE maintenance;
DROP TABLE page;
DROP TABLE escalation;
DROP TABLE policy;
