// Package inbox receives activities over HTTP: limit, bytes, media type,
// signature with a pinned key, who may send what, origins, receiver, form, and
// then one transaction with the inbox row, the effect and the audit line, before
// the answer 202. Nothing is ever fetched here.
//
// Before and between that a flood.Guard bounds what strangers and each peer may use.
//
// Answers: 202 kept (also when the same bytes came before, and for types that
// have no effect here); 400, 413, 415 bad form; 401 not authenticated, the same
// for all reasons but a wrong clock; 403 not theirs to say; 409 other bytes
// under a known id, or a move that the state does not allow; 429 too much, come again
// after Retry-After. Strangers learn nothing but the status; a peer whose key is pinned gets a code.
//
// An effect that fails for a reason of ours (a bug, a lost database) must not
// lose the activity and must not hold up the sender, who can do nothing about
// it: the row alone is kept, quarantined, in a transaction of its own, and the
// answer is 202. What the same sender sends after that is quarantined behind it,
// so that a withdrawal never overtakes its offer; Retry applies it in order. If
// even that cannot be written, the answer is 503 and the sender tries again.
package inbox

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/flood"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/federation/sign"
)

// Mail keeps what was received; *mailbox.Store is one.
type Mail interface {
	Receive(ctx context.Context, r mailbox.Received) (fresh bool, err error)
	Quarantine(ctx context.Context, r mailbox.Received, reason string) error
	WaitsBefore(ctx context.Context, r mailbox.Received) (bool, error)
	RetryQuarantined(ctx context.Context, now bool, apply func(ctx context.Context, r mailbox.Received) error) (int, error)
}

// Peers knows whose key is pinned; *mailbox.Store is one. It never fetches.
type Peers interface {
	PeerByKey(ctx context.Context, keyID string) (mailbox.Peer, error)
	LearnScheme(ctx context.Context, actor, from, to string) error
	NoteSkew(ctx context.Context, actor string, ahead time.Duration) error
}

// Tx runs f in one transaction, Shared perhaps together with what others have sent:
// each with its own fate, those with one key in their order. *database.DB is one.
type Tx interface {
	Within(ctx context.Context, f func(ctx context.Context) error) error
	Shared(ctx context.Context, key string, f func(ctx context.Context) error) error
}

// Effects carries out what an activity means, in the transaction that also holds
// the inbox row. A fault of the kinds Internal and Unavailable, or any other
// error, is ours and quarantines the activity; every other kind of fault is the
// sender's, rolls all back and is the answer.
type Effects interface {
	Apply(ctx context.Context, a federation.Activity, raw []byte) error
}

// Words carries out what words about common work mean, as Effects does what
// activities mean. mine is false for one that has no effect here. Effects that are
// no Words keep all words and act on none.
type Words interface {
	ApplyWord(ctx context.Context, w federation.Word, raw []byte) (mine bool, err error)
}

// Event is one line for the audit: codes and identifiers of organisations and
// activities only.
type Event struct {
	Act      string // "receive"
	Peer     string // IRI of the organisation, authenticated
	Activity string // IRI, "" if it was not read that far
	Type     string // of the activity, "" if it was not read that far
	Outcome  string // received, ignored, quarantined, refused
	Reason   string // code, with quarantined and refused
}

// Audit records an event, in the running transaction if there is one.
type Audit interface {
	Federation(ctx context.Context, e Event) error
}

// Config is what an Inbox needs; all but Guard and Log must be set.
type Config struct {
	Self     string // IRI of our actor: the only receiver that is accepted
	Verifier *sign.Verifier
	Peers    Peers
	Mail     Mail
	Tx       Tx
	Effects  Effects
	Audit    Audit
	Guard    *flood.Guard // nothing is bounded without it
	Now      func() time.Time
	Log      *slog.Logger
	// Synced, if not nil, is told what an authenticated peer says that its collection
	// holds (FEP-8fcf), after its activity was kept.
	Synced   func(ctx context.Context, peer mailbox.Peer, s sign.Sync)
	Patience time.Duration // how long a body may take to arrive; federation.RequestTimeout when 0
}

// Inbox is the handler of a server's own and shared inbox.
type Inbox struct {
	cfg      Config
	receiver *gofed.Receiver
}

