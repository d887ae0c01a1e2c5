package paging

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"time"

	"github.com/tocsinhq/tocsin/incident"
)

// LinkFor is how long a link in a message works.
const LinkFor = 48 * time.Hour

// linkActions number the actions in a link; the numbers never change.
var linkActions = []string{ActionAck, ActionEscalate, ActionResolve, ActionAwake}

const (
	linkBody = 8 + 8 + 1 // delivery, expiry, action
	linkMAC  = 16
)

// SignLink makes the token of a link that does an action in the name of the person
// a delivery was for, until it expires.
func SignLink(key []byte, delivery int64, action string, expires time.Time) string {
	body := make([]byte, 0, linkBody+linkMAC)
	body = binary.BigEndian.AppendUint64(body, uint64(delivery))
	body = binary.BigEndian.AppendUint64(body, uint64(expires.Unix()))
	for n, a := range linkActions {
		if a == action {
			body = append(body, byte(n))
		}
	}
	return base64.RawURLEncoding.EncodeToString(append(body, linkSum(key, body)...))
}

// ReadLink returns what a token stands for. One that is forged, cut, for another
// key or expired is refused with a sentence that tells nothing about it.
func ReadLink(key []byte, token string, now time.Time) (delivery int64, action string, err error) {
	broken := incident.Errorf(incident.Forbidden, "This link is not one of ours or has been cut; use the whole link, or answer in Slack.")
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(raw) != linkBody+linkMAC {
		return 0, "", broken
	}
	body, sum := raw[:linkBody], raw[linkBody:]
	if !hmac.Equal(sum, linkSum(key, body)) || int(body[16]) >= len(linkActions) {
		return 0, "", broken
	}
	if expires := time.Unix(int64(binary.BigEndian.Uint64(body[8:])), 0); !now.Before(expires) {
		return 0, "", incident.Errorf(incident.Forbidden, "This link has expired; answer a newer message, or in Slack.")
	}
	return int64(binary.BigEndian.Uint64(body)), linkActions[body[16]], nil
}

// linkSum is cut to 128 bits, so that a link fits into a text message.
func linkSum(key, body []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("tocsin link 1\x00"))
	mac.Write(body)
	return mac.Sum(nil)[:linkMAC]
}
