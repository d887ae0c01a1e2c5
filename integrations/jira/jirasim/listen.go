package jirasim

import "cmp"

// pipeURL is the address of a site that listens in memory only.
const pipeURL = "http://jira.localhost"

// URL returns the address of the site: Options.URL, else where it listens.
func (s *Sim) URL() string { return cmp.Or(s.options.URL, s.Server.URL()) }

// Close stops listening, cuts what is open and gives up webhooks that were not taken
// yet. It waits until nobody is let in any more and no webhook is under way. Twice is
// the same as once.
func (s *Sim) Close() {
	s.mu.Lock()
	s.out.closed, s.out.queue = true, nil
	stop := s.out.stop
	s.mu.Unlock()
	if stop != nil {
		stop()
	}
	s.Server.Close()
	s.out.done.Wait()
}
