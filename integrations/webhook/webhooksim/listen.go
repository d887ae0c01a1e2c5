package webhooksim

// pipeURL is the address, encrypted by name only, of a server that listens in memory only.
const pipeURL = "https://hook.localhost"

// URL is the receiver's address, with the path /hook.
func (s *Sim) URL() string { return s.Server.URL() + "/hook" }
