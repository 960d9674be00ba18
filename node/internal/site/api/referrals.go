package api

import (
	"context"
	"encoding/json"
	"time"

	"github.com/saphan-network/saphan/federation/vocabulary"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/referral"
)

// Referrals is what is read of the sender's end.
type Referrals interface {
	Show(ctx context.Context, actor clinic.Actor, id string) (referral.View, error)
	Board(ctx context.Context, actor clinic.Actor, caseID string, over bool) ([]referral.View, error)
	Candidates(ctx context.Context, needs []string, province, region string) ([]referral.Match, error)
}

// ReferralMoves is what is done at the sender's end.
type ReferralMoves interface {
	Draft(ctx context.Context, actor clinic.Actor, caseID string, f referral.Form) (string, error)
	Edit(ctx context.Context, actor clinic.Actor, id string, seen int, f referral.Form) error
	Submit(ctx context.Context, actor clinic.Actor, id string) (referral.State, error)
	Approve(ctx context.Context, actor clinic.Actor, id, sha256 string) error
	Return(ctx context.Context, actor clinic.Actor, id, reason string) error
	Withdraw(ctx context.Context, actor clinic.Actor, id, reason string) error
	Close(ctx context.Context, actor clinic.Actor, id, confirmed string) error
}

// Referral is one referral that this member sends.
type Referral struct {
	ID          string              `json:"id"`
	Case        string              `json:"case"`
	State       string              `json:"state"`
	Version     int                 `json:"version" doc:"send it when a draft is edited"`
	Form        referral.Form       `json:"form"`
	Target      string              `json:"target_name,omitempty"`
	May         []string            `json:"may" doc:"what this person may do with it now"`
	DraftedBy   string              `json:"drafted_by"`
	ApprovedBy  string              `json:"approved_by,omitempty"`
	OfferedAt   time.Time           `json:"offered_at,omitzero"`
	AnswerBy    time.Time           `json:"answer_by,omitzero"`
	Reason      string              `json:"reason,omitempty"`
	Suggested   string              `json:"suggested,omitempty"`
	Confirmed   string              `json:"confirmed,omitempty"`
	Engagement  referral.Engagement `json:"engagement"`
	Next        Outlook             `json:"next"`
	ChangedAt   time.Time           `json:"changed_at"`
	Preview     *Preview            `json:"preview,omitempty" doc:"only of a single referral"`
	StillToSend string              `json:"delivery,omitempty" doc:"waiting, sent, failed, dropped"`
}

// Preview is what the gate says would leave: the fields, and the exact bytes.
type Preview struct {
	Allowed bool             `json:"allowed"`
	Changed bool             `json:"changed" doc:"no longer what was submitted"`
	Policy  string           `json:"policy,omitempty"`
	SHA256  string           `json:"sha256,omitempty" doc:"send it with the approval"`
	K       int              `json:"k"`
	Why     string           `json:"why,omitempty"`
	Remedy  string           `json:"remedy,omitempty"`
	Fields  []referral.Field `json:"fields"`
	Body    json.RawMessage  `json:"body,omitempty" doc:"the offer as it would leave, byte for byte"`
}

// Outlook is who acts next.
type Outlook struct {
	Who     string    `json:"who"`
	By      time.Time `json:"by,omitzero"`
	Late    bool      `json:"late"`
	Silence string    `json:"silence,omitempty" doc:"what happens if nobody acts"`
}

// Match is a member that may help, with the reasons.
type Match struct {
	Actor    string   `json:"actor"`
	Name     string   `json:"name"`
	Covers   []string `json:"covers"`
	Lacks    []string `json:"lacks"`
	Area     string   `json:"area"`
	Capacity string   `json:"capacity,omitempty"`
	Problem  string   `json:"problem,omitempty"`
}

