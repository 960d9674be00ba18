package policies

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/opaque"
)

const (
	self      = "https://north.example/ap/org"
	fullPeer  = "https://labour.example/ap/org"
	newPeer   = "https://new.example/ap/org"
	hubPeer   = "https://hub.example/ap/network"
	observer  = "https://observer.example/ap/org"
	candidate = "https://candidate.example/ap/org"
	stranger  = "https://stranger.example/ap/org"
)

// world is a gate with its members list and a ledger that keeps what it is told.
type world struct {
	gate    *Gate
	peers   map[string]Peer
	failing error // of the members list
	entries []Entry
	cleared []Receipt
	refuse  error // of the ledger
}

func (w *world) Decided(_ context.Context, e Entry) error {
	w.entries = append(w.entries, e)
	return w.refuse
}

func (w *world) Cleared(_ context.Context, r Receipt) error {
	w.cleared = append(w.cleared, r)
	return w.refuse
}

func noon() time.Time { return time.Date(2026, 11, 25, 5, 30, 0, 0, time.UTC) }

func open(t *testing.T, own ...[]string) *world {
	t.Helper()
	w := &world{peers: map[string]Peer{
		fullPeer:  {Actor: fullPeer, Tier: "full", State: "active", Role: "member", Groups: []string{"statelessness"}},
		newPeer:   {Actor: newPeer, Tier: "provisional", State: "active", Role: "member"},
		observer:  {Actor: observer, Tier: "observer", State: "active", Role: "member"},
		hubPeer:   {Actor: hubPeer, Role: "hub"},
		candidate: {Actor: candidate, Role: "candidate"},
	}}
	g, err := w.open(own)
	if err != nil {
		t.Fatal(err)
	}
	w.gate = g
	return w
}

func (w *world) open(own [][]string) (*Gate, error) {
	g, err := New(Config{Self: self, Ledger: w, Now: noon, Seal: []byte(strings.Repeat("k", 32)),
		Peers: func(_ context.Context, actor string) (Peer, bool, error) {
			p, ok := w.peers[actor]
			return p, ok, w.failing
		}})
	if err != nil {
		return nil, err
	}
	return g, g.Load(own)
}

func many(context.Context, map[string]string) (int, error) { return 40, nil }

// offer is a request that everything speaks for.
func offer() Request {
	return Request{Peer: fullPeer, Purpose: Referral, Consent: 3, Openness: 2, Count: many, Facts: Facts{
		"referral/kind": {"service"}, "referral/urgency": {"urgent"}, "referral/respond_by": {"2026-11-28T05:42:10Z"},
		"referral/purpose": {"status_work"}, "referral/needs": {"doc_drafting", "dna"}, "referral/issues": {"status_unregistered_child"},
		"referral/phrases":      {"office_did_not_accept_application;officeType=registry"},
		"referral/feedback_due": {"2027-01-31"}, "referral/subject/kind": {"family"}, "referral/subject/birth_date": {"2015"},
		"referral/subject/sex": {"female"}, "referral/subject/household": {"5"}, "referral/subject/minors": {"3"},
		"referral/subject/status": {"0-89"}, "referral/subject/place": {"57"}, "referral/subject/interpreter": {"ahk"},
		"referral/subject/guardian_present": {"yes"}, "referral/consent/basis": {"explicit_consent"},
		"referral/consent/scope": {"anonymous_offer"}, "referral/consent/version": {"th-3"},
	}}
}

