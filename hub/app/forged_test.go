package app_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/federation/vocabulary"
	"github.com/saphan-network/saphan/hub/network/membership"
)

// What was decided on an old view of a member changes nothing: the states say no.
func TestStaleDecisions(t *testing.T) {
	d := newDesk(t)
	for act, states := range map[string]string{"full": "applied suspended left", "admit": "active left", "expel": "expelled applied", "readmit": "active left"} {
		for _, state := range strings.Fields(states) {
			actor := d.member(t, state)
			if a := d.ask(t, "sri", "POST", "/members/propose", form("actor", actor, "act", act, "reason", "decision"), nil); a.Code != http.StatusConflict {
				t.Errorf("%s proposed of one that is %s: %d", act, state, a.Code)
			}
		}
	}
	for path, states := range map[string]string{"accept": "active invited left", "consider": "tentative active", "decline": "active declined",
		"suspend": "suspended applied left", "reactivate": "active expelled"} {
		for _, state := range strings.Fields(states) {
			actor := d.member(t, state)
			a := d.ask(t, "sri", "POST", "/members/"+path, form("actor", actor, "tier", "observer", "reason", "decision"), nil)
			m, err := d.Get(t.Context(), actor)
			if a.Code != http.StatusConflict || must(t, m, err).State != membership.State(state) {
				t.Errorf("%s of one that is %s: %d, and it is %s", path, state, a.Code, m.State)
			}
		}
	}
}

// A stranger among the machines gets the named public documents, and for all
// else one answer, the members list too; the inbox takes nothing unsigned.
func TestStrangersGetThePublicDocuments(t *testing.T) {
	d := newDesk(t)
	w := d.fresh(t, "mail")
	machine := func(method, path, media, body string) *httptest.ResponseRecorder {
		return d.ask(t, "", method, path, nil, func(r *http.Request) {
			replace(r, body, true)
			r.Header.Set("Accept", federation.MediaType)
			r.Header.Set("Content-Type", media)
		})
	}
	for _, p := range []string{"/ap/network", "/ap/network/outbox", "/ap/instance", "/.well-known/webfinger?resource=http://127.0.0.1/ap/network",
		"/.well-known/nodeinfo", "/nodeinfo/2.1", "/.well-known/host-meta"} {
		if a := machine("GET", p, "", ""); a.Code != 200 || strings.Contains(a.Body.String(), "คลินิกลับ") || strings.Contains(a.Body.String(), w.member) {
			t.Errorf("%s: %d %s", p, a.Code, a.Body)
		}
	}
	none := machine("GET", "/ap/nothing", "", "")
	for _, p := range []string{"/ap/members", strings.TrimPrefix(w.item, "http://127.0.0.1"), "/ap/membership/" + opaque.ID(), "/ap/org", "/ap/members/"} {
		for _, method := range []string{"GET", "POST", "DELETE"} {
			if a := machine(method, p, federation.MediaType, ""); a.Code != 404 || a.Body.String() != none.Body.String() {
				t.Errorf("%s %s: %d %s", method, p, a.Code, a.Body)
			}
		}
	}
	for media, want := range map[string]int{federation.MediaType: 401, "application/json": 415, "": 415} {
		if a := machine("POST", "/inbox", media, `{"type":"Join"}`); a.Code != want {
			t.Errorf("%q: %d", media, a.Code)
		}
	}
}

// What a secretary's form says that no list of members could carry is refused
// beside the form, and the member is as it was.
func TestForgedDecisions(t *testing.T) {
	d := newDesk(t)
	actor := d.member(t, "active")
	everywhere := form("actor", actor)
	for _, code := range vocabulary.Codes("province") {
		everywhere.Add("regions", code)
	}
	for what, c := range map[string]struct {
		path string
		form url.Values
	}{
		"everywhere":             {"/describe", everywhere},
		"a service of one's own": {"/describe", form("actor", actor, "services", "อาซา")},
		"two capacities":         {"/describe", form("actor", actor, "capacity", "open", "capacity", "full")},
		"no reason":              {"/suspend", form("actor", actor)},
		"own words":              {"/suspend", form("actor", actor, "reason", "อาซา")},
		"two reasons":            {"/propose", form("actor", actor, "act", "expel", "reason", "breach", "reason", "decision")},
		"two acts":               {"/propose", form("actor", actor, "act", "expel", "act", "full", "reason", "breach")},
		"an act of one's own":    {"/propose", form("actor", actor, "act", "crown")},
		"full by one":            {"/accept", form("actor", d.member(t, "applied"), "tier", "full")},
		"two tiers":              {"/accept", form("actor", d.member(t, "applied"), "tier", "provisional", "tier", "observer")},
		"a tier of one's own":    {"/accept", form("actor", d.member(t, "applied"), "tier", "king")},
	} {
		for who, want := range map[string]int{"sri": 422, "or": 403, "chai": 403} {
			if a := d.ask(t, who, "POST", "/members"+c.path, c.form, nil); a.Code != want {
				t.Errorf("%s by %s: %d, want %d", what, who, a.Code, want)
			}
		}
	}
	m, err := d.Get(t.Context(), actor)
	if must(t, m, err).Version != 1 || m.State != membership.Active || len(m.Regions) > 0 {
		t.Errorf("it has changed: %+v", m.Profile)
	}
	both := form("actor", actor, "actor", actor, "reason", "decision")
	if a := d.ask(t, "sri", "POST", "/members/suspend", both, nil); a.Code != 404 {
		t.Errorf("two members at once: %d", a.Code)
	}
}
