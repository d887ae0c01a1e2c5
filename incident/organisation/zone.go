package organisation

import (
	"strings"
	"time"
)

// Zones that people most often mean when they misspell one.
var commonZones = strings.Fields(`
	UTC Europe/London Europe/Dublin Europe/Lisbon Europe/Paris Europe/Berlin Europe/Madrid Europe/Rome Europe/Vienna
	Europe/Zurich Europe/Amsterdam Europe/Brussels Europe/Copenhagen Europe/Stockholm Europe/Oslo Europe/Helsinki
	Europe/Warsaw Europe/Prague Europe/Budapest Europe/Bucharest Europe/Athens Europe/Kyiv Europe/Istanbul Europe/Moscow
	America/New_York America/Chicago America/Denver America/Los_Angeles America/Phoenix America/Anchorage America/Toronto
	America/Vancouver America/Mexico_City America/Bogota America/Lima America/Santiago America/Sao_Paulo
	America/Argentina/Buenos_Aires America/Halifax America/St_Johns Pacific/Honolulu Pacific/Auckland Australia/Sydney
	Australia/Melbourne Australia/Brisbane Australia/Perth Australia/Adelaide Asia/Tokyo Asia/Seoul Asia/Shanghai
	Asia/Hong_Kong Asia/Singapore Asia/Kolkata Asia/Karachi Asia/Dhaka Asia/Bangkok Asia/Jakarta Asia/Manila Asia/Dubai
	Asia/Tehran Asia/Jerusalem Asia/Riyadh Africa/Cairo Africa/Lagos Africa/Nairobi Africa/Johannesburg Africa/Casablanca`)

// zoneForm says what is wrong with the name of a time zone, or nothing.
func zoneForm(zone string) string {
	if zone != "Local" && zone != "" {
		if _, err := time.LoadLocation(zone); err == nil {
			return ""
		}
	}
	return "is not a time zone" + orNearest(strings.ReplaceAll(zone, " ", "_"), commonZones, "use an IANA name of the form Europe/Berlin.")
}
