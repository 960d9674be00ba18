package delivery

import (
	"context"
	"io"
	"mime"
	"net/http"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/federation/mailbox"
)

// Fetch gets a document from a server that is a peer, with our signature: the
// address must live at a known peer's origin. The error is a fault that says
// in a message key what was wrong.
func (w *Worker) Fetch(ctx context.Context, iri string) ([]byte, error) {
	if err := federation.CheckIRI(iri); err != nil {
		return nil, err
	}
	peers, err := w.c.Store.Peers(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range peers {
		if federation.SameOrigin(p.Actor, iri) {
			return w.get(ctx, p, iri)
		}
	}
	return nil, fault.New(fault.Forbidden, "delivery.error.unknown_peer")
}

// Discover gets the actor document of a server that is no peer yet: for the
// secretary who invites, and for the operator who joins a network, after they
// have typed its address. It is one request; nothing that the document points
// to is fetched. The document must be the actor's own and keep to one origin.
// What it says of itself is learned only if it is a peer by now.
func (w *Worker) Discover(ctx context.Context, actor string) (federation.Actor, error) {
	if err := federation.CheckIRI(actor); err != nil {
		return federation.Actor{}, err
	}
	body, err := w.get(ctx, mailbox.Peer{}, actor)
	if err != nil {
		return federation.Actor{}, err
	}
	a, err := gofed.DecodeActor(body)
	if err != nil {
		return federation.Actor{}, fault.Wrap(fault.Invalid, "delivery.error.not_an_actor", err)
	}
	if err := federation.CheckActor(a); err != nil || a.ID != actor {
		return federation.Actor{}, fault.Wrap(fault.Invalid, "delivery.error.not_an_actor", err)
	}
	if a.RFC9421 {
		w.learn(ctx, mailbox.Peer{Member: federation.Member{Actor: a.ID}, Scheme: mailbox.SchemeUnknown}, outcome{status: http.StatusOK, wants: true})
	}
	return a, nil
}

// get asks a peer, or a server that is none yet, for a document.
func (w *Worker) get(ctx context.Context, peer mailbox.Peer, iri string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, federation.RequestTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, iri, nil)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "delivery.error.address", err)
	}
	req.Header.Set("Accept", federation.MediaType)
	res, err := w.do(req, nil, peer.Scheme)
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, unanswered(err).key, err)
	}
	defer func() { _ = res.Body.Close() }()
	o := answered(res, w.c.Now())
	w.learn(ctx, peer, outcome{status: o.status})
	if o.kind != taken {
		return nil, fault.New(fault.Unavailable, o.key)
	}
	if !isDocument(res.Header.Get("Content-Type")) {
		return nil, fault.New(fault.Invalid, "delivery.error.not_a_document")
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, federation.MaxBody+1))
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, unanswered(err).key, err)
	}
	if len(body) > federation.MaxBody {
		return nil, fault.New(fault.TooLarge, "delivery.error.too_large")
	}
	return body, nil
}

// isDocument accepts the two media types of ActivityStreams documents, so that
// a file somebody has uploaded to a host cannot pass for that host's word.
func isDocument(contentType string) bool {
	t, p, err := mime.ParseMediaType(contentType)
	if err != nil {
		return false
	}
	return t == federation.MediaType || (t == "application/ld+json" && p["profile"] == "https://www.w3.org/ns/activitystreams")
}
