package api

import (
	"context"
	"slices"
	"time"

	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/referral"
)

// Offers is what is read of the receiver's end.
type Offers interface {
	Inbox(ctx context.Context, actor clinic.Actor, over bool) ([]referral.OfferView, error)
	Show(ctx context.Context, actor clinic.Actor, id string) (referral.OfferView, error)
}

// Answers is what is done at the receiver's end.
type Answers interface {
	Consider(ctx context.Context, actor clinic.Actor, id, expected string) error
	Accept(ctx context.Context, actor clinic.Actor, id string) error
	Decline(ctx context.Context, actor clinic.Actor, id, reason string) error
	Suggest(ctx context.Context, actor clinic.Actor, id, reason, other string) error
	Progress(ctx context.Context, actor clinic.Actor, id, step, next string) error
	Hold(ctx context.Context, actor clinic.Actor, id, reason, next string) error
	Complete(ctx context.Context, actor clinic.Actor, id string, outcomes []string, month string) error
	Fail(ctx context.Context, actor clinic.Actor, id, reason string) error
}

// Offer is what another member asks of this one. It holds nobody's name.
type Offer struct {
	ID         string              `json:"id"`
	From       string              `json:"from"`
	FromName   string              `json:"from_name"`
	State      string              `json:"state"`
	Payload    referral.Payload    `json:"payload"`
	RespondBy  time.Time           `json:"respond_by,omitzero"`
	ArrivedAt  time.Time           `json:"arrived_at"`
	AnsweredAt time.Time           `json:"answered_at,omitzero"`
	Expected   string              `json:"expected,omitempty"`
	Reason     string              `json:"reason,omitempty"`
	Suggested  string              `json:"suggested,omitempty"`
	Confirmed  string              `json:"confirmed,omitempty"`
	Engagement referral.Engagement `json:"engagement"`
	TakenBy    string              `json:"taken_by,omitempty"`
	May        []string            `json:"may" doc:"what this person may do with it now"`
	Next       Outlook             `json:"next"`
}

// Answer is what is said to an offer. Which parts are needed depends on the move.
type Answer struct {
	Expected string   `json:"expected,omitempty" doc:"consider: month, 2006-01"`
	Reason   string   `json:"reason,omitempty" doc:"decline, suggest, hold, fail: a code"`
	Other    string   `json:"other,omitempty" doc:"suggest: actor of another member"`
	Step     string   `json:"step,omitempty" doc:"progress: vocabulary service_step"`
	Next     string   `json:"next,omitempty" doc:"progress, hold: date of the next news"`
	Outcomes []string `json:"outcomes,omitempty" doc:"complete: vocabulary outcome_right" maxItems:"40"`
	Month    string   `json:"month,omitempty" doc:"complete: 2006-01"`
}

func (a *API) offers() {
	read := []string{ReadOffers}
	handle(a, op{"GET", "/offers", "list-offers", "What other members ask of this one", read, 0}, func(ctx context.Context, who clinic.Actor, in *struct {
		Over bool `query:"over" doc:"those that have come to an end"`
	}) ([]Offer, error) {
		all, err := a.Offers.Inbox(ctx, who, in.Over)
		out := make([]Offer, 0, len(all))
		for _, v := range all {
			out = append(out, offerOf(v))
		}
		return out, err
	})
	handle(a, op{"GET", "/offers/{id}", "show-offer", "One offer", read, 0}, func(ctx context.Context, who clinic.Actor, in *One) (Offer, error) {
		v, err := a.Offers.Show(ctx, who, in.ID)
		return offerOf(v), err
	})
	for name, m := range map[string]struct {
		summary string
		do      func(ctx context.Context, who clinic.Actor, id string, b Answer) error
	}{
		"consider": {"Think about it until a month", func(ctx context.Context, who clinic.Actor, id string, b Answer) error {
			return a.Answers.Consider(ctx, who, id, b.Expected)
		}},
		"accept": {"Take it", func(ctx context.Context, who clinic.Actor, id string, _ Answer) error {
			return a.Answers.Accept(ctx, who, id)
		}},
		"decline": {"Say no, with a reason", func(ctx context.Context, who clinic.Actor, id string, b Answer) error {
			return a.Answers.Decline(ctx, who, id, b.Reason)
		}},
		"suggest": {"Say no, and name another member", func(ctx context.Context, who clinic.Actor, id string, b Answer) error {
			return a.Answers.Suggest(ctx, who, id, b.Reason, b.Other)
		}},
		"progress": {"Report a step", func(ctx context.Context, who clinic.Actor, id string, b Answer) error {
			return a.Answers.Progress(ctx, who, id, b.Step, b.Next)
		}},
		"hold": {"Put the work on hold", func(ctx context.Context, who clinic.Actor, id string, b Answer) error {
			return a.Answers.Hold(ctx, who, id, b.Reason, b.Next)
		}},
		"complete": {"Report the outcome", func(ctx context.Context, who clinic.Actor, id string, b Answer) error {
			return a.Answers.Complete(ctx, who, id, b.Outcomes, b.Month)
		}},
		"fail": {"Report that it came to nothing", func(ctx context.Context, who clinic.Actor, id string, b Answer) error {
			return a.Answers.Fail(ctx, who, id, b.Reason)
		}},
	} {
		handle(a, op{"POST", "/offers/{id}/" + name, name + "-offer", m.summary, []string{WriteOffers}, 0}, func(ctx context.Context, who clinic.Actor, in *struct {
			One
			Body Answer
		}) (Offer, error) {
			if err := m.do(ctx, who, in.ID, in.Body); err != nil {
				return Offer{}, err
			}
			v, err := a.Offers.Show(ctx, who, in.ID)
			return offerOf(v), err
		})
	}
}

func offerOf(v referral.OfferView) Offer {
	o := v.Offer
	return Offer{ID: o.ID, From: o.Sender, FromName: v.From.Name, State: string(o.State), Payload: o.Payload, RespondBy: o.RespondBy, ArrivedAt: o.ArrivedAt,
		AnsweredAt: o.Answered, Expected: o.Expected, Reason: o.Reason, Suggested: o.Suggested, Confirmed: o.Confirmed, Engagement: o.Engagement,
		TakenBy: o.TakenBy, May: granted(v.May), Next: Outlook(v.Outlook)}
}

// granted lists the acts that a person has, in a fixed order.
func granted(may map[string]bool) []string {
	out := []string{}
	for act, yes := range may {
		if yes {
			out = append(out, act)
		}
	}
	slices.Sort(out)
	return out
}
