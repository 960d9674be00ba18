package inbox_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/federation/inbox"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/federation/opaque"
)

// TestRefuses: each row gets its status, and nothing of it is kept.
func TestRefuses(t *testing.T) {
	type attack struct {
		name   string
		status int
		code   string
		audit  bool // the sender is known, so it is written down
		make   func(w *world) *http.Request
	}
	swap := func(old, new string) func(w *world) *http.Request {
		return func(w *world) *http.Request {
			body := string(w.encode(w.offer(north)))
			if !strings.Contains(body, old) {
				w.t.Fatalf("%q is not in %s", old, body)
			}
			return w.request(w.key, []byte(strings.Replace(body, old, new, 1)))
		}
	}
	header := func(name, value string) func(w *world) *http.Request {
		return func(w *world) *http.Request {
			r := w.request(w.key, w.encode(w.offer(north)))
			r.Header.Set(name, value)
			return r
		}
	}
	attacks := []attack{
		{"GET", 405, "", false, func(w *world) *http.Request {
			r, _ := http.NewRequest(http.MethodGet, w.url+"/inbox", nil)
			return r
		}},
		{"unsigned", 401, "", false, func(w *world) *http.Request { return w.request(nil, w.encode(w.offer(north))) }},
		{"key that is not pinned", 401, "", false, func(w *world) *http.Request { return w.request(key(w.t, third, "labour"), w.encode(w.offer(third))) }},
		{"pinned id, other key", 401, "", false, func(w *world) *http.Request { return w.request(key(w.t, north, "labour"), w.encode(w.offer(north))) }},
		{"body changed after signing", 401, "", false, func(w *world) *http.Request {
			r := w.request(w.key, w.encode(w.offer(north)))
			r2 := w.request(nil, w.encode(w.offer(north)))
			r2.Header = r.Header
			return r2
		}},
		{"signed long ago", 401, `"code":"clock_skew"`, false, func(w *world) *http.Request {
			body := w.encode(w.offer(north))
			r := w.request(nil, body)
			if err := w.key.Sign(r, body, now.Add(-2*time.Hour)); err != nil {
				w.t.Fatal(err)
			}
			return r
		}},
		{"signed for another server", 401, "", false, func(w *world) *http.Request {
			body := w.encode(w.offer(north))
			r := w.request(nil, body)
			r.Host = "other.example"
			if err := w.key.Sign(r, body, now); err != nil {
				w.t.Fatal(err)
			}
			return r // sent as it is: name and signature agree, and neither is ours
		}},
		{"plain JSON", 415, "", false, header("Content-Type", "application/json")},
		{"HTML", 415, "", false, header("Content-Type", "text/html")},
		{"ld+json of another profile", 415, "", false, header("Content-Type", "application/ld+json")},
		{"the media type in a parameter", 415, "", false, header("Content-Type", `text/plain; x="application/activity+json"`)},
		{"another charset", 415, "", false, header("Content-Type", federation.MediaType+"; charset=tis-620")},
		{"compressed", 415, "", false, header("Content-Encoding", "gzip")},
		{"too large", 413, "", false, func(w *world) *http.Request {
			return w.request(w.key, bytes.Repeat([]byte("a"), federation.MaxBody+1))
		}},
		{"too large, of unknown length", 413, "", false, func(w *world) *http.Request {
			r := w.request(w.key, bytes.Repeat([]byte("a"), federation.MaxBody+1))
			r.ContentLength = -1
			return r
		}},
		{"no JSON", 400, `"code":"syntax"`, true, func(w *world) *http.Request { return w.request(w.key, []byte("{")) }},
		{"duplicate key", 400, `"code":"duplicate"`, true, swap(`"type":"Offer"`, `"type":"Offer","Type":"Leave"`)},
		{"actor is another", 403, `"code":"actor"`, true, swap(`"actor":"https://north`, `"actor":"https://third`)},
		{"actor embedded", 400, `"field":"actor"`, true, swap(`"actor":"https://north.example/ap/org"`, `"actor":{"id":"https://north.example/ap/org"}`)},
		{"activity id on another host", 403, `"code":"origin"`, true, swap(`"id":"https://north.example/ap/act`, `"id":"https://third.example/ap/act`)},
		{"object on another host", 400, `"field":"referral.id"`, true, swap(`"id":"https://north.example/ap/ref`, `"id":"https://third.example/ap/ref`)},
		{"object of another", 400, `"field":"object.attributedTo"`, true, swap(`"attributedTo":"https://north`, `"attributedTo":"https://third`)},
		{"to another", 403, `"code":"receiver"`, true, func(w *world) *http.Request {
			a := w.offer(north)
			a.To = third + "/ap/org"
			return w.request(w.key, w.encode(a))
		}},
		{"to us and another", 400, `"field":"to"`, true, func(w *world) *http.Request {
			body := string(w.encode(w.offer(north)))
			to := `"to":["` + w.self + `"]`
			i := strings.LastIndex(body, to)
			return w.request(w.key, []byte(body[:i]+`"to":["`+w.self+`","https://third.example/ap/org"]`+body[i+len(to):]))
		}},
		{"a name in a code", 400, `"code":"code"`, true, swap(`"doc_drafting"`, `"สมหญิง"`)},
		{"free text", 400, `"code":"unexpected"`, true, swap(`"urgency":"normal"`, `"urgency":"normal","content":"สมหญิง"`)},
		{"free text in the context", 400, `"code":"definition"`, true, swap(`"schema":`, `"note":"สมหญิง","schema":`)},
		{"members list from a member", 403, `"code":"role"`, true, func(w *world) *http.Request {
			a := w.from(federation.Update, north)
			a.Members = &federation.Members{ID: north + "/ap/members", Network: a.Actor, Version: 9, Updated: "2026-11-25T06:00:00Z"}
			return w.request(w.key, w.encode(a))
		}},
		{"invitation from a member", 403, `"code":"role"`, true, func(w *world) *http.Request {
			a := w.from(federation.Invite, north)
			a.Object = a.Actor
			return w.request(w.key, w.encode(a))
		}},
		{"offer from a suspended member", 403, `"code":"suspended"`, true, func(w *world) *http.Request {
			return w.request(w.pin(third, mailbox.RoleMember, "suspended", "labour"), w.encode(w.offer(third)))
		}},
		{"withdrawal from a suspended member", 403, `"code":"suspended"`, true, func(w *world) *http.Request {
			a := w.from(federation.Undo, third)
			a.Object, a.Reason = third+"/ap/act/1", "resolved"
			return w.request(w.pin(third, mailbox.RoleMember, "suspended", "labour"), w.encode(a))
		}},
		{"offer from a candidate", 403, `"code":"role"`, true, func(w *world) *http.Request {
			return w.request(w.pin(third, mailbox.RoleCandidate, "active", "labour"), w.encode(w.offer(third)))
		}},
		{"offer from a former member", 403, `"code":"role"`, true, func(w *world) *http.Request {
			return w.request(w.pin(third, mailbox.RoleFormer, "left", "labour"), w.encode(w.offer(third)))
		}},
		{"erasure from a candidate", 403, `"code":"role"`, true, func(w *world) *http.Request {
			return w.request(w.pin(third, mailbox.RoleCandidate, "", "labour"), w.encode(erased(w, third)))
		}},
		{"refusal from who has parted", 403, `"code":"role"`, true, func(w *world) *http.Request {
			a := w.from(federation.Reject, third)
			a.Object, a.Reason = strings.TrimSuffix(w.self, "/ap/org")+"/ap/act/"+opaque.ID(), "capacity"
			return w.request(w.pin(third, mailbox.RoleCandidate, mailbox.StateParted, "labour"), w.encode(a))
		}},
		{"a lesson's end from a former member", 403, `"code":"role"`, true, func(w *world) *http.Request {
			word := federation.Word{ID: third + "/ap/act/" + opaque.ID(), Type: federation.Delete, Actor: third + "/ap/org", To: w.self, Published: now.Truncate(time.Hour), Sequence: 1,
				Object: third + "/ap/lesson/" + opaque.ID()}
			body, err := gofed.EncodeWord(word)
			if err != nil {
				w.t.Fatal(err)
			}
			return w.request(w.pin(third, mailbox.RoleFormer, "left", "labour"), body)
		}},
		{"offer from the hub", 403, `"code":"role"`, true, func(w *world) *http.Request {
			return w.request(w.pin(third, mailbox.RoleHub, "active", "labour"), w.encode(w.offer(third)))
		}},
		{"unknown type from a candidate", 403, `"code":"role"`, true, func(w *world) *http.Request {
			body := strings.Replace(string(w.encode(w.offer(third))), `"type":"Offer"`, `"type":"Flag"`, 1)
			return w.request(w.pin(third, mailbox.RoleCandidate, "active", "labour"), []byte(body))
		}},
	}
	each(t, func(t *testing.T, w *world) {
		for _, a := range attacks {
			w.t = t
			lines := w.audit.len()
			status, body := w.do(a.make(w))
			if status != a.status {
				t.Errorf("%s: %d %s, want %d", a.name, status, body, a.status)
			}
			if a.code != "" && !strings.Contains(body, a.code) {
				t.Errorf("%s: %s does not say %s", a.name, body, a.code)
			}
			if a.code == "" && strings.Contains(body, `"code"`) {
				t.Errorf("%s: a stranger learned %s", a.name, body)
			}
			if w.count("effects") != 0 || w.count("mailbox_inbox") != 0 {
				t.Fatalf("%s: something was kept", a.name)
			}
			if got := w.audit.len() > lines; got != a.audit {
				t.Errorf("%s: in the audit: %v, want %v", a.name, got, a.audit)
			}
		}
	})
}

