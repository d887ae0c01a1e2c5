package twiliosim

// Watch returns a channel that gets a word after every change of a text, a call or who
// has opted out, and what ends that. Words that nobody takes are not piled up.
func (s *Sim) Watch() (changed <-chan struct{}, stop func()) {
	c := make(chan struct{}, 1)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watchers[c] = true
	return c, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.watchers, c)
	}
}

// changed wakes the watchers. It expects s.mu to be held.
func (s *Sim) changed() {
	for c := range s.watchers {
		select {
		case c <- struct{}{}:
		default: // one is waiting already
		}
	}
}
