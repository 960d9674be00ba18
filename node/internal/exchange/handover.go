package exchange

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/federation/proof"
	"github.com/saphan-network/saphan/federation/sealed"
	"github.com/saphan-network/saphan/node/clinic/handover"
	"github.com/saphan-network/saphan/policies"
)

// Envelopes seals, opens and proves hand-overs, and sends what both ends have to say of
// them. It implements handover.Out, handover.Answers and handover.Opener.
type Envelopes struct {
	*Post
	Keys  *RoleKeys
	Prove func(doc []byte, created time.Time) ([]byte, error) // with this server's Ed25519 key
}

func (e *Envelopes) request(c handover.Content) policies.Request {
	q := policies.Request{Peer: c.Sent.Target, Purpose: policies.Handover, Facts: policies.Facts{}, Consent: c.Level, Openness: c.Openness, Accepted: c.Accepted}
	for code, words := range c.Words {
		q.Facts[policies.HandoverPath(code)] = words
	}
	for _, code := range c.Agreed {
		q.Agreed = append(q.Agreed, policies.HandoverPath(code))
	}
	return q
}

// decide asks the gate, and makes exactly what would be sealed.
func (e *Envelopes) decide(ctx context.Context, c handover.Content) (handover.Preview, policies.Decision, []byte, error) {
	d, err := e.Gate.Decide(ctx, e.request(c))
	p := handover.Preview{Allowed: d.Allowed, Policy: d.Policy, Why: d.Why, Remedy: d.Remedy}
	for _, f := range d.Fields {
		p.Fields = append(p.Fields, handover.Field{Path: f.Path, Sealed: f.Form == policies.Sealed, Rule: f.Rule, RuleKey: f.RuleKey, Why: f.Why, Remedy: f.Remedy})
	}
	if err != nil || !d.Allowed {
		return p, d, nil, err
	}
	content, err := policies.HandoverContent(d, c.Sent.Reference)
	if err != nil {
		return p, d, nil, err
	}
	p.Size = int(sealed.Size(int64(len(content))))
	if p.Size > federation.MaxSealed {
		p.Allowed, p.Why, p.Remedy = false, "handovers.error.too_large", ""
		return p, d, nil, nil
	}
	sum := sha256.Sum256(content)
	p.SHA256 = hex.EncodeToString(sum[:])
	return p, d, content, nil
}

// Preview asks the gate; nothing is sealed.
func (e *Envelopes) Preview(ctx context.Context, c handover.Content) (handover.Preview, error) {
	p, _, _, err := e.decide(ctx, c)
	return p, err
}

// Seal decides once more and, if what would be sealed has the approved hash, seals it to
// the key that was asked for, proves the package, and enqueues it.
func (e *Envelopes) Seal(ctx context.Context, c handover.Content, approved string) (handover.Sent, handover.Preview, bool, error) {
	h := c.Sent
	p, d, content, err := e.decide(ctx, c)
	if err != nil || p.SHA256 == "" || p.SHA256 != approved {
		return h, p, false, err
	}
	to, err := sealed.ParsePublic(h.Key)
	if err != nil {
		return h, p, false, fault.Wrap(fault.Conflict, "handovers.error.bad_key", err)
	}
	n, err := e.Outbox.NextSequence(ctx, h.Target)
	if err != nil {
		return h, p, false, err
	}
	a := federation.Activity{ID: e.iri("act"), Type: federation.Add, Actor: e.Self, To: h.Target, Published: e.hour(), Sequence: n}
	a.Package = &federation.SealedPackage{ID: e.iri("pkg"), Schema: federation.SchemaPackage, Referral: h.Reference, Request: h.Request, Key: h.KeyID, Consent: h.Consent, Expires: h.Expires}
	var out bytes.Buffer
	look, err := sealed.Seal(&out, bytes.NewReader(content), int64(len(content)), to, bindingOf(*a.Package, e.Self, h.Target))
	if err != nil {
		return h, p, false, err
	}
	sum := sha256.Sum256(out.Bytes())
	a.Package.Size, a.Package.Digest, a.Package.Chunks = out.Len(), "SHA-256="+base64.StdEncoding.EncodeToString(sum[:]), federation.Cut(out.Bytes())
	doc, err := a.Package.Statement(e.Self, h.Target)
	if err != nil {
		return h, p, false, err
	}
	if a.Package.Proof, _, err = e.prove(doc); err != nil {
		return h, p, false, err
	}
	body, err := gofed.Encode(a)
	if err != nil {
		return h, p, false, err
	}
	cl, err := e.Gate.ClearSealed(ctx, d, body, look)
	if err != nil {
		return h, p, false, err
	}
	h.SHA256, h.Package, h.Activity, h.Digest, h.Size = p.SHA256, a.Package.ID, a.ID, a.Package.Digest, a.Package.Size
	return h, p, true, e.Outbox.Enqueue(ctx, cl, mailbox.Draft{To: a.To, ActivityID: a.ID, Type: string(a.Type), Thread: h.Offer, Sequence: n, Body: body})
}

