package network

import (
	"context"
	"fmt"

	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/casework"
	"github.com/saphan-network/saphan/node/clinic/consent"
	"github.com/saphan-network/saphan/node/clinic/handover"
	"github.com/saphan-network/saphan/node/clinic/referral"
)

// handing is one hand-over of the demo: of the sender's open case which, and how far it
// gets: asked, prepared, arrived, opened, erased.
type handing struct {
	from, to string
	which    int
	until    string
}

func handings() []handing {
	return []handing{
		{from: "chiangrai", to: "defenders", which: 4, until: "arrived"},
		{from: "chiangrai", to: "samutsakhon", which: 5, until: "erased"},
		{from: "samutsakhon", to: "chiangrai", which: 2, until: "asked"},
	}
}

// handOver plays the demo's hand-overs, each on a referral of its own.
func (n *Network) handOver(ctx context.Context) error {
	for _, h := range handings() {
		from, to := n.Server(h.from), n.Server(h.to)
		if from == nil || to == nil {
			continue // a smaller network
		}
		st := story{from: h.from, to: h.to, which: h.which, until: "service", form: referral.Form{Kind: "service", Urgency: "normal", Purpose: "legal_help", Needs: []string{"legal_rep"}}}
		if err := n.tell(ctx, from, to, st); err != nil {
			return fmt.Errorf("hand-over from %s to %s: %w", h.from, h.to, err)
		}
		if err := n.hand(ctx, from, to, h); err != nil {
			return fmt.Errorf("hand-over from %s to %s: %w", h.from, h.to, err)
		}
	}
	return nil
}

func (n *Network) hand(ctx context.Context, from, to *Server, h handing) error {
	who := map[string]clinic.Actor{}
	for name, at := range map[string]*Server{"caseworker": from, "supervisor": from, "lawyer": to, "receiver": to} {
		role := name
		if name == "receiver" {
			role = "caseworker"
		}
		a, err := at.As(ctx, role)
		if err != nil {
			return err
		}
		who[name] = a
	}
	open, err := from.Node.Cases.List(ctx, who["caseworker"], casework.Filter{Status: casework.StatusOpen, Mine: true, Size: 20})
	if err != nil {
		return err
	}
	rs, err := from.Node.Sender.Store.List(ctx, referral.Filter{CaseID: open.Items[h.which].ID, Limit: 1})
	if err != nil || len(rs) != 1 {
		return fmt.Errorf("the referral of case %d: %d found, %w", h.which, len(rs), err)
	}
	id := rs[0].ID
	o, err := to.Node.Receiver.Store.ByOffer(ctx, rs[0].Envelope.Activity)
	if err != nil {
		return err
	}
	out, in := from.Node.HandOut, to.Node.HandIn
	fields := []string{"full_name", "contact", "needs_text"}
	words := map[string]string{"contact": "ถามหาที่ร้านค้าหน้าโรงเรียน บอกว่ามาจากคลินิก", "needs_text": "ขอให้ช่วยเขียนคำร้องและไปเป็นเพื่อนที่สำนักทะเบียน"}
	steps := []struct {
		name string
		do   func() error
	}{
		{"asked", func() error {
			return in.Ask(ctx, who["receiver"], o.ID, fields, []string{who["receiver"].UserID, who["lawyer"].UserID})
		}},
		{"prepared", func() error {
			err := out.Agree(ctx, who["caseworker"], id, consent.Record{Fields: fields, Medium: consent.Paper, Language: "th", TextVersion: "handover-1", Guardian: "ญาติผู้ปกครอง", Assent: true})
			if err != nil {
				return err
			}
			return out.Prepare(ctx, who["caseworker"], id, fields, words)
		}},
		{"arrived", func() error {
			v, err := out.Show(ctx, who["supervisor"], id)
			if err != nil {
				return err
			}
			return out.Approve(ctx, who["supervisor"], id, v.Fresh.SHA256)
		}},
		{"opened", func() error { _, err := in.Open(ctx, who["lawyer"], o.ID); return err }},
		{"erased", func() error { return out.Recall(ctx, who["caseworker"], id, "consent_withdrawn") }},
	}
	for _, s := range steps {
		if err := s.do(); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		if err := n.Settle(ctx); err != nil {
			return err
		}
		if s.name == h.until {
			break
		}
	}
	got, err := out.Store.Find(ctx, handover.Find{Owner: id})
	want := map[string]handover.State{"asked": handover.StateAsked, "prepared": handover.StateReady, "arrived": handover.StateDelivered, "opened": handover.StateOpened, "erased": handover.StateErased}[h.until]
	if err == nil && got.State != want {
		err = fmt.Errorf("it is %s, not %s", got.State, want)
	}
	return err
}
