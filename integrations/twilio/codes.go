package twilio

import (
	"fmt"
	"time"
)

// Codes that are looked at by name. All of Twilio's are at
// https://www.twilio.com/docs/api/errors.
const (
	badLogin        = 20003
	tooManyRequests = 20429
)

// fault is what one of Twilio's error codes means for us.
type fault struct {
	words   string        // a sentence: what it is, and who can do what
	disable bool          // never try this number by this method again
	wait    time.Duration // it passes; 0: it does not, or not soon enough for a page
}

// The codes that a refused request or a failed message can have, as far as we have
// words for them.
var faults = map[int]fault{
	badLogin:        {words: "Twilio does not accept our login; an administrator must set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN to those in the Twilio console."},
	20005:           suspended,
	10001:           suspended,
	30002:           suspended,
	tooManyRequests: {words: "Twilio is limiting our requests; we try again by ourselves.", wait: defaultPause},

	21211: badNumber,
	21217: badNumber,
	21401: badNumber,
	21421: badNumber,
	21214: {words: "This number cannot be called; check it, and how it is written."},
	21216: {words: "Twilio does not let our account call this number; an administrator must ask Twilio why."},
	21215: {words: "Our Twilio account may not call this country; an administrator must allow it under Voice, Geo Permissions."},
	21408: {words: "Our Twilio account may not text this country; an administrator must allow it under Messaging, Geo Permissions."},
	21219: trial,
	21608: trial,
	21610: {words: "This number has opted out of our texts; text START to our number to get them again.", disable: true},
	21612: {words: "Twilio has no way from our number to this one; an administrator must choose another sender."},
	21614: {words: "This number cannot receive texts; give a mobile number.", disable: true},
	21617: {words: "The text is too long for Twilio."},

	21210: badSender,
	21212: badSender,
	21603: badSender,
	21606: badSender,
	21659: badSender,
	21703: {words: "The messaging service in TWILIO_FROM has no number to send from; an administrator must add one."},
	21705: {words: "The messaging service in TWILIO_FROM does not exist; an administrator must correct it."},
	21609: {words: "Twilio cannot use the address for its callbacks; an administrator must set TOCSIN_PUBLIC_URL to an address that the internet can reach."},

	// A queue that is full holds hours of texts; it is worth one more look, not more.
	21611: {words: "Twilio has too many texts of ours waiting; we try again by ourselves.", wait: 30 * time.Second},
	30001: {words: "Twilio had too many texts of ours waiting and dropped this one."},
	30003: {words: "The phone could not be reached: it is switched off, without network, or does not take our texts."},
	30004: {words: "The text was blocked, by the phone's owner or the network."},
	30005: {words: "The network does not know this number, or the phone was off for long."},
	30006: {words: "This number is a landline or its network takes no texts; give a mobile number, or use calls.", disable: true},
	30007: {words: "The network took our text for unwanted and filtered it; an administrator must look at Twilio's message log."},
	30008: {words: "The text was lost in the network, which does not say why."},
	30032: unregistered,
	30034: unregistered,
	30036: {words: "The text waited at Twilio until it was of no use any more, and was not sent."},
}

var (
	suspended    = fault{words: "Our Twilio account is suspended or closed; an administrator must look at the Twilio console."}
	badNumber    = fault{words: "This is not a telephone number; write it with + and country code, like +15550100123.", disable: true}
	badSender    = fault{words: "TWILIO_FROM cannot be used as sender; an administrator must set it to a number of our Twilio account that can send this."}
	trial        = fault{words: "Our Twilio account is on trial and reaches verified numbers only; an administrator must verify this number or upgrade the account."}
	unregistered = fault{words: "Networks refuse texts of our number until it is registered; an administrator must register it with Twilio."}
)

// explain says why a message failed that Twilio had taken, and whether its number
// should be given up.
func explain(code int) (reason string, disable bool) {
	if f, ok := faults[code]; ok {
		return f.words, f.disable
	}
	if code != 0 {
		return fmt.Sprintf("The text did not arrive (Twilio's error %d).", code), false
	}
	return "The text did not arrive; Twilio does not say why.", false
}