func decide(t *testing.T, w *world, q Request) Decision {
	t.Helper()
	d, err := w.gate.Decide(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func why(d Decision, path string) string {
	for _, f := range d.Fields {
		if f.Path == path {
			return f.Why
		}
	}
	return "no such field"
}

func nothing(t *testing.T, d Decision) {
	t.Helper()
	if d.Allowed {
		t.Error("allowed")
	}
	if d.Why == "" || d.Remedy == "" {
		t.Error("refused without a reason or a remedy")
	}
	for _, f := range d.Fields {
		if f.Form != Withheld || len(f.Values) > 0 || len(d.Values(f.Path)) > 0 || f.Why == "" || f.Remedy == "" {
			t.Errorf("%s leaves, or stays without a reason: %+v", f.Path, f)
		}
	}
}

func TestNothingLeaves(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*world, *Request)
		why    string
	}{
		"no snapshot":     {func(w *world, _ *Request) { w.gate.live.Store(nil) }, "policy.why.no_policy"},
		"unknown peer":    {func(_ *world, q *Request) { q.Peer = stranger }, "policy.why.no_peer"},
		"no peer":         {func(_ *world, q *Request) { q.Peer = "" }, "policy.why.no_peer"},
		"role as peer":    {func(_ *world, q *Request) { q.Peer = "role:full" }, "policy.why.no_peer"},
		"subject as peer": {func(_ *world, q *Request) { q.Peer = "org:" + fullPeer }, "policy.why.no_peer"},
		"peer row of another": {func(w *world, q *Request) {
			w.peers[stranger], q.Peer = w.peers[fullPeer], stranger
		}, "policy.why.no_peer"},
		"a role in the list": {func(w *world, q *Request) {
			w.peers["role:full"], q.Peer = Peer{Actor: "role:full", Tier: "full", State: "active", Role: "member"}, "role:full"
		}, "policy.why.no_peer"},
		"suspended": {func(w *world, _ *Request) {
			w.peers[fullPeer] = Peer{Actor: fullPeer, Tier: "full", State: "suspended", Role: "member"}
		}, "policy.why.suspended"},
		"we are suspended": {func(w *world, _ *Request) {
			w.peers[self] = Peer{Actor: self, Tier: "full", State: "suspended", Role: "member"}
		}, "policy.why.self_suspended"},
		"we are suspended, and speak of membership": {func(w *world, q *Request) {
			w.peers[self] = Peer{Actor: self, Tier: "full", State: "suspended", Role: "member"}
			q.Purpose = Membership
		}, "policy.why.self_suspended"},
		"has left": {func(w *world, _ *Request) {
			w.peers[fullPeer] = Peer{Actor: fullPeer, Tier: "full", State: "left", Role: "former"}
		}, "policy.why.left"},
		"no state": {func(w *world, _ *Request) {
			w.peers[fullPeer] = Peer{Actor: fullPeer, Tier: "full", Role: "member"}
		}, "policy.why.no_peer"},
		"unknown tier": {func(w *world, _ *Request) {
			w.peers[fullPeer] = Peer{Actor: fullPeer, Tier: "network", State: "active", Role: "member"}
		}, "policy.why.no_peer"},
		"observer":              {func(_ *world, q *Request) { q.Peer = observer }, "policy.why.tier"},
		"candidate":             {func(_ *world, q *Request) { q.Peer = candidate }, "policy.why.tier"},
		"the hub":               {func(_ *world, q *Request) { q.Peer = hubPeer }, "policy.why.floor_hub"},
		"no purpose":            {func(_ *world, q *Request) { q.Purpose = "" }, "policy.why.purpose"},
		"unknown purpose":       {func(_ *world, q *Request) { q.Purpose = "*" }, "policy.why.purpose"},
		"purpose of another":    {func(_ *world, q *Request) { q.Purpose = Protocol }, "policy.why.no_rule"},
		"consent 0":             {func(_ *world, q *Request) { q.Consent = 0 }, "policy.why.floor_consent"},
		"consent 1":             {func(_ *world, q *Request) { q.Consent = 1 }, "policy.why.floor_consent"},
		"consent beyond":        {func(_ *world, q *Request) { q.Consent = 9 }, "policy.why.floor_consent"},
		"openness 0":            {func(_ *world, q *Request) { q.Openness = 0 }, "policy.why.floor_openness"},
		"nobody counted":        {func(_ *world, q *Request) { q.Count = nil }, "policy.why.floor_uncounted"},
		"count failed":          {func(_ *world, q *Request) { q.Count = failing }, "policy.why.floor_uncounted"},
		"count of zero":         {func(_ *world, q *Request) { q.Count = people(0) }, "policy.why.floor_uncounted"},
		"count below zero":      {func(_ *world, q *Request) { q.Count = people(-5) }, "policy.why.floor_uncounted"},
		"needs are no codes":    {func(_ *world, q *Request) { q.Facts["referral/needs"] = []string{"dna", "ขอให้ช่วย"} }, "policy.why.not_a_code"},
		"an empty need":         {func(_ *world, q *Request) { q.Facts["referral/needs"] = []string{""} }, "policy.why.not_a_code"},
		"without needs":         {func(_ *world, q *Request) { delete(q.Facts, "referral/needs") }, "policy.why.incomplete"},
		"without a legal basis": {func(_ *world, q *Request) { delete(q.Facts, "referral/consent/basis") }, "policy.why.incomplete"},
		"without the scope":     {func(_ *world, q *Request) { delete(q.Facts, "referral/consent/scope") }, "policy.why.incomplete"},
		"without its text":      {func(_ *world, q *Request) { delete(q.Facts, "referral/consent/version") }, "policy.why.incomplete"},
		"a text of other form":  {func(_ *world, q *Request) { q.Facts["referral/consent/version"] = []string{"anonymous_offer-1"} }, "policy.why.not_a_code"},
	} {
		t.Run(name, func(t *testing.T) {
			w, q := open(t), offer()
			c.change(w, &q)
			d := decide(t, w, q)
			if c.why == "policy.why.no_rule" { // the message may go, nothing of the person may
				for _, f := range d.Fields {
					if f.Form != Withheld {
						t.Errorf("%s leaves", f.Path)
					}
				}
				return
			}
			nothing(t, d)
			if d.Why != c.why {
				t.Errorf("why = %s, want %s", d.Why, c.why)
			}
			if len(w.entries) != 1 || w.entries[0].Allowed {
				t.Errorf("the ledger holds %v", w.entries)
			}
			if _, err := w.gate.Clear(t.Context(), d, []byte(`{}`)); !fault.Is(err, fault.Denied) {
				t.Errorf("cleared: %v", err)
			}
		})
	}
}

