package delivery

import (
	"context"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/federation/mailbox"
)

// schemeReader stands for draft-cavage signatures by the public actor, which all
// software of the fediverse verifies. Nothing is learned about readers.
const schemeReader = "reader"

// reader is an inbox outside of the network as a peer, or fault.Missing. It is one
// for sending only: no key of it is pinned anywhere.
func (w *Worker) reader(ctx context.Context, inbox string) (mailbox.Peer, error) {
	if w.c.Readers == nil || w.c.ReaderKey == nil {
		return mailbox.Peer{}, fault.Missing()
	}
	known, err := w.c.Readers(ctx, inbox)
	if err != nil {
		return mailbox.Peer{}, err
	}
	if !known {
		return mailbox.Peer{}, fault.Missing()
	}
	return mailbox.Peer{Member: federation.Member{Actor: inbox, Inbox: inbox}, Scheme: schemeReader}, nil
}

// Follower gets the document of an actor that wants to follow the public one: one
// request, signed as the public actor, of which nothing is followed. How often that
// may happen is for the caller to bound.
func (w *Worker) Follower(ctx context.Context, actor string) (gofed.Follower, error) {
	if err := federation.CheckIRI(actor); err != nil {
		return gofed.Follower{}, err
	}
	if w.c.ReaderKey == nil {
		return gofed.Follower{}, fault.New(fault.Forbidden, "delivery.error.unknown_peer")
	}
	body, err := w.get(ctx, mailbox.Peer{Scheme: schemeReader}, actor)
	if err != nil {
		return gofed.Follower{}, err
	}
	return gofed.DecodeFollower(body, actor)
}