func TestStrangersCannotTellKeysApart(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		body := w.encode(w.offer(north))
		s1, b1 := w.post(key(t, third, "labour"), body)
		s2, b2 := w.post(key(t, north, "labour"), body)
		if s1 != s2 || b1 != b2 {
			t.Errorf("%d %s and %d %s", s1, b1, s2, b2)
		}
	})
}

func TestReceives(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := w.offer(north)
		body := w.encode(a)
		for i := 0; i < 3; i++ { // the sender did not hear our answer
			if status, answer := w.post(w.key, body); status != http.StatusAccepted || answer != "" {
				t.Fatalf("%d %s", status, answer)
			}
		}
		if len(w.effects.seen) != 1 || w.effects.seen[0].Referral.ID != a.Referral.ID || w.count("effects") != 1 || w.count("mailbox_inbox") != 1 {
			t.Errorf("seen %+v", w.effects.seen)
		}
		want := inbox.Event{Act: "receive", Peer: north + "/ap/org", Activity: a.ID, Type: "Offer", Outcome: "received"}
		if w.audit.len() != 1 || w.audit.last() != want {
			t.Errorf("audit %+v", w.audit.events)
		}
	})
}

func TestManyAtOnceHaveOneEffect(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		body := w.encode(w.offer(north))
		var wg sync.WaitGroup
		for i := 0; i < 20; i++ {
			r := w.request(w.key, body)
			wg.Add(1)
			go func() {
				defer wg.Done()
				if status, answer := w.do(r); status != http.StatusAccepted {
					t.Errorf("%d %s", status, answer)
				}
			}()
		}
		wg.Wait()
		if w.count("effects") != 1 || w.count("mailbox_inbox") != 1 {
			t.Errorf("%d effects, %d rows", w.count("effects"), w.count("mailbox_inbox"))
		}
	})
}

