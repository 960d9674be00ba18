package app_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/federation/sign"
	"github.com/saphan-network/saphan/node/clinic/casework"
	"github.com/saphan-network/saphan/node/clinic/consent"
	"github.com/saphan-network/saphan/node/clinic/referral"
)

// Who asks, in the order of the columns of the table. nok drafts and has the
// case, dao is a caseworker who does not; gone has been shut out while signed
// in, and away is signed in at another node.
var askers = []string{"", "nok", "dao", "tan", "ying", "mek", "fah", "net", "chai", "or"}

// shut are those for whom every answer must be what nobody gets.
var shut = []string{"gone", "away"}

const there = "https://lpn.example"

// things are what exists at the office when a route is asked.
type things struct {
	c, consent, draft, file, row, person, link, ref, sha256, offer, item, nok string

	rules           string // number of a version of our own rules that is being drafted
	member, version string // a person of the case, and the version of it that was seen
}

// newWorld is an office with everybody, in a network with one other member.
func newWorld(t *testing.T) *office {
	t.Helper()
	o := newOffice(t)
	o.hire(t, "tan", "lawyer")
	o.hire(t, "gone", "supervisor")
	if err := o.Accounts.Disable(t.Context(), "system", o.actors["gone"].UserID); err != nil {
		t.Fatal(err)
	}
	o.tokens["away"] = newOffice(t).tokens["ying"]
	key, err := sign.NewKey(there + "/ap/org#main-key")
	if err != nil {
		t.Fatal(err)
	}
	hub := "https://hub.example/ap/network"
	hubKey, err := sign.NewKey(hub + "#main-key")
	if err != nil {
		t.Fatal(err)
	}
	err = o.Station.Mail.SavePeer(t.Context(), mailbox.Peer{Role: mailbox.RoleHub, Member: federation.Member{Actor: hub, Name: "hub",
		Inbox: "https://hub.example/inbox", KeyID: hubKey.ID(), PublicKeyPEM: hubKey.PublicPEM()}})
	if err != nil {
		t.Fatal(err)
	}
	list := federation.Members{ID: "https://hub.example/ap/members", Network: hub, Version: 1, Updated: "2026-11-01T00:00:00Z"}
	for _, origin := range []string{there, "https://law.example"} {
		list.Items = append(list.Items, federation.Member{Actor: origin + "/ap/org", Name: "องค์กร " + origin[8:11], Inbox: origin + "/inbox",
			KeyID: origin + "/ap/org#main-key", PublicKeyPEM: key.PublicPEM(), Tier: "full", State: "active", Services: []string{"dna"}, Capacity: "open"})
	}
	if err := o.Station.Mail.SaveMembers(t.Context(), list); err != nil {
		t.Fatal(err)
	}
	return o
}

// hire makes a colleague who is signed in.
func (o *office) hire(t *testing.T, login string, roles ...string) {
	t.Helper()
	if _, err := o.Accounts.Add(t.Context(), "system", login, "คุณ"+login, roles); err != nil {
		t.Fatal(err)
	}
	u, err := o.Accounts.Find(t.Context(), login)
	if err != nil {
		t.Fatal(err)
	}
	if o.tokens[login], err = o.Accounts.Begin(t.Context(), u.ID); err != nil {
		t.Fatal(err)
	}
	o.actors[login] = u.Actor()
}

