package network_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/saphan-network/saphan/deploy/network"
	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fedtest"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/federation/sign"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/web/locale"
)

// turning is a network on a clock that the test moves, in which one member
// changes its key while all go on talking.
type turning struct {
	t     *testing.T
	o     network.Options
	n     *network.Network
	tap   *fedtest.Tap
	ahead atomic.Int64 // of the system's clock

	north, labour, hub *network.Server
}

func turn(t *testing.T, db string) *turning {
	t.Helper()
	x := &turning{t: t, tap: &fedtest.Tap{}}
	x.o = network.Options{Dir: t.TempDir(), Database: db, Members: 2, Port: freePorts(t, 3), Bare: true, Wrap: x.tap.Record, Now: x.now}
	x.up()
	t.Cleanup(func() { stop(t, x.n) })
	return x
}

func (x *turning) now() time.Time { return time.Now().Add(time.Duration(x.ahead.Load())) }

func (x *turning) up() {
	x.t.Helper()
	x.n = start(x.t, x.o)
	x.north, x.labour, x.hub = x.n.Server("chiangrai"), x.n.Server("samutsakhon"), x.n.Server("hub")
}

// restart ends all servers, whatever they have in their queues, and starts them again.
func (x *turning) restart() {
	x.t.Helper()
	stop(x.t, x.n)
	x.up()
}

// pass lets days go by when nothing is on its way.
func (x *turning) pass(d time.Duration) {
	x.t.Helper()
	settle(x.t, x.n)
	x.ahead.Add(int64(d))
}

// talk has referrals on their way both ways, and to the hub's list, without
// waiting for them to arrive.
func (x *turning) talk() {
	x.t.Helper()
	for _, pair := range [][2]*network.Server{{x.north, x.labour}, {x.labour, x.north}} {
		c := call(x.t, pair[0])
		for range 2 {
			path, hash := c.submit(pair[1])
			for { // a reply that this server sends meanwhile takes the number that was shown
				status, page, _ := c.do("supervisor", "POST", path+"/approve", pairs("sha256", hash))
				if status == 303 {
					break
				}
				m := hashField.FindStringSubmatch(page)
				if status != 409 || m == nil {
					x.t.Fatalf("approved with %d: %s", status, plain(page))
				}
				hash = m[1]
			}
			c.must(303, "caseworker", "POST", path+"/withdraw", pairs("reason", "resolved"))
		}
	}
	call(x.t, x.hub).must(303, "secretary", "POST", "/members/describe", pairs("actor", x.labour.Actor, "capacity", "open"))
}

// wait holds back what north sends until flow.
func (x *turning) wait() {
	call(x.t, x.north).must(303, "admin", "POST", "/peers/pause", pairs("peer", x.labour.Actor, "reason", "maintenance"))
}

func (x *turning) flow() {
	call(x.t, x.north).must(303, "admin", "POST", "/peers/resume", pairs("peer", x.labour.Actor))
}

func (x *turning) ok(err error) {
	x.t.Helper()
	if err != nil {
		x.t.Fatal(err)
	}
}

func (x *turning) step() { x.t.Helper(); x.ok(x.north.Node.Station.TurnKey(x.t.Context())) }

func (x *turning) rotate() { x.t.Helper(); x.ok(x.north.Node.Station.RotateKey(x.t.Context())) }

// thief is a header of requests that a test makes itself.
const thief = "Thief"

var keyIDOf = regexp.MustCompile(`(?i)key-?id="([^"]+)"`)

// sent are the posts of one server: by key id how many, and any that was refused
// or came twice is an error.
func (x *turning) sent(from *network.Server) map[string]int {
	x.t.Helper()
	by, seen := map[string]int{}, map[string]bool{}
	for _, e := range x.tap.All() {
		_, body, _ := bytes.Cut(e.Request, []byte("\r\n\r\n"))
		var a struct{ ID, Type, Actor string }
		if bytes.Contains(e.Request, []byte("\r\n"+thief+": ")) { // not from that server
			continue
		}
		if e.Method != http.MethodPost || !strings.HasSuffix(e.Path, "/inbox") || json.Unmarshal(body, &a) != nil || a.Actor != from.Actor {
			continue
		}
		if e.Status != http.StatusAccepted {
			x.t.Errorf("%s to %s was answered %d", a.Type, e.To, e.Status)
		}
		if seen[a.ID] {
			x.t.Errorf("%s to %s was sent twice", a.Type, e.To)
		}
		seen[a.ID] = true
		by[string(keyIDOf.FindSubmatch(e.Request)[1])]++
	}
	return by
}

