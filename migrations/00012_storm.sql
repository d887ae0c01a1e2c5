-- Storms of a service are seen by how many of its escalations have paged of late.

-- +goose Up
ALTER TABLE escalation ADD COLUMN fired_at timestamptz;
CREATE INDEX escalation_service_idx ON escalation (service, fired_at) WHERE service <> '';
ALTER TABLE page ADD COLUMN crowded boolean NOT NULL DEFAULT false; -- pages of other services go first

-- +goose Down
ALTER TABLE page DROP COLUMN crowded;
DROP INDEX escalation_service_idx;
ALTER TABLE escalation DROP COLUMN fired_at;
