package peer_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/discovery"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/federation/inbox"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/federation/sign"
	"github.com/saphan-network/saphan/node/chassis/database/dbtest"
)

// start runs the Node program and returns its origin.
func start(t *testing.T) string {
	t.Helper()
	required := os.Getenv("SAPHAN_TEST_PEER_REQUIRED") != ""
	if os.Getenv("SAPHAN_TEST_PEER") == "" && !required {
		t.Skip("SAPHAN_TEST_PEER is not set: go run ./deploy/check installs the peer and sets it")
	}
	node, err := exec.LookPath("node")
	if err != nil {
		t.Fatalf("the independent peer needs Node: %v", err)
	}
	if _, err := os.Stat(filepath.Join("node_modules", "@fedify", "fedify")); err != nil {
		t.Fatal("the independent peer is not installed: run npm ci in deploy/peer")
	}
	cmd := exec.Command(node, "peer.mjs")
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = stdin.Close() // its end
		_ = cmd.Wait()
	})
	var hello struct{ Origin string }
	line, err := bufio.NewReader(stdout).ReadBytes('\n')
	if err != nil {
		t.Fatalf("the peer did not start: %v", err)
	}
	if err := json.Unmarshal(line, &hello); err != nil {
		t.Fatal(err)
	}
	return hello.Origin
}

// server is one of ours, with an inbox, and the peer pinned as a member.
type server struct {
	t    *testing.T
	url  string
	key  *sign.Key
	mail *mailbox.Store
	mu   sync.Mutex
	seen []federation.Activity
}

func (s *server) Apply(_ context.Context, a federation.Activity, _ []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = append(s.seen, a)
	return nil
}

func (s *server) received() []federation.Activity {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]federation.Activity(nil), s.seen...)
}

// Federation implements inbox.Audit: this test does not look at the audit.
func (s *server) Federation(context.Context, inbox.Event) error { return nil }

// Object implements discovery.Objects: there are none.
func (s *server) Object(context.Context, string) ([]byte, string, error) {
	return nil, "", fault.Missing()
}

