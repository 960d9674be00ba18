package network_test

import (
	"context"
	"strings"
	"testing"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/opaque"
	hub "github.com/saphan-network/saphan/hub/network/meeting"
	"github.com/saphan-network/saphan/node/clinic/meeting"
)

// TestMeetingsGoneWrong: what is late, foreign, doubled, moved, broken or too large is
// answered clearly, and nothing that was written is lost.
func TestMeetingsGoneWrong(t *testing.T) {
	o := newOffice(t, "sqlite", "2025-06-24 10:00")
	defer stop(t, o.Network)
	ctx, m := t.Context(), o.hub.Hub.Meetings
	series := o.series()
	id := o.call(series, "ห้องประชุม", 7)
	o.reply(0, id, "coming", "onsite")

	t.Run("a person in a proposal", func(t *testing.T) { o.unwritten(t, id) })
	t.Run("a reply from a non-member", func(t *testing.T) {
		for _, org := range []string{"https://evil.example/ap/org", ""} {
			if err := m.Replied(ctx, hub.Reply{Meeting: id, Org: org, State: "coming", Sequence: 1}); !fault.Is(err, fault.NotFound) {
				t.Errorf("%q: %v", org, err)
			}
		}
		if n := len(o.at(id).Replies); n != 1 {
			t.Errorf("%d replies", n)
		}
	})
	t.Run("replies that overtake each other", func(t *testing.T) {
		org := o.nodes[1].Actor
		for _, r := range []hub.Reply{{Meeting: id, Org: org, State: "absent", Sequence: 9}, {Meeting: id, Org: org, State: "coming", Sequence: 8}} {
			if err := o.hub.Hub.Within(ctx, func(ctx context.Context) error { return m.Replied(ctx, r) }); err != nil {
				t.Fatal(err)
			}
		}
		for _, r := range o.at(id).Replies {
			if r.Org == org && r.State != "absent" {
				t.Errorf("the earlier reply stands: %+v", r)
			}
		}
	})
	t.Run("two secretaries", func(t *testing.T) {
		one := o.at(id).Meeting
		f := hub.Form{Number: one.Number, Start: one.Start, Length: one.Length, Deadline: one.Deadline, Place: "ห้องใหม่"}
		o.ok(m.Edit(ctx, o.first, id, one.Version, f))
		f.Place = "ห้องอื่น"
		if err := m.Edit(ctx, o.check, id, one.Version, f); !fault.Is(err, fault.Conflict) || o.at(id).Meeting.Place != "ห้องใหม่" {
			t.Errorf("the second one has won: %v", err)
		}
	})
	t.Run("moved after replies", func(t *testing.T) {
		one := o.at(id).Meeting
		o.ok(m.Edit(ctx, o.first, id, one.Version, hub.Form{Number: one.Number, Start: one.Start.AddDate(0, 0, 7), Length: one.Length, Deadline: one.Deadline, Place: one.Place}))
		o.settle()
		v := o.seen(0, id)
		if v.Start.Equal(one.Start) || !v.Reply.Old || v.Reply.State != "coming" || v.Place != "ห้องใหม่" {
			t.Errorf("the member sees %+v", v.Meeting)
		}
		o.reply(0, id, "maybe", "")
		if v := o.seen(0, id); v.Reply.Old || v.Place != "" {
			t.Errorf("after a new reply: %+v", v.Meeting)
		}
	})
	t.Run("after the deadline", func(t *testing.T) { o.tooLate(t, id) })
	t.Run("two note-takers", func(t *testing.T) { o.twoNoteTakers(t, id) })
}

