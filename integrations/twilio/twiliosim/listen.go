package twiliosim

// pipeURL is the address of an account that listens in memory only.
const pipeURL = "http://twilio.localhost"

// Close hangs up, stops listening and gives up callbacks that were not taken yet. It
// waits until nobody is let in any more and all of them have ended. Twice is the same
// as once.
func (s *Sim) Close() {
	s.stop()
	s.Server.Close()
	s.work.Wait()
}
