package bot

import (
	"bytes"
	"context"

	"github.com/slack-go/slack"
)

// FileInfo tells where a file can be downloaded and what it is. Events and old
// messages carry no more than its id.
func (a *API) FileInfo(ctx context.Context, id string) (f *slack.File, err error) {
	err = a.do(ctx, "files.info", "", func(ctx context.Context) (err error) {
		f, _, _, err = a.client.GetFileInfoContext(ctx, id, 0, 0)
		return err
	})
	return f, err
}

// UploadFile shares a file in a channel. Twice makes two.
func (a *API) UploadFile(ctx context.Context, channel, name string, content []byte) error {
	return a.do(ctx, "files.completeUploadExternal", "", func(ctx context.Context) error {
		_, err := a.client.UploadFileContext(ctx, slack.UploadFileParameters{
			Channel: channel, Filename: name, Title: name, FileSize: len(content), Reader: bytes.NewReader(content),
		})
		return err
	})
}
