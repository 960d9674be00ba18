package app_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/saphan-network/saphan/node/app"
	"github.com/saphan-network/saphan/node/clinic/ruleset"
)

var noPlaceOfChildren = form("who", "*", "field", "referral/subject/place", "purpose", "referral", "form", "*", "age", "child", "reason", "หมู่บ้านเล็ก")

// with adds pairs to a form.
func withPairs(f url.Values, pairs ...string) url.Values {
	out := url.Values{}
	for k, v := range f {
		out[k] = v
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		out.Set(pairs[i], pairs[i+1])
	}
	return out
}

var hiddenHash = regexp.MustCompile(`name="hash" value="(sha256:[0-9a-f]{64})"`)

// TestAVersionFromDraftToForceAndBack: one drafts, sees what changes, and proposes; only
// another puts it into force; the gate decides by it at once; and it is taken back.
func TestAVersionFromDraftToForceAndBack(t *testing.T) {
	o := newWorld(t)
	o.hire(t, "som", "supervisor")
	say := func(who, method, path string, f url.Values, want int, hold ...string) string {
		t.Helper()
		w := o.do(t, who, method, path, f)
		if w.Code != want {
			t.Fatalf("%s %s %s answers %d, want %d", who, method, path, w.Code, want)
		}
		for _, one := range hold {
			if !strings.Contains(w.Body.String(), one) {
				t.Errorf("%s %s does not say %q", method, path, one)
			}
		}
		return w.Body.String()
	}
	before := o.Station.Gate.Policy()
	say("ying", "POST", "/policy/rules", form("note", "  "), http.StatusUnprocessableEntity)
	say("ying", "POST", "/policy/rules", form("note", "เด็กในหมู่บ้านเล็ก"), http.StatusSeeOther)
	for field, value := range map[string]string{"who": "role:everyone", "field": "referral/nothing", "purpose": "sale", "form": "twice"} {
		say("ying", "POST", "/policy/rules/1/rule", withPairs(noPlaceOfChildren, field, value, "do", "save", "revision", "1"), http.StatusUnprocessableEntity)
	}
	say("ying", "POST", "/policy/rules/1/rule", withPairs(noPlaceOfChildren, "do", "look", "revision", "1"), http.StatusOK, "องค์กร law", "จะไม่ออกอีก")
	say("ying", "POST", "/policy/rules/1/rule", withPairs(noPlaceOfChildren, "do", "save", "revision", "1"), http.StatusSeeOther)

	// two people, one draft: nothing is lost
	late := withPairs(noPlaceOfChildren, "do", "save", "revision", "1", "field", "referral/subject/sex", "reason", "เพศก็เช่นกัน")
	page := say("som", "POST", "/policy/rules/1/rule", late, http.StatusConflict, "คุณying", "เพศก็เช่นกัน", `name="revision" value="2"`)
	if strings.Contains(page, `value="1"`) && !strings.Contains(page, `name="revision" value="2"`) {
		t.Error("the form still has the old revision")
	}
	say("som", "POST", "/policy/rules/1/rule", withPairs(late, "revision", "2"), http.StatusSeeOther)

	page = say("ying", "GET", "/policy/rules/1", nil, http.StatusOK, "หมู่บ้านเล็ก", "เพศก็เช่นกัน")
	hash := hiddenHash.FindStringSubmatch(page)[1]
	say("ying", "POST", "/policy/rules/1/propose", form("revision", "3", "hash", "sha256:0"), http.StatusConflict)
	say("ying", "POST", "/policy/rules/1/propose", form("revision", "3", "hash", hash), http.StatusSeeOther)
	if o.Station.Gate.Policy() != before {
		t.Error("a proposal is in force")
	}
	for _, who := range []string{"ying", "som"} { // both had a hand in it
		say(who, "POST", "/policy/rules/1/activate", form("revision", "4", "over", "0", "hash", hash), http.StatusForbidden)
	}
	say("chai", "POST", "/policy/rules/1/activate", form("revision", "4", "over", "7", "hash", hash), http.StatusConflict)
	say("chai", "POST", "/policy/rules/1/activate", form("revision", "4", "over", "0", "hash", hash), http.StatusSeeOther)
	if err := o.Station.Gate.Refresh(t.Context()); err != nil || o.Station.Gate.Policy() != hash || o.Station.Gate.Edition() != 1 {
		t.Errorf("version %d with %s is in force, %v", o.Station.Gate.Edition(), o.Station.Gate.Policy(), err)
	}
	say("or", "GET", "/policy/rules", nil, http.StatusOK, "เด็กในหมู่บ้านเล็ก")

	// a second version, and the first brought back, by two persons again
	say("ying", "POST", "/policy/rules", form("note", "ลองใหม่"), http.StatusSeeOther)
	say("ying", "POST", "/policy/rules/2/drop", form("revision", "1", "name", "own_2"), http.StatusSeeOther)
	page = say("ying", "GET", "/policy/rules/2", nil, http.StatusOK, "จะออกได้เพิ่ม")
	second := hiddenHash.FindStringSubmatch(page)[1]
	say("ying", "POST", "/policy/rules/2/propose", form("revision", "2", "hash", second), http.StatusSeeOther)
	say("som", "POST", "/policy/rules/2/activate", form("revision", "3", "over", "1", "hash", second), http.StatusSeeOther)
	say("ying", "POST", "/policy/rules", form("note", "กลับไปใช้แบบเดิม", "from", "1"), http.StatusSeeOther)
	say("ying", "POST", "/policy/rules/3/propose", form("revision", "1", "hash", hash), http.StatusSeeOther)
	say("chai", "POST", "/policy/rules/3/answer", form("revision", "2", "do", "return", "answer", ""), http.StatusUnprocessableEntity)
	say("chai", "POST", "/policy/rules/3/activate", form("revision", "2", "over", "2", "hash", hash), http.StatusSeeOther)
	if err := o.Station.Gate.Refresh(t.Context()); err != nil || o.Station.Gate.Policy() != hash || o.Station.Gate.Edition() != 3 {
		t.Errorf("after the way back version %d is in force, %v", o.Station.Gate.Edition(), err)
	}
	ledger := say("or", "GET", "/ledger", nil, http.StatusOK)
	for _, act := range []string{"rules.draft", "rules.edit", "rules.propose", "rules.activate", "rules.rollback"} {
		if !strings.Contains(ledger, act) {
			t.Errorf("the ledger has no line %s", act)
		}
	}
}

