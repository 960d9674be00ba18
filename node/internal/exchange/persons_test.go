package exchange_test

import (
	"strings"
	"testing"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic/casework"
	"github.com/saphan-network/saphan/node/clinic/consent"
	"github.com/saphan-network/saphan/node/clinic/referral"
)

// edit changes one person of a case.
func (n *clinicNode) edit(caseID string, place int, change func(*casework.Person)) {
	n.t.Helper()
	c := must(n.cases.Reveal(n.t.Context(), ying, caseID))
	p := c.Persons[place]
	change(&p)
	must(n.cases.EditPerson(n.t.Context(), ying, caseID, c.Version, p))
}

// twin is another case with somebody like the client of the last one.
func (n *clinicNode) twin(caseID string) string {
	n.t.Helper()
	for _, it := range must(n.cases.List(n.t.Context(), ying, casework.Filter{Size: 100})).Items {
		if it.ID == caseID {
			continue
		}
		// Earlier rounds have changed some of them: those are no twins any more.
		if a, b := must(n.cases.Reveal(n.t.Context(), ying, it.ID)).Client(), must(n.cases.Reveal(n.t.Context(), ying, caseID)).Client(); a.Birth == b.Birth &&
			a.Sex == b.Sex && a.Status == b.Status {
			return it.ID
		}
	}
	n.t.Fatal("there is no other case")
	return ""
}

// A person who was changed between the look and the yes stops the offer, where
// anything that leaves, how many share it, or whose consent it needs has changed.
func TestApprovalAfterAPersonHasChanged(t *testing.T) {
	const changed, blocked = "referrals.error.preview_changed", "referrals.error.now_blocked"
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		n, s := w.north, w.north.sender
		for _, c := range []struct {
			name, key string
			change    func(caseID string)
		}{
			{"the birth", changed, func(id string) { n.edit(id, 0, func(p *casework.Person) { p.Birth = "1960" }) }},
			{"the sex", changed, func(id string) { n.edit(id, 0, func(p *casework.Person) { p.Sex = "male" }) }},
			{"the status", changed, func(id string) { n.edit(id, 0, func(p *casework.Person) { p.Status = "thai_national" }) }},
			{"the client", changed, func(id string) { n.edit(id, 1, func(p *casework.Person) { p.Role = casework.RoleClient }) }},
			{"who lives there", changed, func(id string) {
				c := must(n.cases.Show(ctx, ying, id))
				must(n.cases.RemovePerson(ctx, ying, id, c.Version, c.Persons[1].ID))
			}},
			{"somebody new", blocked, func(id string) {
				c := must(n.cases.Show(ctx, ying, id))
				must(n.cases.AddPerson(ctx, ying, id, c.Version, casework.Person{Given: "จะอือ", Birth: "1961"}))
			}},
			{"how many are like them", changed, func(id string) {
				n.edit(n.twin(id), 0, func(p *casework.Person) { p.Birth, p.Sex = "1955", "male" })
			}},
			{"what does not leave", "", func(id string) {
				n.edit(id, 0, func(p *casework.Person) {
					p.Phone, p.Village, p.Given = "080-000-4455", "บ้านอื่น", "นาเเฮ"
				})
			}},
		} {
			caseID := n.file(consent.LevelSpecial)
			id := must(s.Draft(ctx, dao, caseID, w.form(w.labour)))
			must(s.Submit(ctx, dao, id))
			seen := must(s.Show(ctx, ying, id)).Fresh.SHA256
			c.change(caseID)
			v := must(s.Show(ctx, ying, id))
			if v.Changed != (c.key != "") {
				t.Errorf("%s has changed, and the page says %v", c.name, v.Changed)
			}
			err := s.Approve(ctx, ying, id, seen)
			if c.key == "" {
				w.ok(c.name, err)
				continue
			}
			if fault.As(err).Key != c.key {
				t.Errorf("%s has changed: %v, want %s", c.name, err, c.key)
			}
			if _, err := n.mail.Item(ctx, w.sent(id).Envelope.Activity); !fault.Is(err, fault.NotFound) {
				t.Fatalf("%s has changed: something was filed: %v", c.name, err)
			}
			if st := w.sent(id).State; (st == referral.StateBlocked) != (c.key == blocked) {
				t.Errorf("%s has changed: the referral is %s", c.name, st)
			}
		}
	})
}

// The preview of an open draft is live: it shows the corrected person at once,
// and nothing of who they are.
func TestDraftSeesTheCorrectedPerson(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		n, s := w.north, w.north.sender
		caseID := n.file(consent.LevelSpecial)
		id := must(s.Draft(ctx, dao, caseID, w.form(w.labour)))
		band := func() (leaves, held string) {
			v := must(s.Show(ctx, dao, id))
			for _, f := range v.Fresh.Fields {
				if f.Path == "referral/subject/birth_date" {
					leaves = strings.Join(f.Values, ",")
				}
			}
			for _, h := range v.Held {
				if h.Path == "referral/subject/birth_date" {
					held = strings.Join(h.Values, ",")
				}
				if text := strings.Join(h.Values, " "); strings.Contains(text, "สมมุติ") || strings.Contains(text, "080-000") {
					t.Error("the panel tells who it is")
				}
			}
			return leaves, held
		}
		before, _ := band()
		n.edit(caseID, 0, func(p *casework.Person) { p.Birth, p.Given, p.Phone = "2007-02", "สมมุติ", "080-000-4455" })
		if after, held := band(); before == after || held != "2007-02" {
			t.Errorf("before %q, after %q, the file %q", before, after, held)
		}
	})
}