func bindingOf(p federation.SealedPackage, from, to string) sealed.Binding {
	return sealed.Binding{Sender: from, Recipient: to, Key: p.Key, Package: p.ID, Referral: p.Referral, Request: p.Request, Consent: p.Consent, Expires: p.Expires.UTC().Format(time.RFC3339)}
}

// prove signs a statement with this server's Ed25519 key; it returns the proof and the
// statement with it.
func (e *Envelopes) prove(doc []byte) (federation.Proof, string, error) {
	proved, err := e.Prove(doc, e.Now())
	if err != nil {
		return federation.Proof{}, "", err
	}
	p, err := proof.Detach(proved)
	return p, string(proved), err
}

// Refuse sends the Reject of what was asked.
func (e *Envelopes) Refuse(ctx context.Context, h handover.Sent, reason string) error {
	return e.send(ctx, h.Target, policies.Protocol, h.Offer, one("activity/reason", reason), func(d policies.Decision) federation.Activity {
		return federation.Activity{Type: federation.Reject, Object: h.Request, Reason: d.Value("activity/reason")}
	})
}

// Recall sends the Undo of a package. One that nobody has tried to send yet is dropped
// instead: it never leaves.
func (e *Envelopes) Recall(ctx context.Context, h handover.Sent, reason string) (never bool, err error) {
	it, err := e.Outbox.Item(ctx, h.Activity)
	if err == nil && it.State == mailbox.Waiting && it.Attempts == 0 {
		err := e.Outbox.Drop(ctx, h.Activity, "agreed")
		if !fault.Is(err, fault.Conflict) {
			return err == nil, err
		}
	}
	return false, e.send(ctx, h.Target, policies.Protocol, h.Offer, one("activity/reason", reason), func(d policies.Decision) federation.Activity {
		return federation.Activity{Type: federation.Undo, Object: h.Package, Reason: d.Value("activity/reason")}
	})
}

// Ask sends the request, with a key that this server can open with.
func (e *Envelopes) Ask(ctx context.Context, h handover.Received) (handover.Received, error) {
	k, err := e.Keys.Current(ctx)
	if err != nil {
		return h, err
	}
	if h.Request == "" {
		h.Request = e.iri("req")
	}
	h.KeyID = k.ID
	f := policies.Facts{"activity/purpose": {h.Purpose}, "activity/fields": h.Asked, "activity/sealing_key": {k.Multibase}}
	var failed error
	err = e.send(ctx, h.Sender, policies.Protocol, h.Offer, f, func(d policies.Decision) federation.Activity {
		r := &federation.DisclosureRequest{ID: h.Request, Schema: federation.SchemaRequest, Referral: h.Reference, Engagement: h.Engagement, Revision: h.Revision,
			Purpose: d.Value("activity/purpose"), Fields: d.Values("activity/fields"), Key: federation.KeyAgreement{ID: k.ID, Multibase: d.Value("activity/sealing_key")}}
		doc, err := r.Statement(e.Self, h.Sender)
		if err == nil {
			r.Proof, _, err = e.prove(doc)
		}
		failed = err
		return federation.Activity{Type: federation.Offer, Request: r}
	})
	if failed != nil {
		err = failed
	}
	return h, err
}

