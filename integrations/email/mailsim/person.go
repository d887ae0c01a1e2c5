package mailsim

import (
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// Scan does to every link of a mail what mail scanners and previews do before a person
// sees it: asks for it by HEAD and by GET, twice, and never by POST. It returns the
// statuses of the answers.
func (m Mail) Scan(ctx context.Context, client *http.Client) ([]int, error) {
	var statuses []int
	for _, link := range m.Links() {
		for _, method := range []string{http.MethodHead, http.MethodGet, http.MethodGet} {
			answer, _, err := call(ctx, client, method, link, nil)
			if err != nil {
				return statuses, err
			}
			statuses = append(statuses, answer.StatusCode)
		}
	}
	return statuses, nil
}

var (
	form     = regexp.MustCompile(`(?s)<form\b([^>]*)>(.*?)</form>`)
	action   = regexp.MustCompile(`\baction="([^"]*)"`)
	sentence = regexp.MustCompile(`(?s)<p id="sentence"[^>]*>(.*?)</p>`)
)

// Press follows the link with this label as a person does: opens the page, reads it and
// presses its one button. It returns the sentence that the page ends with.
func (m Mail) Press(ctx context.Context, client *http.Client, label string) (string, error) {
	link := m.Link(label)
	if link == "" {
		return "", fmt.Errorf("the mail has no link %q; it has %q", label, m.Labels())
	}
	answer, page, err := call(ctx, client, http.MethodGet, link, nil)
	if err != nil {
		return "", err
	}
	forms := form.FindAllStringSubmatch(page, -1)
	if len(forms) == 0 {
		return said(page), fmt.Errorf("the page behind %q has no button (%d): %s", label, answer.StatusCode, said(page))
	}
	if len(forms) > 1 || !strings.Contains(forms[0][1], `method="post"`) || strings.Count(forms[0][2], "<button") != 1 {
		return "", errors.New("the page asks for more than one press")
	}
	target := answer.Request.URL
	if a := action.FindStringSubmatch(forms[0][1]); a != nil {
		if target, err = target.Parse(html.UnescapeString(a[1])); err != nil {
			return "", fmt.Errorf("read the form's address: %w", err)
		}
	}
	answer, page, err = call(ctx, client, http.MethodPost, target.String(), url.Values{})
	if err != nil {
		return "", err
	}
	if answer.StatusCode != http.StatusOK {
		return said(page), fmt.Errorf("the button answers %d: %s", answer.StatusCode, said(page))
	}
	return said(page), nil
}

func said(page string) string {
	if m := sentence.FindStringSubmatch(page); m != nil {
		return html.UnescapeString(strings.TrimSpace(m[1]))
	}
	return ""
}

// call makes one request as a browser does.
func call(ctx context.Context, client *http.Client, method, link string, fields url.Values) (*http.Response, string, error) {
	var body io.Reader
	if fields != nil {
		body = strings.NewReader(fields.Encode())
	}
	r, err := http.NewRequestWithContext(ctx, method, link, body)
	if err != nil {
		return nil, "", fmt.Errorf("follow link: %w", err)
	}
	r.Header.Set("Accept", "text/html,application/xhtml+xml")
	if fields != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	answer, err := client.Do(r)
	if err != nil {
		return nil, "", fmt.Errorf("follow link: %w", err)
	}
	defer func() { _ = answer.Body.Close() }() // read to its end
	text, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	if err != nil {
		return nil, "", fmt.Errorf("read page: %w", err)
	}
	return answer, string(text), nil
}
