package ntfysim

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
)

// PressInBrowser presses the button with this label in ntfy's web app, which was opened
// from origin, such as https://ntfy.example: by a fetch, to which the browser holds the
// rules for requests across origins. Without the other side's leave the app shows a
// failure, even where the request has been answered. Like the app's service worker it
// clears the notification either way when the button says so.
func (s *Sim) PressInBrowser(ctx context.Context, client *http.Client, origin, id, label string) (said string, err error) {
	b, err := s.button(id, label)
	if err != nil {
		return "", err
	}
	if b.Clear {
		defer s.clear(id)
	}
	if b.Method == "" {
		b.Method = http.MethodPost
	}
	if !b.isSimple() {
		answer, _, err := b.fetch(ctx, client, origin, http.MethodOptions)
		if err != nil {
			return "", fmt.Errorf("press %s: %w", label, err)
		}
		if answer.StatusCode < 200 || answer.StatusCode > 299 || !b.allowedBy(answer.Header) {
			return "", fmt.Errorf("press %s: the app shows a failure: the preflight says %d %v", label, answer.StatusCode, answer.Header)
		}
	}
	answer, text, err := b.fetch(ctx, client, origin, b.Method)
	switch {
	case err != nil:
		return "", fmt.Errorf("press %s: %w", label, err)
	case answer.StatusCode < 200 || answer.StatusCode > 299:
		return text, fmt.Errorf("press %s: the app shows a failure (%d): %s", label, answer.StatusCode, text)
	}
	return strings.TrimSpace(text), nil
}

// errKept is what a script gets in place of an answer that was not meant for it.
var errKept = errors.New("failed to fetch: the browser keeps the answer from the app")

// fetch makes one request as a browser does for a script of another site.
func (b Button) fetch(ctx context.Context, client *http.Client, origin, method string) (*http.Response, string, error) {
	r, err := http.NewRequestWithContext(ctx, method, b.URL, strings.NewReader(b.Body))
	if err != nil {
		return nil, "", err
	}
	if method == http.MethodOptions {
		r.Body, r.ContentLength = http.NoBody, 0
		r.Header.Set("Access-Control-Request-Method", b.Method)
		r.Header.Set("Access-Control-Request-Headers", strings.ToLower(strings.Join(b.names(), ",")))
	} else {
		for name, value := range b.Headers {
			r.Header.Set(name, value)
		}
	}
	for name, value := range map[string]string{"Accept": "*/*", "Origin": origin, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"} {
		r.Header.Set(name, value)
	}
	answer, err := client.Do(r)
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = answer.Body.Close() }() // read as far as it matters
	text, err := io.ReadAll(io.LimitReader(answer.Body, 1<<16))
	if allowed := answer.Header.Get("Access-Control-Allow-Origin"); err == nil && allowed != "*" && allowed != origin {
		err = errKept
	}
	return answer, string(text), err
}

// isSimple reports whether a browser asks for no leave before it sends the request.
func (b Button) isSimple() bool {
	return slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodPost}, b.Method) && len(b.Headers) == 0
}

func (b Button) names() []string {
	var names []string
	for name := range b.Headers {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// allowedBy reports whether a preflight's answer allows the method and every header; the
// star stands for all headers but Authorization.
func (b Button) allowedBy(h http.Header) bool {
	list := func(name string) []string {
		return strings.FieldsFunc(strings.ToLower(h.Get(name)), func(r rune) bool { return r == ',' || r == ' ' })
	}
	methods, headers := list("Access-Control-Allow-Methods"), list("Access-Control-Allow-Headers")
	if b.Method != http.MethodPost && !slices.Contains(methods, strings.ToLower(b.Method)) && !slices.Contains(methods, "*") {
		return false
	}
	return !slices.ContainsFunc(b.names(), func(name string) bool {
		name = strings.ToLower(name)
		return !slices.Contains(headers, name) && (name == "authorization" || !slices.Contains(headers, "*"))
	})
}
