package bot

import (
	"context"

	"github.com/slack-go/slack"
)

// Bookmark is a link at the top of a channel.
type Bookmark struct {
	ID    string
	Title string
	Link  string
}

// ListBookmarks returns the bookmarks of a channel.
func (a *API) ListBookmarks(ctx context.Context, channel string) (list []Bookmark, err error) {
	err = a.do(ctx, "bookmarks.list", "", func(ctx context.Context) error {
		raw, err := a.client.ListBookmarksContext(ctx, channel)
		for _, b := range raw {
			list = append(list, Bookmark{ID: b.ID, Title: b.Title, Link: b.Link})
		}
		return err
	})
	return list, err
}

// AddBookmark adds a link. Twice adds two: look with ListBookmarks first.
func (a *API) AddBookmark(ctx context.Context, channel, title, link string) error {
	return a.do(ctx, "bookmarks.add", "", func(ctx context.Context) error {
		_, err := a.client.AddBookmarkContext(ctx, channel, slack.AddBookmarkParameters{Title: title, Type: "link", Link: link})
		return err
	})
}

// EditBookmark changes title and link.
func (a *API) EditBookmark(ctx context.Context, channel, id, title, link string) error {
	return a.do(ctx, "bookmarks.edit", "", func(ctx context.Context) error {
		_, err := a.client.EditBookmarkContext(ctx, channel, id, slack.EditBookmarkParameters{Title: &title, Link: link})
		return err
	})
}

// Pin pins a message. A pinned one stays so.
func (a *API) Pin(ctx context.Context, channel, ts string) error {
	return a.do(ctx, "pins.add", "", func(ctx context.Context) error {
		return a.client.AddPinContext(ctx, channel, slack.NewRefToMessage(channel, ts))
	})
}

// Unpin takes a pin away. One that is not there is fine.
func (a *API) Unpin(ctx context.Context, channel, ts string) error {
	return a.do(ctx, "pins.remove", "", func(ctx context.Context) error {
		return a.client.RemovePinContext(ctx, channel, slack.NewRefToMessage(channel, ts))
	})
}

// Pinned returns the pinned messages of a channel. Who pinned them is not told.
func (a *API) Pinned(ctx context.Context, channel string) (list []slack.Message, err error) {
	err = a.do(ctx, "pins.list", "", func(ctx context.Context) error {
		items, _, err := a.client.ListPinsContext(ctx, channel)
		for _, item := range items {
			if item.Message != nil {
				list = append(list, *item.Message)
			}
		}
		return err
	})
	return list, err
}

// React adds our reaction, an emoji's name without colons. Twice is once.
func (a *API) React(ctx context.Context, channel, ts, emoji string) error {
	return a.do(ctx, "reactions.add", "", func(ctx context.Context) error {
		return a.client.AddReactionContext(ctx, emoji, slack.NewRefToMessage(channel, ts))
	})
}
