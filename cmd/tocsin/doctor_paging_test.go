package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/tocsinhq/tocsin/integrations/email/mailsim"
	"github.com/tocsinhq/tocsin/integrations/ntfy/ntfysim"
	"github.com/tocsinhq/tocsin/integrations/twilio/twiliosim"
)

// pager is a patient who pages by every method, and is watched.
type pager struct {
	*patient
	twilio *twiliosim.Sim
	mail   *mailsim.Sim
	ntfy   *ntfysim.Sim
}

func newPager(t *testing.T) *pager {
	t.Helper()
	p := &pager{newPatient(t), twiliosim.New(twiliosim.Options{}), mailsim.New(mailsim.Options{}), ntfysim.New(ntfysim.Options{})}
	p.listen(p.twilio, p.mail, p.ntfy)
	for name, value := range map[string]string{
		"TWILIO_ACCOUNT_SID": twiliosim.DefaultAccountSID, "TWILIO_AUTH_TOKEN": twiliosim.DefaultAuthToken, "TWILIO_FROM": twiliosim.DefaultNumber,
		"TWILIO_API_URL": strings.TrimRight(p.twilio.URL(), "/") + "/", "SMTP_URL": p.mail.URL(), "MAIL_FROM": "tocsin@example.com", "NTFY_URL": p.ntfy.URL(),
		"TOCSIN_WEBHOOK_SECRET": "0123456789abcdef0123456789abcdef", "TOCSIN_CANARY_TO": "C0CANARY", "TOCSIN_DEADMAN_URL": "https://watch.example.com/ping/secret",
	} {
		p.env[name] = value
	}
	return p
}

func (p *pager) organised() {
	p.t.Helper()
	if out, errs, code := run(p.t, p.env, "apply", "-f", exampleOrganisation); code != exitOK {
		p.t.Fatalf("exit code %d\n%s%s", code, out, errs)
	}
}

// about is what a diagnosis says of paging, under some marks.
func about(d diagnosis, marks ...mark) (said []string) {
	for _, f := range d.Findings {
		if f.Area == "paging" && slices.Contains(marks, f.Mark) {
			said = append(said, f.Text)
		}
	}
	return said
}

func TestDoctorFindsNothingWrongWithSoundPaging(t *testing.T) {
	t.Parallel()
	p := newPager(t)
	said := about(p.isSound(), markOK)
	for _, want := range []string{"Twilio knows the account", "The mail server at 127.0.0.1:", "The ntfy server at 127.0.0.1:", "https://tocsin.example.com/callbacks/twilio/sms", "A canary every 5m"} {
		if !strings.Contains(strings.Join(said, "\n"), want) {
			t.Errorf("it does not say %q:\n%s", want, strings.Join(said, "\n"))
		}
	}
	if requests := p.twilio.Requests(); len(requests) != 1 {
		t.Errorf("Twilio was asked %d times, want once and for the account alone: %+v", len(requests), requests)
	}
}

func TestDoctorSaysOnceAWayThatLinksAreMissing(t *testing.T) {
	t.Parallel()
	p := newPager(t)
	delete(p.env, "TOCSIN_PUBLIC_URL")
	for _, name := range []string{"TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_FROM", "NTFY_URL", "TOCSIN_WEBHOOK_SECRET"} {
		delete(p.env, name)
	}
	d, _ := p.see()
	said := about(d, markWarning, markWrong)
	if want := []string{"TOCSIN_PUBLIC_URL is not set, so e-mail has no links to answer with."}; !slices.Equal(said, want) {
		t.Errorf("with e-mail alone it warns %q, want %q", said, want)
	}
}

func TestDoctorNamesWhatIsBrokenInPaging(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		breaks func(*pager)
		mark   mark
		says   string
	}{
		"wrong token":          {func(p *pager) { p.env["TWILIO_AUTH_TOKEN"] = "not-the-token-of-this-account-00" }, markWrong, "Twilio: "},
		"Twilio down":          {func(p *pager) { p.twilio.Close() }, markWrong, "Twilio: "},
		"mail server down":     {func(p *pager) { p.mail.Close() }, markWrong, "The mail server at"},
		"ntfy down":            {func(p *pager) { p.ntfy.Close() }, markWrong, "The ntfy server at"},
		"private address":      {func(p *pager) { p.env["TOCSIN_PUBLIC_URL"] = "https://10.1.2.3" }, markWarning, "which Twilio does not reach"},
		"mail without links":   {func(p *pager) { delete(p.env, "TOCSIN_PUBLIC_URL") }, markWarning, "TOCSIN_PUBLIC_URL is not set, so e-mail has no links to answer with."},
		"push without buttons": {func(p *pager) { delete(p.env, "TOCSIN_PUBLIC_URL") }, markWarning, "TOCSIN_PUBLIC_URL is not set, so push messages have no buttons."},
		"webhooks, no actions": {func(p *pager) { delete(p.env, "TOCSIN_PUBLIC_URL") }, markWarning, "TOCSIN_PUBLIC_URL is not set, so webhooks carry no actions."},
		"Twilio, no address":   {func(p *pager) { delete(p.env, "TOCSIN_PUBLIC_URL") }, markWarning, "which Twilio does not reach"},
		"texts only":           {func(p *pager) { p.env["TWILIO_FROM"] = "MG0123456789abcdef0123456789abcdef" }, markWarning, "no number that calls can come from"},
		"no canary":            {func(p *pager) { delete(p.env, "TOCSIN_CANARY_TO"); delete(p.env, "TOCSIN_DEADMAN_URL") }, markWarning, "There is no canary."},
		"no dead man":          {func(p *pager) { delete(p.env, "TOCSIN_DEADMAN_URL") }, markWarning, "There is no dead-man's switch."},
		"Slack alone":          {func(p *pager) { p.organised() }, markWarning, "Reached by Slack alone: dave."},
		"unverified number": {func(p *pager) {
			p.organised()
			p.sql(`UPDATE contact_method SET verified_at = NULL WHERE person = 'U02ALICE01'`)
		}, markWarning, "Reached by Slack alone: alice, dave."},
		"service for nobody": {func(p *pager) {
			p.sql(`INSERT INTO person (id, handle, name, zone) VALUES ('U1', 'ann', 'Ann', 'UTC')`)
			p.sql(`INSERT INTO service (id, definition) VALUES ('orphan', '{}')`)
		},
			markWrong, "Nobody can be paged for the service orphan."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPager(t)
			c.breaks(p)
			p.has(c.mark, "paging", c.says)
		})
	}
}
