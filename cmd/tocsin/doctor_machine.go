package main

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// examineMachine looks at what the machine must have.
func (p *process) examineMachine() []finding {
	return []finding{examineZones(time.LoadLocation), p.examineFolder()}
}

// zonesToTry have changed their clocks in ways that a stale or partial copy of the
// time zone database does not know.
var zonesToTry = []string{"Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"}

func examineZones(load func(string) (*time.Location, error)) finding {
	for _, name := range zonesToTry {
		if _, err := load(name); err != nil {
			return finding{markWrong, "machine", "The time zone " + name + " is not known here.", "Times that people give in their own zone are refused.",
				"Install the package tzdata."}
		}
	}
	return fine("machine", "Time zones are known.")
}

// examineFolder writes a file into the data folder, or into the nearest folder above
// it that exists, and removes it again.
func (p *process) examineFolder() finding {
	folder := p.config.DataFolder(p.env)
	existing := folder
	for {
		if _, err := os.Stat(existing); !errors.Is(err, os.ErrNotExist) || existing == filepath.Dir(existing) {
			break
		}
		existing = filepath.Dir(existing)
	}
	f, err := os.CreateTemp(existing, "tocsin-doctor-*")
	if err == nil {
		err = errors.Join(f.Close(), os.Remove(f.Name()))
	}
	if err == nil {
		return fine("machine", "The data folder %s can be written to.", folder)
	}
	bad := finding{markWrong, "machine", "The data folder " + folder + " cannot be written to (" + causeOf(err) + ").", "The private Postgres cannot start.",
		"Set TOCSIN_DATA_DIR to a folder that this user owns, or DATABASE_URL to a Postgres."}
	if p.config.DatabaseURL != "" {
		bad.Mark, bad.Meaning = markWarning, "Nothing today, since DATABASE_URL is set; caches go there."
	}
	return bad
}

// causeOf leaves out the name of the file that was only tried.
func causeOf(err error) string {
	if failed, ok := errors.AsType[*os.PathError](err); ok {
		return failed.Err.Error()
	}
	return err.Error()
}

// examineHTTP tells whether the address is free, or taken by a Tocsin that runs.
func (p *process) examineHTTP(ctx context.Context) (found []finding, serving bool) {
	addr := p.config.HTTPAddr
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", addr)
	if err == nil {
		if err := listener.Close(); err != nil {
			p.log.WarnContext(ctx, "listener not closed", "error", err)
		}
		return []finding{fine("HTTP", "The address %s is free.", addr)}, false
	}
	base := (&Config{}).PublicBase(addr)
	if text, status := get(ctx, base+"/healthz"); status != http.StatusOK || strings.TrimSpace(text) != "alive" {
		return []finding{{markWrong, "HTTP", "The address " + addr + " cannot be listened at (" + listenCause(err) + "), and it is not Tocsin that answers there.",
			"Tocsin does not start.", "Stop what uses it, or set TOCSIN_HTTP_ADDR to another one."}}, false
	}
	found = []finding{fine("HTTP", "A Tocsin runs here already, at %s.", addr)}
	if text, status := get(ctx, base+"/readyz"); status != http.StatusOK {
		found = append(found, finding{markWrong, "HTTP", "The Tocsin that runs here is not ready: " + strings.Join(strings.Fields(text), " ") + ".",
			"It may not hear Slack, or not reach its database.", "The reasons stand in its answer; its log says more."})
	}
	return found, true
}

func listenCause(err error) string {
	if failed, ok := errors.AsType[*net.OpError](err); ok {
		return failed.Err.Error()
	}
	return err.Error()
}

// get returns the first 4 KiB of a page and its status; 0 when there is no answer.
func get(ctx context.Context, page string) (text string, status int) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, page, nil)
	if err != nil {
		return "", 0
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", 0
	}
	defer func() { _ = response.Body.Close() }() // only read from
	body, err := io.ReadAll(io.LimitReader(response.Body, 4<<10))
	if err != nil {
		return "", 0
	}
	return string(body), response.StatusCode
}

// examinePublicURL looks at the form alone: whether others reach it, they can tell.
func (p *process) examinePublicURL() finding {
	base := p.config.PublicBase(p.config.HTTPAddr)
	u, err := url.Parse(base)
	switch {
	case err != nil:
		return finding{markWrong, "HTTP", "The public URL " + base + " cannot be read.", "Links in Slack lead nowhere.", "Set TOCSIN_PUBLIC_URL."}
	case loopback(u.Hostname()):
		return finding{markWarning, "HTTP", "The public URL is " + base + ", which only this machine reaches.", "Links to postmortems open for nobody else, and Jira's webhooks do not arrive.",
			"Set TOCSIN_PUBLIC_URL to the address that others use, and TOCSIN_HTTP_ADDR so that it gets here."}
	case u.Scheme != "https":
		return finding{markWarning, "HTTP", "The public URL " + base + " is not encrypted.", "Whoever is on the way can read postmortems.", "Put a proxy with a certificate before Tocsin and set TOCSIN_PUBLIC_URL to its https address."}
	}
	return fine("HTTP", "Links lead to %s.", base)
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
