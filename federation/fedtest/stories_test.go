package fedtest_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation/fedtest"
	"github.com/saphan-network/saphan/federation/mailbox"
)

// story is what may happen between honest servers. hub, north and south are three.
type story func(tn *town, hub, north, south *home)

func run(t *testing.T, name string, f story) {
	t.Run(name, func(t *testing.T) {
		t.Parallel()
		tn := newTown(t)
		f(tn, tn.home["hub"], tn.home["north"], tn.home["south"])
	})
}

// spoiled is a story in which the way to north is spoiled for a time: whatever the
// fault, all comes to rest, and arrives once, in order, when it is mended.
func spoiled(f fedtest.Fault, away time.Duration) story {
	return func(tn *town, hub, north, south *home) {
		north.door.Spoil(f)
		a, b, c := hub.write(north, "t"), hub.write(north, "t"), hub.write(north, "")
		other := hub.write(south, "t")
		tn.settle()
		south.has(other)
		tn.later(away)
		north.door.Spoil(nil)
		tn.later(13 * time.Hour)
		north.has(a, b, c)
		for _, id := range []string{a, b, c} {
			hub.stands(id, mailbox.Sent)
		}
	}
}

// TestSpoiledWays: every way in which a way can be spoiled for a while.
func TestSpoiledWays(t *testing.T) {
	for name, f := range map[string]fedtest.Fault{
		"nobody there":           fedtest.Down(),
		"answers 401":            fedtest.Answers(http.StatusUnauthorized),
		"answers 403 for a time": fedtest.Once(2, fedtest.Answers(http.StatusForbidden)),
		"answers 404 for a time": fedtest.Once(2, fedtest.Answers(http.StatusNotFound)),
		"answers 408":            fedtest.Answers(http.StatusRequestTimeout),
		"answers 409 for a time": fedtest.Once(2, fedtest.Answers(http.StatusConflict)),
		"answers 425":            fedtest.Answers(http.StatusTooEarly),
		"answers 429":            fedtest.Answers(http.StatusTooManyRequests),
		"answers 429 and when":   fedtest.Answers(http.StatusTooManyRequests, "Retry-After", "3600"),
		"answers 500 for a time": fedtest.Once(2, fedtest.Answers(http.StatusInternalServerError)),
		"answers 502":            fedtest.Answers(http.StatusBadGateway),
		"answers 503":            fedtest.Answers(http.StatusServiceUnavailable),
		"answers 503 and never":  fedtest.Answers(http.StatusServiceUnavailable, "Retry-After", "999999999"),
		"answers 504":            fedtest.Answers(http.StatusGatewayTimeout),
		"leads elsewhere":        fedtest.Answers(http.StatusFound, "Location", "http://127.0.0.1:1/inbox"),
		"loses the answer":       fedtest.Once(2, fedtest.Lost()),
		"loses every answer":     fedtest.Lost(),
		"brings all twice":       fedtest.Twice(),
		"is down, then twice":    fedtest.Once(3, fedtest.Down()),
	} {
		run(t, name, spoiled(f, 2*time.Hour))
	}
}

