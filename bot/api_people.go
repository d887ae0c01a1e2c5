package bot

import (
	"context"
	"errors"

	"github.com/slack-go/slack"
)

// ErrFileTooLarge says that a file is larger than the caller wants to hold.
var ErrFileTooLarge = errors.New("file is larger than the limit")

// UserInfo returns a person; one who has left has Deleted set.
func (a *API) UserInfo(ctx context.Context, id string) (u *slack.User, err error) {
	err = a.do(ctx, "users.info", "", func(ctx context.Context) (err error) {
		u, err = a.client.GetUserInfoContext(ctx, id)
		return err
	})
	return u, err
}

// UserByEmail returns the person with that address; nobody is *Gone with the
// code users_not_found.
func (a *API) UserByEmail(ctx context.Context, email string) (u *slack.User, err error) {
	err = a.do(ctx, "users.lookupByEmail", "", func(ctx context.Context) (err error) {
		u, err = a.client.GetUserByEmailContext(ctx, email)
		return err
	})
	return u, err
}

// DownloadFile returns the content at a file's url_private. More than limit bytes
// are ErrFileTooLarge. slack-go sends the token to Slack's own hosts only.
func (a *API) DownloadFile(ctx context.Context, url string, limit int64) ([]byte, error) {
	content := limitedBuffer{limit: limit}
	err := a.do(ctx, methodDownload, "", func(ctx context.Context) error {
		return a.client.GetFileContext(ctx, url, &content)
	})
	if err != nil {
		return nil, err
	}
	return content.bytes, nil
}

// limitedBuffer does not embed the buffer: io.Copy would find its ReadFrom and
// go around the limit.
type limitedBuffer struct {
	bytes []byte
	limit int64
}

// Write refuses what would exceed the limit.
func (b *limitedBuffer) Write(p []byte) (int, error) {
	if int64(len(b.bytes)+len(p)) > b.limit {
		return 0, ErrFileTooLarge
	}
	b.bytes = append(b.bytes, p...)
	return len(p), nil
}
