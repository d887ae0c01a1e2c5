// Command tocsin is the incident response bot: one program that serves Slack,
// shows itself off without credentials, and looks after its database.
//
// The one thing to know before changing it: this package wires and holds no
// rules. What happens in an incident is in package incident; what follows from
// it is one table here.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := execute(ctx, os.Args[1:], streams{os.Stdout, os.Stderr}, os.LookupEnv)
	stop()
	os.Exit(code)
}