func TestSameIDOtherBytes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := w.offer(north)
		if status, _ := w.post(w.key, w.encode(a)); status != http.StatusAccepted {
			t.Fatal(status)
		}
		a.Referral.Urgency = "emergency"
		status, answer := w.post(w.key, w.encode(a))
		if status != http.StatusConflict || !strings.Contains(answer, "other_bytes") {
			t.Errorf("%d %s", status, answer)
		}
		if len(w.effects.seen) != 1 || w.effects.seen[0].Referral.Urgency != "normal" {
			t.Errorf("seen %+v", w.effects.seen)
		}
		if e := w.audit.last(); e.Outcome != "refused" || e.Reason != "other_bytes" {
			t.Errorf("audit %+v", e)
		}
	})
}

func TestUnknownTypeIsKept(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		body := strings.Replace(string(w.encode(w.offer(north))), `"type":"Offer"`, `"type":"Flag","duration":""`, 1)
		if status, answer := w.post(w.key, []byte(body)); status != http.StatusAccepted {
			t.Fatalf("%d %s", status, answer)
		}
		if w.count("effects") != 0 || w.count("mailbox_inbox") != 1 || w.audit.last().Outcome != "ignored" {
			t.Errorf("%d effects, %d rows, %+v", w.count("effects"), w.count("mailbox_inbox"), w.audit.last())
		}
	})
}

