package exchange_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/clinic/handover"
)

// pairs are the states in which both ends may stand when nobody has anything left to say.
var pairs = map[handover.State][]handover.State{
	"":                      {""},
	handover.StateAsked:     {handover.StateAsked},
	handover.StateReady:     {handover.StateAsked},
	handover.StateDelivered: {handover.StateArrived},
	handover.StateOpened:    {handover.StateOpened},
	handover.StateReturned:  {handover.StateReturned},
	handover.StateRefused:   {handover.StateRefused},
	handover.StateErased:    {handover.StateErased},
	handover.StateCancelled: {handover.StateAsked, handover.StateCancelled},
}

// TestHandOverModel throws moves of both ends, lost keys, restarts, and long silences at
// hand-overs, with and without the post in between: whatever is refused changes nothing, both ends agree in the
// end, what is erased has a proof and no case, and no word of it ever stood in clear.
func TestHandOverModel(t *testing.T) {
	seed := uint64(20261127)
	if s := os.Getenv("SAPHAN_TEST_SEED"); s != "" {
		n, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		seed = n
	}
	moves := 160
	if testing.Short() {
		moves = 60
	}
	t.Logf("SAPHAN_TEST_SEED=%d", seed)
	eachWorld(t, func(t *testing.T, w *world) {
		r := rand.New(rand.NewPCG(seed, 2)) //nolint:gosec // a game
		type one struct{ id, offer string }
		var all []one
		for range 3 {
			id, offer := w.taken()
			all = append(all, one{id, offer})
		}
		ctx := t.Context()
		done, refused := map[string]int{}, 0
		for i := range moves {
			o := all[r.IntN(len(all))]
			name, move := anyMove(w, r, o.id, o.offer)
			switch err := move(); {
			case err == nil:
				done[name]++
			case fault.Is(err, fault.Conflict), fault.Is(err, fault.Invalid), fault.Is(err, fault.NotFound), fault.Is(err, fault.Forbidden):
				refused++
			default:
				t.Fatalf("move %d, %s: %v", i, name, err)
			}
			if r.IntN(3) > 0 {
				w.net.Settle(ctx)
			}
		}
		w.net.Settle(ctx)
		for _, o := range all {
			agree(t, w, o.id, o.offer)
		}
		if len(done) < 8 || refused == 0 {
			t.Errorf("too little happened: %v, %d refused", done, refused)
		}
		w.clean()
		if found := w.net.Tap().Finds(kept()...); len(found) > 0 {
			t.Errorf("crossed in clear: %v", found)
		}
		for _, n := range []*clinicNode{w.north, w.labour, w.third} {
			for _, place := range inClear(t, n.db, kept()) {
				t.Errorf("%s keeps it in clear: %s", n.name, place)
			}
		}
	})
}

