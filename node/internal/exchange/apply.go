package exchange

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/node/clinic/directory"
	"github.com/saphan-network/saphan/policies"
	"github.com/saphan-network/saphan/policies/disclose"
)

// Draw makes the bytes of an application without using a number up. It implements
// directory.Doorbell, as the methods below do.
func (w *HubWire) Draw(ctx context.Context, hub directory.Card, words directory.Words, before []byte) (body []byte, sum string, err error) {
	a := federation.Activity{ID: w.Office.NewActivity(), Type: federation.Join, Actor: w.Office.Self, To: hub.Actor, Object: hub.Actor,
		Published: w.Office.Now().UTC().Truncate(time.Hour), Application: &federation.Application{
			About:    federation.Words{TH: federation.Paragraphs(words.AboutTH), EN: federation.Paragraphs(words.AboutEN)},
			Services: words.Services, Regions: words.Regions, Languages: words.Languages, Contact: words.Contact}}
	if was, err := gofed.Decode(before); err == nil {
		a.ID = was.ID
	}
	if a.Sequence, err = w.Mail.NextSequence(ctx, hub.Actor); err != nil {
		return nil, "", err
	}
	if body, err = gofed.Encode(a); err != nil {
		return nil, "", err
	}
	d := sha256.Sum256(body)
	return body, hex.EncodeToString(d[:]), nil
}

// Knock files exactly the bytes that were drawn, for the door of the hub.
func (w *HubWire) Knock(ctx context.Context, hub directory.Card, body []byte) (string, error) {
	a, err := gofed.Decode(body)
	if err != nil {
		return "", err
	}
	if a.Application == nil || a.Actor != w.Office.Self {
		return "", fault.New(fault.Internal, "error.internal")
	}
	facts := policies.ApplicationFacts(*a.Application)
	facts["membership/message"] = []string{string(federation.Join)}
	d, err := w.Office.Gate.Decide(ctx, policies.Request{Peer: hub.Actor, Purpose: policies.Membership, Facts: facts})
	if err != nil {
		return "", err
	}
	if !d.Allowed {
		return "", fault.New(fault.Denied, d.Why)
	}
	c, err := w.Office.Gate.Clear(ctx, d, body)
	if err != nil {
		return "", err
	}
	return a.ID, w.Mail.Enqueue(ctx, c, mailbox.Draft{To: hub.Actor, ActivityID: a.ID, Type: string(a.Type), Thread: hub.Actor, Sequence: a.Sequence, Body: body, Door: hub.Door})
}

// Letter tells where an application is on its way.
func (w *HubWire) Letter(ctx context.Context, join string) (directory.Letter, error) {
	it, err := w.Mail.Item(ctx, join)
	if fault.Is(err, fault.NotFound) {
		return directory.Letter{}, nil
	}
	state := string(it.State)
	if it.State == mailbox.Sending {
		state = string(mailbox.Waiting)
	}
	return directory.Letter{State: state, Why: it.ErrorKey, Code: it.Status, Tried: it.Tried}, err
}

// Recall takes back what has not reached the hub.
func (w *HubWire) Recall(ctx context.Context, join string) error {
	return w.Mail.Drop(ctx, join, "peers.reason.withdrawn")
}

// Unpin forgets the hub, of which we were never a member.
func (w *HubWire) Unpin(ctx context.Context) error { return w.Mail.Forget(ctx) }

// Personal reports whether something in a text is certainly a person's, and what.
func (w *HubWire) Personal(text string) (bool, []string) {
	return disclose.Personal(text), disclose.Certain(text)
}
