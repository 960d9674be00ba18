package app_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/saphan-network/saphan/policies"
)

// TestWhoReadsTheRules: who works with cases or keeps the server may, learners
// and strangers may not.
func TestWhoReadsTheRules(t *testing.T) {
	o := newOffice(t)
	why := "/policy/why?field=" + url.QueryEscape("referral/subject/place")
	for who, want := range map[string]int{"": 303, "mek": 403, "fah": 403, "nok": 200, "ying": 200, "chai": 200, "or": 200, "net": 200} {
		for _, path := range []string{"/policy", "/policy?peer=full", why, why + "&peer=hub"} {
			if w := o.do(t, who, "GET", path, nil); w.Code != want {
				t.Errorf("%q: %s answers %d, want %d", who, path, w.Code, want)
			}
		}
		if who == "" {
			continue
		}
		if shown := strings.Contains(o.do(t, who, "GET", "/", nil).Body.String(), `href="/policy"`); shown != (want == 200) {
			t.Errorf("%s: the menu offers the rules: %t", who, shown)
		}
	}
	for _, path := range []string{"/policy?peer=nobody", "/policy/why", "/policy/why?field=no/such", "/policy/why?field=referral/message",
		why + "&peer=nobody", why + "&peer=" + url.QueryEscape("org:https://x.example/ap/org")} {
		if w := o.do(t, "nok", "GET", path, nil); w.Code != http.StatusNotFound {
			t.Errorf("%s answers %d", path, w.Code)
		}
	}
}

// members is a members list with one of each kind.
var members = map[string]policies.Peer{
	"full":        {Actor: "https://full.example/ap/org", Tier: "full", State: "active", Role: "member"},
	"provisional": {Actor: "https://new.example/ap/org", Tier: "provisional", State: "active", Role: "member"},
	"affiliate":   {Actor: "https://affiliate.example/ap/org", Tier: "affiliate", State: "active", Role: "member"},
	"observer":    {Actor: "https://observer.example/ap/org", Tier: "observer", State: "active", Role: "member"},
	"hub":         {Actor: "https://hub.example/ap/network", Role: "hub"},
	"candidate":   {Actor: "https://candidate.example/ap/org", Role: "candidate"},
	"suspended":   {Actor: "https://paused.example/ap/org", Tier: "full", State: "suspended", Role: "member"},
	"stranger":    {Actor: "https://stranger.example/ap/org"},
}

type noLedger struct{}

func (noLedger) Decided(context.Context, policies.Entry) error   { return nil }
func (noLedger) Cleared(context.Context, policies.Receipt) error { return nil }

var (
	cell  = regexp.MustCompile(`class="reach-cell reach-cell-([a-z]+)"[^>]*><a href="/policy/why\?field=([^&"]+)&amp;peer=([^&"]+)"`)
	stays = regexp.MustCompile(`(?s)class="reach-stays reach-stays-([a-z]+)">(.*?)</div>`)
)

// TestMatrixAgreesWithTheGate reads every answer off the page and asks a gate
// with the same rules.
func TestMatrixAgreesWithTheGate(t *testing.T) {
	o := newOffice(t)
	now := func() time.Time { return time.Date(2026, 11, 25, 5, 0, 0, 0, time.UTC) }
	gate, err := policies.New(policies.Config{Self: "https://north.example/ap/org", Ledger: noLedger{}, Now: now, Seal: []byte(strings.Repeat("k", 32)),
		Peers: func(_ context.Context, actor string) (policies.Peer, bool, error) {
			for _, p := range members {
				if p.Actor == actor && p.Role != "" {
					return p, true, nil
				}
			}
			return policies.Peer{}, false, nil
		}})
	if err != nil {
		t.Fatal(err)
	}
	if err := gate.Load(nil); err != nil {
		t.Fatal(err)
	}
	if gate.Policy() != o.Station.Gate.Policy() {
		t.Fatal("the gate that is asked has other rules than the node")
	}
	compared := 0
	for kind, p := range members {
		body := o.do(t, "or", "GET", "/policy?peer="+kind, nil).Body.String()
		said := map[string]string{}
		for _, m := range stays.FindAllStringSubmatch(body, -1) {
			for _, field := range regexp.MustCompile(`field=([^&"]+)`).FindAllStringSubmatch(m[2], -1) {
				path, err := url.QueryUnescape(field[1])
				if err != nil {
					t.Fatal(err)
				}
				said[path] = m[1]
			}
		}
		for _, m := range cell.FindAllStringSubmatch(body, -1) {
			path, err := url.QueryUnescape(m[2])
			if err != nil || m[3] != kind {
				t.Fatalf("%s: %v", m[0], err)
			}
			said[path] = m[1]
		}
		normal, special := decided(t, gate, p.Actor, 2, now()), decided(t, gate, p.Actor, 3, now())
		for _, f := range policies.Fields() {
			if strings.HasSuffix(f.Path, "/message") {
				continue
			}
			compared++
			want := map[policies.Form]string{policies.Full: "full", policies.Generalised: "coarse", policies.Sealed: "sealed", policies.Withheld: "never", "": "never"}[special[f.Path]]
			if special[f.Path] != normal[f.Path] {
				want = "special"
			}
			if f.Class == policies.ClassB && kind == "full" { // of an offer: not at this stage
				want = "sealed"
			}
			if said[f.Path] != want {
				t.Errorf("%s to %s: the page says %q, the gate %q", f.Path, kind, said[f.Path], want)
			}
		}
	}
	if compared < 400 {
		t.Errorf("only %d answers were compared", compared)
	}
}

