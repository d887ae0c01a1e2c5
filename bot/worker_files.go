package bot

import (
	"context"
	"errors"

	"github.com/tocsinhq/tocsin/incident"
	"github.com/tocsinhq/tocsin/timeline"
)

// saveFiles copies the files of a captured message off Slack, where retention may
// delete them. One that cannot be had is noted with the reason.
func (b *Bot) saveFiles(ctx context.Context, a SaveFiles) error {
	_, entry, err := b.entry(ctx, a.Incident, a.Entry)
	if err != nil {
		return err
	}
	captured, ok := entry.Event.(incident.MessageCaptured)
	if !ok {
		return nil
	}
	for _, f := range captured.Message.Files {
		if err := b.saveFile(ctx, a, f); err != nil {
			return err
		}
	}
	return nil
}

func (b *Bot) saveFile(ctx context.Context, a SaveFiles, f incident.File) error {
	content, mediaType, err := b.download(ctx, f)
	if gone, ok := errors.AsType[*Gone](err); ok {
		return b.Timeline.FileFailed(ctx, a.Incident, a.Entry, f, gone.Sentence, incident.System)
	}
	if incident.CodeOf(err) != "" {
		return b.Timeline.FileFailed(ctx, a.Incident, a.Entry, f, personal(err), incident.System)
	}
	if err != nil {
		return err
	}
	_, err = b.Timeline.SaveFile(ctx, a.Incident, a.Entry, f, mediaType, content, incident.System)
	if code := incident.CodeOf(err); code != "" {
		return b.Timeline.FileFailed(ctx, a.Incident, a.Entry, f, personal(err), incident.System)
	}
	return err
}

func (b *Bot) download(ctx context.Context, f incident.File) (content []byte, mediaType string, err error) {
	info, err := b.API.FileInfo(ctx, f.ID)
	if err != nil {
		return nil, "", err
	}
	if info.Size > timeline.MaxFile {
		return nil, "", incident.Errorf(incident.Invalid, "The file is larger than the %d MiB that are copied.", timeline.MaxFile>>20)
	}
	content, err = b.API.DownloadFile(ctx, info.URLPrivateDownload, timeline.MaxFile)
	return content, info.Mimetype, err
}
