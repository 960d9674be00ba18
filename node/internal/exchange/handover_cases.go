package exchange

import (
	"context"
	"strings"
	"time"

	"github.com/saphan-network/saphan/federation/vocabulary"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/casework"
	"github.com/saphan-network/saphan/node/clinic/consent"
	"github.com/saphan-network/saphan/node/clinic/handover"
	"github.com/saphan-network/saphan/node/clinic/referral"
)

// HandoverFiles gives case files to hand-overs at both ends. It implements
// handover.Files and handover.Cases.
type HandoverFiles struct {
	*casework.Service
	Eraser casework.Eraser
}

// Ground says whether the person has agreed to a hand-over, and to what.
func (f HandoverFiles) Ground(ctx context.Context, caseID, purpose, recipient string) (handover.Ground, error) {
	g, err := f.HandoverGround(ctx, caseID, purpose, recipient)
	out := handover.Ground{Level: g.Level, Consent: g.ConsentID, Fields: g.Fields, Guardian: g.Guardian, Why: g.Why}
	if g.Level < consent.LevelNetwork {
		out.Level, out.Fields = 0, nil
	}
	if t, err := time.Parse(time.DateOnly, g.ValidUntil); err == nil {
		out.ValidUntil = t
	}
	return out, err
}

// Agree records the consent to a hand-over.
func (f HandoverFiles) Agree(ctx context.Context, actor clinic.Actor, caseID string, r consent.Record) error {
	_, err := f.RecordHandoverConsent(ctx, actor, caseID, r)
	return err
}

// Minor reports whether the main client is, or may be, under age.
func (f HandoverFiles) Minor(ctx context.Context, actor clinic.Actor, caseID string) (bool, error) {
	return f.ClientMinor(ctx, actor, caseID)
}

// TakeOver makes a case of what was opened. What no case has a field for becomes a note.
func (f HandoverFiles) TakeOver(ctx context.Context, actor clinic.Actor, h handover.Received, o referral.Incoming, fields map[string][]string) (string, error) {
	in := casework.HandedOver{Key: "handover:" + h.ID + ":" + h.Package, From: h.ID, Fields: fields}
	for _, code := range o.Payload.Issues {
		if vocabulary.Has("issue", code) {
			in.Issues = append(in.Issues, code)
		}
	}
	if o.Payload.Subject["areaLevel"] == "province" {
		in.Province = o.Payload.Subject["areaCode"]
	}
	for _, code := range []string{"contact", "risk_note"} {
		if text := strings.Join(fields[code], "\n"); text != "" {
			in.Notes = append(in.Notes, vocabulary.Label("disclosure_field", code, "th")+": "+text)
		}
	}
	return f.Service.TakeOver(ctx, actor, in)
}

// Erase erases a case that was handed over.
func (f HandoverFiles) Erase(ctx context.Context, actor clinic.Actor, caseID string) (handover.Remains, error) {
	left, err := f.EraseHandedOver(ctx, actor, f.Eraser, caseID)
	return handover.Remains{Erased: left.Erased, Kept: left.Kept, Basis: left.Basis}, err
}
