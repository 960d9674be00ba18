package app_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/saphan-network/saphan/node/chassis/audit"
)

// TestWhatIf: what of a file would leave is told to who may see the file, for one member
// and for all, by the rules in force and by a version that is still being drafted. By
// asking nothing leaves, and nothing is kept but that somebody has asked.
func TestWhatIf(t *testing.T) {
	o := newWorld(t)
	w := o.fresh(t, "open")
	path := "/cases/" + w.c + "/what-if"
	member := there + "/ap/org"
	say := func(who string, f url.Values, want int, hold ...string) string {
		t.Helper()
		a := o.do(t, who, "POST", path, f)
		if a.Code != want {
			t.Fatalf("%s with %v: %d, want %d", who, f, a.Code, want)
		}
		for _, one := range hold {
			if !strings.Contains(a.Body.String(), one) {
				t.Errorf("%s with %v does not say %q", who, f, one)
			}
		}
		return a.Body.String()
	}
	ask := form("purpose", "status_work", "needs", "dna")
	say("nok", withPairs(ask, "purpose", "sale"), http.StatusUnprocessableEntity)
	say("nok", withPairs(ask, "needs", "rescue_the_king"), http.StatusUnprocessableEntity)
	say("nok", form("purpose", "status_work"), http.StatusUnprocessableEntity)
	say("nok", withPairs(ask, "to", "https://stranger.example/ap/org"), http.StatusUnprocessableEntity)
	for _, version := range []string{"1", "-3", "many", "9999999999999999999"} { // there is none yet
		say("ying", withPairs(ask, "version", version), http.StatusNotFound)
	}

	say("ying", ask, http.StatusOK, "องค์กร law")
	page := say("ying", withPairs(ask, "to", member), http.StatusOK, "ส่งได้")
	if strings.Contains(page, "ฉบับ 1 เปลี่ยนอะไร") {
		t.Error("a comparison that nobody asked for")
	}
	if a := o.do(t, "ying", "POST", "/policy/rules", form("note", "เด็กในหมู่บ้านเล็ก")); a.Code != http.StatusSeeOther {
		t.Fatal(a.Code)
	}
	say("ying", withPairs(ask, "to", member, "version", "1"), http.StatusOK, "ฉบับ 1 เปลี่ยนอะไร", "ไม่มีอะไรเปลี่ยน")
	rule := form("who", "*", "field", "referral/needs", "purpose", "referral", "form", "*", "reason", "ลอง", "do", "save", "revision", "1")
	if a := o.do(t, "ying", "POST", "/policy/rules/1/rule", rule); a.Code != http.StatusSeeOther {
		t.Fatal(a.Code)
	}
	if page := say("ying", withPairs(ask, "to", member, "version", "1"), http.StatusOK, "ฉบับ 1 เปลี่ยนอะไร"); strings.Contains(page, "ไม่มีอะไรเปลี่ยน") {
		t.Error("a rule that forbids what is needed changes nothing")
	}
	say("ying", withPairs(ask, "version", "1"), http.StatusOK, "ส่งไม่ได้", "กฎของหน่วยงานเราห้ามส่ง")

	lines, err := o.Ledger.List(t.Context(), audit.Filter{Act: "referral.what_if"})
	if must(t, lines, err); len(lines) != 5 {
		t.Errorf("%d lines say that somebody has asked", len(lines))
	}
	decided, err := o.Ledger.List(t.Context(), audit.Filter{Act: "gate.decide"})
	if must(t, decided, err); len(decided) != 0 {
		t.Errorf("%d decisions were recorded", len(decided))
	}
	queued, err := o.Station.Mail.Lines(t.Context())
	for _, l := range must(t, queued, err) {
		if l.Waiting+l.Held > 0 {
			t.Errorf("%d messages wait for %s", l.Waiting+l.Held, l.Peer)
		}
	}
}
