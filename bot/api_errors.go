package bot

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"
)

// What is called beside the methods of the Web API.
const (
	methodRespond  = "response_url"
	methodDownload = "file download"
)

// RateLimited says that a call was not made, or was refused, because of Slack's
// rates. Trying again before RetryAfter is over is pointless.
type RateLimited struct {
	Method     string
	RetryAfter time.Duration
}

// Error names the method and the wait.
func (e *RateLimited) Error() string {
	return fmt.Sprintf("slack %s: rate limited, retry after %v", e.Method, e.RetryAfter.Round(time.Millisecond))
}

// Gone says that a call cannot succeed however often it is tried, until a person
// changes something.
type Gone struct {
	Method   string
	Code     string // Slack's own word, e.g. is_archived
	Sentence string // for people: what is wrong and what to do
	Detail   string // for the log: what Slack says about the arguments; may be empty
}

// Error is for the log; show people the sentence.
func (e *Gone) Error() string {
	if e.Detail == "" {
		return "slack " + e.Method + ": " + e.Code
	}
	return "slack " + e.Method + ": " + e.Code + " (" + e.Detail + ")"
}

// isGone reports whether err is *Gone with one of the codes.
func isGone(err error, codes ...string) bool {
	gone, ok := errors.AsType[*Gone](err)
	return ok && slices.Contains(codes, gone.Code)
}

// sortError turns what slack-go returns into nil, *RateLimited, *Gone, or an
// error after which trying again makes sense.
func sortError(method string, err error) error {
	if err == nil {
		return nil
	}
	if limited, ok := errors.AsType[*slack.RateLimitedError](err); ok {
		return &RateLimited{Method: method, RetryAfter: max(limited.RetryAfter, time.Second)}
	}
	if said, ok := errors.AsType[slack.SlackErrorResponse](err); ok {
		return sortCode(method, said)
	}
	if status, ok := errors.AsType[slack.StatusCodeError](err); ok {
		return sortStatus(method, status)
	}
	if sentence, ok := goneSentences[err.Error()]; ok && method == methodRespond { // it answers in plain text
		return &Gone{Method: method, Code: err.Error(), Sentence: sentence}
	}
	if failed, ok := errors.AsType[*url.Error](err); ok {
		err = failed.Err // the URL can be a secret
	}
	return wrapCall(method, err)
}

// sortStatus knows that a response URL which is used up answers with 404 or the
// like; a method answers with 429 or, in trouble, with 5xx.
func sortStatus(method string, status slack.StatusCodeError) error {
	switch {
	case status.Code == 429:
		return &RateLimited{Method: method, RetryAfter: unstatedPause}
	case method == methodRespond && status.Code >= 400 && status.Code < 500:
		return &Gone{Method: method, Code: "expired_url", Sentence: goneSentences["expired_url"], Detail: status.Error()}
	}
	return wrapCall(method, status)
}

func sortCode(method string, said slack.SlackErrorResponse) error {
	switch {
	case alreadySo[said.Err], said.Err == "message_not_found" && takesAway[method]:
		return nil
	case limitCodes[said.Err]:
		return &RateLimited{Method: method, RetryAfter: unstatedPause}
	}
	if sentence, ok := goneSentences[said.Err]; ok {
		if said.Err == "missing_scope" {
			sentence = fmt.Sprintf(sentence, cmp.Or(said.Needed, "for "+method))
		}
		return &Gone{Method: method, Code: said.Err, Sentence: sentence, Detail: detail(said)}
	}
	return wrapCall(method, said)
}

func detail(said slack.SlackErrorResponse) string {
	messages := said.ResponseMetadata.Messages
	for _, e := range said.Errors {
		if e.Message != nil && len(said.ResponseMetadata.Messages) == 0 {
			messages = append(messages, *e.Message)
		}
	}
	return strings.Join(messages, "; ")
}

// alreadySo are errors which say that what was asked for is the case.
var alreadySo = map[string]bool{
	"already_archived": true, "already_in_channel": true, "already_pinned": true, "already_reacted": true,
	"no_pin": true, "not_pinned": true, "no_reaction": true,
}

// takesAway are the methods that want nothing more of a message that is gone.
var takesAway = map[string]bool{"chat.delete": true, "pins.remove": true}

// limitCodes are refusals for rate that come with status 200.
var limitCodes = map[string]bool{
	"ratelimited": true, "rate_limited": true, "too_many_requests": true, "message_limit_exceeded": true,
}

// passingCodes are trouble on Slack's side that ends by itself. A code in no
// table is treated likewise: losing a call is worse than one too many. The list
// is for the test that wants every known code judged.
var passingCodes = map[string]bool{
	"internal_error": true, "fatal_error": true, "service_unavailable": true, "request_timeout": true, "team_added_to_org": true,
	"org_login_required": true, "external_channel_migrating": true, "fetch_members_failed": true, "update_failed": true,
	"unable_to_share_files": true, "streaming_state_conflict": true, "list_record_comment_fetch_failed": true, "invalid_cursor": true,
}
