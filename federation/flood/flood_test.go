package flood_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/flood"
)

// clock stands still until it is moved.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func guard(proxies ...string) (*flood.Guard, *clock) {
	c := &clock{at: time.Date(2026, 11, 25, 6, 30, 0, 0, time.UTC)}
	return flood.New(c.now, flood.Proxies(proxies)), c
}

func request(remote string, forwarded ...string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/inbox", nil)
	r.RemoteAddr = remote
	for _, f := range forwarded {
		r.Header.Add("X-Forwarded-For", f)
	}
	return r
}

func wrong(t *testing.T, g *flood.Guard, r *http.Request) error {
	t.Helper()
	v, err := g.Enter(r)
	if err == nil {
		v.Wrong()
		v.Leave()
	}
	return err
}

func enter(t *testing.T, g *flood.Guard, r *http.Request) *flood.Visit {
	t.Helper()
	v, err := g.Enter(r)
	if err != nil {
		t.Fatalf("%s: %v", r.RemoteAddr, err)
	}
	return v
}

// slowed fails unless err says to come again after so many seconds.
func slowed(t *testing.T, err error, after string) {
	t.Helper()
	if !fault.Is(err, fault.TooMany) || fault.As(err).Args[flood.After] != after {
		t.Errorf("%v after %q, want %s s", err, fault.As(err).Args[flood.After], after)
	}
}

// Who is wrong too often waits, and nobody else does; time mends it.
func TestWrongFromOneAddress(t *testing.T) {
	g, c := guard()
	for range flood.WrongBurst {
		if err := wrong(t, g, request("203.0.114.7:1000")); err != nil {
			t.Fatal(err)
		}
	}
	slowed(t, wrong(t, g, request("203.0.114.7:2000")), "30")
	slowed(t, wrong(t, g, request("[::ffff:203.0.114.7]:2000")), "30")
	if err := wrong(t, g, request("203.0.114.8:1000")); err != nil {
		t.Errorf("the neighbour: %v", err)
	}
	c.at = c.at.Add(-time.Hour)
	slowed(t, wrong(t, g, request("203.0.114.7:2000")), "30")
	c.at = c.at.Add(time.Second)
	for range flood.WrongRate {
		if err := wrong(t, g, request("203.0.114.7:2000")); err != nil {
			t.Errorf("a second later: %v", err)
		}
	}
	slowed(t, wrong(t, g, request("203.0.114.7:2000")), "30")

	for i := range flood.WrongBurst { // a /64 is one
		if err := wrong(t, g, request(fmt.Sprintf("[2a01:4f8:1:2::%x]:1000", i))); err != nil {
			t.Fatal(err)
		}
	}
	slowed(t, wrong(t, g, request("[2a01:4f8:1:2:ffff::1]:1000")), "30")
	if err := wrong(t, g, request("[2a01:4f8:1:3::1]:1000")); err != nil {
		t.Errorf("another /64: %v", err)
	}
}

// A connection on which a peer has signed well is heard beside a flood from its
// own address, until something is wrong on it.
func TestProvenPlace(t *testing.T) {
	g, _ := guard()
	v := enter(t, g, request("203.0.114.7:1"))
	if err := v.Known("north"); err != nil {
		t.Fatal(err)
	}
	v.Leave()
	for range flood.WrongBurst {
		_ = wrong(t, g, request("203.0.114.7:2"))
	}
	slowed(t, wrong(t, g, request("203.0.114.7:3")), "30")
	enter(t, g, request("203.0.114.7:1")).Leave()
	if err := wrong(t, g, request("203.0.114.7:1")); err != nil {
		t.Errorf("proven until now: %v", err)
	}
	slowed(t, wrong(t, g, request("203.0.114.7:1")), "30")
}

