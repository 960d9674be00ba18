// Package discovery serves what a server shows of itself to other servers: its
// actor documents, WebFinger, NodeInfo and host-meta to everybody; the members
// list to members; each referral, engagement, membership and activity to the one
// organisation that it is addressed to. For everybody else, and for what is not
// there, there is one answer: the same 404.
//
// Counts of users or cases are shown nowhere. Guarded answers are never cached.
package discovery

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/flood"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/federation/sign"
)

// Peers knows whose key is pinned; *mailbox.Store is one.
type Peers interface {
	PeerByKey(ctx context.Context, keyID string) (mailbox.Peer, error)
}

// Objects finds what this server keeps for others under its own identifiers
// (ap/ref, ap/eng, ap/act, ap/membership): the bytes of the document and the IRI
// of the one organisation that it is addressed to. What does not exist is
// fault.Missing.
type Objects interface {
	Object(ctx context.Context, iri string) (body []byte, to string, err error)
}

// Members returns the network's members list, on the hub.
type Members func(ctx context.Context) (federation.Members, error)

// Config is what a Site needs. Members is nil on a node; Guard and Log may be nil.
type Config struct {
	Base     string           // URL of the server without a slash at its end, e.g. "https://clinic.example"
	Actor    federation.Actor // Organization or Group; its URL is where people are sent
	Instance federation.Actor // Application that signs for the server as such
	Software string           // name for NodeInfo, e.g. "saphan-node"
	Version  string           // of the software
	Verifier *sign.Verifier
	Peers    Peers
	Objects  Objects
	Members  Members
	Inbox    http.Handler // takes the POSTs to the actors' inboxes and to the shared one
	Guard    *flood.Guard // bounds what askers may use; nothing is bounded without it
	Log      *slog.Logger

	// Others are further actors of this server that WebFinger knows; their documents
	// are served elsewhere.
	Others []federation.Actor

	// Key, if not nil, tells the present key by the fragment of its id and its PEM, for
	// documents that are shown after it was changed.
	Key func() (fragment, publicPEM string)
	// Door, if not nil, tells where the actor takes applications at present, "" for nowhere.
	Door func() string
	// Assertion, if not nil, tells the present Ed25519 key in the same way, as multibase.
	Assertion func() (fragment, multibase string)
}

// Site is the handler of all paths that other servers ask for. Mount it where
// Serves says so.
type Site struct {
	cfg    Config
	host   string
	exact  map[string]http.Handler
	sealed []string // prefixes of guarded objects
}

// New makes a Site and writes its public documents once.
func New(cfg Config) (*Site, error) {
	u, err := url.Parse(cfg.Base)
	if err != nil || federation.CheckIRI(cfg.Base) != nil || u.Path != "" {
		return nil, errors.New("discovery: the base URL is not one")
	}
	if cfg.Verifier == nil || cfg.Peers == nil || cfg.Objects == nil || cfg.Inbox == nil {
		return nil, errors.New("discovery: the configuration is incomplete")
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	s := &Site{cfg: cfg, host: u.Host, sealed: []string{"/ap/ref/", "/ap/eng/", "/ap/act/", "/ap/membership/"}}
	s.exact = map[string]http.Handler{
		"/.well-known/webfinger": public(http.HandlerFunc(s.webfinger)),
		"/.well-known/nodeinfo":  public(s.nodeinfoLinks()),
		"/nodeinfo/2.1":          public(s.nodeinfo()),
		"/.well-known/host-meta": public(s.hostMeta()),
		"/inbox":                 cfg.Inbox,
	}
	for _, a := range []federation.Actor{cfg.Actor, cfg.Instance} {
		if err := s.add(a); err != nil {
			return nil, err
		}
	}
	if cfg.Members != nil {
		s.exact["/ap/members"] = http.HandlerFunc(s.members)
	}
	return s, nil
}

// add puts an actor's document, inbox and outbox on their paths.
func (s *Site) add(a federation.Actor) error {
	if _, err := gofed.EncodeActor(a); err != nil {
		return err
	}
	put := func(iri string, h http.Handler) error {
		path, ok := strings.CutPrefix(iri, s.cfg.Base)
		if !ok {
			return errors.New("discovery: " + iri + " is not on this server")
		}
		s.exact[path] = h
		return nil
	}
	if err := put(a.ID, public(s.actor(a))); err != nil {
		return err
	}
	if err := put(a.Inbox, s.cfg.Inbox); err != nil || a.Outbox == "" {
		return err
	}
	empty, err := gofed.EncodeEmpty(a.Outbox)
	if err != nil {
		return err
	}
	return put(a.Outbox, public(fixed(federation.MediaType, empty)))
}

// Serves reports whether a request's path belongs to the Site.
func (s *Site) Serves(path string) bool {
	_, ok := s.exact[path]
	return ok || strings.HasPrefix(path, "/ap/")
}

// ServeHTTP answers on the exact paths only: no other spelling is corrected.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if r.URL.RawPath == "" {
		if h, ok := s.exact[r.URL.Path]; ok {
			h.ServeHTTP(w, r)
			return
		}
		for _, prefix := range s.sealed {
			if id, ok := strings.CutPrefix(r.URL.Path, prefix); ok && id != "" && !strings.Contains(id, "/") {
				s.object(w, r)
				return
			}
		}
	}
	missing(w)
}

// public restricts a handler to reading.
func public(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// fixed answers with a document made once.
func fixed(mediaType string, body []byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", mediaType)
		w.Header().Set("Cache-Control", "public, max-age=300")
		_, _ = w.Write(body)
	})
}

// actor answers servers with the document, in which the key is the present one,
// and sends people to the page.
func (s *Site) actor(a federation.Actor) http.Handler {
	var last atomic.Pointer[shown]
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Vary", "Accept")
		if a.URL != "" && ForPeople(r.Header.Values("Accept")) {
			http.Redirect(w, r, a.URL, http.StatusSeeOther)
			return
		}
		now := a
		if s.cfg.Key != nil {
			fragment, pem := s.cfg.Key()
			now.KeyID, now.PublicKeyPEM = a.ID+fragment, pem
		}
		if s.cfg.Assertion != nil {
			fragment, multibase := s.cfg.Assertion()
			now.Assertion = federation.Multikey{ID: a.ID + fragment, Multibase: multibase}
		}
		if s.cfg.Door != nil && a.ID == s.cfg.Actor.ID {
			now.Door = s.cfg.Door()
		}
		was := last.Load()
		if was == nil || was.actor != now {
			doc, err := gofed.EncodeActor(now)
			if err != nil {
				s.failed(w, err)
				return
			}
			was = &shown{actor: now, doc: doc}
			last.Store(was)
		}
		fixed(federation.MediaType, was.doc).ServeHTTP(w, r)
	})
}

// shown is a document as it was last written, and of what.
type shown struct {
	actor federation.Actor
	doc   []byte
}

// mustJSON writes a document that is made of strings, lists and maps only.
func mustJSON(v any) []byte {
	body, err := json.Marshal(v)
	if err != nil {
		panic("discovery: " + err.Error()) // cannot be: see above
	}
	return body
}
