package timeline

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident"
)

// fileState is what is known of one attachment of an entry.
type fileState struct {
	id     int64
	saved  bool
	reason string // why it could not be saved
}

func fileStateOf(ctx context.Context, tx pgx.Tx, entry int64, remote string) (fileState, error) {
	var st fileState
	err := tx.QueryRow(ctx, `
		SELECT id, saved_at IS NOT NULL, reason
		FROM timeline_file
		WHERE entry_id = $1 AND remote_id = $2`, entry, remote).Scan(&st.id, &st.saved, &st.reason)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return fileState{}, fmt.Errorf("find file: %w", err)
	}
	return st, nil
}

func saveCopy(ctx context.Context, tx pgx.Tx, remote string, c FileCopy) (id int64, err error) {
	if c.Content == nil {
		c.Content = []byte{} // an empty file is a copy too; NULL means that there is none
	}
	err = tx.QueryRow(ctx, `
		INSERT INTO timeline_file (incident_id, entry_id, remote_id, name, media_type, size, content, saved_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT ON CONSTRAINT timeline_file_remote_key DO UPDATE
		SET name = excluded.name, media_type = excluded.media_type, size = excluded.size, content = excluded.content, saved_at = excluded.saved_at, reason = ''
		RETURNING id`,
		c.Incident, c.Entry, remote, c.Name, c.MediaType, len(c.Content), c.Content, c.SavedAt).Scan(&id)
	if err != nil {
		return 0, fmt.Errorf("save file: %w", err)
	}
	return id, nil
}

func saveFailure(ctx context.Context, tx pgx.Tx, id incident.ID, entry int64, file incident.File, reason string) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO timeline_file (incident_id, entry_id, remote_id, name, media_type, size, reason)
		VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT ON CONSTRAINT timeline_file_remote_key DO UPDATE
		SET reason = excluded.reason`, id, entry, file.ID, file.Name, file.MediaType, file.Size, reason)
	if err != nil {
		return fmt.Errorf("save failure of file: %w", err)
	}
	return nil
}

func readCopy(ctx context.Context, q querier, id int64) (FileCopy, error) {
	c := FileCopy{ID: id}
	err := q.QueryRow(ctx, `
		SELECT incident_id, entry_id, name, media_type, saved_at, content
		FROM timeline_file
		WHERE id = $1 AND content IS NOT NULL`, id).Scan(&c.Incident, &c.Entry, &c.Name, &c.MediaType, &c.SavedAt, &c.Content)
	if errors.Is(err, pgx.ErrNoRows) {
		return FileCopy{}, incident.Errorf(incident.NotFound, "There is no copy %d of a file; the timeline lists the copies.", id)
	}
	if err != nil {
		return FileCopy{}, fmt.Errorf("read file: %w", err)
	}
	c.SavedAt = c.SavedAt.UTC()
	return c, nil
}