// A sender can write a name where the type belongs, and an effect can fail with
// one in its text: neither the log nor the audit takes it.
func TestLogAndAuditTakeNoValue(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		named := func(a federation.Activity) []byte {
			return []byte(strings.Replace(string(w.encode(a)), `"type":"Offer"`, `"type":"somying"`, 1))
		}
		elsewhere := w.offer(north)
		elsewhere.To = third + "/ap/org"
		if status, _ := w.post(w.key, named(elsewhere)); status != http.StatusForbidden || w.audit.last().Type != "unknown" {
			t.Errorf("refused: %d %+v", status, w.audit.last())
		}
		if status, _ := w.post(w.key, named(w.offer(north))); status != http.StatusAccepted || w.audit.last().Type != "unknown" {
			t.Errorf("ignored: %d %+v", status, w.audit.last())
		}
		for _, bang := range []bool{false, true} {
			w.effects.set(errors.New("somying"), bang)
			if status, _ := w.post(w.key, w.encode(w.offer(north))); status != http.StatusAccepted {
				t.Errorf("an effect that fails: %d", status)
			}
		}
		if s := w.log.String(); strings.Contains(s, "somying") || strings.Count(s, "an effect has failed") < 1 {
			t.Error(s)
		}
	})
}

func TestFaultOfTheSender(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.effects.set(fault.New(fault.Conflict, "error.referral.closed"), false)
		status, answer := w.post(w.key, w.encode(w.offer(north)))
		if status != http.StatusConflict || !strings.Contains(answer, `"code":"closed"`) {
			t.Errorf("%d %s", status, answer)
		}
		if w.count("effects") != 0 || w.count("mailbox_inbox") != 0 {
			t.Error("something was kept")
		}
	})
}

// TestFaultOfOurs: acknowledged, kept, nothing half done, applied later in the
// order of arrival, with what came behind it.
func TestFaultOfOurs(t *testing.T) {
	for name, bang := range map[string]bool{"error": false, "panic": true} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, w *world) {
				ctx := context.Background()
				w.effects.set(errOurs, bang)
				first := w.offer(north)
				if status, answer := w.post(w.key, w.encode(first)); status != http.StatusAccepted {
					t.Fatalf("%d %s", status, answer)
				}
				if w.count("effects") != 0 || w.waiting() != 1 || w.audit.last().Outcome != "quarantined" {
					t.Fatalf("%d effects, %d waiting, %+v", w.count("effects"), w.waiting(), w.audit.last())
				}
				w.effects.set(nil, false)
				undo := w.from(federation.Undo, north)
				undo.Object, undo.Reason, undo.Sequence = first.ID, "consent_withdrawn", 2
				for i := 0; i < 2; i++ {
					if status, answer := w.post(w.key, w.encode(undo)); status != http.StatusAccepted {
						t.Fatalf("%d %s", status, answer)
					}
				}
				if w.waiting() != 2 || len(w.effects.seen) != 0 {
					t.Fatalf("the withdrawal has overtaken its offer: %d waiting, %+v", w.waiting(), w.effects.seen)
				}
				if status, answer := w.post(w.key, w.encode(first)); status != http.StatusAccepted { // the sender repeats itself
					t.Fatalf("%d %s", status, answer)
				}
				n, err := w.inbox.Retry(ctx, true)
				if err != nil || n != 2 {
					t.Fatalf("%d %v", n, err)
				}
				if len(w.effects.seen) != 2 || w.effects.seen[0].ID != first.ID || w.effects.seen[1].ID != undo.ID || w.waiting() != 0 {
					t.Errorf("seen %+v", w.effects.seen)
				}
				if n, err := w.inbox.Retry(ctx, true); n != 0 || err != nil {
					t.Errorf("again: %d %v", n, err)
				}
			})
		})
	}
}

