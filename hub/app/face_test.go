package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/federation/sign"
	"github.com/saphan-network/saphan/hub/app"
	"github.com/saphan-network/saphan/hub/network/publication"
	"github.com/saphan-network/saphan/node/clinic"
)

// open is a hub that listens, with two secretaries.
type open struct {
	*app.App
	url      string
	one, two clinic.Actor
}

func openHub(t *testing.T, change func(*app.Config)) *open {
	t.Helper()
	var h http.Handler
	ts := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.ServeHTTP(w, r) }))
	t.Cleanup(ts.Close)
	cfg := app.Config{BaseURL: ts.URL, DataDir: t.TempDir(), NameTH: "เครือข่ายทดสอบ", NameEN: "Test network", Private: true}
	if change != nil {
		change(&cfg)
	}
	a, err := app.New(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	h = a.Handler()
	o := &open{App: a, url: ts.URL}
	for login, into := range map[string]*clinic.Actor{"sri": &o.one, "ya": &o.two} {
		link, err := a.Accounts.Add(t.Context(), "system", login, "คุณ"+login, []string{"secretary"})
		must(t, link, err)
		u, err := a.Accounts.Find(t.Context(), login)
		*into = must(t, u, err).Actor()
	}
	return o
}

// settle sends all that waits.
func (o *open) settle(t *testing.T) {
	t.Helper()
	if err := o.Spread(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Station.Worker.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// social is a server of the fediverse with one actor and a shared inbox. It believes
// only what the actor named in a message has signed.
type social struct {
	t    *testing.T
	url  string
	key  *sign.Key
	mu   sync.Mutex
	got  []string
	gone bool // of its actor there is nothing any more
	asks int  // for its actor's document
}

func newSocial(t *testing.T) *social {
	t.Helper()
	s := &social{t: t}
	ts := httptest.NewServer(s)
	t.Cleanup(ts.Close)
	s.url = ts.URL
	key, err := sign.NewKey(s.actor() + "/main-key")
	s.key = must(t, key, err)
	return s
}

func (s *social) actor() string { return s.url + "/users/nok" }

func (s *social) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch r.URL.Path {
	case "/users/nok":
		s.asks++
		if s.gone {
			w.WriteHeader(http.StatusGone)
			return
		}
		w.Header().Set("Content-Type", federation.MediaType)
		_ = json.NewEncoder(w).Encode(map[string]any{
			"@context": []any{"https://www.w3.org/ns/activitystreams", map[string]any{"toot": "http://joinmastodon.org/ns#", "featured": map[string]any{"@id": "toot:featured", "@type": "@id"}}},
			"id":       s.actor(), "type": "Person", "preferredUsername": "nok", "inbox": s.actor() + "/inbox", "summary": strings.Repeat("<p>ก</p>", 2000), "icon": nil,
			"endpoints": map[string]any{"sharedInbox": s.url + "/inbox"},
			"publicKey": map[string]any{"id": s.key.ID(), "owner": s.actor(), "publicKeyPem": s.key.PublicPEM()}})
	case "/inbox", "/users/nok/inbox":
		body, _ := io.ReadAll(r.Body)
		if s.gone {
			w.WriteHeader(http.StatusGone)
			return
		}
		s.got = append(s.got, string(body))
		w.WriteHeader(http.StatusAccepted)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func (s *social) received() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.got...)
}

// say posts to a hub's public inbox with a signature, and returns the status.
func (s *social) say(hub string, doc map[string]any, tamper func(r *http.Request, body []byte)) int {
	s.t.Helper()
	doc["@context"] = "https://www.w3.org/ns/activitystreams"
	body, err := json.Marshal(doc)
	if err != nil {
		s.t.Fatal(err)
	}
	r, err := http.NewRequest(http.MethodPost, hub+"/ap/public/inbox", bytes.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Content-Type", federation.MediaType)
	if err := s.key.Sign(r, body, time.Now()); err != nil {
		s.t.Fatal(err)
	}
	if tamper != nil {
		tamper(r, body)
	}
	res, err := new(http.Client).Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	_ = res.Body.Close()
	return res.StatusCode
}

func (s *social) follow(hub string) map[string]any {
	return map[string]any{"type": "Follow", "id": s.url + "/follows/" + opaque.ID(), "actor": s.actor(), "object": hub + "/ap/public"}
}

// fetch gets a document as machines do, unsigned.
func fetch(t *testing.T, url, accept string) (status int, body string, h http.Header) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", accept)
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	return res.StatusCode, string(must(t, b, err)), res.Header
}

func statement(words string) publication.Text {
	return publication.Text{Name: publication.Words{TH: "ถ้อยแถลง " + words, EN: "Statement " + words}, Summary: publication.Words{TH: "สรุป", EN: "In short"},
		Body: publication.Words{TH: "ย่อหน้าแรก\n\nย่อหน้าที่สอง <b>", EN: "First & second."}}
}

// publish has one secretary write and the other release.
func (o *open) publish(t *testing.T, t1 publication.Text) string {
	t.Helper()
	id, err := o.Public.Write(t.Context(), o.one, publication.Statement, t1)
	o.release(t, must(t, id, err))
	return id
}

func (o *open) release(t *testing.T, id string) {
	t.Helper()
	if err := o.Public.Submit(t.Context(), o.one, id, 0); err != nil {
		t.Fatal(err)
	}
	v, err := o.Public.Show(t.Context(), o.two, id)
	if err := o.Public.Release(t.Context(), o.two, id, must(t, v, err).Pending.SHA256); err != nil {
		t.Fatal(err)
	}
}

func TestAnybodyMayFollow(t *testing.T) {
	o, s := openHub(t, nil), newSocial(t)
	if status := s.say(o.url, s.follow(o.url), nil); status != http.StatusAccepted {
		t.Fatal(status)
	}
	o.settle(t)
	if got := s.received(); len(got) != 1 || !strings.Contains(got[0], `"type":"Accept"`) || !strings.Contains(got[0], s.actor()) {
		t.Fatalf("%d answers: %s", len(got), got)
	}
	id := o.publish(t, statement("หนึ่ง"))
	o.settle(t)
	got := s.received()
	p, err := gofed.DecodePublication([]byte(got[len(got)-1]))
	if len(got) != 2 || err != nil || p.Type != federation.Create || p.Document.Name.EN != "Statement หนึ่ง" || p.Document.ID != o.url+"/public/"+id {
		t.Fatalf("%d: %+v %v", len(got), p, err)
	}
	if status, body, h := fetch(t, p.Document.ID, federation.MediaType); status != 200 || !strings.Contains(body, "ย่อหน้าที่สอง &lt;b&gt;") || h.Get("Vary") != "Accept" {
		t.Errorf("the document: %d %s", status, body)
	}
	if status, body, _ := fetch(t, o.url+"/ap/public/outbox/1", federation.MediaType); status != 200 || !strings.Contains(body, p.ID) {
		t.Errorf("the outbox: %d %s", status, body)
	}
	v, err := o.Public.Show(t.Context(), o.one, id)
	if err := o.Public.Edit(t.Context(), o.one, id, must(t, v, err).Version, statement("สอง")); err != nil {
		t.Fatal(err)
	}
	o.release(t, id)
	o.settle(t)
	if p, err := gofed.DecodePublication([]byte(s.received()[2])); err != nil || p.Type != federation.Update || p.Document.Name.TH != "ถ้อยแถลง สอง" {
		t.Errorf("the new version: %+v %v", p, err)
	}
	if err := o.Public.Withdraw(t.Context(), o.one, id); err != nil {
		t.Fatal(err)
	}
	o.settle(t)
	if p, err := gofed.DecodePublication([]byte(s.received()[3])); err != nil || p.Type != federation.Delete || p.Object != o.url+"/public/"+id {
		t.Errorf("taken back: %+v %v", p, err)
	}
	if status, body, _ := fetch(t, o.url+"/public/"+id, federation.MediaType); status != http.StatusGone || !strings.Contains(body, "Tombstone") || strings.Contains(body, "ถ้อยแถลง") {
		t.Errorf("what was taken back: %d %s", status, body)
	}
	if _, body, _ := fetch(t, o.url+"/ap/public/outbox/1", federation.MediaType); strings.Contains(body, "ถ้อยแถลง") {
		t.Errorf("the outbox still says it: %s", body)
	}
	undo := map[string]any{"type": "Undo", "id": s.url + "/undo/1", "actor": s.actor(), "object": s.follow(o.url)}
	delete(undo["object"].(map[string]any), "id")
	if status := s.say(o.url, undo, nil); status != http.StatusAccepted {
		t.Error(status)
	}
	o.publish(t, statement("สาม"))
	o.settle(t)
	if n := len(s.received()); n != 4 {
		t.Errorf("who follows no more got %d messages", n)
	}
}

// TestStrangersAreHeardWithinBounds: what a stranger can make the hub fetch, keep or
// believe.
func TestStrangersAreHeardWithinBounds(t *testing.T) {
	o, s := openHub(t, func(c *app.Config) { c.Readers = 1 }), newSocial(t)
	follow := func() map[string]any { return s.follow(o.url) }
	with := func(m map[string]any, key string, v any) map[string]any { m[key] = v; return m }
	for what, c := range map[string]struct {
		doc    map[string]any
		tamper func(r *http.Request, body []byte)
		want   int
	}{
		"a like":                    {with(follow(), "type", "Like"), nil, 202},
		"somebody else followed":    {with(follow(), "object", o.url+"/ap/network"), nil, 202},
		"a note":                    {map[string]any{"type": "Create", "id": s.url + "/1", "actor": s.actor(), "object": map[string]any{"type": "Note", "content": "อาซา"}}, nil, 202},
		"the end of an unknown":     {map[string]any{"type": "Delete", "id": s.url + "/1", "actor": s.actor(), "object": s.actor()}, nil, 202},
		"an undo of an unknown":     {map[string]any{"type": "Undo", "id": s.url + "/1", "actor": s.actor(), "object": s.url + "/follows/1"}, nil, 202},
		"unsigned":                  {follow(), func(r *http.Request, _ []byte) { r.Header.Del("Signature") }, 401},
		"in another's name":         {with(follow(), "actor", o.url+"/ap/network"), nil, 400},
		"under another's id":        {with(follow(), "id", "https://victim.example/1"), nil, 400},
		"of a server that is none":  {with(with(follow(), "actor", "http://127.0.0.1:1/u"), "id", "http://127.0.0.1:1/f"), nil, 401},
		"as a page":                 {follow(), func(r *http.Request, _ []byte) { r.Header.Set("Content-Type", "text/html") }, 415},
		"compressed":                {follow(), func(r *http.Request, _ []byte) { r.Header.Set("Content-Encoding", "gzip") }, 415},
		"too much":                  {with(follow(), "x", strings.Repeat("x", 40<<10)), nil, 413},
		"an address with a query":   {with(follow(), "actor", s.url+"/?author=1"), nil, 400},
		"a key of a private server": {with(with(follow(), "actor", "http://10.0.0.1/u"), "id", "http://10.0.0.1/f"), nil, 400},
	} {
		if got := s.say(o.url, c.doc, c.tamper); got != c.want {
			t.Errorf("%s: %d, want %d", what, got, c.want)
		}
	}
	if s.asks != 0 {
		t.Errorf("%d fetches for what nobody listens to", s.asks)
	}
	if got := s.say(o.url, follow(), func(r *http.Request, b []byte) {
		r.Body = io.NopCloser(bytes.NewReader(bytes.Replace(b, []byte("/follows/"), []byte("/fallows/"), 1)))
	}); got != http.StatusUnauthorized {
		t.Errorf("other bytes than were signed: %d", got)
	}
	for range 2 { // the second by who follows already
		if got := s.say(o.url, follow(), nil); got != http.StatusAccepted {
			t.Errorf("a follow: %d", got)
		}
	}
	if got := newSocial(t).sayFollow(o.url); got != http.StatusTooManyRequests {
		t.Errorf("one more than there is room for: %d", got)
	}
	many := 0
	for range 30 {
		if s.say(o.url, follow(), nil) == http.StatusTooManyRequests {
			many++
		}
	}
	if s.asks > 10 || many < 15 {
		t.Errorf("one origin had %d fetches made, %d of 30 refused", s.asks, many)
	}
	s.mu.Lock()
	s.gone = true
	s.mu.Unlock()
	if got := s.say(o.url, map[string]any{"type": "Delete", "id": s.url + "/1", "actor": s.actor(), "object": s.actor()}, nil); got != 202 {
		t.Errorf("the end of a follower: %d", got)
	}
	if n, err := o.Followers(context.Background()); err != nil || n != 0 {
		t.Errorf("%d followers are left: %v", n, err)
	}
}

func (s *social) sayFollow(hub string) int { return s.say(hub, s.follow(hub), nil) }

// TestFollowersOpenNothing: the key of a follower, which the hub has believed, opens
// none of the guarded routes, and nothing that is not reviewed is public.
func TestFollowersOpenNothing(t *testing.T) {
	o, s := openHub(t, nil), newSocial(t)
	if got := s.sayFollow(o.url); got != 202 {
		t.Fatal(got)
	}
	m := newDesk(t).member(t, "active")
	id, err := o.Public.Write(t.Context(), o.one, publication.Statement, statement("ลับ"))
	draft := must(t, id, err)
	none, nothing, _ := fetch(t, o.url+"/ap/nothing", federation.MediaType)
	for _, path := range []string{"/ap/members", "/ap/ref/" + opaque.ID(), "/ap/eng/" + opaque.ID(), "/ap/act/" + opaque.ID(), "/ap/membership/" + opaque.ID()} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, o.url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.key.Sign(r, nil, time.Now()); err != nil {
			t.Fatal(err)
		}
		res, err := new(http.Client).Do(r)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if string(must(t, b, err)) != nothing || res.StatusCode != none {
			t.Errorf("%s: %d %s", path, res.StatusCode, b)
		}
	}
	for _, inbox := range []string{"/inbox", "/ap/network/inbox"} {
		body := []byte(`{"@context":"https://www.w3.org/ns/activitystreams","type":"Join","id":"` + s.url + `/1","actor":"` + s.actor() + `","to":["` + o.url + `/ap/network"],"object":"` + o.url + `/ap/network"}`)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, o.url+inbox, bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", federation.MediaType)
		if err := s.key.Sign(r, body, time.Now()); err != nil {
			t.Fatal(err)
		}
		res, err := new(http.Client).Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s: %d", inbox, res.StatusCode)
		}
	}
	for _, path := range []string{"/ap/public", "/ap/public/outbox", "/ap/public/outbox/1", "/ap/public/followers", "/public/" + draft, "/ap/public/act/" + draft} {
		_, body, _ := fetch(t, o.url+path, federation.MediaType)
		for _, secret := range []string{"ลับ", s.actor(), s.url, m} {
			if strings.Contains(body, secret) {
				t.Errorf("%s says %s", path, secret)
			}
		}
	}
	if peers, err := o.Station.Mail.Peers(t.Context()); err != nil || len(peers) != 0 {
		t.Errorf("a follower has become a peer: %v %v", peers, err)
	}
}

