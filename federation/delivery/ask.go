package delivery

import (
	"context"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/mailbox"
)

// Answer is how a server has answered an examination.
type Answer struct {
	Status int
	Body   []byte    // the first part of it, federation.MaxBody at most
	Date   time.Time // by its own clock; zero if it said none
}

// Ask gets what stands at an address, signed, whatever the answer is: for an
// examination that an operator makes. The address must be below base, our own
// server's, or live at a known peer's origin; nothing is learned from it. The error
// is a fault that says in a message key why there was no answer.
func (w *Worker) Ask(ctx context.Context, base, address, accept string) (Answer, error) {
	scheme := mailbox.SchemeUnknown
	iri, _, _ := strings.Cut(address, "?") // WebFinger's has a query
	if !federation.SameOrigin(base, iri) {
		peers, err := w.c.Store.Peers(ctx)
		if err != nil {
			return Answer{}, err
		}
		known := false
		for _, p := range peers {
			if federation.SameOrigin(p.Actor, iri) {
				known, scheme = true, p.Scheme
			}
		}
		if !known {
			return Answer{}, fault.New(fault.Forbidden, "delivery.error.unknown_peer")
		}
	}
	ctx, cancel := context.WithTimeout(ctx, federation.RequestTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return Answer{}, fault.Wrap(fault.Invalid, "delivery.error.address", err)
	}
	req.Header.Set("Accept", accept)
	res, err := w.do(req, nil, scheme)
	if err != nil {
		return Answer{}, fault.Wrap(fault.Unavailable, unanswered(err).key, err)
	}
	defer func() { _ = res.Body.Close() }()
	a := Answer{Status: res.StatusCode}
	if a.Date, err = http.ParseTime(res.Header.Get("Date")); err != nil {
		a.Date = time.Time{}
	}
	a.Body, err = io.ReadAll(io.LimitReader(res.Body, federation.MaxBody))
	if err != nil {
		return Answer{}, fault.Wrap(fault.Unavailable, unanswered(err).key, err)
	}
	return a, nil
}
