package document

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// unfold reads a calendar file back: its lines, without folding.
func unfold(t *testing.T, file string) []string {
	t.Helper()
	if !strings.HasSuffix(file, "\r\n") {
		t.Fatal("the last line has no end")
	}
	var out []string
	for _, l := range strings.Split(strings.TrimSuffix(file, "\r\n"), "\r\n") {
		if len(l) > 75 || strings.ContainsAny(l, "\r\n") || !utf8.ValidString(l) {
			t.Errorf("a line of %d bytes: %q", len(l), l)
		}
		if rest, more := strings.CutPrefix(l, " "); more {
			out[len(out)-1] += rest
			continue
		}
		out = append(out, l)
	}
	return out
}

func TestCalendar(t *testing.T) {
	start := time.Date(2026, 12, 11, 2, 30, 0, 0, time.UTC)
	long := strings.Repeat("ประชุมเครือข่าย, ", 12) + `; \ ` + "บรรทัด\nใหม่"
	e := Event{UID: "id@hub.example", Name: long, Place: "ห้อง 1; ชั้น 2", Link: "https://meet.example/room\r\nATTENDEE:x", Start: start, End: start.Add(3 * time.Hour), Stamp: start, Revision: 4}
	lines := unfold(t, string(Calendar(e)))
	has := func(line string) bool {
		for _, l := range lines {
			if l == line {
				return true
			}
		}
		return false
	}
	for _, want := range []string{"DTSTART;TZID=Asia/Bangkok:20261211T093000", "DTEND;TZID=Asia/Bangkok:20261211T123000", "SEQUENCE:4", "STATUS:CONFIRMED", "UID:id@hub.example", `LOCATION:ห้อง 1\; ชั้น 2`,
		"SUMMARY:" + strings.NewReplacer(`\`, `\\`, ",", `\,`, ";", `\;`, "\n", `\n`).Replace(long), "TZOFFSETTO:+0700", "END:VCALENDAR"} {
		if !has(want) {
			t.Errorf("%q is not among %q", want, lines)
		}
	}
	if has("ATTENDEE:x") {
		t.Error("an address has made a line of its own")
	}
	e.Cancelled = true
	if lines = unfold(t, string(Calendar(e))); !has("STATUS:CANCELLED") {
		t.Error("a meeting that was called off is not")
	}
}
