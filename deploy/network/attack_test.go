package network_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/saphan-network/saphan/deploy/network"
	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/federation/sign"
	"github.com/saphan-network/saphan/node/clinic/referral"
)

// said is an activity of a server, fresh and well-formed, to another.
func said(t federation.Type, from, to *network.Server) federation.Activity {
	return federation.Activity{ID: from.URL + "/ap/act/" + opaque.ID(), Type: t, Actor: from.Actor, To: to.Actor, Published: time.Now().UTC().Truncate(time.Hour), Sequence: 1000}
}

func offerOfNothing(from, to *network.Server) federation.Activity {
	a := said(federation.Offer, from, to)
	a.Referral = &federation.Referral{ID: from.URL + "/ap/ref/" + opaque.ID(), Schema: federation.SchemaReferral, Revision: 1, Kind: "service", Urgency: "normal",
		RespondBy: a.Published.Add(72 * time.Hour), Purpose: "status_work", Needs: []string{"doc_drafting"},
		Disclosure: federation.Disclosure{Policy: "sha256:" + strings.Repeat("0", 64), K: 5},
		Consent:    federation.Consent{Basis: "explicit_consent", Scope: "anonymous_offer", Version: "th-1"}}
	return a
}

func bytesOf(t *testing.T, a federation.Activity) []byte {
	t.Helper()
	b, err := gofed.Encode(a)
	if err != nil {
		t.Fatal(a.Type, err)
	}
	return b
}

// letter is a signed POST to a server's inbox.
func letter(t *testing.T, k *sign.Key, to *network.Server, body []byte) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, to.URL+"/inbox", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", federation.MediaType)
	if k != nil {
		if err := k.Sign(r, body, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func hand(t *testing.T, r *http.Request) (int, string) {
	t.Helper()
	res, err := new(http.Client).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	return res.StatusCode, string(value(t, b, err))
}

func keyOf(t *testing.T, dir string, s *network.Server, id string) *sign.Key {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, s.Key, "actor.pem"))
	k, err := sign.ParseKey(id, string(value(t, b, err)))
	return value(t, k, err)
}

// files is everything but the numbers of the lines: who is told that something
// cannot be followed gets a letter.
func files(t *testing.T, n *network.Network) string {
	t.Helper()
	var out []string
	for _, l := range strings.Split(everything(t, n), "\n") {
		if len(strings.Fields(l)) > 3 {
			out = append(out, l)
		}
	}
	return strings.Join(out, "\n")
}