// whole checks that nothing of anybody waits, is held, or never came.
func (x *turning) whole() {
	x.t.Helper()
	settle(x.t, x.n)
	for _, s := range x.n.Servers {
		mail := x.hub.Hub.Station.Mail
		if s.Node != nil {
			mail = s.Node.Station.Mail
		}
		lines, err := mail.Lines(x.t.Context())
		for _, l := range value(x.t, lines, err) {
			if l.Waiting+l.Held > 0 || l.Missing > 0 || l.ErrorKey != "" {
				x.t.Errorf("%s: the line to %s: %+v", s.Key, l.Peer, l)
			}
		}
		left, err := mail.Quarantined(x.t.Context())
		if len(value(x.t, left, err)) > 0 {
			x.t.Errorf("%s: something is in quarantine", s.Key)
		}
	}
}

// knocks is how a server is answered who signs with a key.
func (x *turning) knocks(key *sign.Key, to *network.Server) int {
	x.t.Helper()
	body, err := json.Marshal(map[string]any{"@context": "https://www.w3.org/ns/activitystreams", "id": x.north.URL + "/ap/act/" + opaque.ID(),
		"type": "Note", "actor": x.north.Actor, "to": to.Actor, "object": to.Actor})
	r, err := http.NewRequestWithContext(x.t.Context(), http.MethodPost, to.URL+"/inbox", bytes.NewReader(value(x.t, body, err)))
	value(x.t, r, err).Header.Set("Content-Type", federation.MediaType)
	r.Header.Set(thief, "yes")
	x.ok(key.Sign(r, body, x.now()))
	res, err := http.DefaultTransport.RoundTrip(r)
	_ = value(x.t, res, err).Body.Close()
	return res.StatusCode
}

func (x *turning) file(suffix string) string {
	return filepath.Join(x.o.Dir, x.north.Key, "actor.pem"+suffix)
}

func (x *turning) stolen(suffix, id string) *sign.Key {
	x.t.Helper()
	b, err := os.ReadFile(x.file(suffix))
	k, err := sign.ParseKey(id, string(value(x.t, b, err)))
	return value(x.t, k, err)
}

// A member changes its key while all servers talk and are restarted between the
// steps: nothing is refused, lost or sent twice, and in the end the old key is
// believed by nobody and lies nowhere.
func TestKeyRotation(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db string) {
		x := turn(t, db)
		x.talk()
		settle(t, x.n)
		was := x.north.Node.Station.Key.ID()
		old := x.stolen("", was)
		wasEd := old.AssertionID()

		x.wait()
		x.talk()
		x.rotate()
		x.talk()
		if err := x.north.Node.Station.RotateKey(t.Context()); err == nil {
			t.Error("two changes at once")
		}
		settle(t, x.n)
		x.step()
		x.restart() // with messages in the queue
		x.talk()
		x.step()
		if x.north.Node.Station.Key.ID() != was {
			t.Fatal("the new key signs before all can know it")
		}
		x.flow()
		x.pass(federation.KeySettling - time.Hour)
		x.step()
		x.wait()
		x.talk()
		if got := x.sent(x.north); len(got) != 2 || got[was] == 0 || got[wasEd] == 0 { // RSA until they ask for Ed25519
			t.Errorf("signed with %v", got)
		}
		x.restart()
		x.pass(2 * time.Hour)
		x.talk() // is on its way while the key turns
		x.step()
		is, isEd := x.north.Node.Station.Key.ID(), x.north.Node.Station.Key.AssertionID()
		if is == was {
			t.Fatal("the new key is not used")
		}
		x.flow() // what was queued long ago goes out with the new key
		x.talk()
		x.whole()
		if got := x.sent(x.north); len(got) != 3 || got[isEd] == 0 {
			t.Errorf("signed with %v", got)
		}
		for _, suffix := range []string{".next", ".spent"} {
			if _, err := os.Stat(x.file(suffix)); err == nil {
				t.Errorf("actor.pem%s is still there", suffix)
			}
		}
		for _, s := range []*network.Server{x.labour, x.hub} {
			if got := x.knocks(old, s); got != 202 {
				t.Errorf("in the overlap %s answers the old key with %d", s.Key, got)
			}
		}
		if a := document(t, x.north); !strings.Contains(a, is) || strings.Contains(a, was+`"`) {
			t.Errorf("the actor document has another key than %s: %s", is, a)
		}

		x.pass(federation.KeyOverlap)
		for _, s := range []*network.Server{x.labour, x.hub} { // also before the hub has tidied up
			if got := x.knocks(old, s); got != 401 {
				t.Errorf("after the overlap %s answers the old key with %d", s.Key, got)
			}
		}
		x.ok(x.hub.Hub.Membership.EndOldKeys(t.Context()))
		settle(t, x.n)
		p, err := x.labour.Node.Station.Mail.Peer(t.Context(), x.north.Actor)
		if p = value(t, p, err); p.OldKey.ID != "" || p.KeyID != is {
			t.Errorf("labour holds %s and %s", p.KeyID, p.OldKey.ID)
		}
		x.talk()
		x.whole()
		x.rotate() // and again
		settle(t, x.n)
		x.pass(federation.KeySettling + time.Hour)
		x.step()
		x.talk()
		x.whole()
		if x.north.Node.Station.Key.ID() == is {
			t.Error("not changed a second time")
		}
	})
}

