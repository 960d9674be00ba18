package exchange

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/inbox"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/federation/proof"
	"github.com/saphan-network/saphan/hub/network/membership"
	"github.com/saphan-network/saphan/node/clinic"
)

// Doorway hands what comes to the hub's door to the register. It implements
// doorway.Register.
type Doorway struct {
	*membership.Service
	Mail  *mailbox.Store
	Tx    clinic.Transactor
	Audit inbox.Audit
}

// errUnchanged ends a transaction that would keep nothing.
var errUnchanged = errors.New("exchange: nothing of this application is kept")

// Knock keeps an application whose signature is good: the inbox row, its effect and
// the line of the ledger, in one transaction. One that came before has no effect, and
// of one that changes nothing not even the bytes are kept.
func (d Doorway) Knock(ctx context.Context, who federation.Actor, a federation.Activity, raw []byte) error {
	k, err := knockOf(who, a)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(raw)
	err = d.Tx.Within(ctx, func(ctx context.Context) error {
		fresh, err := d.Mail.Receive(ctx, mailbox.Received{ActivityID: a.ID, Actor: a.Actor, Type: string(a.Type), SHA256: hex.EncodeToString(sum[:]), Sequence: a.Sequence, Raw: raw})
		if err != nil || !fresh {
			return err
		}
		kept, err := d.Knocked(ctx, k)
		if err != nil {
			return err
		}
		if !kept {
			return errUnchanged
		}
		return d.Audit.Federation(ctx, inbox.Event{Act: "receive", Peer: a.Actor, Activity: a.ID, Type: string(a.Type), Outcome: "received"})
	})
	if errors.Is(err, errUnchanged) {
		return nil
	}
	return err
}

func knockOf(who federation.Actor, a federation.Activity) (membership.Knock, error) {
	k := membership.Knock{Join: a.ID, Card: membership.Card{Actor: who.ID, Name: who.Name, Inbox: who.Inbox, KeyID: who.KeyID, PublicKeyPEM: who.PublicKeyPEM}}
	if _, err := proof.Assertion(who.Assertion.Multibase); err == nil {
		k.Card.AssertionID, k.Card.Assertion = who.Assertion.ID, who.Assertion.Multibase
	}
	app := a.Application
	if app == nil {
		return k, fault.New(fault.Invalid, "error.federation.invalid")
	}
	k.Said.TH, _ = federation.PlainText(app.About.TH)
	k.Said.EN, _ = federation.PlainText(app.About.EN)
	k.Said.Contact = app.Contact
	k.Profile = membership.Profile{Services: app.Services, Regions: app.Regions, Languages: app.Languages}
	return k, nil
}
