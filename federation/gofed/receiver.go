package gofed

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/go-fed/activity/pub"
	"github.com/go-fed/activity/streams"
	"github.com/go-fed/activity/streams/vocab"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
)

// Message is an incoming activity that was read whole. Of a type without effect
// here (Known is false) only the envelope was read.
type Message struct {
	Envelope
	Known    bool
	Activity federation.Activity
	Word     *federation.Word // a word about common work; nil for all else
	Raw      []byte           // the bytes as they came
}

// Steps is what a server does with an incoming activity. They are called in
// this order, each only after the one before returned nil; the context that
// Authenticate returns goes to the others.
type Steps interface {
	// Authenticate tells who sent the request and whether they may speak here.
	Authenticate(ctx context.Context, r *http.Request, body []byte) (context.Context, error)
	// Authorise judges the envelope: whose it is and to whom.
	Authorise(ctx context.Context, e Envelope) error
	// Receive keeps the message and carries out its effect.
	Receive(ctx context.Context, m Message) error
}

// Receiver reads requests to an inbox in the frame of go-fed's federating actor,
// with Steps in place of its side effects.
type Receiver struct {
	steps Steps
	actor pub.FederatingActor
}

// NewReceiver makes a receiver; now is the clock.
func NewReceiver(steps Steps, now func() time.Time) *Receiver {
	return &Receiver{steps: steps, actor: pub.NewCustomActor(delegate{}, false, true, clock(now))}
}

type clock func() time.Time

func (c clock) Now() time.Time { return c() }

// passage is one request on its way through the frame.
type passage struct {
	steps Steps
	req   *http.Request // as it came
	body  []byte
	doc   *Document
	err   error // decided by us; go-fed's own answer is thrown away
}

type passageKey struct{}

// Receive takes one POST whose body was read in full and whose media type was
// found right. It returns nil when the message is kept, else a fault.
func (r *Receiver) Receive(ctx context.Context, req *http.Request, body []byte) (err error) {
	defer recovered(&err)
	p := &passage{steps: r.steps, req: req, body: body}
	ctx = context.WithValue(ctx, passageKey{}, p)
	inner := req.Clone(ctx) // the frame changes the URL of its request
	inner.Header.Set("Content-Type", federation.MediaType)
	handled, err := r.actor.PostInbox(ctx, nobody{}, inner)
	switch {
	case p.err != nil:
		return p.err
	case errors.Is(err, errDone):
		return nil
	case err != nil:
		return readFault(err)
	case !handled:
		return fault.New(fault.MediaType, "error.federation.media_type")
	}
	return fault.New(fault.Invalid, "error.federation.malformed").With("why", "vocabulary")
}

// errDone ends the passage through the frame.
var errDone = errors.New("gofed: received")

// delegate puts the steps into go-fed's frame. It holds nothing: what there is
// to know is in the passage that the context carries.
type delegate struct{}

func passing(ctx context.Context) (*passage, error) {
	p, ok := ctx.Value(passageKey{}).(*passage)
	if !ok {
		return nil, errors.New("gofed: no passage in the context")
	}
	return p, nil
}

// AuthenticatePostInbox authenticates, parses strictly, and hands the frame what
// the strict parser made in place of the bytes.
func (delegate) AuthenticatePostInbox(ctx context.Context, _ http.ResponseWriter, r *http.Request) (context.Context, bool, error) {
	p, err := passing(ctx)
	if err != nil {
		return ctx, false, err
	}
	if ctx, p.err = p.steps.Authenticate(ctx, p.req, p.body); p.err != nil {
		return ctx, false, p.err
	}
	if p.doc, p.err = Parse(p.body); p.err != nil {
		return ctx, false, p.err
	}
	if !p.doc.Known() { // the frame refuses what go-fed has no word for; we keep it
		if p.err = p.steps.Authorise(ctx, p.doc.Envelope()); p.err != nil {
			return ctx, false, p.err
		}
		p.err = p.steps.Receive(ctx, Message{Envelope: p.doc.Envelope(), Word: p.doc.Word(), Raw: p.body})
		return ctx, false, errDone
	}
	if p.err = p.steps.Authorise(ctx, p.doc.Envelope()); p.err != nil {
		return ctx, false, p.err
	}
	tree, err := p.doc.forGofed()
	if p.err = err; err != nil {
		return ctx, false, err
	}
	same, err := json.Marshal(tree)
	if err != nil {
		return ctx, false, err
	}
	r.Body = io.NopCloser(bytes.NewReader(same))
	return ctx, true, nil
}