func document(t *testing.T, s *network.Server) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.Actor, nil)
	res, err := http.DefaultTransport.RoundTrip(value(t, r, err))
	defer func() { _ = value(t, res, err).Body.Close() }()
	var b bytes.Buffer
	_, err = b.ReadFrom(value(t, res, err).Body)
	return value(t, b.String(), err)
}

// The secretary is shown both keys, and ends the old one at once when it was
// stolen, but only with the new one's fingerprint as the member has read it out.
func TestStolenKey(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db string) {
		x := turn(t, db)
		old := x.stolen("", x.north.Node.Station.Key.ID())
		x.rotate()
		settle(t, x.n)
		next := x.stolen(".next", x.north.Actor+"#next")
		h := call(t, x.hub)
		words, err := locale.Load()
		speak := value(t, words, err).Speaker(locale.Thai)
		member := "/members/one?actor=" + url.QueryEscape(x.north.Actor)
		page, _ := h.must(200, "secretary", "GET", member, nil)
		before, after := fingerprint(old), fingerprint(next)
		for _, want := range []string{speak.Say("members.event.rekeyed"), speak.Say("members.key.stolen"), before, after} {
			if !strings.Contains(page, want) {
				t.Errorf("the page does not say %q", want)
			}
		}
		// A thief signs with the old key that a third one is to come.
		third, err := sign.NewKey(x.north.Actor + "#key-0")
		if got := x.announces(old, value(t, third, err)); got != 409 {
			t.Errorf("a thief changes the key: %d", got)
		}
		for _, wrong := range []string{"", before, "0000"} {
			if status, _, _ := h.do("secretary", "POST", "/members/key", pairs("actor", x.north.Actor, "print", wrong)); status != 422 {
				t.Errorf("cut with %q: %d", wrong, status)
			}
		}
		if got := x.knocks(old, x.labour); got != 202 {
			t.Errorf("the old key is answered %d", got)
		}
		h.must(303, "secretary", "POST", "/members/key", pairs("actor", x.north.Actor, "print", strings.ToUpper(strings.ReplaceAll(after, " ", ""))))
		settle(t, x.n)
		for _, s := range []*network.Server{x.labour, x.hub} {
			if got := x.knocks(old, s); got != 401 {
				t.Errorf("%s answers the stolen key with %d", s.Key, got)
			}
		}
		x.step() // at once: nobody takes the old one any more
		x.talk()
		x.whole()
		if got := x.sent(x.north); got[x.north.Node.Station.Key.AssertionID()] == 0 {
			t.Errorf("signed with %v", got)
		}
	})
}

func fingerprint(k *sign.Key) string {
	return clinic.Fingerprint(k.PublicPEM(), k.Assertion().Multibase())
}

// announces is how the hub answers who says, with a key of north's, that another
// is to come.
func (x *turning) announces(with, next *sign.Key) int {
	x.t.Helper()
	body, err := gofed.Encode(federation.Activity{ID: x.north.URL + "/ap/act/" + opaque.ID(), Type: federation.Update, Actor: x.north.Actor, To: x.hub.Actor,
		Published: x.now().UTC().Truncate(time.Hour), Sequence: 99, Key: &federation.PublicKey{ID: x.north.Actor + "#" + federation.KeyName(next.PublicPEM()), PEM: next.PublicPEM()}})
	r, err := http.NewRequestWithContext(x.t.Context(), http.MethodPost, x.hub.URL+"/inbox", bytes.NewReader(value(x.t, body, err)))
	value(x.t, r, err).Header.Set("Content-Type", federation.MediaType)
	r.Header.Set(thief, "yes")
	x.ok(with.Sign(r, body, x.now()))
	res, err := http.DefaultTransport.RoundTrip(r)
	_ = value(x.t, res, err).Body.Close()
	return res.StatusCode
}
