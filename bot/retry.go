package bot

import (
	"slices"
	"time"
)

// Wait tells whoever works a job when to call again.
func (e *RateLimited) Wait() time.Duration { return max(e.RetryAfter, 100*time.Millisecond) }

// mendPause is how often a call is tried again that an administrator has to
// make possible first.
const mendPause = 30 * time.Second

// mendable are refusals that end when somebody mends the app's tokens, scopes,
// rights or channels; what was to be done then still has to be done.
var mendable = []string{"missing_scope", "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired",
	"not_allowed_token_type", "restricted_action", "access_denied", "no_announce_channel", "no_room_name", "cannot_create_channel",
	"ekm_access_denied", "team_access_not_granted"}

// Wait is the pause before a refused call is worth trying again, 0 for one that
// never is.
func (e *Gone) Wait() time.Duration {
	if slices.Contains(mendable, e.Code) {
		return mendPause
	}
	return 0
}

// Permanent reports whether trying again is pointless for ever.
func (e *Gone) Permanent() bool { return e.Wait() == 0 }
