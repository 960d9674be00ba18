package network

import (
	"context"
	"fmt"
	"time"

	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/casework"
	"github.com/saphan-network/saphan/node/clinic/referral"
)

// story is one referral of the demo: who asks whom for what, and how far it gets.
type story struct {
	from, to string
	which    int // of the sender's open cases
	form     referral.Form
	until    string // draft, awaiting, received, considered, accepted, service, completed, declined, closed
}

func stories() []story {
	return []story{
		{from: "chiangrai", to: "samutsakhon", which: 0, until: "awaiting", form: referral.Form{Kind: "service", Urgency: "normal", Purpose: "legal_help",
			Needs: []string{"labour_claim", "interpretation"}, Phrases: []referral.Phrase{{Code: "already_tried"}}}},
		{from: "chiangrai", to: "samutsakhon", which: 1, until: "received", form: referral.Form{Kind: "service", Urgency: "urgent", Purpose: "status_work",
			Needs: []string{"interpretation"}, Phrases: []referral.Phrase{{Code: "no_birth_evidence"}}}},
		{from: "chiangrai", to: "defenders", which: 2, until: "service", form: referral.Form{Kind: "consult", Urgency: "normal", Purpose: "legal_help",
			Needs: []string{"legal_rep"}}},
		{from: "chiangrai", to: "samutsakhon", which: 3, until: "declined", form: referral.Form{Kind: "service", Urgency: "normal", Purpose: "legal_help",
			Needs: []string{"labour_claim"}}},
		{from: "samutsakhon", to: "chiangrai", which: 0, until: "considered", form: referral.Form{Kind: "service", Urgency: "normal", Purpose: "status_work",
			Needs: []string{"status_work", "dna"}, Phrases: []referral.Phrase{{Code: "dna_needed_relative_available"}}}},
		{from: "samutsakhon", to: "chiangrai", which: 1, until: "completed", form: referral.Form{Kind: "service", Urgency: "normal", Purpose: "status_work",
			Needs: []string{"doc_drafting"}}},
		{from: "defenders", to: "chiangrai", which: 0, until: "received", form: referral.Form{Kind: "joint", Urgency: "urgent", Purpose: "legal_help",
			Needs: []string{"legal_advice"}}},
	}
}

// refer plays the demo's referrals between the first three members.
func (n *Network) refer(ctx context.Context) error {
	for _, st := range stories() {
		from, to := n.Server(st.from), n.Server(st.to)
		if from == nil || to == nil {
			continue // a smaller network
		}
		if err := n.tell(ctx, from, to, st); err != nil {
			return fmt.Errorf("referral from %s to %s: %w", st.from, st.to, err)
		}
	}
	return nil
}

// tell plays one referral: the caseworker drafts, the supervisor approves, the
// other organisation answers and reports.
func (n *Network) tell(ctx context.Context, from, to *Server, st story) error {
	worker, err := from.As(ctx, "caseworker")
	if err != nil {
		return err
	}
	supervisor, err := from.As(ctx, "supervisor")
	if err != nil {
		return err
	}
	open, err := from.Node.Cases.List(ctx, worker, casework.Filter{Status: casework.StatusOpen, Mine: true, Size: 20})
	if err != nil {
		return err
	}
	if st.which >= len(open.Items) {
		return fmt.Errorf("there is no open case %d", st.which)
	}
	f := st.form
	f.Target = to.Actor
	id, err := from.Node.Sender.Draft(ctx, worker, open.Items[st.which].ID, f)
	if err != nil {
		return fmt.Errorf("draft: %w", err)
	}
	got, err := from.Node.Sender.Submit(ctx, worker, id)
	if err != nil {
		return fmt.Errorf("submit: %w", err)
	}
	if got != referral.StateAwaiting {
		v, err := from.Node.Sender.Show(ctx, worker, id)
		return fmt.Errorf("the gate: %s %s %w", got, v.Fresh.Why, err)
	}
	if st.until == "awaiting" {
		return nil
	}
	v, err := from.Node.Sender.Show(ctx, supervisor, id)
	if err != nil {
		return err
	}
	if err := from.Node.Sender.Approve(ctx, supervisor, id, v.Fresh.SHA256); err != nil {
		return fmt.Errorf("approve: %w", err)
	}
	if err := n.Settle(ctx); err != nil {
		return err
	}
	if err := n.answer(ctx, to, v.Referral.Envelope.Activity, st.until); err != nil {
		return err
	}
	return n.Settle(ctx)
}

// answer plays the receiving organisation as far as the story goes.
func (n *Network) answer(ctx context.Context, to *Server, activity, until string) error {
	lawyer, err := to.As(ctx, "lawyer")
	if err != nil {
		return err
	}
	o, err := to.Node.Receiver.Store.ByOffer(ctx, activity)
	if err != nil {
		return fmt.Errorf("the offer has not arrived: %w", err)
	}
	r := to.Node.Receiver
	do := map[string]func(context.Context, clinic.Actor, string) error{
		"considered": func(ctx context.Context, a clinic.Actor, id string) error { return r.Consider(ctx, a, id, "") },
		"declined":   func(ctx context.Context, a clinic.Actor, id string) error { return r.Decline(ctx, a, id, "capacity") },
		"accepted":   r.Accept,
		"service": func(ctx context.Context, a clinic.Actor, id string) error {
			return r.Progress(ctx, a, id, "understanding", "")
		},
		"completed": func(ctx context.Context, a clinic.Actor, id string) error {
			return r.Complete(ctx, a, id, []string{"advice_given"}, time.Now().Format("2006-01"))
		},
	}
	steps := map[string][]string{"considered": {"considered"}, "declined": {"declined"}, "accepted": {"accepted"},
		"service": {"accepted", "service"}, "completed": {"accepted", "service", "completed"}}
	for _, step := range steps[until] {
		if err := do[step](ctx, lawyer, o.ID); err != nil {
			return fmt.Errorf("%s: %w", step, err)
		}
	}
	return nil
}
