package peer_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/saphan-network/saphan/hub/app"
	"github.com/saphan-network/saphan/hub/network/publication"
	"github.com/saphan-network/saphan/node/clinic"
)

// heard is what the peer makes of one activity that came to it.
type heard struct {
	Verified                        bool
	Type, Owner, ObjectType, Object string
	Name, Content, Start, Place     string
	Names                           []string
	To                              []string
}

// face is a hub with a public actor and two secretaries.
type face struct {
	t        *testing.T
	hub      *app.App
	url      string
	one, two clinic.Actor
}

func openFace(t *testing.T) *face {
	t.Helper()
	var h http.Handler
	ts := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.ServeHTTP(w, r) }))
	t.Cleanup(ts.Close)
	a, err := app.New(t.Context(), app.Config{BaseURL: ts.URL, DataDir: t.TempDir(), NameTH: "เครือข่ายทดสอบ", NameEN: "Test network", Private: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	h = a.Handler()
	f := &face{t: t, hub: a, url: ts.URL}
	for login, into := range map[string]*clinic.Actor{"one": &f.one, "two": &f.two} {
		if _, err := a.Accounts.Add(t.Context(), "system", login, "คุณ"+login, []string{"secretary"}); err != nil {
			t.Fatal(err)
		}
		u, err := a.Accounts.Find(t.Context(), login)
		if err != nil {
			t.Fatal(err)
		}
		*into = u.Actor()
	}
	return f
}

func (f *face) release(id string) {
	f.t.Helper()
	if err := f.hub.Public.Submit(f.t.Context(), f.one, id, 0); err != nil {
		f.t.Fatal(err)
	}
	v, err := f.hub.Public.Show(f.t.Context(), f.two, id)
	if err != nil {
		f.t.Fatal(err)
	}
	if err := f.hub.Public.Release(f.t.Context(), f.two, id, v.Pending.SHA256); err != nil {
		f.t.Fatal(err)
	}
}

func (f *face) publish(kind string, text publication.Text) string {
	f.t.Helper()
	id, err := f.hub.Public.Write(f.t.Context(), f.one, kind, text)
	if err != nil {
		f.t.Fatal(err)
	}
	f.release(id)
	return id
}

// last sends what waits and returns the last that the peer has heard.
func (f *face) last(origin string, n int) heard {
	f.t.Helper()
	if err := f.hub.SendPublic(f.t.Context()); err != nil {
		f.t.Fatal(err)
	}
	var all []heard
	if err := json.Unmarshal(get(f.t, origin+"/control/received"), &all); err != nil {
		f.t.Fatal(err)
	}
	if len(all) != n {
		f.t.Fatalf("%d were heard, want %d: %+v", len(all), n, all)
	}
	if n == 0 {
		return heard{}
	}
	return all[n-1]
}

// TestFedifyFollows: Fedify finds the public actor, follows it, and understands what
// it then gets; when it no longer follows it gets nothing.
func TestFedifyFollows(t *testing.T) {
	origin := start(t)
	f := openFace(t)
	actor := f.url + "/ap/public"
	var found struct{ Subject, Self, Type, ID, Inbox, Key, Owner string }
	control(t, origin+"/control/lookup", map[string]any{"actor": actor}, &found)
	if found.Type != "Service" || found.ID != actor || found.Self != actor || found.Owner != actor || found.Inbox != actor+"/inbox" {
		t.Fatalf("%+v", found)
	}
	var said struct {
		Status int
		Body   string
	}
	control(t, origin+"/control/follow", map[string]any{"actor": actor, "inbox": found.Inbox}, &said)
	if said.Status != http.StatusAccepted {
		t.Fatalf("%+v", said)
	}
	if h := f.last(origin, 1); !h.Verified || h.Type != "Accept" || h.Owner != actor || h.ObjectType != "Follow" {
		t.Errorf("the answer: %+v", h)
	}
	text := publication.Text{Name: publication.Words{TH: "คลินิกเคลื่อนที่", EN: "Mobile clinic"}, Body: publication.Words{TH: "พบกันวันเสาร์", EN: "See you on Saturday"}}
	id := f.publish(publication.Statement, text)
	if h := f.last(origin, 2); !h.Verified || h.Type != "Create" || h.ObjectType != "Article" || h.Object != f.url+"/public/"+id || h.Content == "" || h.Owner != actor {
		t.Errorf("a statement: %+v", h)
	}
	v, err := f.hub.Public.Show(t.Context(), f.one, id)
	if err != nil {
		t.Fatal(err)
	}
	text.Name.TH = "คลินิกเคลื่อนที่ เดือนหน้า"
	if err := f.hub.Public.Edit(t.Context(), f.one, id, v.Version, text); err != nil {
		t.Fatal(err)
	}
	f.release(id)
	if h := f.last(origin, 3); h.Type != "Update" || h.ObjectType != "Article" || h.Object != f.url+"/public/"+id {
		t.Errorf("a new version: %+v", h)
	}
	text.Start, text.Place = time.Now().UTC().AddDate(0, 0, 7).Truncate(time.Hour), publication.Words{TH: "ศาลาวัด", EN: "Temple hall"}
	f.publish(publication.Event, text)
	if h := f.last(origin, 4); h.Type != "Create" || h.ObjectType != "Event" || h.Start != text.Start.Format(time.RFC3339) || h.Place == "" {
		t.Errorf("an event: %+v", h)
	}
	if err := f.hub.Public.Withdraw(t.Context(), f.one, id); err != nil {
		t.Fatal(err)
	}
	if h := f.last(origin, 5); h.Type != "Delete" || h.ObjectType != "Tombstone" || h.Object != f.url+"/public/"+id {
		t.Errorf("taken back: %+v", h)
	}
	control(t, origin+"/control/follow", map[string]any{"actor": actor, "inbox": found.Inbox, "undo": true}, &said)
	if said.Status != http.StatusAccepted {
		t.Errorf("an undo: %+v", said)
	}
	f.publish(publication.Statement, text1())
	f.last(origin, 5)
}

func text1() publication.Text {
	return publication.Text{Name: publication.Words{TH: "อีกเรื่อง"}, Body: publication.Words{TH: "ไม่มีใครติดตาม"}}
}
