package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// Where the simulated world is kept, in the demo's folder.
const (
	slackFile  = "slack.json"
	jiraFile   = "jira.json"
	phonesFile = "phones.json"
)

// load reads what an earlier demo left; false when there is nothing.
func (d *demo) load(name string, read func(io.Reader) error) (bool, error) {
	f, err := os.Open(filepath.Join(d.folder, name))
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read what the last demo left: %w", err)
	}
	defer func() { _ = f.Close() }() // only read from
	if err := read(f); err != nil {
		return false, fmt.Errorf("what the last demo left in %s cannot be read; start with --fresh: %w", f.Name(), err)
	}
	return true, nil
}

func (d *demo) save() error {
	return errors.Join(
		d.saveFile(slackFile, d.slack.Save), d.saveFile(jiraFile, d.jira.Save), d.saveFile(phonesFile, d.others.save(d.server.base)),
	)
}

// saveFile writes beside the file and then puts it in place, so that a demo that
// is killed leaves the old or the new state.
func (d *demo) saveFile(name string, write func(io.Writer) error) error {
	f, err := os.OpenFile(filepath.Join(d.folder, name+".new"), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("save %s: %w", name, err)
	}
	err = errors.Join(write(f), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(d.folder, name))
	}
	if err != nil {
		return fmt.Errorf("save %s: %w", name, errors.Join(err, os.Remove(f.Name())))
	}
	return nil
}

// forget removes what the simulated world of earlier demos left.
func (d *demo) forget() error {
	for _, name := range []string{slackFile, jiraFile, phonesFile} {
		if err := os.RemoveAll(filepath.Join(d.folder, name)); err != nil {
			return fmt.Errorf("forget earlier demos: %w", err)
		}
	}
	return nil
}

// keep saves the simulated world a moment after it changes.
func (d *demo) keep(ctx context.Context) error {
	changes, cancel := d.slack.Subscribe()
	defer cancel()
	moves, cancel := d.jira.Subscribe()
	defer cancel()
	rings, cancel := d.others.twilio.Watch()
	defer cancel()
	mails, cancel := d.others.mail.Watch()
	defer cancel()
	pushes, cancel := d.others.ntfy.Watch()
	defer cancel()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-changes:
		case <-moves:
		case <-rings:
		case <-mails:
		case <-pushes:
		}
		pause(ctx, time.Second)
		if err := d.save(); err != nil {
			return err
		}
	}
}

// keptPhones are the telephones, mailboxes and push messages of a demo, each as its
// simulator writes them, and the address at which that demo was reached.
type keptPhones struct {
	Address              string
	Twilio, Mail, Pushes json.RawMessage
}

// save writes what is on the phones and in the mailboxes of a demo at an address.
func (s *simulated) save(address string) func(io.Writer) error {
	return func(out io.Writer) error {
		var texts, mails, pushes bytes.Buffer
		if err := errors.Join(s.twilio.Save(&texts), s.mail.Save(&mails), s.ntfy.Save(&pushes)); err != nil {
			return err
		}
		return json.NewEncoder(out).Encode(keptPhones{address, texts.Bytes(), mails.Bytes(), pushes.Bytes()})
	}
}

// load reads what save wrote. Links and callbacks that lead to the address of the demo
// that wrote it lead to address from now on: the port may be another each time.
func (s *simulated) load(address string) func(io.Reader) error {
	return func(in io.Reader) error {
		raw, err := io.ReadAll(in)
		if err != nil {
			return err
		}
		var kept keptPhones
		if err := json.Unmarshal(raw, &kept); err != nil {
			return err
		}
		if kept.Address == "" {
			return errors.New("it does not say where the demo was reached")
		}
		part := func(raw json.RawMessage) io.Reader {
			return bytes.NewReader(bytes.ReplaceAll(raw, []byte(kept.Address+"/"), []byte(address+"/")))
		}
		if err := s.twilio.Load(part(kept.Twilio)); err != nil {
			return err
		}
		if err := s.mail.Load(part(kept.Mail)); err != nil {
			return err
		}
		return s.ntfy.Load(part(kept.Pushes))
	}
}
