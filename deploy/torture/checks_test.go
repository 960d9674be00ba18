package torture_test

import (
	"context"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"time"
)

type taking struct {
	State                               string
	Rows, Taken, Already, Queue, Refuse int
}

// takeIn imports the register beside the running server. Command and server are
// killed on the way; the same command then goes on, and a third one finds all there.
func (w *world) takeIn() {
	w.t.Helper()
	args := []string{"import", register, "--as", "supervisor", "--json"}
	ctx, cancel := context.WithTimeout(w.t.Context(), time.Duration(200+w.dice.IntN(700))*time.Millisecond) // its death
	code, _ := w.north.run(ctx, args...)
	cancel()
	w.north.kill()
	w.north.start()
	w.killed += 2
	took := 0
	for i := range 2 {
		var got taking
		again, out := w.north.run(w.t.Context(), args...)
		if err := json.Unmarshal([]byte(out), &got); err != nil || again != 0 && again != 3 { // 3: rows wait for a person
			w.t.Fatalf("import: exit %d, %v\n%s", again, err, w.north.said.tail())
		}
		if got.State != "done" || got.Rows != got.Taken+got.Already+got.Queue+got.Refuse || got.Taken+got.Already == 0 || i == 1 && got.Taken != 0 {
			w.t.Errorf("import %d: %+v", i, got)
		}
		took += got.Taken
	}
	w.t.Logf("the import ended with %d before its time; the next one took %d rows", code, took)
}

// files are the pages of n cases that have just come from the register.
func (w *world) files(n int) []string {
	w.t.Helper()
	var out []string
	for _, l := range links(w.as(w.north, "supervisor").get("/cases?status=intake"), "/cases/") {
		if len(out) < n {
			out = append(out, l)
		}
	}
	if len(out) < n {
		w.t.Fatalf("only %d cases at intake", len(out))
	}
	return out
}

// settled waits until nothing is on its way anywhere, and wants nothing held or missing.
func (w *world) settled() {
	w.t.Helper()
	type queue struct {
		Lines []struct {
			Peer, State   string
			Waiting, Held int
			Missing       int64
		}
		Messages []struct{ ID, Type, State, Why string }
	}
	for _, m := range w.machines() {
		var q queue
		w.until(m.name+" has sent all", func() bool {
			q = queue{}
			m.ask(&q, 0, "fed", "queue")
			return len(q.Messages) == 0
		})
		for _, l := range q.Lines {
			if l.State != "ok" || l.Waiting+l.Held != 0 || l.Missing != 0 {
				w.t.Errorf("%s: the line %+v", m.name, l)
			}
		}
		if len(q.Lines) == 0 {
			w.t.Errorf("%s knows nobody", m.name)
		}
	}
}

// agree compares the two ends of every referral, and wants each offer there once.
func (w *world) agree(all []*referral) {
	w.t.Helper()
	worker, helper := w.as(w.north, "caseworker"), w.as(w.labour, "lawyer")
	offers := map[string]bool{}
	for _, path := range []string{"/offers", "/offers?over=1"} {
		for _, l := range links(helper.get(path), "/offers/") {
			offers[l] = true
		}
	}
	if len(offers) != len(all) {
		w.t.Errorf("%d offers have arrived, %d were sent", len(offers), len(all))
	}
	for i, r := range all {
		if !offers[r.offer] {
			w.t.Errorf("referral %d has no offer of its own", i)
		}
		page := worker.get(r.sent)
		sum := full.FindString(page)
		if len(sum) != 64 {
			w.t.Fatalf("referral %d shows no fingerprint", i)
		}
		short := sum[:4] + " " + sum[4:8] + " " + sum[8:12]
		// What was approved, and what the other end says has arrived.
		if n := strings.Count(page, w.words("referrals.event.hash", "hash", short)); n < 2 || strings.Contains(page, w.words("referrals.event.digest_differs")) {
			w.t.Errorf("referral %d: the other end confirms other bytes (%d)", i, n)
		}
		for _, bad := range []string{"referrals.event.refused_there", "referrals.event.refused_here"} {
			if strings.Contains(page, w.words(bad)) {
				w.t.Errorf("referral %d: %s", i, bad)
			}
		}
		w.history(i, page, "referrals.event.", wanted(i, []string{"draft", "submit", "approve", "deliver", "accept"}, []string{"draft", "submit", "approve", "withdraw"}))
		w.history(i, helper.get(r.offer), "offers.event.", wanted(i, []string{"arrived", "accept", "complete"}, []string{"arrived", "withdraw"}))
	}
}

// wanted is what an end's history holds: of those that ran their course, and of
// those that were taken back.
func wanted(i int, whole, back []string) []string {
	if i%2 == 0 {
		return whole
	}
	return back
}

// history wants each of the events exactly once.
func (w *world) history(i int, page, area string, events []string) {
	w.t.Helper()
	_, line, _ := strings.Cut(page, `<ol class="timeline">`)
	for _, e := range events {
		if n := strings.Count(line, `<p class="event-title">`+w.words(area+e)+`</p>`); n != 1 {
			w.t.Errorf("referral %d: %s%s stands %d times in the history", i, area, e, n)
		}
	}
}

// healthy asks the doctor everywhere, and the ledgers for what was received, once
// each, and what was quarantined.
func (w *world) healthy(offers int) {
	w.t.Helper()
	for _, m := range w.machines() {
		var found []struct{ Name, State, What string }
		m.ask(&found, 0, "doctor")
		for _, f := range found {
			if f.State != "ok" && f.Name != "backup" && (f.Name != "disk" || f.State != "warning") {
				w.t.Errorf("%s: %+v", m.name, f)
			}
		}
		if len(found) < 8 {
			w.t.Errorf("%s: only %d checks", m.name, len(found))
		}
		for _, outcome := range []string{"quarantined", "refused"} {
			if n := len(w.received(m, outcome)); n != 0 {
				w.t.Errorf("%s has %s %d activities", m.name, outcome, n)
			}
		}
		if len(w.received(m, "received")) == 0 {
			w.t.Errorf("the ledger of %s says nothing of what it received", m.name)
		}
	}
	if n := strings.Count(strings.Join(w.received(w.labour, "received"), "\n"), "type Offer"); n != offers {
		w.t.Errorf("the ledger of labour has %d offers, %d were sent", n, offers)
	}
}

var row = regexp.MustCompile(`(?s)<tr>.*?</tr>`)

// received are the lines of a ledger about what came from other servers.
func (w *world) received(m *machine, outcome string) []string {
	w.t.Helper()
	var out []string
	for page := 1; ; page++ {
		body := w.as(m, "auditor").get("/ledger?act=federation.receive&outcome=" + outcome + "&page=" + strconv.Itoa(page))
		for _, line := range row.FindAllString(body, -1) {
			if strings.Contains(line, "federation.receive") {
				out = append(out, line)
			}
		}
		if !strings.Contains(body, "page="+strconv.Itoa(page+1)) {
			return out
		}
	}
}
