// Package doorway is the hub's door for organisations that nobody has invited: they
// apply there, with a Join that says what they are.
//
// It is apart from the closed inbox, which never fetches. Here a request can make this
// server fetch one thing, the applicant's own actor document, by the guarded client and
// within bounds that hold for each origin and for all together; and only after all that
// can be judged without it was judged. Whoever is pinned already is believed by the
// pinned key alone, whatever was fetched.
//
// Answers: 202 kept, and the same for a second application while one is open; 400, 413,
// 415 bad form; 401 not believed, without a body and for whatever reason; 403 with a
// code, for who is believed and may not apply, or for everybody while the door is shut;
// 429 with Retry-After when a bound is reached. Nobody learns from them who else has
// applied.
package doorway

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/flood"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/federation/sign"
)

// Path of the door below the server's address.
const Path = "/ap/applications"

// bounds are those of what applicants can make this server fetch. What was read serves
// for a while, so that nobody can keep another out by applying in its name.
var bounds = flood.FetchBounds{AtOnce: 4, EachMinute: 12, EachOrigin: 1, Span: 10 * time.Minute, Remembered: 2000, Kept: true, Busy: "error.federation.too_many"}

// retryAfter is what who finds the door full is told, in seconds.
const retryAfter = "600"

// Peers knows whose key is pinned; *mailbox.Store is one.
type Peers interface {
	Peer(ctx context.Context, actor string) (mailbox.Peer, error)
}

// Register keeps the applications.
type Register interface {
	// DoorOpen reports whether anybody may apply at present.
	DoorOpen(ctx context.Context) (bool, error)
	// Room is a fault.TooMany when there are too many applications.
	Room(ctx context.Context) error
	// Knock keeps an application whose signature is good, in one transaction. Who may
	// not apply is a fault.Forbidden that says why.
	Knock(ctx context.Context, who federation.Actor, a federation.Activity, raw []byte) error
}

// Config is what a Door needs; all but Guard and Log must be set.
type Config struct {
	Self     string // IRI of the hub's actor
	Scheme   string // of the server's own address
	Host     string // of the server's own address
	Peers    Peers
	Register Register
	Discover func(ctx context.Context, actor string) (federation.Actor, error) // by the guarded client
	Guard    *flood.Guard
	Now      func() time.Time
	Log      *slog.Logger
}

// Door is the handler of Path.
type Door struct {
	c      Config
	fetch  *flood.Fetcher[federation.Actor]
	verify sign.Verifier
}

// New checks the configuration.
func New(c Config) (*Door, error) {
	if c.Self == "" || c.Scheme == "" || c.Host == "" || c.Peers == nil || c.Register == nil || c.Discover == nil || c.Now == nil {
		return nil, errors.New("doorway: the configuration is incomplete")
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	d := &Door{c: c, fetch: flood.NewFetcher(c.Discover, c.Now, bounds)}
	d.verify.Now, d.verify.Scheme, d.verify.Host, d.verify.Key = c.Now, c.Scheme, func(*http.Request) string { return c.Host }, keyOf
	return d, nil
}

// ServeHTTP answers one POST.
func (d *Door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "private, no-store")
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	// Who sends a byte now and then must not hold a connection for long.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(federation.RequestTimeout))
	place, err := d.c.Guard.Enter(r)
	defer place.Leave()
	if err == nil {
		err = d.hear(r, place)
	}
	if err == nil {
		w.WriteHeader(http.StatusAccepted)
		return
	}
	d.refuse(w, place, err)
}

// refuse answers, and says little: only a fault.Forbidden has a code.
func (d *Door) refuse(w http.ResponseWriter, place *flood.Visit, err error) {
	kind := fault.KindOf(err)
	switch kind {
	case fault.TooMany, fault.Unavailable:
		w.Header().Set("Retry-After", retryAfter)
	case fault.NotFound, fault.Denied:
		kind = fault.Signature // who cannot be read cannot be believed
	case fault.Internal:
		d.c.Log.Error("doorway: not kept", "cause", fault.Label(err))
		kind = fault.Unavailable
		w.Header().Set("Retry-After", retryAfter)
	case fault.Forbidden:
		d.explain(w, fault.As(err).Args["why"])
		return
	case fault.Invalid, fault.Conflict, fault.Signature, fault.TooLarge, fault.MediaType:
	}
	if kind == fault.Signature || kind == fault.Invalid || kind == fault.TooLarge || kind == fault.MediaType {
		place.Wrong()
	}
	if unsaid, ok := d.c.Guard.Tell(); ok {
		d.c.Log.Info("doorway: refused", "kind", string(kind), "unsaid", unsaid)
	}
	w.WriteHeader(kind.Status())
}

