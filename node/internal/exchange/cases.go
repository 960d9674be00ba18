package exchange

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/casework"
	"github.com/saphan-network/saphan/node/clinic/consent"
	"github.com/saphan-network/saphan/node/clinic/referral"
)

// CaseFiles is what referrals need of the case files; *casework.Service is one.
type CaseFiles interface {
	Subject(ctx context.Context, actor clinic.Actor, caseID string) (casework.Subject, error)
	Ground(ctx context.Context, caseID, purpose, recipient string) (consent.Ground, error)
	Object(ctx context.Context, actor clinic.Actor, id string) (clinic.Object, error)
	AddEvent(ctx context.Context, caseID, kind string, detail map[string]string) error
	CountLike(ctx context.Context, tuple map[string]string) (int, error)
}

// Cases gives case files to referrals. It implements referral.Cases.
type Cases struct{ CaseFiles }

// NewCases returns the case files as referrals see them.
func NewCases(f CaseFiles) Cases { return Cases{f} }

// Subject returns the facts of a case under the paths of the policy registry.
func (c Cases) Subject(ctx context.Context, actor clinic.Actor, caseID string) (referral.Source, error) {
	s, err := c.CaseFiles.Subject(ctx, actor, caseID)
	if err != nil {
		return referral.Source{}, err
	}
	src := referral.Source{Facts: map[string][]string{}, Openness: s.Openness, Adult: s.Adult, Place: s.ProvinceCode, Issues: s.Issues}
	for path, v := range map[string]string{
		"kind": s.Kind, "birth_date": s.BirthDate, "sex": s.Sex, "status": s.Status, "place": s.ProvinceCode,
		"household": strconv.Itoa(s.Household), "minors": strconv.Itoa(s.Minors),
		"interpreter": s.Interpreter, "guardian_present": s.GuardianPresent,
	} {
		if v != "" {
			src.Facts["referral/subject/"+path] = []string{v}
		}
	}
	for _, h := range s.File {
		src.Held = append(src.Held, referral.Held{Path: h.Path, List: h.Vocabulary, Values: h.Values})
		if strings.HasPrefix(h.Path, "referral/person/") || h.Path == "referral/narrative" {
			src.Refused = append(src.Refused, h.Path)
		}
	}
	return src, nil
}

// Consent says on what ground a case may be shared for a purpose with a recipient now.
func (c Cases) Consent(ctx context.Context, caseID, purpose, recipient string) (referral.Ground, error) {
	g, err := c.Ground(ctx, caseID, purpose, recipient)
	if err != nil {
		return referral.Ground{}, err
	}
	out := referral.Ground{Level: g.Level, Basis: g.Basis, Version: g.Version, ConsentID: g.ConsentID, Why: g.Why}
	if t, err := time.Parse(time.DateOnly, g.ValidUntil); err == nil {
		out.ValidUntil = t
	}
	return out, nil
}

// MemberList is this node's copy of the members list; *mailbox.Store has one.
type MemberList interface {
	Members(ctx context.Context) (federation.Members, error)
	Peers(ctx context.Context) ([]mailbox.Peer, error)
}

// Directory shows the members list to referrals, without this organisation. It
// implements referral.Directory.
type Directory struct {
	list MemberList
	self string
}

// NewDirectory returns the directory of the members other than self (an IRI).
func NewDirectory(list MemberList, self string) *Directory { return &Directory{list, self} }

// Reachable reports whether both are on the list and active.
func (d *Directory) Reachable(ctx context.Context, actor string) (bool, error) {
	list, err := d.list.Members(ctx)
	if err != nil {
		return false, err
	}
	active := 0
	for _, m := range list.Items {
		if (m.Actor == actor || m.Actor == d.self) && m.State == "active" {
			active++
		}
	}
	return active == 2, nil
}

// Members returns the other members that a referral can be about, and behind them
// those that once were, so that what is still open with them has a name.
func (d *Directory) Members(ctx context.Context) ([]referral.Member, error) {
	list, err := d.list.Members(ctx)
	if err != nil {
		return nil, err
	}
	var out []referral.Member
	for _, m := range list.Items {
		if m.Actor == d.self {
			continue
		}
		out = append(out, referral.Member{Actor: m.Actor, Name: m.Name, Tier: m.Tier, Capacity: m.Capacity,
			Active:   m.State == "active" && (m.Tier == "full" || m.Tier == "provisional"),
			Services: slices.Clone(m.Services), Regions: slices.Clone(m.Regions), Languages: slices.Clone(m.Languages)})
	}
	peers, err := d.list.Peers(ctx)
	for _, p := range peers {
		if p.Role == mailbox.RoleFormer && p.Actor != d.self {
			out = append(out, referral.Member{Actor: p.Actor, Name: p.Name, Gone: true})
		}
	}
	return out, err
}
