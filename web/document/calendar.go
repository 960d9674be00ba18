// Package document writes files that people take to other programs.
package document

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// CalendarType is the media type of a calendar file.
const CalendarType = "text/calendar; charset=utf-8"

// Event is one meeting in a calendar. UID stays the same for the same meeting, and
// Revision grows with each change of it.
type Event struct {
	UID, Name, Place, Link string
	Start, End, Stamp      time.Time
	Revision               int
	Cancelled              bool
}

// Calendar writes one event as iCalendar (RFC 5545), in the time of Thailand. Lines
// end with CR LF and are folded after at most 75 bytes, never within a character.
func Calendar(e Event) []byte {
	const local, utc = "20060102T150405", "20060102T150405Z"
	zone := time.FixedZone("ICT", 7*60*60)
	status := "CONFIRMED"
	if e.Cancelled {
		status = "CANCELLED"
	}
	lines := []string{"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Saphan//Saphan//TH", "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
		"BEGIN:VTIMEZONE", "TZID:Asia/Bangkok", "BEGIN:STANDARD", "DTSTART:19700101T000000", "TZOFFSETFROM:+0700", "TZOFFSETTO:+0700", "TZNAME:ICT", "END:STANDARD", "END:VTIMEZONE",
		"BEGIN:VEVENT", "UID:" + text(e.UID), "DTSTAMP:" + e.Stamp.UTC().Format(utc), "SEQUENCE:" + strconv.Itoa(max(e.Revision, 0)), "STATUS:" + status,
		"DTSTART;TZID=Asia/Bangkok:" + e.Start.In(zone).Format(local), "DTEND;TZID=Asia/Bangkok:" + e.End.In(zone).Format(local), "SUMMARY:" + text(e.Name)}
	if e.Place != "" {
		lines = append(lines, "LOCATION:"+text(e.Place))
	}
	if e.Link != "" {
		lines = append(lines, "URL:"+strings.NewReplacer("\r", "", "\n", "").Replace(e.Link))
	}
	var b strings.Builder
	for _, l := range append(lines, "END:VEVENT", "END:VCALENDAR") {
		b.WriteString(fold(l))
	}
	return []byte(b.String())
}

// text escapes what has a meaning in a text value (RFC 5545, 3.3.11).
func text(s string) string {
	return strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r\n", `\n`, "\n", `\n`, "\r", "").Replace(s)
}

// fold breaks a content line (RFC 5545, 3.1).
func fold(line string) string {
	var b strings.Builder
	room := 75
	for _, r := range line {
		n := utf8.RuneLen(r)
		if n < 0 {
			continue
		}
		if n > room {
			b.WriteString("\r\n ")
			room = 74
		}
		b.WriteRune(r)
		room -= n
	}
	return b.String() + "\r\n"
}
