package ntfysim

import (
	"net/http"
	"net/url"
)

// pipeURL is the address of a server that listens in memory only.
const pipeURL = "http://ntfy.localhost"

// URL is what a client puts into NTFY_URL, login included.
func (s *Sim) URL() string {
	u, err := url.Parse(s.Server.URL())
	if err != nil {
		panic("ntfysim: " + err.Error()) // an address of our making
	}
	switch {
	case s.options.Token != "":
		u.User = url.UserPassword("", s.options.Token)
	case s.options.User != "":
		u.User = url.UserPassword(s.options.User, s.options.Password)
	}
	return u.String()
}

// Handler serves the server without a listener.
func (s *Sim) Handler() http.Handler { return http.HandlerFunc(s.serve) }