// New makes an inbox. It fails when something is missing or Self is no identifier.
func New(cfg Config) (*Inbox, error) {
	if err := federation.CheckIRI(cfg.Self); err != nil {
		return nil, err
	}
	if cfg.Verifier == nil || cfg.Peers == nil || cfg.Mail == nil || cfg.Tx == nil || cfg.Effects == nil || cfg.Audit == nil || cfg.Now == nil {
		return nil, errors.New("inbox: the configuration is incomplete")
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Patience == 0 {
		cfg.Patience = federation.RequestTimeout
	}
	in := &Inbox{cfg: cfg}
	in.receiver = gofed.NewReceiver(steps{in}, cfg.Now)
	return in, nil
}

// Keys looks pinned keys up for a sign.Verifier. Whoever is no peer (any more)
// has no key. Of a request to the inbox it notes whose key it was.
func Keys(peers Peers) func(ctx context.Context, keyID string) (sign.Public, error) {
	return func(ctx context.Context, keyID string) (sign.Public, error) {
		p, err := peers.PeerByKey(ctx, keyID)
		if err != nil {
			return sign.Public{}, err
		}
		if v, ok := ctx.Value(visitKey{}).(*visit); ok {
			v.peer = p
		}
		return sign.ParsePublic(keyID, p.Actor, p.Key(keyID))
	}
}

// ServeHTTP takes one POST.
func (in *Inbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		problem(w, http.StatusMethodNotAllowed, "", "")
		return
	}
	// Who sends a byte now and then must not hold a connection for longer than an
	// honest request takes. A writer that knows no deadlines has none.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(in.cfg.Patience))
	place, err := in.cfg.Guard.Enter(r)
	defer place.Leave()
	v := &visit{place: place}
	if err == nil {
		err = in.take(context.WithValue(r.Context(), visitKey{}, v), r, place)
	}
	if err == nil {
		if s, ok := sign.Synced(r.Header); ok && in.cfg.Synced != nil && v.known {
			in.cfg.Synced(context.WithoutCancel(r.Context()), v.peer, s)
		}
		w.Header().Set(sign.AcceptHeader, sign.WantedOf(v.peer.Assertion.ID))
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(http.StatusAccepted)
		return
	}
	in.refuse(r, v, err)
	answer(w, v, err)
}

// visit is what is known of the sender of one request.
type visit struct {
	peer     mailbox.Peer
	known    bool // the signature is good
	envelope gofed.Envelope
	internal bool // a failure of ours
	place    *flood.Visit
}

// name is the sender if its signature was good, for the log.
func (v *visit) name() string {
	if !v.known {
		return ""
	}
	return v.peer.Actor
}

type visitKey struct{}

func (in *Inbox) take(ctx context.Context, r *http.Request, place *flood.Visit) error {
	if err := cheap(r); err != nil {
		place.Wrong()
		return err
	}
	body, err := read(place.Body(r.Body), r.ContentLength)
	if err != nil {
		return err
	}
	// From here on a sender who hangs up does not stop us halfway.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), federation.RequestTimeout)
	defer cancel()
	return in.receiver.Receive(ctx, r, body)
}

// cheap refuses what can be seen to be wrong before the body is read.
func cheap(r *http.Request) error {
	switch {
	case r.ContentLength > federation.MaxBody:
		return errTooLarge
	case r.Header.Get("Content-Encoding") != "", !mediaType(r.Header):
		return fault.New(fault.MediaType, "error.federation.media_type")
	case r.Header.Get("Signature") == "":
		return fault.New(fault.Signature, "error.federation.signature").With("reason", "unsigned")
	}
	return nil
}

var errTooLarge = fault.New(fault.TooLarge, "error.federation.too_large")

// read returns the body, never more than the limit. It is believed to be as long as
// was said only when a part of it has come.
func read(from io.Reader, length int64) ([]byte, error) {
	const part = 32 << 10
	from = io.LimitReader(from, federation.MaxBody+1)
	body := make([]byte, 0, min(max(length, bytes.MinRead), part)+1)
	var err error
	for err == nil {
		if len(body) == cap(body) {
			body = slices.Grow(body, max(int(length)+1-len(body), bytes.MinRead))
		}
		var n int
		n, err = from.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	switch {
	case fault.Is(err, fault.TooMany):
		return nil, err
	case err != nil:
		return nil, fault.Wrap(fault.Invalid, "error.federation.malformed", err)
	case len(body) > federation.MaxBody:
		return nil, errTooLarge
	}
	return body, nil
}

// mediaType accepts the two media types of ActivityStreams.
func mediaType(h http.Header) bool {
	if len(h.Values("Content-Type")) != 1 {
		return false
	}
	name, p, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil {
		return false
	}
	if charset, ok := p["charset"]; ok && !strings.EqualFold(charset, "utf-8") {
		return false
	}
	return name == federation.MediaType || (name == "application/ld+json" && p["profile"] == "https://www.w3.org/ns/activitystreams")
}

// refuse writes down a refusal: to the audit if the sender is known, else to the
// log only: strangers must not be able to fill the ledger, nor a peer with what it
// was told to send later.
func (in *Inbox) refuse(r *http.Request, v *visit, err error) {
	reason := code(err)
	if !v.known || fault.Is(err, fault.TooMany) {
		if unsaid, ok := in.cfg.Guard.Tell(); ok {
			in.cfg.Log.Info("inbox: refused", "peer", v.name(), "kind", string(fault.KindOf(err)), "reason", reason, "unsaid", unsaid)
		}
		return
	}
	in.cfg.Log.Warn("inbox: refused", "peer", v.peer.Actor, "type", typeOf(v.envelope.Type), "kind", string(fault.KindOf(err)), "reason", reason)
	e := Event{Act: "receive", Peer: v.peer.Actor, Activity: v.envelope.ID, Type: typeOf(v.envelope.Type), Outcome: "refused", Reason: reason}
	if err := in.cfg.Audit.Federation(context.WithoutCancel(r.Context()), e); err != nil {
		in.cfg.Log.Error("inbox: the refusal was not recorded", "cause", fault.Label(err))
	}
}
