package bot

import (
	"context"

	"github.com/slack-go/slack"
)

// OpenView opens a modal. A trigger works once and for 3 s: no call before it.
func (a *API) OpenView(ctx context.Context, triggerID string, v slack.ModalViewRequest) error {
	return a.do(ctx, "views.open", "", func(ctx context.Context) error {
		_, err := a.client.OpenViewContext(ctx, triggerID, v)
		return err
	})
}

// PushView puts a modal on top of the one in which the trigger arose; three is
// the most.
func (a *API) PushView(ctx context.Context, triggerID string, v slack.ModalViewRequest) error {
	return a.do(ctx, "views.push", "", func(ctx context.Context) error {
		_, err := a.client.PushViewContext(ctx, triggerID, v)
		return err
	})
}

// UpdateView replaces an open modal. With a hash it fails with hash_conflict when
// the modal has changed since; without one the last call wins.
func (a *API) UpdateView(ctx context.Context, viewID, hash string, v slack.ModalViewRequest) error {
	return a.do(ctx, "views.update", "", func(ctx context.Context) error {
		_, err := a.client.UpdateViewContext(ctx, v, "", hash, viewID)
		return err
	})
}

// PublishHome replaces a person's Home tab.
func (a *API) PublishHome(ctx context.Context, person string, v slack.HomeTabViewRequest) error {
	return a.do(ctx, "views.publish", "", func(ctx context.Context) error {
		_, err := a.client.PublishViewContext(ctx, slack.PublishViewContextRequest{UserID: person, View: v})
		return err
	})
}