func decided(t *testing.T, gate *policies.Gate, peer string, consent int, now time.Time) map[string]policies.Form {
	t.Helper()
	out := map[string]policies.Form{}
	for purpose, heads := range map[string]string{policies.Referral: "referral", policies.Feedback: "engagement", policies.Protocol: "activity", policies.Handover: "handover", policies.Membership: "members membership application", policies.Meeting: "meeting",
		policies.Lesson: "lesson"} {
		facts := policies.Facts{}
		var agreed []string
		for _, f := range policies.Fields() {
			head, _, _ := strings.Cut(f.Path, "/")
			if raw := policies.Specimen(f.Path, now); raw != nil && strings.Contains(heads, head) {
				facts[f.Path] = raw
				agreed = append(agreed, f.Path)
			}
		}
		d, err := gate.Decide(t.Context(), policies.Request{Peer: peer, Purpose: purpose, Facts: facts, Consent: consent, Openness: 3, Adult: true, Accepted: true, Agreed: agreed, Reviewed: purpose == policies.Lesson,
			Count: func(context.Context, map[string]string) (int, error) { return 100, nil }})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range d.Fields {
			out[f.Path] = f.Form
		}
	}
	return out
}

// TestWhyInWords: the questions that people ask have their answer in the first words.
func TestWhyInWords(t *testing.T) {
	o := newOffice(t)
	for query, want := range map[string][]string{
		"field=referral/subject/place&peer=full":        {"ทำให้หยาบก่อน", "ข้อตกลงของเครือข่าย", "อย่างน้อย 5 คน", "เปิดให้ทั้งทีมเห็น", "เชียงราย", "ภาคเหนือ", "referral_coarse, role:full"},
		"field=referral/subject/place&peer=provisional": {"สมาชิกประเภทนี้ยังไม่ได้รับข้อมูลนี้", "กฎที่ใกล้ที่สุด", "สมาชิกสามัญ"},
		"field=referral/subject/status&peer=full":       {"เมื่อยินยอมชัดแจ้ง", "ขอความยินยอมโดยชัดแจ้งสำหรับข้อมูลอ่อนไหว", "มาตรา 26"},
		"field=referral/subject/place&peer=hub":         {"กฎพื้นที่มากับโปรแกรม", "เลขานุการเครือข่ายไม่รับข้อมูล"},
		"field=referral/person/phone&peer=full":         {"ไม่มีกฎใดเปิดได้", "ข้อมูลนี้ระบุตัวคนได้"},
		"field=members/name&peer=stranger":              {"ปลายทางไม่อยู่ในบัญชีสมาชิก"},
	} {
		body := o.do(t, "nok", "GET", "/policy/why?"+query, nil).Body.String()
		for _, words := range want {
			if !strings.Contains(body, words) {
				t.Errorf("%s does not say %q", query, words)
			}
		}
	}
	body := o.do(t, "nok", "GET", "/policy", nil).Body.String()
	for _, words := range []string{"กฎตอบตรงกับตัวอย่างทั้ง", "แนวป้องกันที่สอง", "ยังไม่มี เราใช้กฎพื้น", "กฎเหมือนกันทั้งเด็กและผู้ใหญ่", strings.TrimPrefix(o.Station.Gate.Policy(), "sha256:")[:4]} {
		if !strings.Contains(body, words) {
			t.Errorf("the page on the rules does not say %q", words)
		}
	}
}

// TestRulesOfOurOwn: rows of this server show as its own, are never taken for a
// mistake, and what they change is seen at once.
func TestRulesOfOurOwn(t *testing.T) {
	o := newOffice(t)
	before := o.do(t, "or", "GET", "/policy", nil).Body.String()
	if err := o.Station.Gate.Load([][]string{
		{"no_place_of_children", "*", "referral", "referral/subject/place", "*", "!r.ctx.Adult", "deny"},
		{"not_them", "org:https://rival.example/ap/org", "referral", "referral/message", "*", "true", "deny"},
		{"no_pictures", "*", "*", "referral/person/photo", "*", "true", "deny"},
	}); err != nil {
		t.Fatal(err)
	}
	body := o.do(t, "or", "GET", "/policy", nil).Body.String()
	for _, words := range []string{"ที่เหลือกฎของเราเข้มกว่า", "กฎของหน่วยงานเรา (3)", "มี 1 กฎที่ไม่เปลี่ยนคำตอบใด", "no_place_of_children, *, referral", "เมื่อไม่ทราบว่าเป็นผู้ใหญ่",
		"บางกฎต่างกันระหว่างเด็กกับผู้ใหญ่", "เฉพาะผู้ใหญ่", "https://rival.example/ap/org"} {
		if !strings.Contains(body, words) || strings.Contains(before, words) {
			t.Errorf("the page does not say %q, or said so before", words)
		}
	}
	place := "/policy/why?field=referral/subject/place&peer="
	if body := o.do(t, "or", "GET", place+"full", nil).Body.String(); !strings.Contains(body, "ทราบว่าเป็นผู้ใหญ่") || !strings.Contains(body, "ถามผู้ดูแลกฎขององค์กร") {
		t.Error("the condition of our own rule is not told")
	}
	body = o.do(t, "or", "GET", place+url.QueryEscape("org:https://rival.example/ap/org"), nil).Body.String()
	for _, words := range []string{"reach-never", "กฎของหน่วยงานเราห้ามส่ง", "not_them, org:", "ไปถึงได้:"} {
		if !strings.Contains(body, words) {
			t.Errorf("of a recipient that we have shut out the page does not say %q", words)
		}
	}
}
