package torture_test

import (
	"testing"
	"time"
)

const register = "../network/registers/clinic-north.xlsx"

// TestKilledAtAnyMoment plays the story twice on three real servers: processes
// die between two steps, and in the middle of them.
func TestKilledAtAnyMoment(t *testing.T) {
	if testing.Short() {
		t.Skip("real processes, killed many times")
	}
	hub, node := build(t)
	eachDatabase(t, func(t *testing.T, db func(name string) string) {
		began := time.Now()
		lap := func(what string) { t.Logf("%6s  %s", time.Since(began).Round(100*time.Millisecond), what) }
		w := newWorld(t, hub, node, db)
		lap("three servers, all people")
		w.join(w.north)
		w.cruel = true
		w.join(w.labour)
		w.acquainted()
		lap("both are members")
		w.takeIn()
		files := w.files(4)
		lap("the register is in")
		var all []*referral
		for i, cruel := range []bool{false, true} {
			w.cruel = cruel
			w.open(files[2*i])
			r := w.send(files[2*i])
			w.serve(r)
			lap("one referral to its end")
			w.open(files[2*i+1])
			back := w.send(files[2*i+1])
			w.withdraw(back)
			lap("one referral taken back")
			all = append(all, r, back)
		}
		w.settled()
		w.agree(all)
		w.healthy(len(all))
		w.silent(db, files[:4])
		lap("all looked over")
		t.Logf("%d kills, %d steps had to be repeated", w.killed, w.repeated)
	})
}
