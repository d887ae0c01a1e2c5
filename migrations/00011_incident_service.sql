-- The service that an incident is about, as it was said when it was declared.

-- +goose Up
ALTER TABLE incident ADD COLUMN service text NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE incident DROP COLUMN service;
