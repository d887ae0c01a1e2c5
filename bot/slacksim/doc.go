// Package slacksim is a Slack workspace in memory that behaves like the real
// one and says no like it: the Web API, Socket Mode, response URLs and files
// towards an app, and people who type, click and read. It serves tests, inside
// synctest bubbles over in-memory connections, and the demo over TCP.
//
// Before changing it: what Slack is known to do comes first. Every answer and
// error has to occur in Slack's own method definitions or recorded traffic,
// and what Slack was never seen doing belongs behind a knob in Chaos or Options.
package slacksim
