package delivery

import (
	"context"
	"net/http"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/mailbox"
)

// A peer gets draft-cavage signatures until it shows that it verifies those of RFC
// 9421. No request is made twice to find out: what an answer teaches holds for the
// next request, which a delivery that was refused makes at its regular time.

// sign signs in the way that is known of a peer.
func (w *Worker) sign(req *http.Request, body []byte, scheme string) error {
	if scheme == schemeReader {
		return w.c.ReaderKey.Sign(req, body, w.c.Now())
	}
	if scheme == mailbox.SchemeRFC9421 {
		return w.c.Key.Sign9421(req, body, w.c.Now())
	}
	return w.c.Key.Sign(req, body, w.c.Now())
}

// learn takes from an answer what a peer verifies. Being refused as a stranger
// with RFC 9421 may be its fault, so the peer gets draft-cavage; being refused
// with that too says that it was not, so nothing is known again.
func (w *Worker) learn(ctx context.Context, peer mailbox.Peer, status int, wants bool) {
	to := ""
	switch {
	case status == http.StatusUnauthorized && peer.Scheme == mailbox.SchemeRFC9421:
		to = mailbox.SchemeCavage
	case status == http.StatusUnauthorized && peer.Scheme == mailbox.SchemeCavage:
		to = mailbox.SchemeUnknown
	case wants && status < 300 && peer.Scheme == mailbox.SchemeUnknown:
		to = mailbox.SchemeRFC9421
	default:
		return
	}
	if err := w.c.Store.LearnScheme(context.WithoutCancel(ctx), peer.Actor, peer.Scheme, to); err != nil {
		w.c.Log.Error("delivery: writing down what a peer verifies", "peer", peer.Actor, "cause", fault.Label(err))
	}
}
