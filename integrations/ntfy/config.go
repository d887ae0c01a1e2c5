// Package ntfy reaches people by push messages: it publishes pages to an ntfy server,
// whose apps show them with buttons.
//
// A topic is all it takes to read along, so topics of people are secrets as good as
// their access rules on the server. Before changing what is sent, know that servers
// before 2.16 ignore sequence_id and show a repeated message twice, and that what is
// too large for a push service is cut by it without a word.
package ntfy

import (
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"strings"

	"github.com/tocsinhq/tocsin/integrations/secret"
)

// Secret is text that is never printed: every format shows ***.
type Secret = secret.Text

// Config says which ntfy server takes our messages. The zero value means that push is
// off.
type Config struct {
	// URL is the server, as https://ntfy.example.com. An access token goes before the
	// host, as https://:tk_…@ntfy.example.com; a user and password likewise.
	URL Secret
}

// Enabled reports whether push is configured at all.
func (c Config) Enabled() bool { return c.URL != "" }

// Validate returns every mistake of c as a sentence, none when c can be used or is
// off. No sentence shows the URL, since it may hold a token.
func (c Config) Validate() []string {
	if !c.Enabled() {
		return nil
	}
	if _, err := parseServer(c.URL.Reveal()); err != nil {
		return []string{err.Error()}
	}
	return nil
}

// server is an ntfy server as its URL describes it.
type server struct {
	url            string // with a slash at the end, without login
	host           string
	user, password string // the password may be a token
}

func parseServer(text string) (server, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http":
		return server{}, fmt.Errorf("NTFY_URL is not a web address; write https://ntfy.example.com, or https://:token@ntfy.example.com.")
	case u.RawQuery != "" || u.Fragment != "":
		return server{}, fmt.Errorf("NTFY_URL has something after ? or #; end it with the path.")
	case strings.Trim(u.Path, "/") != "":
		return server{}, fmt.Errorf("NTFY_URL has a path; give the server alone, and the topic as the person's address.")
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return server{}, fmt.Errorf("NTFY_URL is not encrypted, so pages and their links could be read on the way; use https.")
	}
	s := server{host: u.Hostname(), user: u.User.Username(), url: u.Scheme + "://" + u.Host + "/"}
	s.password, _ = u.User.Password()
	if strings.HasPrefix(s.user, "tk_") && s.password == "" {
		s.user, s.password = "", s.user
	}
	if s.user != "" && s.password == "" {
		return server{}, fmt.Errorf("NTFY_URL has a user without a password; write https://user:password@host, or https://:token@host.")
	}
	return s, nil
}

// isLoopback reports whether a host can only be this machine (RFC 6761 keeps the
// names under localhost here).
func isLoopback(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.IsLoopback()
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// topicForm is what the server takes for a topic and for a sequence id.
var topicForm = regexp.MustCompile(`^[-_A-Za-z0-9]{1,64}$`)