// Arrived sends the Read that says which ciphertext is here.
func (e *Envelopes) Arrived(ctx context.Context, h handover.Received) error {
	return e.digest(ctx, h, federation.Read)
}

// Opened sends the View that says that a named person has opened it.
func (e *Envelopes) Opened(ctx context.Context, h handover.Received) error {
	return e.digest(ctx, h, federation.View)
}

func (e *Envelopes) digest(ctx context.Context, h handover.Received, t federation.Type) error {
	return e.send(ctx, h.Sender, policies.Protocol, h.Offer, one("activity/digest", h.Digest), func(d policies.Decision) federation.Activity {
		return federation.Activity{Type: t, Object: h.Package, Digest: d.Value("activity/digest")}
	})
}

// Return sends the Reject of a package that could not be taken.
func (e *Envelopes) Return(ctx context.Context, h handover.Received, activity, reason string) error {
	return e.send(ctx, h.Sender, policies.Protocol, h.Offer, one("activity/reason", reason), func(d policies.Decision) federation.Activity {
		return federation.Activity{Type: federation.Reject, Object: activity, Reason: d.Value("activity/reason")}
	})
}

// Erased proves an erasure and sends the receipt of it.
func (e *Envelopes) Erased(ctx context.Context, h handover.Received, r handover.Receipt) (handover.Receipt, error) {
	f := policies.Facts{"activity/reason": {r.Reason}, "activity/erased": r.Erased}
	if len(r.Kept) > 0 {
		f["activity/kept"], f["activity/basis"] = r.Kept, []string{r.Basis}
	}
	r.ID = e.iri("purge")
	var failed error
	err := e.send(ctx, h.Sender, policies.Protocol, h.Offer, f, func(d policies.Decision) federation.Activity {
		p := &federation.PurgeReceipt{ID: r.ID, Schema: federation.SchemaPurge, Package: h.Package, Reason: d.Value("activity/reason"),
			Erased: d.Values("activity/erased"), Kept: d.Values("activity/kept"), Basis: d.Value("activity/basis")}
		doc, err := p.Statement(e.Self, h.Sender)
		if err == nil {
			p.Proof, r.Proof, err = e.prove(doc)
		}
		failed, r.At = err, e.Now().UTC().Truncate(time.Second)
		return federation.Activity{Type: federation.Delete, Object: h.Package, Purge: p}
	})
	if failed != nil {
		err = failed
	}
	return r, err
}

// Open opens a package with the key that was given out for it.
func (e *Envelopes) Open(ctx context.Context, h handover.Received, pack []byte) (map[string][]string, error) {
	raw, err := e.Keys.Store.Private(ctx, h.KeyID)
	if fault.Is(err, fault.NotFound) {
		return nil, handover.ErrKeyGone
	}
	if err != nil {
		return nil, err
	}
	key, err := sealed.ParsePrivate(raw)
	if err != nil {
		return nil, handover.ErrKeyGone
	}
	p := federation.SealedPackage{ID: h.Package, Referral: h.Reference, Request: h.Request, Key: h.KeyID, Consent: h.Consent, Expires: h.Expires}
	var content bytes.Buffer
	if err := sealed.Open(&content, bytes.NewReader(pack), key, bindingOf(p, h.Sender, e.Self)); err != nil {
		return nil, handover.ErrUnreadable
	}
	in, err := sealed.DecodeContent(content.Bytes())
	if err != nil || in.Referral != h.Reference {
		return nil, handover.ErrUnreadable
	}
	return in.Fields, nil
}
