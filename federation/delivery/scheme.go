package delivery

import (
	"context"
	"net/http"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/mailbox"
)

// A peer gets draft-cavage signatures until it shows that it verifies those of RFC
// 9421, and RSA until it asks for the Ed25519 key, which it then has pinned. No
// request is made twice to find out: what an answer teaches holds for the next
// request, which a delivery that was refused makes at its regular time.

// sign signs in the way that is known of a peer.
func (w *Worker) sign(req *http.Request, body []byte, scheme string) error {
	if scheme == schemeReader {
		return w.c.ReaderKey.Sign(req, body, w.c.Now())
	}
	switch {
	case scheme == mailbox.SchemeEd25519 && w.c.Key.AssertionID() != "":
		return w.c.Key.SignEd25519(req, body, w.c.Now())
	case scheme == mailbox.SchemeEd25519, scheme == mailbox.SchemeRFC9421:
		return w.c.Key.Sign9421(req, body, w.c.Now())
	}
	return w.c.Key.Sign(req, body, w.c.Now())
}

// stepBack is what a peer gets after it has refused a kind of signature. Being
// refused as a stranger may be its fault, so the peer gets the one that more
// software verifies; with the last one too, it was not, and nothing is known again.
var stepBack = map[string]string{
	mailbox.SchemeEd25519: mailbox.SchemeRFC9421,
	mailbox.SchemeRFC9421: mailbox.SchemeCavage,
	mailbox.SchemeCavage:  mailbox.SchemeUnknown,
}

// learn takes from an answer what a peer verifies.
func (w *Worker) learn(ctx context.Context, peer mailbox.Peer, o outcome) {
	to := ""
	switch {
	case o.status == http.StatusUnauthorized:
		to = stepBack[peer.Scheme]
	case o.status >= 300, peer.Scheme == mailbox.SchemeCavage:
	case o.asks != "" && o.asks == w.c.Key.AssertionID() && peer.Scheme != mailbox.SchemeEd25519:
		to = mailbox.SchemeEd25519
	case o.wants && peer.Scheme == mailbox.SchemeUnknown:
		to = mailbox.SchemeRFC9421
	}
	if to == "" {
		return
	}
	if err := w.c.Store.LearnScheme(context.WithoutCancel(ctx), peer.Actor, peer.Scheme, to); err != nil {
		w.c.Log.Error("delivery: writing down what a peer verifies", "peer", peer.Actor, "cause", fault.Label(err))
	}
}