// A member of the network turns on the others, with its own key and all that it
// was sent: nothing of theirs changes, and nobody asks anything anywhere.
func TestAMemberTurnsBad(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db string) {
		log := &lines{}
		dir := t.TempDir()
		n := start(t, network.Options{Dir: dir, Database: db, Bare: true, Log: slog.New(slog.NewTextHandler(log, nil))})
		defer stop(t, n)
		north, labour, evil, hub := n.Server("chiangrai"), n.Server("samutsakhon"), n.Server("defenders"), n.Server("hub")
		var fetched atomic.Int32
		trap := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { fetched.Add(1) }))
		defer trap.Close()

		a := call(t, north)
		path, _ := a.offer(n, labour)
		r, err := north.Node.Sender.Store.Get(t.Context(), strings.TrimPrefix(path, "/referrals/"))
		sent := value(t, r, err).Envelope
		k := keyOf(t, dir, evil, evil.Node.Station.Key.ID())
		forge := func(act federation.Activity, change ...string) []byte {
			b := string(bytesOf(t, act))
			for i := 0; i+1 < len(change); i += 2 {
				if !strings.Contains(b, change[i]) {
					t.Fatalf("%q is not in %s", change[i], b)
				}
				b = strings.ReplaceAll(b, change[i], change[i+1])
			}
			return []byte(b)
		}
		accept := said(federation.Accept, evil, north)
		accept.Object = sent.Activity
		accept.Engagement = &federation.Engagement{ID: evil.URL + "/ap/eng/" + opaque.ID(), Referral: sent.Reference, Revision: 1, State: "accepted", Step: "assistance"}
		reject := said(federation.Reject, evil, north)
		reject.Object, reject.Reason = sent.Activity, "capacity"
		read := said(federation.Read, evil, north)
		read.Object, read.Digest = sent.Activity, sign.Digest([]byte("x"))
		progress := said(federation.Update, evil, north)
		progress.Engagement = &federation.Engagement{ID: evil.URL + "/ap/eng/" + opaque.ID(), Referral: sent.Reference, Revision: 7, State: "completed",
			Outcomes: []string{"advice_given"}, Month: "2026-10", Step: "assistance"}
		undo := said(federation.Undo, evil, labour)
		undo.Object, undo.Reason = evil.URL+"/ap/act/"+opaque.ID(), "consent_withdrawn"
		members := said(federation.Update, evil, north)
		members.Members = &federation.Members{ID: evil.URL + "/ap/members", Network: evil.Actor, Version: 99, Updated: "2026-11-25T06:00:00Z"}
		invite := said(federation.Invite, evil, north)
		invite.Object = evil.Actor
		leave := said(federation.Leave, evil, north)
		leave.Object = north.Actor

		for _, x := range []struct {
			what string
			key  *sign.Key
			to   *network.Server
			body []byte
			want int // 202 is "heard"; what cannot be followed is answered by a letter
		}{
			{"another's offer with one's own key", k, north, bytesOf(t, offerOfNothing(labour, north)), 403},
			{"with one's own key under another's name", keyOf(t, dir, evil, labour.Node.Station.Key.ID()), north, bytesOf(t, offerOfNothing(labour, north)), 401},
			{"with the key of one's own instance", keyOf(t, dir, evil, evil.URL+"/ap/instance#main-key"), north, bytesOf(t, offerOfNothing(evil, north)), 401},
			{"as another actor of one's own server", k, north, forge(offerOfNothing(evil, north), `"`+evil.Actor+`"`, `"`+evil.URL+`/ap/instance"`), 403},
			{"with a key that lies elsewhere", keyOf(t, dir, evil, trap.URL+"/ap/org#main-key"), north, bytesOf(t, offerOfNothing(evil, north)), 401},
			{"to another, handed in here", k, north, bytesOf(t, offerOfNothing(evil, labour)), 403},
			{"the id of an offer that is another's", k, labour, forge(offerOfNothing(evil, labour), evil.URL+"/ap/act/", north.URL+"/ap/act/"), 403},
			{"a referral that is another's", k, labour, forge(offerOfNothing(evil, labour), evil.URL+"/ap/ref/", north.URL+"/ap/ref/"), 400},
			{"accepts what was offered to another", k, north, bytesOf(t, accept), 202},
			{"declines what was offered to another", k, north, bytesOf(t, reject), 202},
			{"has read what was sent to another", k, north, bytesOf(t, read), 202},
			{"reports on another's referral", k, north, bytesOf(t, progress), 202},
			{"withdraws another's offer", k, labour, forge(undo, undo.Object, sent.Activity), 400},
			{"withdraws what it never offered", k, labour, bytesOf(t, undo), 202},
			{"a members list of one's own", k, north, bytesOf(t, members), 403},
			{"the hub's members list", k, north, forge(members, evil.Actor, hub.Actor, evil.URL+"/ap/act/", hub.URL+"/ap/act/", evil.URL+"/ap/members", hub.URL+"/ap/members"), 403},
			{"an invitation", k, north, bytesOf(t, invite), 403},
			{"leaves a member that is no hub", k, north, bytesOf(t, leave), 202},
			{"an offer to the hub", k, hub, bytesOf(t, offerOfNothing(evil, hub)), 403},
			{"shares another's referral on", k, north, bytes.Replace(said2(evil, north, "Announce"), []byte(`"object":"x"`), []byte(`"object":"`+sent.Reference+`"`), 1), 202},
			{"follows", k, north, said2(evil, north, "Follow"), 202},
			{"deletes", k, north, said2(evil, north, "Delete"), 202},
			{"blocks", k, north, said2(evil, north, "Block"), 202},
			{"adds", k, north, said2(evil, north, "Add"), 202},
			{"creates", k, north, said2(evil, north, "Create"), 202},
			{"moves", k, north, said2(evil, north, "Move"), 202},
		} {
			before, peers := files(t, n), pinned(t, north)+pinned(t, labour)
			status, answer := hand(t, letter(t, x.key, x.to, x.body))
			if status != x.want {
				t.Errorf("%s: %d %s, want %v", x.what, status, answer, x.want)
			}
			settle(t, n)
			if files(t, n) != before || pinned(t, north)+pinned(t, labour) != peers {
				t.Errorf("%s has changed something", x.what)
			}
		}
		if fetched.Load() != 0 {
			t.Errorf("a forged letter made somebody ask elsewhere %d times", fetched.Load())
		}
		if s := log.String(); strings.Count(s, "\n") != strings.Count(s, "time=") {
			t.Error("the log has lines that are none")
		}
		across(t, n, k, keyOf(t, dir, labour, labour.Node.Station.Key.ID()), north, labour, evil, sent)
	})
}

