// Wall clocks of time zones.

function wall(ms, zone) {
  const parts = {};
  const format = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" });
  for (const { type, value } of format.formatToParts(new Date(ms))) parts[type] = value;
  return parts.year + "-" + parts.month + "-" + parts.day + "T" + parts.hour + ":" + parts.minute;
}

/** local is what a clock in the zone shows, as 2026-01-31T12:00. */
export const local = (seconds, zone) => wall(seconds * 1000, zone);

/** toEpoch is when a clock in the zone shows that. */
export function toEpoch(shown, zone) {
  const target = Date.parse(shown + "Z");
  let at = target;
  // Twice, because the first guess may lie beyond a change of the clocks.
  for (let i = 0; i < 2; i++) at += target - Date.parse(wall(at, zone) + "Z");
  return Math.round(at / 1000);
}
