package bot

import "time"

func (s *socketState) begin() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open = map[*connection]struct{}{}
	s.heard = time.Now()
}

func (s *socketState) hear(at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heard = at
}

func (s *socketState) add(c *connection) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open[c] = struct{}{}
}

func (s *socketState) remove(c *connection) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, c)
}

// other is an open connection that is not c, nil when there is none.
func (s *socketState) other(c *connection) *connection {
	s.mu.Lock()
	defer s.mu.Unlock()
	for o := range s.open {
		if o != c {
			return o
		}
	}
	return nil
}

func (s *socketState) countReconnect() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reconnects++
}

func (s *socketState) countShed() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shed++
}