// said2 is an activity of a type that has no effect here.
func said2(from, to *network.Server, kind string) []byte {
	return fmt.Appendf(nil, `{"@context":"https://www.w3.org/ns/activitystreams","type":%q,"id":%q,"actor":%q,"to":[%q],"object":"x","published":"2026-11-25T06:00:00Z"}`,
		kind, from.URL+"/ap/act/"+opaque.ID(), from.Actor, to.Actor)
}

// pinned writes down who a node knows, in what role and with which key.
func pinned(t *testing.T, s *network.Server) string {
	t.Helper()
	peers, err := s.Node.Station.Mail.Peers(t.Context())
	var b strings.Builder
	for _, p := range value(t, peers, err) {
		fmt.Fprintln(&b, p.Actor, p.Role, p.State, p.KeyID, p.PublicKeyPEM, p.Inbox)
	}
	return b.String()
}

// across: what is good at one server is good there alone, and once.
func across(t *testing.T, n *network.Network, k, theirs *sign.Key, north, labour, evil *network.Server, sent referral.Envelope) {
	t.Helper()
	offer := offerOfNothing(evil, north)
	offer.Sequence = 2000
	body := bytesOf(t, offer)
	good := letter(t, k, north, body)
	for _, host := range []string{"", strings.TrimPrefix(north.URL, "http://")} { // at another door, with its name and with the first one's
		r := letter(t, nil, labour, body)
		r.Header, r.Host = good.Header.Clone(), host
		if status, answer := hand(t, r); status != 401 {
			t.Errorf("a letter to one server, handed in at another: %d %s", status, answer)
		}
	}
	had := len(offersOf(t, north))
	var wg sync.WaitGroup
	for range 20 {
		r := letter(t, nil, north, body)
		r.Header = good.Header.Clone()
		wg.Go(func() {
			if status, answer := hand(t, r); status != 202 {
				t.Errorf("a letter again: %d %s", status, answer)
			}
		})
	}
	wg.Wait()
	if got := len(offersOf(t, north)); got != had+1 {
		t.Errorf("%d offers have come of one letter", got-had)
	}
	ask := func(who *sign.Key, address string) (int, string, http.Header) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
		if err := value(t, who, err).Sign(r, nil, time.Now()); err != nil {
			t.Fatal(err)
		}
		res, err := new(http.Client).Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		b, err := io.ReadAll(res.Body)
		return res.StatusCode, string(value(t, b, err)), res.Header
	}
	_, nothing, _ := ask(k, north.URL+"/ap/act/"+opaque.ID())
	for _, p := range []string{sent.Activity, sent.Reference, north.URL + "/ap/act/%00", north.URL + "/ap/ref/%ff", north.URL + "/ap/eng/%27%20OR%201=1", north.URL + "/ap/act/" + strings.Repeat("a", 5000)} {
		if status, page, _ := ask(k, p); status != 404 || page != nothing {
			t.Errorf("%.80s: %d %s", p, status, page)
		}
	}
	status, page, h := ask(theirs, sent.Activity)
	if status != 200 || !strings.Contains(page, sent.Reference) || h.Get("Cache-Control") != "private, no-store" || h.Get("Content-Type") != federation.MediaType || h.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("to whom it was sent: %d %v", status, h)
	}
	if settle(t, n); len(offersOf(t, north)) != had+1 {
		t.Error("it came again")
	}
}