// The address is what the operator's own proxies say, and nobody else's word.
func TestWhoseAddress(t *testing.T) {
	for name, c := range map[string]struct {
		proxies  []string
		remote   string
		flooder  string
		other    string
		separate bool // the other one is not slowed down
		slow     bool // the flooder is
	}{
		"no proxy, headers mean nothing":        {nil, "203.0.114.7:1", "198.18.1.1", "9.9.9.9", false, true},
		"a proxy that nobody named":             {nil, "127.0.0.1:1", "9.9.9.8", "9.9.9.9", true, false},
		"one on a private network":              {nil, "10.0.0.1:1", "9.9.9.8", "9.9.9.9", true, false},
		"a named proxy":                         {[]string{"127.0.0.1"}, "127.0.0.1:1", "9.9.9.8", "9.9.9.9", true, true},
		"a named range":                         {[]string{"10.0.0.0/8"}, "10.1.2.3:1", "9.9.9.8", "9.9.9.9", true, true},
		"forged before the proxy's own word":    {[]string{"127.0.0.1"}, "127.0.0.1:1", "1.1.1.1, 9.9.9.8", "9.9.9.9", true, true},
		"two named proxies":                     {[]string{"127.0.0.1", "10.0.0.0/8"}, "127.0.0.1:1", "9.9.9.8, 10.0.0.2", "9.9.9.9, 10.0.0.2", true, true},
		"with a port":                           {[]string{"127.0.0.1"}, "127.0.0.1:1", "9.9.9.8:77", "9.9.9.9:77", true, true},
		"a named proxy that says no address":    {[]string{"127.0.0.1"}, "127.0.0.1:1", "unknown", "9.9.9.9", true, false},
		"a named proxy that says nothing":       {[]string{"127.0.0.1"}, "127.0.0.1:1", "", "9.9.9.9", true, false},
		"a named proxy that says a private one": {[]string{"127.0.0.1"}, "127.0.0.1:1", "192.168.1.4", "9.9.9.9", true, false},
	} {
		g, _ := guard(c.proxies...)
		for range flood.WrongBurst {
			if err := wrong(t, g, request(c.remote, c.flooder)); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		if err := wrong(t, g, request(c.remote, c.flooder)); (err != nil) != c.slow {
			t.Errorf("%s: the flooder: %v", name, err)
		}
		if err := wrong(t, g, request(c.remote, c.other)); (err == nil) != c.separate {
			t.Errorf("%s: the other: %v", name, err)
		}
	}
}

// Strangers that are slow fill their own places only.
func TestInside(t *testing.T) {
	g, _ := guard()
	proven := enter(t, g, request("127.0.0.1:1"))
	if err := proven.Known("north"); err != nil {
		t.Fatal(err)
	}
	proven.Leave()
	var in []*flood.Visit
	for range flood.InsideOne {
		in = append(in, enter(t, g, request("203.0.114.7:1")))
	}
	_, err := g.Enter(request("203.0.114.7:1"))
	slowed(t, err, "2")
	for len(in) < flood.Inside {
		in = append(in, enter(t, g, request("127.0.0.1:9")))
	}
	_, err = g.Enter(request("127.0.0.1:9"))
	slowed(t, err, "2")
	enter(t, g, request("127.0.0.1:1")).Leave() // the proven one
	in[0].Leave()
	_, err = g.Enter(request("203.0.114.7:1"))
	if err != nil {
		t.Errorf("a free place: %v", err)
	}
	for _, v := range in[1:] {
		v.Leave()
	}
}

// So many signatures are verified at once; the next waits its turn, or gives up.
func TestTurns(t *testing.T) {
	g, _ := guard()
	var done []func()
	for range flood.Verifying {
		d, err := enter(t, g, request("127.0.0.1:9")).Turn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		done = append(done, d)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	waiting := enter(t, g, request("127.0.0.1:9"))
	_, err := waiting.Turn(gone)
	slowed(t, err, "2")
	done[0]()
	d, err := waiting.Turn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	d()
	proven := enter(t, g, request("127.0.0.1:1"))
	if err := proven.Known("north"); err != nil {
		t.Fatal(err)
	}
	if d, err = enter(t, g, request("127.0.0.1:1")).Turn(gone); err != nil { // does not wait
		t.Errorf("from a proven place: %v", err)
	} else {
		d()
	}
}

// One member that floods is slowed down; the others are not.
func TestOnePeer(t *testing.T) {
	g, c := guard()
	send := func(actor string) error {
		v := enter(t, g, request("127.0.0.1:1"))
		defer v.Leave()
		return v.Known(actor)
	}
	for range flood.PeerBurst {
		if err := send("north"); err != nil {
			t.Fatal(err)
		}
	}
	slowed(t, send("north"), "1")
	if err := send("south"); err != nil {
		t.Errorf("another: %v", err)
	}
	c.at = c.at.Add(time.Second)
	for range flood.PeerRate {
		if err := send("north"); err != nil {
			t.Fatal(err)
		}
	}
	slowed(t, send("north"), "1")

	var in []*flood.Visit
	for range flood.PeerAtOnce {
		v := enter(t, g, request("127.0.0.1:2"))
		if err := v.Known("west"); err != nil {
			t.Fatal(err)
		}
		in = append(in, v)
	}
	slowed(t, send("west"), "2")
	in[0].Leave()
	if err := send("west"); err != nil {
		t.Errorf("one has left: %v", err)
	}
}

// What all bodies together make us hold is bounded, whoever sends them.
func TestHeldBytes(t *testing.T) {
	g, _ := guard()
	read := func(v *flood.Visit, n int) error {
		_, err := io.Copy(io.Discard, v.Body(bytes.NewReader(make([]byte, n))))
		return err
	}
	first, second := enter(t, g, request("127.0.0.1:1")), enter(t, g, request("127.0.0.1:2"))
	if err := read(first, flood.HeldBytes); err != nil {
		t.Fatal(err)
	}
	slowed(t, read(second, 1), "2")
	second.Leave()
	if err := first.Known("north"); err != nil {
		t.Fatal(err)
	}
	proven := enter(t, g, request("127.0.0.1:1"))
	if err := read(proven, flood.HeldProven); err != nil {
		t.Errorf("from a proven place: %v", err)
	}
	slowed(t, read(proven, 1), "2")
	proven.Leave()
	first.Leave()
	if err := read(enter(t, g, request("127.0.0.1:3")), flood.HeldBytes); err != nil {
		t.Errorf("after they have left: %v", err)
	}
}

// Lines about strangers are few, and say how many were left out.
func TestTell(t *testing.T) {
	g, c := guard()
	for range flood.LogBurst {
		if _, ok := g.Tell(); !ok {
			t.Fatal("too early")
		}
	}
	for range 7 {
		if _, ok := g.Tell(); ok {
			t.Fatal("no end")
		}
	}
	c.at = c.at.Add(time.Second)
	if unsaid, ok := g.Tell(); !ok || unsaid != 7 {
		t.Errorf("%d %v", unsaid, ok)
	}
}

// A hundred thousand strangers, each from an address of its own, and more connections of
// peers than anybody needs, take no more memory than the tables that are there.
func TestMemoryIsBounded(t *testing.T) {
	g, _ := guard()
	var before, after runtime.MemStats
	fill := func(from, to int) {
		r := request("")
		for i := from; i < to; i++ {
			r.RemoteAddr = fmt.Sprintf("[2a01:%x:%x:1::1]:1", i>>16, i&0xffff)
			if v, err := g.Enter(r); err == nil {
				v.Wrong()
				v.Leave()
			}
			r.RemoteAddr = fmt.Sprintf("127.%d.%d.%d:1", i>>16, i>>8&0xff, i&0xff)
			v := enter(t, g, r)
			_ = v.Known("north")
			v.Leave()
		}
		runtime.GC()
	}
	fill(0, 20_000)
	runtime.ReadMemStats(&before)
	fill(20_000, 120_000)
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 1<<20 {
		t.Errorf("%d bytes more", grown)
	}
	runtime.KeepAlive(g)
}

// A guard that is not there lets everything through.
func TestNoGuard(t *testing.T) {
	var g *flood.Guard
	v, err := g.Enter(request("203.0.114.7:1"))
	if err != nil {
		t.Fatal(err)
	}
	done, err := v.Turn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	done()
	v.Wrong()
	if err := v.Known("north"); err != nil {
		t.Error(err)
	}
	if b, err := io.ReadAll(v.Body(strings.NewReader("x"))); err != nil || string(b) != "x" {
		t.Error(err)
	}
	if _, ok := g.Tell(); !ok {
		t.Error("says nothing")
	}
	v.Leave()
}