// TestTwoPersons: who has written does not release, and what is released are the
// bytes that were shown.
func TestTwoPersons(t *testing.T) {
	o := openHub(t, nil)
	id, err := o.Public.Write(t.Context(), o.one, publication.Statement, statement("หนึ่ง"))
	must(t, id, err)
	if err := o.Public.Submit(t.Context(), o.one, id, 0); err != nil {
		t.Fatal(err)
	}
	v, err := o.Public.Show(t.Context(), o.one, id)
	sum := must(t, v, err).Pending.SHA256
	if v.MayRelease || o.Public.Release(t.Context(), o.one, id, sum) == nil {
		t.Error("who has written it can release it")
	}
	if o.Public.Release(t.Context(), o.two, id, strings.Repeat("0", 64)) == nil || o.Public.Release(t.Context(), o.two, id, "") == nil {
		t.Error("other bytes were released")
	}
	if err := o.Public.Edit(t.Context(), o.two, id, v.Version, statement("สอง")); err != nil {
		t.Fatal(err)
	}
	if o.Public.Release(t.Context(), o.two, id, sum) == nil {
		t.Error("what was shown is not what is there any more")
	}
	if err := o.Public.Submit(t.Context(), o.one, id, 0); err != nil {
		t.Fatal(err)
	}
	v, err = o.Public.Show(t.Context(), o.two, id)
	if o.Public.Release(t.Context(), o.two, id, must(t, v, err).Pending.SHA256) == nil {
		t.Error("who has changed it last can release it because another has asked")
	}
	long := statement("เลข 5-0000-00000-00-1")
	if id, err := o.Public.Write(t.Context(), o.one, publication.Statement, long); err != nil || o.Public.Submit(t.Context(), o.one, id, 0) == nil {
		t.Errorf("the number of an identity card can be asked to be public: %v", err)
	}
}