func (a *API) referrals() {
	read, write := []string{ReadReferrals}, []string{WriteReferrals}
	handle(a, op{"GET", "/referrals", "list-referrals", "Referrals that this member sends", read, 0}, func(ctx context.Context, who clinic.Actor, in *struct {
		Case string `query:"case" doc:"of this case only" maxLength:"60"`
		Over bool   `query:"over" doc:"those that have come to an end"`
	}) ([]Referral, error) {
		all, err := a.Referrals.Board(ctx, who, in.Case, in.Over)
		out := make([]Referral, 0, len(all))
		for _, v := range all {
			out = append(out, referralOf(v, false))
		}
		return out, err
	})
	handle(a, op{"GET", "/referrals/{id}", "show-referral", "One referral, with what would leave", read, 0}, func(ctx context.Context, who clinic.Actor, in *One) (Referral, error) {
		return a.referral(ctx, who, in.ID)
	})
	handle(a, op{"POST", "/cases/{id}/referrals", "draft-referral", "Draft a referral of the case's main client; nothing leaves", write, 201}, func(ctx context.Context, who clinic.Actor, in *struct {
		One
		Body referral.Form
	}) (Referral, error) {
		id, err := a.Moves.Draft(ctx, who, in.ID, in.Body)
		if err != nil {
			return Referral{}, err
		}
		return a.referral(ctx, who, id)
	})
	handle(a, op{"PUT", "/referrals/{id}", "edit-referral", "Change a draft", write, 0}, func(ctx context.Context, who clinic.Actor, in *struct {
		One
		Body struct {
			Version int           `json:"version"`
			Form    referral.Form `json:"form"`
		}
	}) (Referral, error) {
		if err := a.Moves.Edit(ctx, who, in.ID, in.Body.Version, in.Body.Form); err != nil {
			return Referral{}, err
		}
		return a.referral(ctx, who, in.ID)
	})
	handle(a, op{"POST", "/referrals/{id}/submit", "submit-referral", "Ask a second person to approve exactly what would leave", write, 0}, func(ctx context.Context, who clinic.Actor, in *One) (Referral, error) {
		if _, err := a.Moves.Submit(ctx, who, in.ID); err != nil {
			return Referral{}, err
		}
		return a.referral(ctx, who, in.ID)
	})
	handle(a, op{"POST", "/referrals/{id}/approve", "approve-referral", "Approve these bytes and no others; they leave", write, 0}, func(ctx context.Context, who clinic.Actor, in *struct {
		One
		Body struct {
			SHA256 string `json:"sha256" minLength:"64" maxLength:"64"`
		}
	}) (Referral, error) {
		if err := a.Moves.Approve(ctx, who, in.ID, in.Body.SHA256); err != nil {
			return Referral{}, err
		}
		return a.referral(ctx, who, in.ID)
	})
	a.reasoned("/referrals/{id}/return", "return-referral", "Give it back to its drafter", a.Moves.Return)
	a.reasoned("/referrals/{id}/withdraw", "withdraw-referral", "Take the offer back", a.Moves.Withdraw)
	a.closing()
	a.candidates()
}

// reasoned is a move with a reason from a list.
func (a *API) reasoned(path, id, summary string, move func(ctx context.Context, actor clinic.Actor, id, reason string) error) {
	handle(a, op{"POST", path, id, summary, []string{WriteReferrals}, 0}, func(ctx context.Context, who clinic.Actor, in *struct {
		One
		Body struct {
			Reason string `json:"reason" maxLength:"60"`
		}
	}) (Referral, error) {
		if err := move(ctx, who, in.ID, in.Body.Reason); err != nil {
			return Referral{}, err
		}
		return a.referral(ctx, who, in.ID)
	})
}

func (a *API) closing() {
	handle(a, op{"POST", "/referrals/{id}/close", "close-referral", "Close it with what the client says", []string{WriteReferrals}, 0}, func(ctx context.Context, who clinic.Actor, in *struct {
		One
		Body struct {
			Confirmed string `json:"confirmed" enum:"yes,no,unreachable"`
		}
	}) (Referral, error) {
		if err := a.Moves.Close(ctx, who, in.ID, in.Body.Confirmed); err != nil {
			return Referral{}, err
		}
		return a.referral(ctx, who, in.ID)
	})
}

func (a *API) candidates() {
	handle(a, op{"GET", "/referrals/candidates", "find-members", "Members that may help, best first; matched here, nobody is asked", []string{ReadReferrals, ReadNetwork}, 0},
		func(ctx context.Context, _ clinic.Actor, in *struct {
			Needs    []string `query:"needs,explode" doc:"vocabulary service_type" maxItems:"40"`
			Province string   `query:"province" maxLength:"10"`
		}) ([]Match, error) {
			all, err := a.Referrals.Candidates(ctx, in.Needs, in.Province, vocabulary.Parent("province", in.Province))
			out := make([]Match, 0, len(all))
			for _, m := range all {
				out = append(out, Match{Actor: m.Member.Actor, Name: m.Member.Name, Covers: m.Covers, Lacks: m.Lacks, Area: m.Area, Capacity: m.Member.Capacity, Problem: m.Problem})
			}
			return out, err
		})
}

func (a *API) referral(ctx context.Context, who clinic.Actor, id string) (Referral, error) {
	v, err := a.Referrals.Show(ctx, who, id)
	if err != nil {
		return Referral{}, err
	}
	return referralOf(v, true), nil
}

func referralOf(v referral.View, whole bool) Referral {
	r := v.Referral
	out := Referral{ID: r.ID, Case: r.CaseID, State: string(r.State), Version: r.Version, Form: r.Form, Target: v.Target.Name, May: granted(v.May), DraftedBy: r.DraftedBy,
		ApprovedBy: r.Approved, OfferedAt: r.OfferedAt, AnswerBy: r.AnswerBy, Reason: r.Reason, Suggested: r.Suggested, Confirmed: r.Confirmed, Engagement: r.Engagement,
		Next: Outlook(v.Outlook), ChangedAt: r.Changed, StillToSend: v.Delivery.State}
	if whole {
		p := v.Fresh
		out.Preview = &Preview{Allowed: p.Allowed, Changed: v.Changed, Policy: p.Policy, SHA256: p.SHA256, K: p.K, Why: p.Why, Remedy: p.Remedy, Fields: p.Fields, Body: p.Body}
		if out.Preview.Fields == nil {
			out.Preview.Fields = []referral.Field{}
		}
	}
	return out
}
