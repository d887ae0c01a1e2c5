package page

import (
	"fmt"
	"net/http"
	"time"
)

const (
	// calm is the least time between two changes told to one browser: it reads
	// the whole state after each.
	calm = 40 * time.Millisecond
	// heartbeat finds out that a browser is gone.
	heartbeat = 15 * time.Second
)

// events tells a browser, as server-sent events, that the workspace changed.
// Changes that come close together are told once.
func (p *page) events(w http.ResponseWriter, r *http.Request) {
	control := http.NewResponseController(w)
	// The stream outlives any deadline for answers; a connection that has none
	// cannot set one either.
	_ = control.SetWriteDeadline(time.Time{})
	changes, stop := p.Workspace.Subscribe()
	defer stop()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	line := "retry: 1000\nevent: hello\ndata: {}\n\n"
	for {
		if _, err := fmt.Fprint(w, line); err != nil || control.Flush() != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-p.Closing:
			return
		case <-beat.C:
			line = ": still here\n\n"
		case change := <-changes:
			line = fmt.Sprintf("event: change\ndata: {\"version\":%d}\n\n", change.Version)
			if !pause(r, calm) {
				return
			}
		}
	}
}

// pause waits; false when the browser left meanwhile.
func pause(r *http.Request, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	}
}
