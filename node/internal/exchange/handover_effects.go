package exchange

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strings"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/federation/proof"
	"github.com/saphan-network/saphan/federation/vocabulary"
	"github.com/saphan-network/saphan/node/clinic/handover"
)

// PeerBook knows the other servers' pinned keys; *mailbox.Store is one.
type PeerBook interface {
	Peer(ctx context.Context, actor string) (mailbox.Peer, error)
}

// Handovers carries out what other members say about hand-overs, at both ends.
type Handovers struct {
	Post     *Post
	Sender   *handover.Sender
	Receiver *handover.Receiver
	Peers    PeerBook
	Now      func() time.Time
}

// errForged says that a statement is not proved by who sends it.
var errForged = errors.New("exchange: not proved")

// Register adds the effects of activities about hand-overs. It comes before those about
// referrals, with which it shares types.
func (x *Handovers) Register(e *Effects) {
	for _, t := range []federation.Type{federation.Offer, federation.Add, federation.Read, federation.View, federation.Reject, federation.Undo, federation.Delete} {
		e.Handle(t, func(ctx context.Context, a federation.Activity, _ []byte) (bool, error) {
			if !concernsHandover(a) {
				return false, nil
			}
			return true, x.apply(ctx, a)
		})
	}
}

func concernsHandover(a federation.Activity) bool {
	switch a.Type {
	case federation.Offer:
		return a.Request != nil
	case federation.Add, federation.View, federation.Delete:
		return true
	case federation.Read, federation.Undo:
		return strings.Contains(a.Object, "/ap/pkg/")
	case federation.Reject:
		return vocabulary.Has("package_refusal", a.Reason) || strings.Contains(a.Object, "/ap/req/") && vocabulary.Has("handover_refusal", a.Reason)
	case federation.TentativeAccept, federation.Accept, federation.Update, federation.Join, federation.Leave, federation.Invite:
	}
	return false
}

// apply carries out one activity, in the transaction that holds its row, as
// Referrals.Apply does: what cannot be followed is answered with illegal_transition.
func (x *Handovers) apply(ctx context.Context, a federation.Activity) error {
	err := x.effect(ctx, a)
	for range 3 {
		if !fault.Is(err, fault.Conflict) || errors.Is(err, handover.ErrIllegal) {
			break
		}
		err = x.effect(ctx, a)
	}
	if !errors.Is(err, handover.ErrIllegal) && !errors.Is(err, handover.ErrUnknown) && !errors.Is(err, errForged) {
		return ours(err)
	}
	if a.Type == federation.Read || a.Type == federation.View || a.Type == federation.Reject {
		return nil // never argue about an acknowledgement or a refusal
	}
	if err := x.Post.refuse(ctx, a.Actor, a.ID); err != nil && !fault.Is(err, fault.Denied) {
		return err
	}
	return nil
}

func (x *Handovers) effect(ctx context.Context, a federation.Activity) error {
	switch a.Type {
	case federation.Offer:
		return x.asked(ctx, a)
	case federation.Add:
		return x.arrived(ctx, a)
	case federation.Read:
		return x.Sender.Reported(ctx, a.Actor, handover.Find{Package: a.Object}, handover.MoveArrive, a.Digest, "")
	case federation.View:
		return x.Sender.Reported(ctx, a.Actor, handover.Find{Package: a.Object}, handover.MoveOpen, a.Digest, "")
	case federation.Reject:
		if vocabulary.Has("package_refusal", a.Reason) {
			return x.Sender.Reported(ctx, a.Actor, handover.Find{Activity: a.Object}, handover.MoveReturn, "", a.Reason)
		}
		return x.Receiver.Refused(ctx, a.Actor, a.Object, a.Reason)
	case federation.Undo:
		return x.Receiver.Recalled(ctx, a.Actor, a.Object, a.Reason)
	case federation.Delete:
		return x.erased(ctx, a)
	case federation.TentativeAccept, federation.Accept, federation.Update, federation.Join, federation.Leave, federation.Invite:
	}
	return fault.New(fault.Internal, "error.internal")
}

func (x *Handovers) asked(ctx context.Context, a federation.Activity) error {
	r := a.Request
	doc, err := r.Statement(a.Actor, a.To)
	if err != nil {
		return err
	}
	proved, err := x.proved(ctx, a.Actor, doc, r.Proof)
	if err != nil {
		return err
	}
	return x.Sender.Asked(ctx, handover.Sent{Target: a.Actor, Reference: r.Referral, Request: r.ID, Revision: r.Revision, Purpose: r.Purpose, Asked: r.Fields,
		KeyID: r.Key.ID, Key: r.Key.Multibase, AskProof: string(proved)})
}

func (x *Handovers) arrived(ctx context.Context, a federation.Activity) error {
	p := a.Package
	doc, err := p.Statement(a.Actor, a.To)
	if err != nil {
		return err
	}
	_, err = x.proved(ctx, a.Actor, doc, p.Proof)
	if err != nil && !errors.Is(err, errForged) {
		return err
	}
	forged := err != nil
	pack, err := p.Sealed()
	if err != nil {
		return err
	}
	sum := sha256.Sum256(pack)
	return x.Receiver.Arrived(ctx, handover.Arriving{From: a.Actor, Activity: a.ID, Package: p.ID, Request: p.Request, Reference: p.Referral, KeyID: p.Key, Consent: p.Consent,
		Expires: p.Expires, Digest: p.Digest, Size: p.Size, Sealed: pack, Proved: !forged,
		Undamaged: p.Digest == "SHA-256="+base64.StdEncoding.EncodeToString(sum[:])})
}

func (x *Handovers) erased(ctx context.Context, a federation.Activity) error {
	r := a.Purge
	doc, err := r.Statement(a.Actor, a.To)
	if err != nil {
		return err
	}
	proved, err := x.proved(ctx, a.Actor, doc, r.Proof)
	if err != nil {
		return err
	}
	at, err := time.Parse(time.RFC3339, r.Proof.Created)
	if err != nil {
		return errForged
	}
	return x.Sender.Erased(ctx, a.Actor, a.Object, handover.Receipt{ID: r.ID, Reason: r.Reason, Erased: r.Erased, Kept: r.Kept, Basis: r.Basis, At: at, Proof: string(proved)})
}

// proved verifies the proof of a statement with the keys that are pinned for who sends it:
// the present one, and the one before while it holds. It returns both as one document.
func (x *Handovers) proved(ctx context.Context, actor string, doc []byte, p federation.Proof) ([]byte, error) {
	peer, err := x.Peers.Peer(ctx, actor)
	if err != nil {
		return nil, err
	}
	keys := map[string]ed25519.PublicKey{}
	add := func(k federation.Multikey) {
		if key, err := proof.Assertion(k.Multibase); err == nil && k.ID != "" {
			keys[k.ID] = key
		}
	}
	add(peer.Assertion)
	if !peer.OldKey.Ended(x.Now()) {
		add(peer.OldKey.Assertion)
	}
	whole, err := proof.Attach(doc, p)
	if err != nil {
		return nil, errForged
	}
	if _, err := proof.Verify(whole, proof.Expect{Keys: keys, Now: x.Now()}); err != nil {
		return nil, errForged
	}
	return whole, nil
}
