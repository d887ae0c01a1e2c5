package jira

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
)

// maxAnswer bounds an answer of Jira in bytes. A page of 100 issues with our fields
// stays below 1 MB.
const maxAnswer = 8 << 20

// gate is the only door to Jira's answers: it reads and closes every body, bounds it,
// and turns everything that is not a success into one of our errors.
type gate struct{ base http.RoundTripper }

// RoundTrip sends req. Answers outside 2xx become errors.
func (g *gate) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := g.base.RoundTrip(req)
	if err != nil {
		return nil, fmt.Errorf("reach jira: %w", err)
	}
	body, err := readAnswer(resp)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return nil, classify(resp.StatusCode, resp.Header, body)
	}
	if len(bytes.TrimSpace(body)) > 0 && !isJSON(resp.Header) {
		return nil, &Refused{Status: resp.StatusCode, Reasons: []string{
			"Jira answered with a web page instead of data. JIRA_URL probably leads to a login page or a proxy; set it to the address of Jira itself."}}
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	resp.ContentLength = int64(len(body))
	return resp, nil
}

func readAnswer(resp *http.Response) ([]byte, error) {
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return nil, fmt.Errorf("read jira answer: %w", err)
	}
	if len(body) > maxAnswer {
		return nil, fmt.Errorf("read jira answer: longer than %d bytes", maxAnswer)
	}
	return body, nil
}

func isJSON(h http.Header) bool {
	kind, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	return err == nil && (kind == "application/json" || strings.HasSuffix(kind, "+json"))
}
