package app

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/doorway"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/federation/publicface"
	"github.com/saphan-network/saphan/hub/internal/exchange"
	"github.com/saphan-network/saphan/hub/internal/store/publicstore"
	"github.com/saphan-network/saphan/hub/network/publication"
	"github.com/saphan-network/saphan/policies/redact"
)

// spread names the job that files what was published for all who follow.
const spread = "public_spread"

// prepareFace makes what the station asks about readers.
func (a *App) prepareFace() {
	a.shelf = publicstore.New(a.db, a.cfg.Now)
	a.voice = &exchange.Voice{Base: a.cfg.BaseURL, Shelf: a.shelf, Tx: a.db, Now: a.cfg.Now, Most: a.cfg.Readers,
		Send: func(ctx context.Context) error { return a.queue.Enqueue(ctx, spread, spread, nil, time.Time{}) }}
}

// openFace puts the public face of the hub together: its actor, its documents, and
// the inbox that takes a follow from anybody.
func (a *App) openFace() error {
	a.voice.Gate, a.voice.Mail = a.Station.Gate, a.Station.Mail
	a.Public = publication.New(publication.Deps{Store: a.shelf, Wire: a.voice, Authority: a.may, Tx: a.db, Audit: a.Ledger, Now: a.cfg.Now,
		NewID: opaque.ID, Telling: telling})
	u, err := url.Parse(a.cfg.BaseURL)
	if err != nil {
		return err
	}
	inbox, err := publicface.NewInbox(publicface.InboxConfig{Self: a.cfg.BaseURL + publicface.ActorPath, Scheme: u.Scheme, Host: u.Host, Followers: a.voice,
		Fetch: a.Station.Worker.Follower, Now: a.cfg.Now, Log: a.cfg.Log})
	if err != nil {
		return err
	}
	a.face, err = publicface.NewSite(publicface.SiteConfig{Base: a.cfg.BaseURL, Actor: a.publicActor, Shelf: a.shelf, Inbox: inbox, Log: a.cfg.Log})
	a.queue.Handle(spread, func(ctx context.Context, _ []byte) error { return a.voice.Spread(ctx) })
	a.queue.Every("prune_followers", time.Hour, a.voice.Prune)
	return err
}

func (a *App) publicActor() gofed.PublicActor {
	return gofed.PublicActor{Actor: a.Station.PublicActor(), Followers: a.cfg.BaseURL + publicface.FollowersPath, NameEN: a.cfg.NameEN,
		Summary: federation.Words{TH: federation.Paragraphs("ถ้อยแถลงและกิจกรรมที่ทุกคนเข้าร่วมได้ ของ" + a.cfg.NameTH),
			EN: federation.Paragraphs("Statements and open events of the " + a.cfg.NameEN)}}
}

// front sends what is asked of the public actor to the face, what comes to the door
// there, and the rest on.
func (a *App) front(rest http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if a.face.Serves(r) {
			a.face.ServeHTTP(w, r)
			return
		}
		if r.URL.Path == doorway.Path && r.URL.RawPath == "" {
			a.door.ServeHTTP(w, r)
			return
		}
		rest.ServeHTTP(w, r)
	})
}

// telling lists the pieces of a text that look as if they were about one person.
// Dates and addresses of the world belong into public texts and are not among them.
func telling(text string) []string {
	var out []string
	for _, s := range redact.Redact(text, nil).Spans {
		switch s.Kind {
		case redact.Date, redact.Foreign:
		default:
			out = append(out, text[s.Start:s.End])
		}
	}
	return out
}

// SendPublic files what was published for all who follow, and sends all that is due:
// what the background work does anyway, for commands and tests that cannot wait.
func (a *App) SendPublic(ctx context.Context) error {
	if err := a.voice.Spread(ctx); err != nil {
		return err
	}
	_, err := a.Station.Worker.Settle(ctx)
	return err
}
