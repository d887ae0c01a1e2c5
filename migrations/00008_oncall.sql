-- On-call planning: schedules, what people change in them for a while, and what
-- they are told about it.

-- +goose Up
-- definition is what the organisation file says; user_group is the Slack user
-- group that holds whoever is on call, empty for none.
CREATE TABLE schedule (
	id         text   NOT NULL,
	definition jsonb  NOT NULL,
	user_group text   NOT NULL DEFAULT '',
	revision   bigint NOT NULL DEFAULT 1,
	CONSTRAINT schedule_pkey PRIMARY KEY (id),
	CONSTRAINT schedule_id_check CHECK (id <> '')
);
CREATE UNIQUE INDEX schedule_user_group_key ON schedule (user_group) WHERE user_group <> '';

-- Overrides are applied in the order of their ids. A removed one is kept, since it
-- may have been in force for a while.
CREATE TABLE schedule_override (
	id         bigint GENERATED ALWAYS AS IDENTITY,
	schedule   text        NOT NULL,
	action     text        NOT NULL,
	person     text        NOT NULL DEFAULT '',
	replaced   text        NOT NULL DEFAULT '',
	from_at    timestamptz NOT NULL,
	until_at   timestamptz NOT NULL,
	reason     text        NOT NULL DEFAULT '',
	created_by text        NOT NULL,
	created_at timestamptz NOT NULL,
	removed_by text        NOT NULL DEFAULT '',
	removed_at timestamptz,
	CONSTRAINT schedule_override_pkey PRIMARY KEY (id),
	CONSTRAINT schedule_override_schedule_fkey FOREIGN KEY (schedule) REFERENCES schedule (id) ON DELETE CASCADE,
	CONSTRAINT schedule_override_action_check CHECK (action IN ('set', 'add', 'remove', 'replace')),
	CONSTRAINT schedule_override_people_check CHECK (
		(person <> '') = (action IN ('set', 'add', 'replace')) AND (replaced <> '') = (action IN ('remove', 'replace'))
	),
	CONSTRAINT schedule_override_span_check CHECK (until_at > from_at)
);
CREATE INDEX schedule_override_schedule_idx ON schedule_override (schedule, until_at);

-- Somebody asks others to stand in. Taking it makes an override.
CREATE TABLE cover_request (
	id              bigint GENERATED ALWAYS AS IDENTITY,
	schedule        text        NOT NULL,
	person          text        NOT NULL,
	from_at         timestamptz NOT NULL,
	until_at        timestamptz NOT NULL,
	reason          text        NOT NULL DEFAULT '',
	state           text        NOT NULL DEFAULT 'open',
	created_at      timestamptz NOT NULL,
	taken_by        text        NOT NULL DEFAULT '',
	taken_at        timestamptz,
	override_id     bigint,
	message_channel text        NOT NULL DEFAULT '',
	message_ts      text        NOT NULL DEFAULT '',
	CONSTRAINT cover_request_pkey PRIMARY KEY (id),
	CONSTRAINT cover_request_schedule_fkey FOREIGN KEY (schedule) REFERENCES schedule (id) ON DELETE CASCADE,
	CONSTRAINT cover_request_override_fkey FOREIGN KEY (override_id) REFERENCES schedule_override (id) ON DELETE SET NULL,
	CONSTRAINT cover_request_state_check CHECK (state IN ('open', 'taken', 'withdrawn', 'past')),
	CONSTRAINT cover_request_taken_check CHECK ((state = 'taken') = (taken_by <> '')),
	CONSTRAINT cover_request_span_check CHECK (until_at > from_at)
);
CREATE INDEX cover_request_open_idx ON cover_request (until_at) WHERE state = 'open';

-- Secret addresses of calendars. Only the hash of the secret is kept.
CREATE TABLE calendar_feed (
	id         bigint GENERATED ALWAYS AS IDENTITY,
	token_hash bytea       NOT NULL,
	schedule   text        NOT NULL DEFAULT '',
	person     text        NOT NULL DEFAULT '',
	created_by text        NOT NULL,
	created_at timestamptz NOT NULL,
	revoked_at timestamptz,
	CONSTRAINT calendar_feed_pkey PRIMARY KEY (id),
	CONSTRAINT calendar_feed_token_hash_key UNIQUE (token_hash),
	CONSTRAINT calendar_feed_subject_check CHECK ((schedule <> '') <> (person <> ''))
);
CREATE INDEX calendar_feed_created_by_idx ON calendar_feed (created_by) WHERE revoked_at IS NULL;

-- Which hand-offs were announced to whom.
CREATE TABLE handoff_notice (
	schedule text        NOT NULL,
	person   text        NOT NULL,
	at       timestamptz NOT NULL,
	kind     text        NOT NULL,
	sent_at  timestamptz NOT NULL,
	CONSTRAINT handoff_notice_pkey PRIMARY KEY (schedule, person, at, kind),
	CONSTRAINT handoff_notice_kind_check CHECK (kind IN ('start', 'end'))
);
CREATE INDEX handoff_notice_at_idx ON handoff_notice (at);

-- +goose Down
DROP TABLE handoff_notice;
DROP TABLE calendar_feed;
DROP TABLE cover_request;
DROP TABLE schedule_override;
DROP TABLE schedule;