// TestStories: what else happens between honest servers.
func TestStories(t *testing.T) {
	for name, f := range map[string]story{
		"there and back": func(tn *town, hub, north, _ *home) {
			a, b := hub.write(north, "t"), north.write(hub, "t")
			tn.settle()
			north.has(a)
			hub.has(b)
		},
		"crossing on the way": func(tn *town, _, north, south *home) {
			south.door.Spoil(fedtest.Down())
			a := north.write(south, "t")
			tn.settle()
			south.has()
			south.door.Spoil(nil)
			tn.pass(time.Second)
			b := south.write(north, "t")
			tn.settle()
			tn.pass(2 * time.Second)
			tn.settle() // what south has said is the sign of life
			north.has(b)
			south.has(a)
		},
		"a long conversation": func(tn *town, hub, north, _ *home) {
			var to, back []string
			for range 12 {
				to, back = append(to, hub.write(north, "t")), append(back, north.write(hub, "t"))
				tn.settle()
			}
			north.has(to...)
			hub.has(back...)
		},
		"everybody to everybody": func(tn *town, hub, north, south *home) {
			a, b := hub.write(north, ""), hub.write(south, "")
			c := north.write(south, "")
			tn.settle()
			north.has(a)
			if len(south.applied) != 2 {
				tn.t.Errorf("%v, want %s and %s", south.applied, b, c)
			}
		},
		"the sender restarts": func(tn *town, hub, north, _ *home) {
			north.door.Spoil(fedtest.Down())
			a, b := hub.write(north, "t"), hub.write(north, "t")
			tn.settle()
			hub.restart()
			north.door.Spoil(nil)
			tn.later(time.Hour)
			north.has(a, b)
		},
		"the sender dies in the middle": func(tn *town, hub, north, _ *home) {
			a, b := hub.write(north, "t"), hub.write(north, "t")
			if c, err := hub.mail.Claim(context.Background(), north.actor, time.Hour); err != nil || c == nil || c.Item.ActivityID != a {
				tn.t.Fatal(c, err)
			}
			hub.restart()
			hub.must(hub.mail.Recover(context.Background()))
			tn.settle()
			north.has(a, b)
		},
		"the receiver restarts": func(tn *town, hub, north, _ *home) {
			a := hub.write(north, "t")
			north.door.Spoil(fedtest.Lost())
			tn.settle()
			north.restart()
			north.door.Spoil(nil)
			b := hub.write(north, "t")
			tn.later(time.Hour)
			north.has(a, b)
		},
		"a suspended peer gets nothing, and then all": func(tn *town, hub, north, _ *home) {
			a := hub.write(north, "t")
			hub.set(func() { hub.state[north.actor] = "suspended" })
			tn.later(3 * time.Hour)
			north.has()
			hub.set(func() { hub.state = map[string]string{} })
			b := hub.write(north, "t")
			tn.later(7 * time.Hour)
			north.has(a, b)
		},
		"a paused line": func(tn *town, hub, north, south *home) {
			hub.must(hub.mail.Pause(context.Background(), north.actor, "x"))
			a, b := hub.write(north, "t"), hub.write(south, "t")
			tn.later(time.Hour)
			north.has()
			south.has(b)
			hub.must(hub.mail.Resume(context.Background(), north.actor))
			tn.settle()
			north.has(a)
		},
		"one is given up, the next goes": func(tn *town, hub, north, _ *home) {
			north.door.Spoil(fedtest.Once(1, fedtest.Answers(http.StatusUnprocessableEntity)))
			a, b, c := hub.write(north, "t"), hub.write(north, "t"), hub.write(north, "other")
			tn.settle()
			hub.stands(a, mailbox.Held)
			north.has(c)
			hub.must(hub.mail.Drop(context.Background(), a, "x"))
			tn.settle()
			hub.stands(a, mailbox.Dropped)
			north.has(c, b)
		},
		"one is held, and sent again": func(tn *town, hub, north, _ *home) {
			north.door.Spoil(fedtest.Once(1, fedtest.Answers(http.StatusBadRequest)))
			a, b := hub.write(north, "t"), hub.write(north, "t")
			tn.later(24 * time.Hour)
			north.has()
			hub.must(hub.mail.Retry(context.Background(), a))
			tn.settle()
			north.has(a, b)
		},
		"quarantined, and carried out after an upgrade": func(tn *town, hub, north, _ *home) {
			north.set(func() { north.broken = true })
			a := hub.write(north, "t")
			tn.settle()
			hub.stands(a, mailbox.Sent)
			north.has()
			north.restart()
			north.set(func() { north.broken = false })
			tn.later(7 * time.Hour)
			north.has(a)
		},
		"poison between good ones": func(tn *town, hub, north, south *home) {
			a, bad, c := hub.write(north, "t"), hub.write(north, "t"), hub.write(north, "t")
			north.set(func() { north.fail[bad] = true })
			tn.settle()
			d := south.write(north, "t")
			tn.settle()
			north.has(a, d) // what the hub wrote after it waits behind it, what others write does not
			for _, id := range []string{a, bad, c} {
				hub.stands(id, mailbox.Sent)
			}
			north.set(func() { north.fail = map[string]bool{} })
			tn.later(7 * time.Hour)
			north.has(a, d, bad, c)
		},
		"a peer that is away for a week": func(tn *town, hub, north, _ *home) {
			north.door.Spoil(fedtest.Down())
			var ids []string
			for range 8 {
				ids = append(ids, hub.write(north, "t"))
				tn.pass(24 * time.Hour)
				tn.settle()
			}
			if l, err := hub.mail.Line(context.Background(), north.actor); err != nil || !l.Dead {
				tn.t.Errorf("%+v %v", l, err)
			}
			north.door.Spoil(nil)
			tn.pass(time.Second)
			back := north.write(hub, "t")
			tn.settle()
			tn.pass(2 * time.Second)
			tn.settle() // its word has revived it
			north.has(ids...)
			hub.has(back)
		},
		"a new key is pinned before it is used": func(tn *town, hub, north, south *home) {
			hub.know(north, keyOf(tn.t, "south", north.actor+"#main-key"))
			a := north.write(hub, "t")
			tn.settle()
			hub.has()
			north.stands(a, mailbox.Waiting)
			hub.know(north, north.key)
			tn.later(7 * time.Hour)
			hub.has(a)
		},
	} {
		run(t, name, f)
	}
}
