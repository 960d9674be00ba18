package discovery

import (
	"context"
	"net/http"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/flood"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/federation/sign"
)

// members serves the list to the members on it.
func (s *Site) members(w http.ResponseWriter, r *http.Request) {
	place, err := s.cfg.Guard.Enter(r)
	defer place.Leave()
	peer, ok := s.asker(w, r, place, err)
	if !ok {
		return
	}
	if peer.Role != mailbox.RoleMember {
		missing(w)
		return
	}
	list, err := s.cfg.Members(r.Context())
	if err != nil {
		s.failed(w, err)
		return
	}
	body, err := gofed.EncodeMembers(list)
	if err != nil {
		s.failed(w, err)
		return
	}
	guarded(w, body)
}

// object serves one document to the organisation that it is addressed to.
func (s *Site) object(w http.ResponseWriter, r *http.Request) {
	place, err := s.cfg.Guard.Enter(r)
	defer place.Leave()
	peer, ok := s.asker(w, r, place, err)
	if !ok {
		return
	}
	if federation.CheckIRI(s.cfg.Base+r.URL.Path) != nil { // nothing is called that, and a database may not even take it
		missing(w)
		return
	}
	body, to, err := s.cfg.Objects.Object(r.Context(), s.cfg.Base+r.URL.Path)
	if err != nil {
		s.failed(w, err)
		return
	}
	if to != peer.Actor {
		missing(w)
		return
	}
	guarded(w, body)
}

// asker tells which peer asks; without one it answers itself. Whoever is not a
// peer gets the answer before anything is looked up. entered is the error of Enter.
func (s *Site) asker(w http.ResponseWriter, r *http.Request, place *flood.Visit, entered error) (mailbox.Peer, bool) {
	if r.Method != http.MethodGet {
		missing(w)
		return mailbox.Peer{}, false
	}
	peer, err := mailbox.Peer{}, entered
	if err == nil {
		peer, err = s.authenticate(r, place)
	}
	switch {
	case err == nil && current(peer):
		return peer, true
	case err == nil:
		missing(w)
	case fault.Is(err, fault.TooMany):
		w.Header().Set("Retry-After", fault.As(err).Args[flood.After])
		status(w, http.StatusTooManyRequests, "")
	case fault.Is(err, fault.Signature):
		if unsaid, ok := s.cfg.Guard.Tell(); ok {
			s.cfg.Log.Info("discovery: not answered", "reason", sign.Reason(err), "unsaid", unsaid)
		}
		if sign.IsClock(err) { // its key has proved who it is; it should look at its clock
			status(w, http.StatusUnauthorized, "clock_skew")
			break
		}
		missing(w)
	default:
		s.failed(w, err)
	}
	return mailbox.Peer{}, false
}

// authenticate verifies a signature and says whose it is.
func (s *Site) authenticate(r *http.Request, place *flood.Visit) (mailbox.Peer, error) {
	keyID, err := s.verify(r, place)
	if err != nil {
		return mailbox.Peer{}, err
	}
	peer, err := s.cfg.Peers.PeerByKey(r.Context(), keyID)
	if err == nil {
		err = place.Known(peer.Actor)
	}
	return peer, err
}

// verify waits for its turn, which ends also if something panics.
func (s *Site) verify(r *http.Request, place *flood.Visit) (string, error) {
	done, err := place.Turn(r.Context())
	if err != nil {
		return "", err
	}
	defer done()
	keyID, _, err := s.cfg.Verifier.Verify(r, nil)
	if err != nil && sign.Reason(err) != "key_lookup" {
		place.Wrong()
	}
	return keyID, err
}

// current reports whether a peer may read what is addressed to it.
func current(p mailbox.Peer) bool {
	if p.State == "suspended" || p.State == mailbox.StateParted {
		return false
	}
	return p.Role == mailbox.RoleHub || p.Role == mailbox.RoleMember || p.Role == mailbox.RoleCandidate
}

// failed answers a failure of ours as one, and everything else like absence.
func (s *Site) failed(w http.ResponseWriter, err error) {
	switch fault.KindOf(err) {
	case fault.Internal, fault.Unavailable:
		s.cfg.Log.Error("discovery: failed", "cause", fault.Label(err))
		status(w, http.StatusServiceUnavailable, "")
	default:
		missing(w)
	}
}

func guarded(w http.ResponseWriter, body []byte) {
	private(w)
	w.Header().Set("Content-Type", federation.MediaType)
	_, _ = w.Write(body)
}

// missing is the one answer for what is absent and for what is not the asker's.
func missing(w http.ResponseWriter) { status(w, http.StatusNotFound, "") }

func status(w http.ResponseWriter, code int, reason string) {
	private(w)
	doc := map[string]any{"type": "about:blank", "title": http.StatusText(code), "status": code}
	if reason != "" {
		doc["code"] = reason
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(code)
	_, _ = w.Write(mustJSON(doc))
}

func private(w http.ResponseWriter) {
	w.Header().Set("Cache-Control", "private, no-store")
	w.Header().Set("Vary", "Accept, Signature, Signature-Input")
}

// ItemObjects serves the activities of an outbox under ap/act; other identifiers
// go to Next.
type ItemObjects struct {
	Items interface {
		Item(ctx context.Context, activityID string) (mailbox.Item, error)
	}
	Prefix string // e.g. "https://clinic.example/ap/act/"
	Next   Objects
}

// Object implements Objects.
func (o ItemObjects) Object(ctx context.Context, iri string) ([]byte, string, error) {
	if len(iri) <= len(o.Prefix) || iri[:len(o.Prefix)] != o.Prefix {
		return o.Next.Object(ctx, iri)
	}
	item, err := o.Items.Item(ctx, iri)
	if err != nil {
		return nil, "", err
	}
	return item.Body, item.To, nil
}