func failing(context.Context, map[string]string) (int, error) {
	return 40, errors.New("the database is away")
}

func people(n int) func(context.Context, map[string]string) (int, error) {
	return func(context.Context, map[string]string) (int, error) { return n, nil }
}

func TestFailuresDeny(t *testing.T) {
	w := open(t)
	w.failing = errors.New("no list")
	d, err := w.gate.Decide(t.Context(), offer())
	if err == nil {
		t.Error("a failing members list is not told")
	}
	nothing(t, d)
	w = open(t)
	w.refuse = errors.New("no ledger")
	d, err = w.gate.Decide(t.Context(), offer())
	if !fault.Is(err, fault.Unavailable) {
		t.Errorf("a failing ledger is not told: %v", err)
	}
	nothing(t, d)
	var none *Gate
	if _, err := none.Decide(t.Context(), offer()); !fault.Is(err, fault.Denied) {
		t.Error("no gate, yet a decision")
	}
}

func TestClassAIsNeverReleased(t *testing.T) {
	w := open(t)
	// The worst rules that anybody could write, loaded beside the embedded ones.
	rows, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for i, obj := range []string{"class:a", "class:b", "class:c", "referral/**"} {
		for j, act := range []string{"full", "generalised", "count"} {
			rows = append(rows, Row{ID: "open_" + string(rune('a'+i)) + string(rune('a'+j)), Sub: "role:member", Purpose: "referral", Obj: obj, Act: act, Cond: "true", Effect: "allow", Layer: "network"})
		}
	}
	rows = slices.DeleteFunc(rows, func(r Row) bool { return r.Layer == "floor" && r.ID != "floor_hub" })
	s, err := compileRows(rows)
	if err != nil {
		t.Fatal(err)
	}
	w.gate.live.Store(s)
	q := offer()
	for _, f := range Fields() {
		if f.Class == ClassA || f.Class == ClassB {
			q.Facts[f.Path] = []string{"0000089000005"}
		}
	}
	q.Facts["referral/brand_new_field"] = []string{"ลุงแดง"}
	d := decide(t, w, q)
	if !d.Allowed {
		t.Fatalf("refused: %s", d.Why)
	}
	for _, f := range d.Fields {
		switch f.Class {
		case ClassA, ClassB:
			if f.Form != Withheld || len(f.Values)+len(f.Raw) > 0 || f.Why == "" {
				t.Errorf("%s leaves: %+v", f.Path, f)
			}
		case ClassC:
			if f.Form == Full {
				t.Errorf("%s leaves in full", f.Path)
			}
		}
	}
	if got := why(d, "referral/brand_new_field"); got != "policy.why.guard_unclassified" {
		t.Errorf("a new field: %s", got)
	}
	text, _ := json.Marshal(d)
	ledger, _ := json.Marshal(w.entries)
	for _, leak := range []string{"0000089000005", "ลุงแดง"} {
		if strings.Contains(string(text)+string(ledger), leak) {
			t.Errorf("%s is in the decision or the ledger", leak)
		}
	}
}