// must ends a test whose ground cannot be laid.
func must[T any](t *testing.T, v T, err error) T {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// fresh makes what a route needs, untouched by earlier requests.
func (o *office) fresh(t *testing.T, needs string) things {
	t.Helper()
	ctx, nok, ying := t.Context(), o.actors["nok"], o.actors["ying"]
	w := things{nok: nok.UserID}
	for _, need := range strings.Fields(needs) {
		switch need {
		case "case":
			w.c = o.file(t, nil)
		case "over":
			w.c = o.file(t, func(c *casework.Case) { c.AdminStatus, c.CloseReason = casework.StatusClosed, "moved" })
		case "open":
			w.c = o.file(t, nil)
			c, err := o.Cases.Show(ctx, nok, w.c)
			if _, err := o.Cases.Screen(ctx, nok, w.c, must(t, c, err).Version, consent.Explicit, casework.ConflictClear); err != nil {
				t.Fatal(err)
			}
			r, err := o.Cases.RecordConsent(ctx, nok, w.c, consent.Record{Purpose: "status_work", Recipient: consent.Network,
				Scope: consent.ScopeAnonymousOffer, Special: true, Basis: consent.Explicit, TextVersion: "th-3", Language: "th", Medium: consent.Paper,
				Guardian: "นาซือ", Assent: true})
			w.consent = must(t, r, err).ID
		case "draft", "submitted", "sent", "receipt":
			id, err := o.Sender.Draft(ctx, nok, w.c, referral.Form{Kind: "service", Urgency: "urgent", Purpose: "status_work", Needs: []string{"dna"},
				Target: there + "/ap/org"})
			w.ref = must(t, id, err)
			if need != "draft" {
				if st, err := o.Sender.Submit(ctx, nok, w.ref); err != nil || st != referral.StateAwaiting {
					t.Fatal(st, err)
				}
			}
			v, err := o.Sender.Show(ctx, ying, w.ref)
			w.sha256 = must(t, v, err).Fresh.SHA256
			if need == "sent" || need == "receipt" {
				if err := o.Sender.Approve(ctx, ying, w.ref, w.sha256); err != nil {
					t.Fatal(err)
				}
				q, err := o.Station.Mail.Queue(ctx, there+"/ap/org")
				w.item = must(t, q, err)[len(q)-1].ActivityID
			}
			if need == "receipt" {
				if err := o.Receipts.Issue(ctx, nok, w.ref, false); err != nil {
					t.Fatal(err)
				}
			}
		case "rules":
			n, err := o.Rules.Begin(ctx, ying, "ทดสอบ", 0)
			w.rules = fmt.Sprint(must(t, n, err))
		case "intake":
			w.draft = opaque.ID()
			if err := o.Cases.KeepDraft(ctx, nok, w.draft, url.Values{"problem": {"ร่าง"}}); err != nil {
				t.Fatal(err)
			}
		case "offer", "taken":
			w.offer = o.arrive(t)
			if need == "taken" {
				if err := o.Receiver.Accept(ctx, ying, w.offer); err != nil {
					t.Fatal(err)
				}
			}
		case "wished", "agreed", "prepared", "handed":
			w.sha256 = o.wished(t, w.ref, need)
		case "wanted", "come":
			o.wanted(t, w.offer, need)
		case "person", "closed":
			w.person = opaque.ID()
			link, err := o.Accounts.Add(ctx, "system", "p"+w.person[:12], "คุณใหม่", []string{"volunteer"})
			w.link = must(t, link, err)
			u, err := o.Accounts.Find(ctx, "p"+w.person[:12])
			w.person = must(t, u, err).ID
			if need == "closed" {
				if err := o.Accounts.Disable(ctx, "system", w.person); err != nil {
					t.Fatal(err)
				}
			}
		case "meeting", "proposal", "task":
			o.meets(t, need, &w)
		case "register":
			w.file = o.upload(t)
		case "row":
			w.row = o.waiting(t)
		}
	}
	if w.c != "" {
		c, err := o.Cases.Show(ctx, nok, w.c)
		w.version, w.member = fmt.Sprint(must(t, c, err).Version), c.Persons[len(c.Persons)-1].ID
	}
	return w
}

// arrive puts an offer of the other member here.
func (o *office) arrive(t *testing.T) string {
	t.Helper()
	in := referral.Incoming{Offer: there + "/ap/act/" + opaque.ID(), Reference: there + "/ap/ref/" + opaque.ID(), Sender: there + "/ap/org",
		SHA256: strings.Repeat("ab", 32), Payload: referral.Payload{Kind: "service", Urgency: "urgent", Purpose: "status_work", Needs: []string{"dna"}}}
	if _, err := o.Receiver.Arrived(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	got, err := o.Receiver.Store.ByOffer(t.Context(), in.Offer)
	return must(t, got, err).ID
}

// uploads makes every file another one.
var uploads atomic.Int64

// upload brings a register that has not been started.
func (o *office) upload(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile("../clinic/register/testdata/labour-2567.csv")
	other := append(must(t, raw, err), bytes.Repeat([]byte("\r\n"), int(uploads.Add(1)))...)
	f, err := o.Register.Upload(t.Context(), o.actors["ying"], "ทะเบียน.csv", bytes.NewReader(other))
	return must(t, f, err).ID
}

// waiting is a row that waits for a person.
func (o *office) waiting(t *testing.T) string {
	t.Helper()
	ctx, ying := t.Context(), o.actors["ying"]
	rows, n, err := o.Register.Waiting(ctx, ying, 0, 1)
	if err == nil && n == 0 {
		if err := o.Register.Start(ctx, ying, o.upload(t)); err != nil {
			t.Fatal(err)
		}
		o.Wait()
		rows, _, err = o.Register.Waiting(ctx, ying, 0, 1)
	}
	return must(t, rows, err)[0].ID
}

var asked atomic.Int64

// ask sends one request; who "" is nobody.
func (o *office) ask(t *testing.T, who, method, path string, form url.Values, change func(*http.Request)) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, "http://127.0.0.1"+path, strings.NewReader(form.Encode()))
	n := asked.Add(1)
	r.RemoteAddr = fmt.Sprintf("10.%d.%d.1:1234", n/250, n%250) // each from elsewhere, so that nobody is slowed down
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Accept-Language", "th")
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if tok := o.tokens[who]; tok != "" {
		r.AddCookie(&http.Cookie{Name: "saphan-80", Value: tok})
	}
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	o.Handler().ServeHTTP(w, r)
	return w
}
