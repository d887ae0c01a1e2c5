package organisation

import (
	"fmt"
	"net/url"
	"regexp"

	"github.com/tocsinhq/tocsin/incident/paging"
)

var contactKeys = []string{"sms", "voice", "email", "push", "webhook"}

// values are the fields in the order of contactKeys.
func (c Contact) values() []string { return []string{c.SMS, c.Voice, c.Email, c.Push, c.Webhook} }

// parts is the method and the address of a contact that was checked.
func (c Contact) parts() (method, address string) {
	for i, value := range c.values() {
		if value != "" {
			return contactKeys[i], value
		}
	}
	return "", ""
}

// contactOf is the contact of a method and an address; of no method that the
// file knows it is empty.
func contactOf(method, address string) (c Contact) {
	switch method {
	case "sms":
		c.SMS = address
	case "voice":
		c.Voice = address
	case "email":
		c.Email = address
	case "push":
		c.Push = address
	case "webhook":
		c.Webhook = address
	}
	return c
}

func (c *checker) people() {
	members, addresses := map[string]string{}, map[string]string{}
	for _, handle := range sortedNames(c.doc.People) {
		p, at := c.doc.People[handle], "people."+handle
		c.formOf(at+".zone", p.Zone, zoneForm)
		c.formOf(at+".slack", p.Slack, memberForm)
		c.once(at+".slack", p.Slack, handle, "Slack member", members)
		c.contacts(at, handle, p.Contact, addresses)
	}
}

// contacts checks one person's ways. addresses says whose each address is: who
// answers is known by it.
func (c *checker) contacts(at, handle string, all []Contact, addresses map[string]string) {
	seen := map[Contact]bool{}
	for i, contact := range all {
		path := fmt.Sprintf("%s.contact[%d]", at, i+1)
		if !c.oneOf(path, setFields(contactKeys, contact.values()), contactKeys) {
			continue
		}
		method, address := contact.parts()
		c.form(path+"."+method, contactForm(method, address))
		contact = contact.canonical()
		_, address = contact.parts()
		c.once(path+"."+method, address, handle, "address", addresses)
		if seen[contact] {
			c.wrong(path, "stands a second time; remove it.")
		}
		seen[contact] = true
	}
}

// once notes something that two people have and only one can.
func (c *checker) once(path, value, handle, thing string, owner map[string]string) {
	if value == "" {
		return
	}
	other, taken := owner[value]
	if taken && other != handle {
		c.wrong(path, "is the %s of %s as well (line %d), so nobody could tell who answers; correct one of them.", thing, other, c.lineOf("people."+other))
		return
	}
	owner[value] = handle
}

var (
	slackMember  = regexp.MustCompile(`^[UW][A-Z0-9]{2,30}$`)
	slackGroup   = regexp.MustCompile(`^S[A-Z0-9]{2,30}$`)
	slackChannel = regexp.MustCompile(`^(#[\p{Ll}\p{Lo}\p{M}\d_-]{1,80}|[CG][A-Z0-9]{2,30})$`)
)

func memberForm(id string) string {
	if slackMember.MatchString(id) {
		return ""
	}
	return "is not a Slack member id; it looks like U02ABCDEF: in Slack, open the profile, then ⋮, then Copy member ID."
}

func groupForm(id string) string {
	if slackGroup.MatchString(id) {
		return ""
	}
	return "is not the id of a Slack user group; it looks like S0614TZR7: in Slack, open the group, then ⋮, then Copy group ID."
}

func channelForm(channel string) string {
	if slackChannel.MatchString(channel) {
		return ""
	}
	return `is not a Slack channel; write "#name" in small letters and in quotes, or its id like C0123456789.`
}

// contactForm says what is wrong with an address, without showing it.
func contactForm(method, address string) string {
	if _, err := paging.ParseAddress(paging.Method(method), address); err == nil {
		return ""
	}
	switch method {
	case "sms", "voice":
		return "is not a telephone number; write it with + and country code, like +15550100123."
	case "email":
		return "is not an e-mail address; write it like alice@example.com."
	case "push":
		return "is not an ntfy topic; use letters, digits, dashes and underscores, at most 64."
	}
	return "is not a URL; write https://host/path."
}

func webhookForm(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" {
		return "is not a URL; write https://host/path."
	}
	return ""
}