// unwritten tries what must not be written into a proposal.
func (o *office) unwritten(t *testing.T, id string) {
	who, m := o.as(o.nodes[0], "network"), o.nodes[0].Node.Meetings
	for what, f := range map[string]meeting.Form{
		"a name":                {Title: "เรื่องของนางสาวสมมุติ ใจสาธิต", Wanted: "note", Minutes: 5},
		"an identity number":    {Title: "คำร้อง", Why: "เลข 0-0000-00000-00-0", Wanted: "note", Minutes: 5},
		"broken characters":     {Title: "ประชุม\xff\xfe", Wanted: "note", Minutes: 5},
		"a replacement":         {Title: "ประชุม\uFFFD", Wanted: "note", Minutes: 5},
		"far too much":          {Title: "ประชุม", Why: strings.Repeat("ก", 50_000), Wanted: "note", Minutes: 5},
		"a title of two lines":  {Title: "ประชุม\nอีกบรรทัด", Wanted: "note", Minutes: 5},
		"nothing":               {Wanted: "note", Minutes: 5},
		"a wish that is none":   {Title: "ประชุม", Wanted: "all", Minutes: 5},
		"no time, or all of it": {Title: "ประชุม", Wanted: "note", Minutes: 0},
		"more than two hours":   {Title: "ประชุม", Wanted: "note", Minutes: 121},
	} {
		if _, err := m.Draft(t.Context(), who, id, f); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
	// marks that stand alone or twice are odd Thai, and no danger: they arrive as they were written
	p := o.propose(0, id, "เกณฑ์ กองทุ่่น ํา", "note", 5)
	if got := o.at(id).Proposals; len(got) != 1 || got[0].Title != "เกณฑ์ กองทุ่่น ํา" {
		t.Errorf("the hub has %+v", got)
	}
	if err := m.Send(t.Context(), who, p, "", true); !fault.Is(err, fault.Conflict) {
		t.Errorf("sent twice: %v", err)
	}
	// what was seen is what leaves: another message takes the number meanwhile, and it is shown again
	d, err := m.Draft(t.Context(), who, id, meeting.Form{Title: "แผ่นพับสี่ภาษา", Wanted: "advise", Minutes: 10})
	o.ok(err)
	v, err := m.Preview(t.Context(), who, d)
	o.ok(err)
	o.reply(0, id, "coming", "onsite")
	if err := m.Send(t.Context(), who, d, v.Proposal.Sum, true); err != meeting.ErrRedrawn {
		t.Errorf("other bytes than were shown: %v", err)
	}
	again, err := m.Preview(t.Context(), who, d)
	o.ok(err)
	if again.Proposal.Sum == v.Proposal.Sum || again.Proposal.Offer != "" {
		t.Error("it was not shown again")
	}
	o.ok(m.Send(t.Context(), who, d, again.Proposal.Sum, true))
	o.settle()
}

// tooLate proposes when nothing is taken any more: on the page, and past the page.
func (o *office) tooLate(t *testing.T, id string) {
	o.to("2025-07-02 10:00")
	who, n := o.as(o.nodes[2], "network"), o.nodes[2]
	if _, err := n.Node.Meetings.Draft(t.Context(), who, id, meeting.Form{Title: "ค่าเดินทางพยาน", Wanted: "advise", Minutes: 10}); !fault.Is(err, fault.Conflict) || fault.As(err).Key != "error.meetings.late" {
		t.Errorf("the page takes it: %v", err)
	}
	v := o.seen(2, id)
	err := o.hub.Hub.Within(t.Context(), func(ctx context.Context) error {
		return o.hub.Hub.Meetings.Proposed(ctx, v.Agenda[strings.LastIndex(v.Agenda, "/")+1:], hub.Item{Title: "ค่าเดินทางพยาน", Wanted: "advise", Minutes: 10, Proposer: n.Actor, Offer: n.URL + "/ap/act/" + opaque.ID()})
	})
	o.ok(err)
	o.settle()
	for _, p := range o.at(id).Proposals {
		if p.Title == "ค่าเดินทางพยาน" && p.Late && p.Fate == hub.Deferred && p.Reason == hub.LateReason {
			return
		}
	}
	t.Errorf("the late proposal is not kept: %+v", o.at(id).Proposals)
}

// twoNoteTakers write on one item at once: both texts are kept until a person makes
// one of them.
func (o *office) twoNoteTakers(t *testing.T, id string) {
	ctx, m := t.Context(), o.hub.Hub.Meetings
	o.ok(m.Add(ctx, o.first, id, hub.Draft{Section: hub.ForDecision, Title: "แบบบันทึก", Minutes: 10}))
	o.ok(m.Open(ctx, o.first, "กิ่ง", id, 0))
	i := o.item(id, "แบบบันทึก")
	one, clash, err := m.SaveNote(ctx, o.first, "กิ่ง", id, i.ID, i.Version, "แปดช่อง")
	if err != nil || clash != nil {
		t.Fatal(clash, err)
	}
	_, clash, err = m.SaveNote(ctx, o.check, "วรดา", id, i.ID, i.Version, "เก้าช่อง")
	if err != nil || clash == nil || clash.Stands != "แปดช่อง" || clash.By != "กิ่ง" || clash.Version != one {
		t.Fatalf("%+v %v", clash, err)
	}
	if v := o.at(id); o.item(id, "แบบบันทึก").Note != "แปดช่อง" || len(v.Drafts) != 1 || v.Drafts[0].Text != "เก้าช่อง" || v.Drafts[0].Name != "วรดา" {
		t.Errorf("kept: %+v", v.Drafts)
	}
	if clash, err = m.Settle(ctx, o.check, "วรดา", id, i.ID, one, "แปดช่อง ไม่ใช่เก้า"); err != nil || clash != nil {
		t.Fatal(clash, err)
	}
	if v := o.at(id); o.item(id, "แบบบันทึก").Note != "แปดช่อง ไม่ใช่เก้า" || v.Drafts[0].Text != "" {
		t.Errorf("settled: %+v", v.Drafts)
	}
	if _, _, err := m.SaveNote(ctx, o.first, "กิ่ง", id, i.ID, 99, strings.Repeat("ก", 5000)); !fault.Is(err, fault.Invalid) {
		t.Errorf("a note of 5,000 characters: %v", err)
	}
	if _, _, err := m.SaveNote(ctx, o.first, "กิ่ง", id, opaque.ID(), 1, "x"); !fault.Is(err, fault.NotFound) {
		t.Errorf("a note on nothing: %v", err)
	}
}
