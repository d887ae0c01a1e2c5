package timeline

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tocsinhq/tocsin/incident"
)

// MaxFile is the largest attachment that is copied, in bytes: 25 MiB, so that a
// copy fits a database row and a replica's memory without care.
const MaxFile = 25 << 20

// FileCopy is our own copy of an attachment.
type FileCopy struct {
	ID        int64
	Incident  incident.ID
	Entry     int64
	Name      string
	MediaType string
	SavedAt   time.Time
	Content   []byte
}

// SaveFile keeps a copy of an entry's attachment and puts that on record. It
// returns the copy's id. A file that was saved already keeps its first copy and
// records nothing; one that had failed is taken after all. Content above MaxFile
// is an Invalid error; tell FileFailed about it.
func (s *Service) SaveFile(ctx context.Context, id incident.ID, entry int64, file incident.File, mediaType string, content []byte, by incident.Actor) (copyID int64, err error) {
	if len(content) > MaxFile {
		return 0, incident.Errorf(incident.Invalid, "%s has %d MiB; copies are kept up to %d MiB. Look at it in Slack while it is there.",
			file.Name, (len(content)+1<<20-1)>>20, MaxFile>>20)
	}
	err = s.changeFile(ctx, id, entry, file, by, func(ctx context.Context, tx pgx.Tx, known fileState, now time.Time) ([]incident.Event, error) {
		if known.saved {
			copyID = known.id
			return nil, nil
		}
		c := FileCopy{Incident: id, Entry: entry, Name: file.Name, MediaType: mediaType, SavedAt: now, Content: content}
		copyID, err = saveCopy(ctx, tx, file.ID, c)
		return []incident.Event{incident.FileSaved{Entry: entry, File: file, Copy: copyID}}, err
	})
	return copyID, err
}

// FileFailed puts on record why there is no copy of an attachment. The same
// reason again, or a failure after the file was saved, changes nothing.
func (s *Service) FileFailed(ctx context.Context, id incident.ID, entry int64, file incident.File, reason string, by incident.Actor) error {
	return s.changeFile(ctx, id, entry, file, by, func(ctx context.Context, tx pgx.Tx, known fileState, _ time.Time) ([]incident.Event, error) {
		reason, err := cleanText("reason", reason)
		if err != nil || known.saved || known.reason == reason {
			return nil, err
		}
		err = saveFailure(ctx, tx, id, entry, file, reason)
		return []incident.Event{incident.FileSaved{Entry: entry, File: file, Error: reason}}, err
	})
}

type fileDecision func(ctx context.Context, tx pgx.Tx, known fileState, now time.Time) ([]incident.Event, error)

func (s *Service) changeFile(ctx context.Context, id incident.ID, entry int64, file incident.File, by incident.Actor, decide fileDecision) error {
	_, err := s.Incidents.Change(ctx, id, by, func(ctx context.Context, tx pgx.Tx, _ *incident.Incident, now time.Time) ([]incident.Event, error) {
		if _, err := entryWithAmendments(ctx, tx, id, entry); err != nil {
			return nil, err
		}
		known, err := fileStateOf(ctx, tx, entry, file.ID)
		if err != nil {
			return nil, err
		}
		return decide(ctx, tx, known, now)
	})
	return err
}

// ReadFile returns our copy of an attachment, or a NotFound error. Who may see
// it is for the caller to decide: Incident and Entry say what it belongs to.
func (s *Service) ReadFile(ctx context.Context, copyID int64) (FileCopy, error) {
	return readCopy(ctx, s.Incidents.Pool, copyID)
}
