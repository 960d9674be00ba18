package delivery

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/federation/sign"
	"github.com/saphan-network/saphan/policies"
)

// maxAnswer is the number of bytes of an answer to a delivery that are read.
const maxAnswer = 64 << 10

// attempt tries once to send what was claimed. It returns how that failed, nil when
// the peer has taken it; cut says that we were asked to stop before there was an answer.
func (w *Worker) attempt(ctx context.Context, c *mailbox.Claim) (f *mailbox.Failure, cut bool) {
	done := w.hold(ctx, c)
	o := w.try(ctx, c)
	done()
	log := w.c.Log.With("peer", c.Item.To, "activity", c.Item.ActivityID, "type", c.Item.Type, "attempt", c.Item.Attempts)
	if o.kind == taken {
		log.Info("delivery: sent", "status", o.status)
		return nil, false
	}
	if ctx.Err() != nil && o.status == 0 {
		return nil, true
	}
	why := w.failure(c, o)
	log.Warn("delivery: not sent", "status", o.status, "reason", o.key, "held", why.Hold, "next", why.Next, "cause", fault.Label(o.cause))
	return &why, false
}

// hold renews the lease of a claim until the returned function is called.
func (w *Worker) hold(ctx context.Context, c *mailbox.Claim) (done func()) {
	ctx, cancel := context.WithCancel(ctx)
	var renewing sync.WaitGroup
	renewing.Go(func() {
		beat, stop := w.beat()
		defer stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-beat:
			}
			if err := w.c.Store.Extend(ctx, c, lease); err != nil && ctx.Err() == nil {
				w.c.Log.Warn("delivery: renewing a lease", "peer", c.Item.To, "error", fault.Label(err)) // it may be sent twice, which the peer sees
			}
		}
	})
	return func() {
		cancel()
		renewing.Wait()
	}
}

// try asks the gate for a clearance and posts.
func (w *Worker) try(ctx context.Context, c *mailbox.Claim) outcome {
	if c.Peer == nil {
		reader, err := w.reader(ctx, c.Item.To)
		switch {
		case fault.Is(err, fault.NotFound):
			return outcome{kind: away, key: "delivery.error.unknown_peer"}
		case err != nil:
			return outcome{kind: away, key: "delivery.error.ours", cause: err}
		}
		c.Peer = &reader
	}
	peer, it := *c.Peer, c.Item
	clear, err := w.c.Gate.Recheck(ctx, it.Receipt, it.Body)
	if err != nil {
		return refused(err)
	}
	ctx, cancel := context.WithTimeout(ctx, federation.RequestTimeout)
	defer cancel()
	if it.Door != "" { // of the peer's own server too, or post refuses it
		peer.Inbox = it.Door
	}
	o := w.post(ctx, clear, peer, it.Body)
	w.learn(ctx, peer, o)
	return o
}

// refused is what becomes of an activity that the gate no longer clears. A rule
// that says no holds it for a person. A peer that may get nothing at present,
// or a gate that cannot decide at present, makes it wait.
func refused(err error) outcome {
	f := fault.As(err)
	switch f.Key {
	case "policy.why.suspended", "policy.why.self_suspended", "policy.why.left", "policy.why.no_peer", "policy.why.failed", "policy.why.no_policy",
		"policy.why.differ", "policy.why.list_stale", "policy.why.edition":
		return outcome{kind: away, key: f.Key, cause: err}
	}
	if f.Kind != fault.Denied {
		return outcome{kind: away, key: "delivery.error.ours", cause: err}
	}
	return outcome{kind: final, key: f.Key, cause: err}
}

// post is the one place where bytes leave. It uses the clearance up.
func (w *Worker) post(ctx context.Context, c policies.Clearance, peer mailbox.Peer, body []byte) outcome {
	if _, err := c.Consume(body, peer.Actor); err != nil {
		return outcome{kind: final, key: fault.As(err).Key, cause: err}
	}
	if !federation.SameOrigin(peer.Actor, peer.Inbox) {
		return outcome{kind: final, key: "delivery.error.address"}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, peer.Inbox, bytes.NewReader(body))
	if err != nil {
		return outcome{kind: final, key: "delivery.error.address", cause: err}
	}
	req.Header.Set("Content-Type", federation.MediaType)
	req.Header.Set("Accept", federation.MediaType)
	if w.c.Sync != nil {
		if v := w.c.Sync(ctx, peer); v != "" {
			req.Header.Set(sign.SyncHeader, v)
		}
	}
	res, err := w.do(req, body, peer.Scheme)
	if err != nil {
		return unanswered(err)
	}
	defer func() { _ = res.Body.Close() }()
	w.clock(ctx, peer, res.Header)
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, maxAnswer)) // so that the connection can be used again
	return answered(res, w.c.Now())
}

// do checks the address, signs as of now, and sends.
func (w *Worker) do(req *http.Request, body []byte, scheme string) (*http.Response, error) {
	if err := checkURL(req.URL, w.c.AllowPrivate); err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", w.c.UserAgent)
	if err := w.sign(req, body, scheme); err != nil {
		return nil, errOurs{err}
	}
	return w.client.Do(req)
}

// errOurs marks an error that has nothing to do with the peer.
type errOurs struct{ error }

func (e errOurs) Unwrap() error { return e.error }

// failure turns an outcome into what the mailbox writes down.
func (w *Worker) failure(c *mailbox.Claim, o outcome) mailbox.Failure {
	f := mailbox.Failure{Key: o.key, Status: o.status}
	now, tries := w.c.Now(), c.Item.Attempts
	switch {
	case o.kind == final, o.kind == doubtful && tries >= giveUp:
		f.Hold = true
	case o.kind == doubtful && tries >= setAside:
		f.Alone, f.Next = true, now.Add(w.delay(tries))
	default:
		f.Next = now.Add(w.delay(c.Failures + 1))
		if !c.Since.IsZero() && now.Sub(c.Since) >= mailbox.DeadAfter {
			f.Next = now.Add(time.Duration(float64(deadDelay) * w.c.Jitter()))
		}
		if o.after > 0 {
			f.Next, f.Firm = now.Add(min(o.after, maxDelay)), true
		}
	}
	return f
}

func (w *Worker) delay(failures int) time.Duration {
	d := firstDelay << min(max(failures-1, 0), 12)
	return time.Duration(float64(min(d, maxDelay)) * w.c.Jitter())
}

func isOurs(err error) bool {
	var o errOurs
	return errors.As(err, &o)
}
