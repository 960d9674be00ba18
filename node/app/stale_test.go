package app_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/node/clinic/referral"
)

// What was decided on an old view of a thing changes nothing.
func TestStaleFormsChangeNothing(t *testing.T) {
	o := newWorld(t)
	ctx, nok := t.Context(), o.actors["nok"]
	w := o.fresh(t, "case")
	before, err := o.Cases.Reveal(ctx, nok, w.c)
	old := fmt.Sprint(must(t, before, err).Version - 1)
	for _, c := range []struct {
		path string
		form []string
	}{
		{"/edit", []string{"problem", "ใหม่", "province", "57", "local_number", "ใหม่ 1", "version", old}},
		{"/screen", []string{"basis", "explicit_consent", "conflict", "clear", "version", old}},
		{"/move", []string{"to", "screening", "version", old}},
		{"/persons", []string{"person.0.given", "จะอือ", "version", old}},
		{"/persons/" + w.member, []string{"person.0.given", "จะอือ", "version", old}},
		{"/persons/" + w.member + "/remove", []string{"version", old}},
	} {
		a := o.ask(t, "nok", "POST", "/cases/"+w.c+c.path, form(c.form...), nil)
		if a.Code != http.StatusConflict && !strings.Contains(a.Header().Get("Set-Cookie"), "saphan-flash-80=") {
			t.Errorf("%s: %d, and nobody is told", c.path, a.Code)
		}
	}
	after, err := o.Cases.Reveal(ctx, nok, w.c)
	if must(t, after, err).Version != before.Version || after.Problem != before.Problem || after.AdminStatus != before.AdminStatus || fmt.Sprint(after.Persons) != fmt.Sprint(before.Persons) {
		t.Errorf("version %d has become %d", before.Version, after.Version)
	}
	w = o.fresh(t, "open submitted")
	for _, sha := range []string{"", "0", strings.Repeat("0", 64), strings.ToUpper(w.sha256), w.sha256 + " "} {
		if a := o.ask(t, "ying", "POST", "/referrals/"+w.ref+"/approve", form("sha256", sha), nil); a.Code != http.StatusConflict {
			t.Errorf("approved with the hash %q: %d", sha, a.Code)
		}
	}
	v, err := o.Sender.Show(ctx, nok, w.ref)
	if q, qerr := o.Station.Mail.Queue(ctx, ""); must(t, v, err).Referral.State != referral.StateAwaiting || len(must(t, q, qerr)) != 0 {
		t.Errorf("the referral is %s, %d wait to be sent", v.Referral.State, len(q))
	}
}

// An unfinished intake is its writer's alone: nobody else reads it, writes over
// it, or throws it away.
func TestDraftsAreTheirWritersAlone(t *testing.T) {
	o := newWorld(t)
	w := o.fresh(t, "intake")
	for _, who := range append([]string{"gone", "away"}, askers...) {
		if who == "nok" {
			continue
		}
		read := o.ask(t, who, "GET", "/cases/new?draft="+w.draft, nil, nil)
		none := o.ask(t, who, "GET", "/cases/new?draft="+opaque.ID(), nil, nil)
		if read.Code == http.StatusOK || read.Code != none.Code || same(read) != same(none) {
			t.Errorf("%s reads: %d, and %d for none", who, read.Code, none.Code)
		}
		if a := o.ask(t, who, "POST", "/cases", form("draft", "1", "key", w.draft, "problem", "x"), nil); a.Code < 400 {
			t.Errorf("%s writes over it: %d", who, a.Code)
		}
		o.ask(t, who, "POST", "/cases/drafts/"+w.draft+"/drop", nil, nil)
	}
	d, err := o.Cases.Draft(t.Context(), o.actors["nok"], w.draft)
	if must(t, d, err).Form["problem"][0] != "ร่าง" {
		t.Error("it has changed")
	}
}