func TestDatabaseAway(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		body := w.encode(w.offer(north))
		r := w.request(w.key, body)
		if err := w.db.Conn(context.Background()).Exec("ALTER TABLE mailbox_inbox RENAME TO elsewhere").Error; err != nil {
			t.Fatal(err)
		}
		if status, answer := w.do(r); status != http.StatusServiceUnavailable {
			t.Errorf("%d %s", status, answer)
		}
		if err := w.db.Conn(context.Background()).Exec("ALTER TABLE elsewhere RENAME TO mailbox_inbox").Error; err != nil {
			t.Fatal(err)
		}
		if status, answer := w.post(w.key, body); status != http.StatusAccepted || w.count("effects") != 1 {
			t.Errorf("%d %s, %d effects", status, answer, w.count("effects"))
		}
		if err := w.db.Conn(context.Background()).Exec("ALTER TABLE mailbox_peers RENAME TO elsewhere").Error; err != nil {
			t.Fatal(err)
		}
		if status, answer := w.post(w.key, w.encode(w.offer(north))); status != http.StatusServiceUnavailable {
			t.Errorf("peers away: %d %s", status, answer)
		}
	})
}

// erased is a proof that a peer has erased what was handed over to it.
func erased(w *world, origin string) federation.Activity {
	a := w.from(federation.Delete, origin)
	a.Object = strings.TrimSuffix(w.self, "/ap/org") + "/ap/pkg/" + opaque.ID()
	a.Purge = &federation.PurgeReceipt{ID: origin + "/ap/purge/" + opaque.ID(), Schema: federation.SchemaPurge, Package: a.Object, Reason: "consent_withdrawn",
		Erased: []string{"sealed_package", "identity"}, Proof: federation.Proof{Method: a.Actor + "#ed-aaaaaaaaaaaaaaaa", Created: now.UTC().Format("2006-01-02T15:04:05Z"), Value: "z" + strings.Repeat("b", 87)}}
	return a
}

// TestRoles: what the roles that are not members may say.
func TestRoles(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		k := w.pin(hub, mailbox.RoleHub, "active", "labour")
		list := w.from(federation.Update, hub)
		list.Members = &federation.Members{ID: hub + "/ap/members", Network: list.Actor, Version: 1, Updated: "2026-11-25T06:00:00Z"}
		if status, answer := w.post(k, w.encode(list)); status != http.StatusAccepted {
			t.Errorf("list from the hub: %d %s", status, answer)
		}
		k = w.pin(hub, mailbox.RoleFormer, "left", "labour")
		undo := w.from(federation.Undo, hub)
		undo.Object, undo.Reason = hub+"/ap/act/x", "consent_withdrawn"
		if status, answer := w.post(k, w.encode(undo)); status != http.StatusAccepted {
			t.Errorf("withdrawal of a former member: %d %s", status, answer)
		}
		if status, answer := w.post(k, w.encode(erased(w, hub))); status != http.StatusAccepted {
			t.Errorf("proof of erasure of a former member: %d %s", status, answer)
		}
		k = w.pin(hub, mailbox.RoleCandidate, mailbox.StateParted, "labour")
		for _, kind := range []federation.Type{federation.Join, federation.Leave} {
			a := w.from(kind, hub)
			a.Object = a.To
			if status, answer := w.post(k, w.encode(a)); status != http.StatusAccepted {
				t.Errorf("%s of who has parted: %d %s", kind, status, answer)
			}
		}
		k = w.pin(hub, mailbox.RoleCandidate, "active", "labour")
		join := w.from(federation.Join, hub)
		join.Object = join.To
		if status, answer := w.post(k, w.encode(join)); status != http.StatusAccepted {
			t.Errorf("application of a candidate: %d %s", status, answer)
		}
	})
}

func TestNewRefuses(t *testing.T) {
	if _, err := inbox.New(inbox.Config{Self: "nowhere"}); err == nil {
		t.Error("no identifier was taken")
	}
	if _, err := inbox.New(inbox.Config{Self: "https://north.example/ap/org"}); err == nil {
		t.Error("an incomplete configuration was taken")
	}
}

// Nobody is kept in: a suspended member may say that it leaves.
func TestTheSuspendedMayLeave(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := w.from(federation.Leave, third)
		a.Object = w.self
		if status, answer := w.post(w.pin(third, mailbox.RoleMember, "suspended", "labour"), w.encode(a)); status != http.StatusAccepted {
			t.Errorf("%d %s", status, answer)
		}
	})
}