func serve(t *testing.T, origin string) *server {
	t.Helper()
	s := &server{t: t}
	var site http.Handler
	ts := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { site.ServeHTTP(w, r) }))
	t.Cleanup(ts.Close)
	s.url = ts.URL
	key, err := sign.NewKey(s.url + "/ap/org#main-key")
	if err != nil {
		t.Fatal(err)
	}
	s.key = key
	db := dbtest.SQLite(t, mailbox.Migrations())
	mail := mailbox.New(db, time.Now)
	s.mail = mail
	pin(t, mail, origin)
	host := strings.TrimPrefix(s.url, "http://")
	verifier := &sign.Verifier{Key: inbox.Keys(mail), Now: time.Now, Scheme: "http", Host: func(*http.Request) string { return host }}
	in, err := inbox.New(inbox.Config{
		Self: s.url + "/ap/org", Verifier: verifier, Peers: mail, Mail: mail, Tx: db, Effects: s, Audit: s, Now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	self := func(path, kind, name string) federation.Actor {
		return federation.Actor{
			ID: s.url + path, Type: kind, Name: "คลินิกทดสอบ", Username: name, Inbox: s.url + path + "/inbox", Outbox: s.url + path + "/outbox",
			SharedInbox: s.url + "/inbox", URL: s.url + "/", KeyID: s.url + path + "#main-key", PublicKeyPEM: key.PublicPEM(), RFC9421: true,
		}
	}
	site, err = discovery.New(discovery.Config{
		Base: s.url, Actor: self("/ap/org", "Organization", "org"), Instance: self("/ap/instance", "Application", "instance"),
		Software: "saphan-node", Version: "0.0.0", Verifier: verifier, Peers: mail, Objects: s, Inbox: in,
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// pin takes the peer down by the actor document that Fedify has written.
func pin(t *testing.T, mail *mailbox.Store, origin string) {
	t.Helper()
	body := get(t, origin+"/ap/org")
	a, err := gofed.DecodeActor(body)
	if err != nil {
		t.Fatalf("Fedify's actor document: %v %v\n%s", err, fault.As(err).Args, body)
	}
	err = mail.SavePeer(context.Background(), mailbox.Peer{Role: mailbox.RoleMember, Member: federation.Member{
		Actor: a.ID, Name: a.Name, Inbox: a.Inbox, KeyID: a.KeyID, PublicKeyPEM: a.PublicKeyPEM, Tier: "full", State: "active",
	}})
	if err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, url string) []byte {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, body := do(t, r)
	return body
}

func do(t *testing.T, r *http.Request) (int, []byte) {
	t.Helper()
	res, err := new(http.Client).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, body
}

// control asks the peer to do something and reads its answer into out.
func control(t *testing.T, url string, in, out any) {
	t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	status, answer := do(t, r)
	if status != http.StatusOK {
		t.Fatalf("%s: %d %s", url, status, answer)
	}
	if err := json.Unmarshal(answer, out); err != nil {
		t.Fatalf("%s: %v", answer, err)
	}
}

// verdict is what Fedify says about a request of ours.
type verdict struct {
	Verified        bool
	Owner, Type, ID string
	Actor, Object   string
	To              []string
	ObjectIsArticle bool
	Result          string
}

// post sends bytes to the peer's inbox, signed over signed.
func (s *server) post(origin string, signed, sent []byte) (int, verdict) {
	s.t.Helper()
	return s.postWith(origin, s.key.Sign, signed, sent)
}

func (s *server) postWith(origin string, sign func(*http.Request, []byte, time.Time) error, signed, sent []byte) (int, verdict) {
	s.t.Helper()
	r, err := http.NewRequest(http.MethodPost, origin+"/inbox", bytes.NewReader(sent))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Content-Type", federation.MediaType)
	if err := sign(r, signed, time.Now()); err != nil {
		s.t.Fatal(err)
	}
	status, body := do(s.t, r)
	var v verdict
	if err := json.Unmarshal(body, &v); err != nil || status == http.StatusInternalServerError {
		s.t.Fatalf("%d %s", status, body)
	}
	return status, v
}

func (s *server) activity(t federation.Type, origin string) federation.Activity {
	return federation.Activity{
		ID: s.url + "/ap/act/" + opaque.ID(), Type: t, Actor: s.url + "/ap/org", To: origin + "/ap/org",
		Published: time.Now().UTC().Truncate(time.Hour), Sequence: 1,
	}
}

func TestFedifyReadsUs(t *testing.T) {
	origin := start(t)
	s := serve(t, origin)
	offer := s.activity(federation.Offer, origin)
	offer.Referral = &federation.Referral{
		ID: s.url + "/ap/ref/" + opaque.ID(), Schema: federation.SchemaReferral, Revision: 1, Kind: "service", Urgency: "normal",
		RespondBy: offer.Published.Add(72 * time.Hour), Purpose: "status_work", Needs: []string{"doc_drafting"},
		Subject:    federation.Subject{Kind: "person", AgeBand: "adult"},
		Phrases:    []federation.Phrase{{Code: "statutory_deadline_within", Slots: map[string]string{"time_band": "30d"}}},
		Disclosure: federation.Disclosure{Policy: "sha256:" + strings.Repeat("0", 64), K: 5},
		Consent:    federation.Consent{Basis: "explicit_consent", Scope: "anonymous_offer", Version: "th-1"},
	}
	accept := s.activity(federation.Accept, origin)
	accept.Object = origin + "/ap/act/" + opaque.ID()
	accept.Engagement = &federation.Engagement{ID: s.url + "/ap/eng/" + opaque.ID(), Referral: origin + "/ap/ref/" + opaque.ID(), Revision: 1, State: "accepted"}
	for _, a := range []federation.Activity{offer, accept} {
		body, err := gofed.Encode(a)
		if err != nil {
			t.Fatal(err, fault.As(err).Args)
		}
		bad := bytes.Replace(body, []byte(`"sequence":1`), []byte(`"sequence":2`), 1)
		if status, v := s.post(origin, body, bad); status != http.StatusUnauthorized || v.Verified {
			t.Errorf("%s, changed after signing: %d %+v", a.Type, status, v)
		}
		status, v := s.post(origin, body, body)
		if status != http.StatusAccepted || v.Owner != a.Actor || v.Actor != a.Actor || v.ID != a.ID || v.Type != string(a.Type) || len(v.To) != 1 || v.To[0] != a.To {
			t.Errorf("%s: %d %+v", a.Type, status, v)
		}
		if a.Referral != nil && (!v.ObjectIsArticle || v.Object != a.Referral.ID) {
			t.Errorf("the referral is not an article to it: %+v", v)
		}
		if a.Engagement != nil && (v.Object != a.Object || v.Result != a.Engagement.ID) {
			t.Errorf("the engagement is not the result to it: %+v", v)
		}
	}
}

func TestFedifyFindsUs(t *testing.T) {
	origin := start(t)
	s := serve(t, origin)
	host := strings.TrimPrefix(s.url, "http://")
	for path, want := range map[string][2]string{"/ap/org": {"Organization", "acct:org@"}, "/ap/instance": {"Application", "acct:instance@"}} {
		var got struct{ Subject, Self, Type, ID, Inbox, SharedInbox, Key, Owner string }
		control(t, origin+"/control/lookup", map[string]string{"actor": s.url + path}, &got)
		id := s.url + path
		if got.Subject != want[1]+host || got.Self != id || got.Type != want[0] || got.ID != id || got.Inbox != id+"/inbox" ||
			got.SharedInbox != s.url+"/inbox" || got.Key != id+"#main-key" || got.Owner != id {
			t.Errorf("%s: %+v", path, got)
		}
	}
}

func TestWeReadFedify(t *testing.T) {
	origin := start(t)
	s := serve(t, origin)
	self := s.url + "/ap/org"
	hour := time.Now().UTC().Truncate(time.Hour).Format(time.RFC3339)
	type order struct {
		Kind      string         `json:"kind"`
		Inbox     string         `json:"inbox"`
		To        string         `json:"to"`
		Object    string         `json:"object"`
		Extra     map[string]any `json:"extra"`
		Published string         `json:"published"`
		Tamper    []string       `json:"tamper,omitempty"`
	}
	read := order{"Read", s.url + "/inbox", self, s.url + "/ap/act/" + opaque.ID(), map[string]any{"sequence": 1, "digest": sign.Digest([]byte("x"))}, hour, nil}
	undo := order{"Undo", s.url + "/ap/org/inbox", self, origin + "/ap/act/" + opaque.ID(), map[string]any{"sequence": 2, "reasonCode": "consent_withdrawn"}, hour, nil}
	type outcome struct {
		Status int
		Body   string
		Sent   json.RawMessage
	}
	refused := func(name string, o order, want int) {
		var got outcome
		control(t, origin+"/control/send", o, &got)
		if got.Status != want || len(s.received()) != 0 {
			t.Errorf("%s: %d %s, want %d (%s)", name, got.Status, got.Body, want, got.Sent)
		}
	}
	tampered := read
	tampered.Tamper = []string{`"sequence":1`, `"sequence":9`}
	refused("changed after signing", tampered, http.StatusUnauthorized)
	elsewhere := read
	elsewhere.To = "https://third.example/ap/org"
	refused("to another", elsewhere, http.StatusForbidden)
	without := read
	without.Extra = map[string]any{"sequence": 1}
	refused("without a digest", without, http.StatusBadRequest)
	for i, o := range []order{read, undo} {
		var got outcome
		control(t, origin+"/control/send", o, &got)
		if got.Status != http.StatusAccepted {
			t.Fatalf("%s: %d %s (%s)", o.Kind, got.Status, got.Body, got.Sent)
		}
		all := s.received()
		if len(all) != i+1 || string(all[i].Type) != o.Kind || all[i].Actor != origin+"/ap/org" || all[i].Object != o.Object {
			t.Errorf("%s: received %+v", o.Kind, all)
		}
	}
}