// PostInboxRequestBodyHook has nothing to add.
func (delegate) PostInboxRequestBodyHook(ctx context.Context, _ *http.Request, _ pub.Activity) (context.Context, error) {
	return ctx, nil
}

// AuthorizePostInbox agrees: the envelope was judged before go-fed saw anything.
func (delegate) AuthorizePostInbox(ctx context.Context, _ http.ResponseWriter, _ pub.Activity) (bool, error) {
	_, err := passing(ctx)
	return err == nil, err
}

// PostInbox resolves the activity by its type and receives it.
func (delegate) PostInbox(ctx context.Context, _ *url.URL, v pub.Activity) error {
	p, err := passing(ctx)
	if err != nil {
		return err
	}
	a, err := resolve(ctx, v)
	if p.err = err; err != nil {
		return err
	}
	p.err = p.steps.Receive(ctx, Message{Envelope: p.doc.Envelope(), Known: true, Activity: a, Raw: p.body})
	return errDone
}

func resolve(ctx context.Context, v pub.Activity) (a federation.Activity, err error) {
	r, err := streams.NewTypeResolver(callbacks(&a)...)
	if err != nil {
		return a, fault.Wrap(fault.Internal, "error.internal", err)
	}
	typed, ok := v.(streams.ActivityStreamsInterface)
	if !ok {
		return a, misshapen("type", "unknown")
	}
	if err := r.Resolve(ctx, typed); err != nil {
		return federation.Activity{}, readFault(err)
	}
	return checked(a)
}

// InboxForwarding forwards nothing, ever.
func (delegate) InboxForwarding(context.Context, *url.URL, pub.Activity) error { return nil }

// The rest of go-fed's actor is not offered by any server of this network.

var errNotOffered = fmt.Errorf("gofed: not offered")

// AuthenticateGetInbox refuses: an inbox is not read from outside.
func (delegate) AuthenticateGetInbox(ctx context.Context, _ http.ResponseWriter, _ *http.Request) (context.Context, bool, error) {
	return ctx, false, errNotOffered
}

// AuthenticateGetOutbox refuses: an outbox is not read from outside.
func (delegate) AuthenticateGetOutbox(ctx context.Context, _ http.ResponseWriter, _ *http.Request) (context.Context, bool, error) {
	return ctx, false, errNotOffered
}

// AuthenticatePostOutbox refuses: there is no client-to-server protocol.
func (delegate) AuthenticatePostOutbox(ctx context.Context, _ http.ResponseWriter, _ *http.Request) (context.Context, bool, error) {
	return ctx, false, errNotOffered
}

// PostOutboxRequestBodyHook refuses: there is no client-to-server protocol.
func (delegate) PostOutboxRequestBodyHook(ctx context.Context, _ *http.Request, _ vocab.Type) (context.Context, error) {
	return ctx, errNotOffered
}

// PostOutbox refuses: what leaves goes through the egress gate and the mailbox.
func (delegate) PostOutbox(context.Context, pub.Activity, *url.URL, map[string]interface{}) (bool, error) {
	return false, errNotOffered
}

// AddNewIDs refuses: ids are random and made by the domain.
func (delegate) AddNewIDs(context.Context, pub.Activity) error { return errNotOffered }

// Deliver refuses: federation/delivery is the only outbound client.
func (delegate) Deliver(context.Context, *url.URL, pub.Activity) error { return errNotOffered }

// WrapInCreate refuses: there is no client-to-server protocol.
func (delegate) WrapInCreate(context.Context, vocab.Type, *url.URL) (vocab.ActivityStreamsCreate, error) {
	return nil, errNotOffered
}

// GetOutbox refuses: an outbox is not read from outside.
func (delegate) GetOutbox(context.Context, *http.Request) (vocab.ActivityStreamsOrderedCollectionPage, error) {
	return nil, errNotOffered
}

// GetInbox refuses: an inbox is not read from outside.
func (delegate) GetInbox(context.Context, *http.Request) (vocab.ActivityStreamsOrderedCollectionPage, error) {
	return nil, errNotOffered
}

// nobody is a ResponseWriter that forgets: the answer is made by the inbox.
type nobody struct{}

func (nobody) Header() http.Header         { return http.Header{} }
func (nobody) Write(b []byte) (int, error) { return len(b), nil }
func (nobody) WriteHeader(int)             {}
