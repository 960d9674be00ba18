package publicface

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/flood"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/federation/sign"
)

// MaxSaid is the number of bytes of what a stranger may say at once.
const MaxSaid = 32 << 10

// Followers keeps who follows the public actor.
type Followers interface {
	// Follower returns who follows, or fault.Missing.
	Follower(ctx context.Context, actor string) (gofed.Follower, error)
	// Followed takes a follower down and sends it the answer, in one transaction. A
	// full table is a fault.TooMany. Who follows already is answered again.
	Followed(ctx context.Context, f gofed.Follower, said federation.Following) error
	// Unfollowed forgets a follower. With a follow's id it does so only if that is the
	// one that was kept.
	Unfollowed(ctx context.Context, actor, follow string) error
}

// InboxConfig is what an Inbox needs; all but Log must be set.
type InboxConfig struct {
	Self      string // IRI of the public actor
	Scheme    string // of the server's own address
	Host      string // of the server's own address
	Followers Followers
	Fetch     func(ctx context.Context, actor string) (gofed.Follower, error) // by the guarded client
	Now       func() time.Time
	Log       *slog.Logger
}

// Inbox hears Follow, Undo of a Follow, and Delete of an actor. All else is
// answered politely, and nothing of it is kept.
type Inbox struct {
	c     InboxConfig
	fetch *flood.Fetcher[gofed.Follower]
}

// NewInbox checks the configuration.
func NewInbox(c InboxConfig) (*Inbox, error) {
	if c.Self == "" || c.Scheme == "" || c.Host == "" || c.Followers == nil || c.Fetch == nil || c.Now == nil {
		return nil, errors.New("publicface: the configuration of the inbox is incomplete")
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return &Inbox{c: c, fetch: flood.NewFetcher(c.Fetch, c.Now, bounds)}, nil
}

// ServeHTTP answers one POST.
func (i *Inbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "private, no-store")
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	err := i.hear(r)
	if err == nil {
		w.WriteHeader(http.StatusAccepted)
		return
	}
	kind := fault.KindOf(err)
	switch kind {
	case fault.TooMany, fault.Unavailable:
		w.Header().Set("Retry-After", "600")
	case fault.Internal:
		i.c.Log.Error("publicface: not kept", "cause", fault.Label(err))
		kind = fault.Unavailable
	case fault.NotFound:
		kind = fault.Signature // who cannot be read cannot be believed
	}
	w.WriteHeader(kind.Status())
}

func (i *Inbox) hear(r *http.Request) error {
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || (media != federation.MediaType && media != "application/ld+json") || r.Header.Get("Content-Encoding") != "" {
		return fault.New(fault.MediaType, "error.415.title")
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, MaxSaid+1))
	if err != nil {
		return fault.New(fault.Invalid, "error.400.title")
	}
	if len(body) > MaxSaid {
		return fault.New(fault.TooLarge, "error.too_large")
	}
	said, err := gofed.ReadStranger(body, i.c.Self)
	if err != nil || said.Type == "" {
		return err
	}
	known, err := i.c.Followers.Follower(r.Context(), said.Actor)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	if err != nil && said.Type != federation.Follow {
		return nil // of whom we know nothing: large servers tell everybody of each account that ends
	}
	who, err := i.believe(r, body, said, known)
	if err != nil {
		return err
	}
	return i.carryOut(r.Context(), said, who)
}

func (i *Inbox) carryOut(ctx context.Context, said gofed.Stranger, who gofed.Follower) error {
	switch said.Type {
	case federation.Follow:
		return i.c.Followers.Followed(ctx, who, said.Following)
	case federation.Undo:
		return i.c.Followers.Unfollowed(ctx, said.Actor, said.Following.ID)
	default: // Delete
		return i.c.Followers.Unfollowed(ctx, said.Actor, "")
	}
}

// believe verifies the signature with the key that was kept, or else with the one
// that the actor's own server shows now. Whoever wants to follow is looked at
// afresh: it may have moved its inbox.
func (i *Inbox) believe(r *http.Request, body []byte, said gofed.Stranger, known gofed.Follower) (gofed.Follower, error) {
	if known.Actor != "" && said.Type != federation.Follow {
		err := i.verify(r, body, known)
		if err == nil || said.Type == federation.Delete { // a deleted actor shows no key any more
			return known, err
		}
	}
	if !signed(r.Header) { // nothing is fetched for what cannot be verified anyway
		return gofed.Follower{}, fault.New(fault.Signature, "error.401.title")
	}
	fresh, err := i.fetch.Get(r.Context(), said.Actor)
	if err != nil {
		i.c.Log.Info("publicface: an actor could not be read", "cause", fault.Label(err))
		if k := fault.KindOf(err); k == fault.TooMany {
			return gofed.Follower{}, err
		}
		return gofed.Follower{}, fault.Missing()
	}
	return fresh, i.verify(r, body, fresh)
}

// signed reports whether there is something to verify at all.
func signed(h http.Header) bool {
	return len(h.Values("Signature")) == 1 && (h.Get("Digest") != "" || h.Get("Content-Digest") != "")
}

func (i *Inbox) verify(r *http.Request, body []byte, who gofed.Follower) error {
	v := sign.Verifier{Now: i.c.Now, Scheme: i.c.Scheme, Host: func(*http.Request) string { return i.c.Host },
		Key: func(_ context.Context, keyID string) (sign.Public, error) {
			if keyID != who.KeyID {
				return sign.Public{}, fault.Missing()
			}
			return sign.ParsePublic(who.KeyID, who.Actor, who.PublicKeyPEM)
		}}
	_, _, err := v.Verify(r, body)
	return err
}
