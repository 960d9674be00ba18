package publicface

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/discovery"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/federation/opaque"
)

// PageSize is the number of activities on one page of the outbox.
const PageSize = 20

// Shelf holds what was published, as the exact bytes that a second person released.
type Shelf interface {
	// Document returns a document by its opaque id, or fault.Missing. gone is true, and
	// there is no body, for one that was taken back.
	Document(ctx context.Context, id string) (body []byte, gone bool, err error)
	// Activity returns a publication by its opaque id, or fault.Missing.
	Activity(ctx context.Context, id string) ([]byte, error)
	// Count is the number of publications.
	Count(ctx context.Context) (int, error)
	// Slice returns publications in the order in which they were made, from the
	// first-th on (counted from 0), at most n.
	Slice(ctx context.Context, first, n int) ([]json.RawMessage, error)
}

// SiteConfig is what a Site needs; all but Log must be set.
type SiteConfig struct {
	Base  string                   // URL of the server without a slash at its end
	Actor func() gofed.PublicActor // as it is now; its key may change
	Shelf Shelf
	Inbox http.Handler
	Log   *slog.Logger
}

// Site answers other servers about the public actor. People get pages at the same
// addresses, from elsewhere; see Serves.
type Site struct{ c SiteConfig }

// Paths of the public actor below the server's address.
const (
	ActorPath     = "/ap/public"
	InboxPath     = ActorPath + "/inbox"
	OutboxPath    = ActorPath + "/outbox"
	FollowersPath = ActorPath + "/followers"
	actPath       = ActorPath + "/act/"
	// PagesPath is where people read; documents have the same address for machines.
	PagesPath = "/public"
)

// NewSite checks the configuration.
func NewSite(c SiteConfig) (*Site, error) {
	if c.Base == "" || c.Actor == nil || c.Shelf == nil || c.Inbox == nil {
		return nil, errors.New("publicface: the configuration of the site is incomplete")
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	_, err := gofed.EncodePublicActor(c.Actor())
	return &Site{c: c}, err
}

// Serves reports whether a request is for the Site: all below the actor's path, and
// the documents for who does not ask for a page.
func (s *Site) Serves(r *http.Request) bool {
	path := r.URL.Path
	if path == ActorPath || strings.HasPrefix(path, ActorPath+"/") {
		return true
	}
	return (path == PagesPath || strings.HasPrefix(path, PagesPath+"/")) && (r.Method == http.MethodGet || r.Method == http.MethodHead) &&
		len(r.Header.Values("Accept")) > 0 && asksForData(r)
}

// asksForData holds for who names a kind of JSON and does not prefer a page. Who
// takes anything, as a browser's address line or curl does, is given the page.
func asksForData(r *http.Request) bool {
	return strings.Contains(strings.Join(r.Header.Values("Accept"), ","), "json") && !discovery.ForPeople(r.Header.Values("Accept"))
}

// ServeHTTP answers on exact paths only.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	path := r.URL.Path
	if path == InboxPath {
		s.c.Inbox.ServeHTTP(w, r)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	w.Header().Set("Vary", "Accept")
	if (path == ActorPath || path == PagesPath) && discovery.ForPeople(r.Header.Values("Accept")) {
		http.Redirect(w, r, s.c.Base+PagesPath, http.StatusSeeOther)
		return
	}
	body, status, err := s.find(r.Context(), path)
	switch {
	case fault.Is(err, fault.NotFound) || r.URL.RawPath != "":
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(http.StatusNotFound)
	case err != nil:
		s.c.Log.Error("publicface: failed", "cause", fault.Label(err))
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(http.StatusServiceUnavailable)
	default:
		w.Header().Set("Content-Type", federation.MediaType)
		w.Header().Set("Cache-Control", "public, max-age=60")
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.WriteHeader(status)
		if r.Method == http.MethodGet {
			_, _ = w.Write(body)
		}
	}
}

func (s *Site) find(ctx context.Context, path string) (body []byte, status int, err error) {
	switch path {
	case ActorPath, PagesPath:
		body, err = gofed.EncodePublicActor(s.c.Actor())
		return body, http.StatusOK, err
	case FollowersPath:
		body, err = gofed.EncodeUncounted(s.c.Base + path)
		return body, http.StatusOK, err
	case OutboxPath:
		body, err = s.outbox(ctx, 0)
		return body, http.StatusOK, err
	}
	if id, ok := strings.CutPrefix(path, actPath); ok && opaque.Valid(id) {
		body, err = s.c.Shelf.Activity(ctx, id)
		return body, http.StatusOK, err
	}
	if n, ok := strings.CutPrefix(path, OutboxPath+"/"); ok {
		page, err := strconv.Atoi(n)
		if err != nil || page < 1 || strconv.Itoa(page) != n {
			return nil, 0, fault.Missing()
		}
		body, err = s.outbox(ctx, page)
		return body, http.StatusOK, err
	}
	id, ok := strings.CutPrefix(path, PagesPath+"/")
	if !ok || !opaque.Valid(id) {
		return nil, 0, fault.Missing()
	}
	body, gone, err := s.c.Shelf.Document(ctx, id)
	if err == nil && gone {
		body, err = gofed.EncodeTombstone(s.c.Base + path)
		return body, http.StatusGone, err
	}
	return body, http.StatusOK, err
}

// outbox is the collection, or one of its pages. Pages are counted from the oldest,
// so that what stands on a full one stays there; each has the newest first.
func (s *Site) outbox(ctx context.Context, page int) ([]byte, error) {
	n, err := s.c.Shelf.Count(ctx)
	if err != nil {
		return nil, err
	}
	id := s.c.Base + OutboxPath
	p := gofed.Page{Outbox: id, Size: n, First: id + "/" + strconv.Itoa(max((n+PageSize-1)/PageSize, 1))}
	if page == 0 {
		return gofed.EncodeOutbox(p)
	}
	if page > 1 && (page-1)*PageSize >= n {
		return nil, fault.Missing()
	}
	items, err := s.c.Shelf.Slice(ctx, (page-1)*PageSize, PageSize)
	if err != nil {
		return nil, err
	}
	for i := len(items) - 1; i >= 0; i-- {
		p.Items = append(p.Items, items[i])
	}
	p.ID = id + "/" + strconv.Itoa(page)
	if page > 1 {
		p.Next = id + "/" + strconv.Itoa(page-1)
	}
	return gofed.EncodeOutbox(p)
}