func TestOffer(t *testing.T) {
	w := open(t)
	d := decide(t, w, offer())
	if !d.Allowed || d.K != 40 || d.Policy != w.gate.Policy() || !opaque.Valid(d.ID) {
		t.Fatalf("refused: %+v", d)
	}
	for path, want := range map[string][]string{
		"referral/kind": {"service"}, "referral/respond_by": {"2026-11-28T05:00:00Z"}, "referral/needs": {"dna", "doc_drafting"},
		"referral/subject/birth_date": {"7-14"}, "referral/subject/household": {"4-6"}, "referral/subject/minors": {"2+"},
		"referral/subject/status": {"zero_card"}, "referral/subject/place": {"province", "57"}, "referral/subject/interpreter": {"yes"},
		"referral/issues": {"status_unregistered_child"}, "referral/consent/version": {"th-3"},
		"referral/phrases": {"office_did_not_accept_application;officeType=registry"},
	} {
		if got := d.Values(path); !slices.Equal(got, want) {
			t.Errorf("%s = %v, want %v (%s)", path, got, want, why(d, path))
		}
	}
	want := []string{"age_band/1", "interpreter/1", "minors_band/1", "place_province/1", "sex/1", "size_band/1", "status_family/1"}
	if got := d.Transforms(); !slices.Equal(got, want) {
		t.Errorf("transforms = %v", got)
	}
	if e := w.entries[0]; !e.Allowed || e.Fields[0].Rule != "referral_codes" {
		t.Errorf("ledger: %+v", e)
	}
}

func TestLessIsSaid(t *testing.T) {
	for name, c := range map[string]struct {
		change     func(*Request)
		path, why  string
		stillLeave string
	}{
		"special needs consent 3":      {func(q *Request) { q.Consent = 2 }, "referral/subject/status", "policy.why.floor_special", "referral/subject/place"},
		"restricted case: codes":       {func(q *Request) { q.Openness = 1 }, "referral/subject/place", "policy.why.needs_openness", "referral/needs"},
		"provisional member: codes":    {func(q *Request) { q.Peer = newPeer }, "referral/subject/birth_date", "policy.why.tier", "referral/issues"},
		"too few people at all":        {func(q *Request) { q.Count = people(3) }, "referral/issues", "policy.why.floor_small", "referral/needs"},
		"birth year between two bands": {func(q *Request) { q.Facts["referral/subject/birth_date"] = []string{"2008"} }, "referral/subject/birth_date", "policy.why.unclear", "referral/subject/sex"},
		"a status that is no code":     {func(q *Request) { q.Facts["referral/subject/status"] = []string{"ไร้รัฐ"} }, "referral/subject/status", "policy.why.not_a_code", "referral/subject/place"},
	} {
		t.Run(name, func(t *testing.T) {
			q := offer()
			c.change(&q)
			d := decide(t, open(t), q)
			if !d.Allowed {
				t.Fatalf("refused: %s", d.Why)
			}
			if got := why(d, c.path); got != c.why || d.Values(c.path) != nil {
				t.Errorf("%s: %q %v, want %q", c.path, got, d.Values(c.path), c.why)
			}
			if d.Values(c.stillLeave) == nil {
				t.Errorf("%s stays: %s", c.stillLeave, why(d, c.stillLeave))
			}
		})
	}
}

func TestLadder(t *testing.T) {
	count := func(_ context.Context, tuple map[string]string) (int, error) {
		switch {
		case tuple["area_level"] == "province":
			return 1, nil
		case tuple["age_band"] == "7-14":
			return 4, nil
		}
		return 11, nil
	}
	q := offer()
	q.Count = count
	d := decide(t, open(t), q)
	if got := d.Values(pathPlace); !slices.Equal(got, []string{"region", "north"}) {
		t.Errorf("place = %v", got)
	}
	if d.Value(pathBirth) != "child" || d.K != 11 || d.Value(pathHousehold) != "family" || d.Value(pathStatus) != "zero_card" {
		t.Errorf("after the ladder: %s %d %s %s", d.Value(pathBirth), d.K, d.Value(pathHousehold), d.Value(pathStatus))
	}
	for _, f := range d.Fields {
		if f.Path == pathPlace && !slices.Equal(f.Coarsened, []string{"policy.coarse.small"}) {
			t.Errorf("what was made coarser is not told: %v", f.Coarsened)
		}
	}
	q = offer()
	q.Facts[pathIssues] = []string{"trafficking_suspected"}
	d = decide(t, open(t), q)
	if got := d.Values(pathPlace); !slices.Equal(got, []string{"region", "north"}) || d.Value(pathBirth) != "7-14" {
		t.Errorf("a trafficking case starts at %v", got)
	}
}