func (d *Door) explain(w http.ResponseWriter, code string) {
	doc := map[string]any{"type": "about:blank", "title": http.StatusText(http.StatusForbidden), "status": http.StatusForbidden, "code": code}
	body, err := json.Marshal(doc)
	if err != nil {
		d.c.Log.Error("doorway: answering", "cause", fault.Label(err))
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(http.StatusForbidden)
	_, _ = w.Write(body)
}

// hear takes the steps in the order of what they cost us.
func (d *Door) hear(r *http.Request, place *flood.Visit) error {
	if open, err := d.c.Register.DoorOpen(r.Context()); err != nil || !open {
		if err == nil {
			err = fault.New(fault.Forbidden, "error.federation.forbidden").With("why", "invited_only")
		}
		return err
	}
	body, err := read(r, place)
	if err != nil {
		return err
	}
	a, err := d.judge(r, body)
	if err != nil {
		return err
	}
	// From here on a sender who hangs up does not stop us halfway.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), federation.RequestTimeout)
	defer cancel()
	who, err := d.believe(ctx, r, place, body, a.Actor)
	if err != nil {
		return err
	}
	return d.c.Register.Knock(ctx, who, a, body)
}

// read returns the body if it is short, of the right kind, and signed at all.
func read(r *http.Request, place *flood.Visit) ([]byte, error) {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || (media != federation.MediaType && media != "application/ld+json") || r.Header.Get("Content-Encoding") != "" {
		return nil, fault.New(fault.MediaType, "error.federation.media_type")
	}
	if r.ContentLength > federation.MaxApplication {
		return nil, fault.New(fault.TooLarge, "error.federation.too_large")
	}
	if len(r.Header.Values("Signature")) != 1 || r.Header.Get("Digest") == "" && r.Header.Get("Content-Digest") == "" {
		return nil, fault.New(fault.Signature, "error.federation.signature")
	}
	var body bytes.Buffer
	if _, err := body.ReadFrom(io.LimitReader(place.Body(r.Body), federation.MaxApplication+1)); err != nil {
		if fault.Is(err, fault.TooMany) {
			return nil, err
		}
		return nil, fault.Wrap(fault.Invalid, "error.federation.malformed", err)
	}
	if body.Len() > federation.MaxApplication {
		return nil, fault.New(fault.TooLarge, "error.federation.too_large")
	}
	return body.Bytes(), nil
}

// judge refuses all that is no application to this hub by the one whose key signs it.
func (d *Door) judge(r *http.Request, body []byte) (federation.Activity, error) {
	a, err := gofed.Decode(body)
	if err != nil {
		return a, err
	}
	if a.Type != federation.Join || a.Application == nil || a.To != d.c.Self { // its object is the receiver: federation.Validate
		return a, fault.New(fault.Invalid, "error.federation.invalid")
	}
	if federation.SameOrigin(a.Actor, d.c.Self) {
		return a, fault.New(fault.Invalid, "error.federation.invalid") // this server fetches nothing from itself
	}
	return a, nil
}

// believe verifies the signature with the key that is pinned, or else with the one
// that the applicant's own server shows. That is asked in either case: the time that
// an answer takes does not tell who is known here.
func (d *Door) believe(ctx context.Context, r *http.Request, place *flood.Visit, body []byte, actor string) (federation.Actor, error) {
	if err := d.c.Register.Room(ctx); err != nil {
		return federation.Actor{}, err
	}
	who, err := d.fetch.Get(ctx, actor)
	if fault.Is(err, fault.TooMany) {
		return federation.Actor{}, err
	}
	strange := err != nil || who.Type != "Organization" || who.ID != actor
	p, err := d.c.Peers.Peer(ctx, actor)
	switch {
	case err == nil:
		m := p.Member
		who = federation.Actor{ID: m.Actor, Type: "Organization", Name: m.Name, Inbox: m.Inbox, KeyID: m.KeyID, PublicKeyPEM: m.PublicKeyPEM, Assertion: m.Assertion}
		if p.OldKey.Ended(d.c.Now()) {
			p.OldKey = federation.PublicKey{}
		}
	case !fault.Is(err, fault.NotFound):
		return federation.Actor{}, err
	case strange:
		return federation.Actor{}, fault.New(fault.Signature, "error.federation.signature")
	default:
		p = mailbox.Peer{Member: federation.Member{Actor: who.ID, KeyID: who.KeyID, PublicKeyPEM: who.PublicKeyPEM, Assertion: who.Assertion}}
	}
	return who, d.signed(ctx, r, place, body, p)
}

type believed struct{}

// signed verifies with the keys of one server only. It waits for its turn.
func (d *Door) signed(ctx context.Context, r *http.Request, place *flood.Visit, body []byte, p mailbox.Peer) error {
	done, err := place.Turn(ctx)
	if err != nil {
		return err
	}
	defer done()
	if _, _, err := d.verify.Verify(r.WithContext(context.WithValue(ctx, believed{}, p)), body); err != nil {
		return fault.New(fault.Signature, "error.federation.signature")
	}
	return nil
}

// keyOf is the key of the one who is to be believed, and of nobody else.
func keyOf(ctx context.Context, keyID string) (sign.Public, error) {
	p, _ := ctx.Value(believed{}).(mailbox.Peer)
	pem := p.Key(keyID)
	if keyID == "" || pem == "" {
		return sign.Public{}, fault.Missing()
	}
	return sign.ParsePublic(keyID, p.Actor, pem)
}
