package network_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/saphan-network/saphan/deploy/network"
	"github.com/saphan-network/saphan/federation/fedtest"
	"github.com/saphan-network/saphan/node/clinic/directory"
	"github.com/saphan-network/saphan/node/clinic/referral"
	"github.com/saphan-network/saphan/web/locale"
)

// TestTheHubIsAway: members work on with the list that they have, are told that it
// grows old, and stop when it is too old; nothing that waits is lost, and all goes on
// by itself when the hub has spoken again.
func TestTheHubIsAway(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db string) {
		var away atomic.Bool
		x := &turning{t: t, tap: &fedtest.Tap{}}
		x.o = network.Options{Dir: t.TempDir(), Database: db, Members: 2, Port: freePorts(t, 3), Bare: true, Now: x.now,
			Wrap: func(key string, h http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					from := r.Header.Get("Signature") + r.Header.Get("Signature-Input")
					if away.Load() && (key == "hub" || strings.Contains(from, "/ap/network#")) {
						w.WriteHeader(http.StatusServiceUnavailable)
						return
					}
					h.ServeHTTP(w, r)
				})
			}}
		x.up()
		t.Cleanup(func() { stop(t, x.n) })
		words, err := locale.Load()
		speak := value(t, words, err).Speaker(locale.Thai)
		says := func(path, key string, want bool) {
			t.Helper()
			page, _ := call(t, x.north).must(200, "caseworker", "GET", path, nil) // signed in anew: sessions do not live for days
			if strings.Contains(main(page), speak.Say(key)) != want {
				t.Errorf("%s says %q: %v, want %v", path, speak.Say(key), !want, want)
			}
		}
		refer := func(want int) (path string) {
			t.Helper()
			a := call(t, x.north)
			path, hash := a.submit(x.labour)
			status, _, _ := a.do("supervisor", "POST", path+"/approve", pairs("sha256", hash))
			if status != want {
				t.Errorf("approved: %d, want %d", status, want)
			}
			return path
		}
		arrived := func() int {
			t.Helper()
			in, err := x.labour.Node.Receiver.Store.List(t.Context(), []referral.State{referral.StateReceived, referral.StateExpired})
			return len(value(t, in, err))
		}

		says("/", "network.age.old", false)
		away.Store(true)
		x.pass(4 * 24 * time.Hour)
		says("/network", "network.age.aging", true)
		says("/", "network.age.aging", false) // nothing that everybody must know
		x.pass(4 * 24 * time.Hour)
		says("/", "network.age.old", true)
		refer(303)
		settle(t, x.n)
		if n := arrived(); n != 1 {
			t.Fatalf("%d offers have arrived while the hub is away", n)
		}
		a := call(t, x.north)
		waiting, hash := a.submit(x.labour) // before the bound, and approved after it
		x.pass(38 * 24 * time.Hour)
		says("/", "network.age.stale", true)
		if status, _, _ := call(t, x.north).do("supervisor", "POST", waiting+"/approve", pairs("sha256", hash)); status == 303 {
			t.Error("approved by a list that is too old")
		}
		page, _ := call(t, x.north).must(200, "supervisor", "GET", waiting, nil)
		if !strings.Contains(page, speak.Say("policy.why.list_stale")) {
			t.Errorf("the page does not say why: %s", plain(main(page)))
		}
		settle(t, x.n)
		if n := arrived(); n != 1 {
			t.Errorf("%d offers have arrived by a list that is too old", n)
		}

		away.Store(false)
		if err := x.hub.Hub.Membership.Republish(t.Context()); err != nil {
			t.Fatal(err)
		}
		for range 8 { // the hub tries a member that could not be reached for so long a few times a day
			x.pass(6 * time.Hour)
			settle(t, x.n)
			age, err := x.north.Node.Network.Age(t.Context())
			if value(t, age, err).Stage != directory.ListStale {
				break
			}
		}
		says("/", "network.age.stale", false)
		refer(303)
		settle(t, x.n)
		if n := arrived(); n != 2 {
			t.Errorf("%d offers have arrived after the hub has spoken", n)
		}
	})
}
