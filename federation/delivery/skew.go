package delivery

import (
	"context"
	"net/http"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/mailbox"
)

// wrong is from when on a clock is worth telling the operator of.
const wrong = 30 * time.Second

// clock compares the Date of an answer with our clock, and takes down what the
// operator should know. A peer that is right costs nothing after its first answer.
func (w *Worker) clock(ctx context.Context, peer mailbox.Peer, h http.Header) {
	at, err := http.ParseTime(h.Get("Date"))
	if err != nil || peer.Actor == "" {
		return
	}
	ahead := at.Sub(w.c.Now()).Truncate(time.Second)
	w.mu.Lock()
	last, known := w.skews[peer.Actor]
	same := known && (ahead-last).Abs() < wrong
	if !same {
		w.skews[peer.Actor] = ahead
	}
	w.mu.Unlock()
	if same {
		return
	}
	ctx = context.WithoutCancel(ctx)
	if ahead.Abs() < wrong {
		err = w.c.Store.Unnote(ctx, peer.Actor, mailbox.NoteSkew)
	} else {
		err = w.c.Store.NoteSkew(ctx, peer.Actor, ahead)
	}
	if err != nil {
		w.c.Log.Error("delivery: writing down a peer's clock", "peer", peer.Actor, "cause", fault.Label(err))
	}
}