func anyMove(w *world, r *rand.Rand, id, offer string) (string, func() error) {
	ctx, out, in := w.t.Context(), w.north.out, w.labour.in
	all := []struct {
		name string
		do   func() error
	}{
		{"ask", func() error { return in.Ask(ctx, nok, offer, wanted, []string{"nok"}) }},
		{"again", func() error { return in.Again(ctx, nok, offer) }},
		{"prepare", func() error {
			if _, err := out.Store.Find(ctx, handover.Find{Owner: id}); err != nil {
				return err
			}
			if g, err := out.Files.Ground(ctx, w.sent(id).CaseID, "status_work", w.labour.self); err == nil && g.Level == 0 {
				w.agreed(id, wanted...)
			}
			return out.Prepare(ctx, dao, id, wanted, spoken)
		}},
		{"approve", func() error {
			v, err := out.Show(ctx, ying, id)
			if err != nil {
				return err
			}
			return out.Approve(ctx, ying, id, v.Fresh.SHA256)
		}},
		{"give back", func() error { return out.GiveBack(ctx, ying, id, "too_much") }},
		{"refuse", func() error { return out.Refuse(ctx, dao, id, "safety") }},
		{"recall", func() error { return out.Recall(ctx, dao, id, "consent_withdrawn") }},
		{"open", func() error { _, err := in.Open(ctx, nok, offer); return err }},
		{"open", func() error { _, err := in.Open(ctx, nok, offer); return err }},
		{"erase", func() error { return in.Erase(ctx, ying, offer, "consent_withdrawn") }},
		{"wait", func() error { w.now = w.now.Add(time.Duration(r.IntN(90)) * time.Hour); return in.Tick(ctx) }},
		{"restart", func() error { w.labour.reopen(); return out.Tick(ctx) }},
		{"lose the keys", func() error {
			return w.labour.db.Conn(ctx).Exec("DELETE FROM vault_keys WHERE scope LIKE 'sealing-key:%'").Error
		}},
	}
	m := all[r.IntN(len(all))]
	if r.IntN(5) > 1 { // mostly what would come next, so that all of a life is seen
		a, _ := out.Store.Find(ctx, handover.Find{Owner: id}) // none yet is a state too
		b, _ := in.Store.Find(ctx, handover.Find{Owner: offer})
		next := map[handover.State]string{"": "ask", handover.StateAsked: "prepare", handover.StateReady: "approve", handover.StateOpened: "recall", handover.StateRefused: "ask",
			handover.StateErased: "ask", handover.StateCancelled: "ask", handover.StateReturned: "again"}[a.State]
		switch {
		case b.State == handover.StateArrived:
			next = "open"
		case b.State == handover.StateAsked && a.State == handover.StateCancelled:
			next = "again"
		case a.State == handover.StateOpened && r.IntN(2) == 0:
			next = "erase"
		}
		for _, one := range all {
			if one.name == next {
				m = one
			}
		}
	}
	return m.name, m.do
}

// agree says whether both ends stand in one of the pairs, and what must go with it.
func agree(t *testing.T, w *world, id, offer string) {
	t.Helper()
	ctx := t.Context()
	a, err := w.north.out.Store.Find(ctx, handover.Find{Owner: id})
	if err != nil && !fault.Is(err, fault.NotFound) {
		t.Fatal(err)
	}
	b, err := w.labour.in.Store.Find(ctx, handover.Find{Owner: offer})
	if err != nil && !fault.Is(err, fault.NotFound) {
		t.Fatal(err)
	}
	ok := false
	for _, s := range pairs[a.State] {
		ok = ok || s == b.State
	}
	if !ok {
		t.Errorf("the sender is at %q, the receiver at %q", a.State, b.State)
	}
	if b.State == handover.StateErased {
		if a.Receipt.Proof == "" || a.Receipt.ID != b.Receipt.ID {
			t.Errorf("erased without a proof: %+v", a.Receipt)
		}
		if b.CaseID != "" {
			if c, err := w.labour.cases.Cases.Get(ctx, b.CaseID); err != nil || len(c.Persons) > 0 {
				t.Errorf("erased, and the case has %d persons, %v", len(c.Persons), err)
			}
		}
	}
	if _, err := w.labour.in.Store.Kept(ctx, b.ID); b.State != handover.StateArrived && !fault.Is(err, fault.NotFound) {
		t.Errorf("the receiver is at %q and keeps a package: %v", b.State, err)
	}
}

// inClear names the columns of a database in which one of the words can be read.
func inClear(t *testing.T, db *database.DB, words []string) []string {
	t.Helper()
	var tables []string
	q := "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
	if db.Dialect() == database.Postgres {
		q = "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
	}
	if err := db.Reader(t.Context()).Raw(q).Scan(&tables).Error; err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, table := range tables {
		var rows []map[string]any
		if err := db.Reader(t.Context()).Table(table).Find(&rows).Error; err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			for column, v := range row {
				text := fmt.Sprint(v)
				if b, ok := v.([]byte); ok {
					text = string(b)
				}
				for _, word := range words {
					if strings.Contains(text, word) {
						out = append(out, table+"."+column)
					}
				}
			}
		}
	}
	if len(tables) < 20 {
		t.Fatalf("only %d tables were read", len(tables))
	}
	return out
}