// A server that starts decides by the version that was in force.
func TestAServerStartsWithTheVersionInForce(t *testing.T) {
	dir := t.TempDir()
	cfg := app.Config{BaseURL: "http://127.0.0.1", DataDir: dir}
	a, err := app.New(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	hash := inForce(t, a)
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := app.New(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = b.Close() }()
	if b.Station.Gate.Policy() != hash || b.Station.Gate.Edition() != 1 {
		t.Errorf("it starts with version %d, %s", b.Station.Gate.Edition(), b.Station.Gate.Policy())
	}
}

// inForce puts a first version into force and returns its hash.
func inForce(t *testing.T, a *app.App) string {
	t.Helper()
	ctx := t.Context()
	for login, role := range map[string]string{"ying": "supervisor", "chai": "admin"} {
		if _, err := a.Accounts.Add(ctx, "system", login, login, []string{role}); err != nil {
			t.Fatal(err)
		}
	}
	drafts, err := a.Accounts.Find(ctx, "ying")
	if err != nil {
		t.Fatal(err)
	}
	decides, err := a.Accounts.Find(ctx, "chai")
	if err != nil {
		t.Fatal(err)
	}
	n, err := a.Rules.Begin(ctx, drafts.Actor(), "เหตุผล", 0)
	if err != nil {
		t.Fatal(err)
	}
	row := ruleset.Row{Who: "*", Purpose: "referral", Field: "referral/subject/place", Form: "*", When: "!r.ctx.Adult", Reason: "เหตุผล"}
	if err := a.Rules.Put(ctx, drafts.Actor(), n, 1, row); err != nil {
		t.Fatal(err)
	}
	v, err := a.Rules.Show(ctx, drafts.Actor(), n)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Rules.Propose(ctx, drafts.Actor(), n, 2, v.Judgement.Hash); err != nil {
		t.Fatal(err)
	}
	if err := a.Rules.Activate(ctx, decides.Actor(), n, 3, 0, v.Judgement.Hash); err != nil {
		t.Fatal(err)
	}
	return v.Judgement.Hash
}

var fieldOption = regexp.MustCompile(`<option value="([a-z_]+(?:/[a-z_]+)+)"`)

// TestWhateverTheFormOffersIsARule: each field and each purpose that can be chosen makes a
// rule, and what it changes is said; a hand-over, a meeting and a lesson can be forbidden.
func TestWhateverTheFormOffersIsARule(t *testing.T) {
	o := newWorld(t)
	if w := o.do(t, "ying", "POST", "/policy/rules", form("note", "ลอง")); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code)
	}
	look := func(field, purpose string) string {
		t.Helper()
		w := o.do(t, "ying", "POST", "/policy/rules/1/rule", form("who", "*", "field", field, "purpose", purpose, "form", "*", "reason", "ลอง", "do", "look", "revision", "1"))
		if w.Code != http.StatusOK {
			t.Errorf("%s for %s: %d", field, purpose, w.Code)
		}
		return w.Body.String()
	}
	seen := map[string]bool{}
	for _, m := range fieldOption.FindAllStringSubmatch(o.do(t, "ying", "GET", "/policy/rules/1/rule", nil).Body.String(), -1) {
		seen[m[1]] = true
		look(m[1], "*")
	}
	for field, purpose := range map[string]string{"handover/message": "handover", "handover/person/contact": "handover", "meeting/message": "meeting", "meeting/said": "meeting",
		"lesson/message": "lesson", "referral/subject/place": "referral", "engagement/outcomes": "feedback"} {
		if page := look(field, purpose); !seen[field] || !strings.Contains(page, "จะไม่ออกอีก") {
			t.Errorf("%s for %s is offered: %t, and what it stops is not said", field, purpose, seen[field])
		}
	}
}
