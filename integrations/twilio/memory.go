package twilio

import "sync"

// remembered bounds the memory: about 100 bytes each.
const remembered = 10_000

// memory is what this process knows of its latest messages, oldest forgotten first. A
// restart forgets all of it, and other replicas do not share it: it saves questions to
// Twilio, and nothing depends on it but what find.go says.
type memory struct {
	mu    sync.Mutex
	sids  map[string]string // by key; empty while the outcome is not known
	keys  map[string]string // by SID
	order []string          // keys
}

// begin notes that a message is about to be sent.
func (m *memory) begin(key string) { m.learn(key, "") }

// learn notes which message of Twilio's is ours.
func (m *memory) learn(key, sid string) {
	if key == "" {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.sids == nil {
		m.sids, m.keys = map[string]string{}, map[string]string{}
	}
	old, known := m.sids[key]
	switch {
	case !known:
		m.order = append(m.order, key)
	case sid == "" || sid == old:
		return
	}
	m.sids[key] = sid
	if sid != "" {
		m.keys[sid] = key
	}
	if len(m.order) > remembered {
		oldest := m.order[0]
		m.order = m.order[1:]
		delete(m.keys, m.sids[oldest])
		delete(m.sids, oldest)
	}
}

// forget takes back begin: the message was certainly not sent.
func (m *memory) forget(key string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if sid, ok := m.sids[key]; ok && sid == "" {
		delete(m.sids, key)
		for i, k := range m.order {
			if k == key {
				m.order = append(m.order[:i:i], m.order[i+1:]...)
				break
			}
		}
	}
}

// recall returns the message of a key. began says that it was at least tried.
func (m *memory) recall(key string) (sid string, began bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	sid, began = m.sids[key]
	return sid, began
}

// owner returns the key of a message, empty when it is not known.
func (m *memory) owner(sid string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.keys[sid]
}
