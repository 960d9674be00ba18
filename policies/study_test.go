package policies

import (
	"strings"
	"testing"
)

func compiled(t *testing.T, own ...[]string) *Snapshot {
	t.Helper()
	s, err := Compile(own)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestExamples(t *testing.T) {
	s := compiled(t)
	results, err := s.Test()
	if err != nil {
		t.Fatal(err)
	}
	yes, no := map[string]bool{}, map[string]bool{}
	for _, c := range results {
		if !c.OK {
			t.Errorf("%+v", c)
		}
		if strings.HasPrefix(c.Want, "policy.why.") {
			no[c.Rule] = true
		} else if c.Want == c.Rule {
			yes[c.Rule] = true
		}
	}
	for _, r := range s.Rows() {
		if r.Effect == "allow" && (!yes[r.ID] || !no[r.ID]) {
			t.Errorf("%s has no example of what it lets out, or none of what it keeps in", r.ID)
		}
	}
	strict := compiled(t, []string{"nothing", "*", "*", "**", "*", "true", "deny"})
	results, err = strict.Test()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range results {
		if c.OK && c.Want == c.Rule {
			t.Errorf("an example cannot fail: %+v", c)
		}
	}
}

func TestLint(t *testing.T) {
	for _, f := range compiled(t).Lint() {
		if !f.Guard {
			t.Errorf("%s is %s", f.Rule.ID, f.Kind)
		}
	}
	kinds := map[string]string{}
	for _, f := range compiled(t,
		[]string{"useful", "*", "referral", "referral/issues", "*", "r.ctx.K < 9", "deny"},
		[]string{"again", "*", "referral", "referral/issues", "*", "r.ctx.K < 8", "deny"},
		[]string{"never", "*", "feedback", "referral/person/phone", "*", "true", "deny"},
	).Lint() {
		kinds[f.Rule.ID] = f.Kind
	}
	if kinds["useful"] != "" || kinds["again"] != "shadowed" || kinds["never"] != "dead" {
		t.Errorf("%v", kinds)
	}
}

func TestDiff(t *testing.T) {
	a := compiled(t)
	if got := a.Diff(compiled(t)); len(got) != 0 {
		t.Errorf("no change, but %v", got)
	}
	b := compiled(t, []string{"no_place", "org:" + fullPeer, "referral", "referral/subject/place", "*", "!r.ctx.Adult", "deny"})
	got := a.Diff(b)
	if len(got) != 1 || got[0].Audience != "org:"+fullPeer || got[0].Path != pathPlace || got[0].Allows || got[0].Example.Adult || got[0].Questions == 0 {
		t.Errorf("%+v", got)
	}
	if back := b.Diff(a); len(back) != 1 || !back[0].Allows {
		t.Errorf("%+v", back)
	}
}

func TestMatrixAndExplain(t *testing.T) {
	s := compiled(t)
	rows, err := s.Matrix()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != len(Fields()) {
		t.Errorf("%d rows for %d fields", len(rows), len(Fields()))
	}
	for _, r := range rows {
		for who, form := range r.Forms {
			hidden := r.Class == ClassA || r.Class == ClassB && !(form == Sealed && r.Purpose == Handover && who == "full") || (r.Purpose == Referral && who != "full" && who != "provisional")
			if hidden && form != Withheld {
				t.Errorf("%s reaches %s as %s", r.Path, who, form)
			}
		}
		if r.Path == pathPlace && (r.Forms["full"] != Generalised || r.Forms["provisional"] != Withheld) {
			t.Errorf("%+v", r)
		}
	}
	if e := s.Explain("referral/person/phone"); !e.Known || e.Class != ClassA || len(e.Allow) != 0 || len(e.Deny) == 0 {
		t.Errorf("%+v", e)
	}
	if e := s.Explain(pathStatus); len(e.Allow) == 0 || len(e.Deny) == 0 || !e.S26 {
		t.Errorf("%+v", e)
	}
	if e := s.Explain("no/such/field"); e.Known || e.Class != ClassA || len(e.Allow) != 0 {
		t.Errorf("%+v", e)
	}
}
