-- A call that found the line busy is made again, as another call of the same message.

-- +goose Up
ALTER TABLE delivery ADD COLUMN anew int NOT NULL DEFAULT 0; -- how often it was begun anew

-- +goose Down
ALTER TABLE delivery DROP COLUMN anew;