// A stranger among the machines gets the named public documents, and for all
// else one answer; the inbox takes nothing unsigned.
func TestStrangersGetThePublicDocuments(t *testing.T) {
	o := newWorld(t)
	w := o.fresh(t, "open sent")
	q, err := o.Station.Mail.Item(t.Context(), w.item)
	path := strings.TrimPrefix(must(t, q, err).ActivityID, "http://127.0.0.1")
	machine := func(method, path, media, body string) *httptest.ResponseRecorder {
		return o.ask(t, "", method, path, nil, func(r *http.Request) {
			replace(r, body, true)
			r.Header.Set("Accept", federation.MediaType)
			r.Header.Del("Content-Type")
			if media != "" {
				r.Header.Set("Content-Type", media)
			}
		})
	}
	for _, p := range []string{"/ap/org", "/ap/org/outbox", "/ap/instance", "/.well-known/webfinger?resource=http://127.0.0.1/ap/org",
		"/.well-known/nodeinfo", "/nodeinfo/2.1", "/.well-known/host-meta"} {
		if a := machine("GET", p, "", ""); a.Code != 200 || strings.Contains(a.Body.String(), "lpn.example") || a.Header().Get("Set-Cookie") != "" {
			t.Errorf("%s: %d %s", p, a.Code, a.Body)
		}
		if a := machine("POST", p, federation.MediaType, "{}"); a.Code != 405 {
			t.Errorf("POST %s: %d", p, a.Code)
		}
	}
	none := machine("GET", "/ap/nothing", "", "")
	for _, p := range []string{path, "/ap/act/" + opaque.ID(), "/ap/ref/" + opaque.ID(), "/ap/eng/x", "/ap/membership/x", "/ap/members", "/ap/", "/ap/org/",
		"/ap/org/followers", "/ap/act/", "/ap/../cases", "/ap/%6frg", "/ap/instance/outbox/x"} {
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "DELETE"} {
			a := machine(method, p, federation.MediaType, "")
			if a.Code != 404 || none.Code != 404 || a.Body.String() != none.Body.String() {
				t.Errorf("%s %s: %d %s", method, p, a.Code, a.Body)
			}
		}
	}
	for _, p := range []string{"/inbox", "/ap/org/inbox", "/ap/instance/inbox"} {
		for _, c := range []struct {
			method, media, body string
			want                int
		}{
			{"GET", "", "", 405},
			{"POST", federation.MediaType, `{"type":"Offer"}`, 401},
			{"POST", federation.MediaType, `nonsense`, 401},
			{"POST", "application/json", `{}`, 415},
			{"POST", "", `{}`, 415},
			{"POST", "application/x-www-form-urlencoded", "a=b", 415},
			{"POST", federation.MediaType, strings.Repeat(" ", federation.MaxBody+1), 413},
		} {
			if a := machine(c.method, p, c.media, c.body); a.Code != c.want || strings.Contains(a.Body.String(), "code") {
				t.Errorf("%s %s %s: %d %s", c.method, p, c.media, a.Code, a.Body)
			}
		}
	}
}

// nobodyReads fails the test when somebody reads it.
type nobodyReads struct{ t *testing.T }

func (n nobodyReads) Read([]byte) (int, error) {
	n.t.Error("the file of somebody who may not bring one is read")
	return 0, io.EOF
}

// A file is not even read when its sender may not bring one.
func TestNoFileIsReadInVain(t *testing.T) {
	o := newWorld(t)
	for _, r := range allRoutes() {
		if r.method+r.path != "POST/imports" {
			continue
		}
		for i, who := range append(slices.Clone(askers), shut...) {
			if who == "ying" {
				continue
			}
			a := o.ask(t, who, "POST", "/imports", nil, func(q *http.Request) {
				q.Body, q.ContentLength = io.NopCloser(nobodyReads{t}), 10<<20
				q.Header.Set("Content-Type", "multipart/form-data; boundary=x")
			})
			if want := strings.Fields(r.want)[i%len(askers)]; fmt.Sprint(a.Code) != want && i < len(askers) {
				t.Errorf("%s: %d, want %s", who, a.Code, want)
			}
		}
	}
}
