package slacksim

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestNonsenseIsRefusedWithoutACrash gives every method every argument in
// every wrong form, one at a time.
func TestNonsenseIsRefusedWithoutACrash(t *testing.T) {
	t.Parallel()
	w := New(Options{NoLimits: true})
	w.AddPerson("alice", PersonOptions{}).Says("incidents", "hi")
	handler := w.Handler()
	incidents, _ := w.Channel("incidents")
	names := []string{
		"channel", "channel_id", "channels", "ts", "timestamp", "thread_ts", "text", "blocks", "attachments", "metadata", "users", "user",
		"name", "view", "view_id", "trigger_id", "user_id", "files", "limit", "cursor", "types", "post_at", "length", "usergroup", "email",
	}
	values := []any{nil, "", "x", -1, 1e300, true, []any{}, []any{nil, "x", object{}}, object{}, object{"type": "modal", "blocks": []any{1}}, "[", "{}", "[null]", w.BotUserID()}
	for method, m := range methods {
		for _, name := range names {
			for _, value := range values {
				args := object{"channel": incidents.ID, "text": "x", "ts": "1.1", name: value}
				if name == "channel" && strings.HasPrefix(method, "conversations.") {
					args["name"] = "other"
				}
				raw, err := json.Marshal(args)
				if err != nil {
					t.Fatal(err)
				}
				r := httptest.NewRequest(http.MethodPost, "/api/"+method, strings.NewReader(string(raw)))
				r.Header.Set("Content-Type", "application/json; charset=utf-8")
				token := w.BotToken()
				if m.app {
					token = w.AppToken()
				}
				r.Header.Set("Authorization", "Bearer "+token)
				answer := httptest.NewRecorder()
				handler.ServeHTTP(answer, r)
				var decoded struct {
					OK    *bool  `json:"ok"`
					Error string `json:"error"`
				}
				if err := json.Unmarshal(answer.Body.Bytes(), &decoded); err != nil || decoded.OK == nil || *decoded.OK == (decoded.Error != "") {
					t.Errorf("%s(%s) = %s", method, raw, answer.Body)
				}
			}
		}
	}
}
