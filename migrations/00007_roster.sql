-- Who there is: people, teams and services, as the organisation file says.

-- +goose Up
CREATE TABLE person (
	id         text        NOT NULL, -- Slack user id
	handle     text        NOT NULL, -- name in the organisation file
	name       text        NOT NULL,
	zone       text        NOT NULL,
	removed_at timestamptz,
	CONSTRAINT person_pkey PRIMARY KEY (id),
	CONSTRAINT person_id_check CHECK (id <> ''),
	CONSTRAINT person_handle_check CHECK (handle <> '')
);
CREATE UNIQUE INDEX person_handle_key ON person (handle) WHERE removed_at IS NULL;

CREATE TABLE team (
	id         text  NOT NULL,
	definition jsonb NOT NULL,
	CONSTRAINT team_pkey PRIMARY KEY (id)
);

CREATE TABLE service (
	id         text  NOT NULL,
	definition jsonb NOT NULL,
	CONSTRAINT service_pkey PRIMARY KEY (id)
);

-- The members of Slack user groups, as Slack last told them.
CREATE TABLE user_group (
	id           text        NOT NULL,
	handle       text        NOT NULL,
	members      text[]      NOT NULL DEFAULT '{}',
	refreshed_at timestamptz NOT NULL,
	CONSTRAINT user_group_pkey PRIMARY KEY (id)
);

-- +goose Down
DROP TABLE user_group;
DROP TABLE service;
DROP TABLE team;
DROP TABLE person;
