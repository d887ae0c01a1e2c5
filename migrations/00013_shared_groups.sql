-- Several schedules may keep one Slack user group, which then holds everybody who is
-- on call in any of them.

-- +goose Up
DROP INDEX schedule_user_group_key;

-- What Slack last refused about user groups, so that it is said once and tried again
-- at intervals. Under no name: when all of them were last read.
CREATE TABLE user_group_try (
	user_group text        NOT NULL,
	people     text[]      NOT NULL DEFAULT '{}', -- who were to be in it
	reason     text        NOT NULL DEFAULT '',   -- why they are not
	tried_at   timestamptz NOT NULL,
	CONSTRAINT user_group_try_pkey PRIMARY KEY (user_group)
);

-- +goose Down
DROP TABLE user_group_try;
CREATE UNIQUE INDEX schedule_user_group_key ON schedule (user_group) WHERE user_group <> '';
