package network

import (
	"context"
	"time"

	hub "github.com/saphan-network/saphan/hub/network/meeting"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/meeting"
)

// convene has the network hold one meeting, with minutes and tasks that are open, and
// call the next one, for which two members propose items and reply.
func (n *Network) convene(ctx context.Context) error {
	c := &convening{n: n, ctx: ctx, hub: n.Server(hubKey)}
	c.first, c.second = c.as(c.hub, "secretary"), c.as(c.hub, "secretary2")
	if c.err != nil {
		return c.err
	}
	all, err := c.hub.Hub.Meetings.List(ctx, c.first)
	if err != nil || len(all) > 0 {
		return err
	}
	var hosts []string
	for _, s := range n.Members() {
		hosts = append(hosts, s.Actor)
	}
	series, err := c.hub.Hub.Meetings.PutSeries(ctx, c.first, hub.Series{NameTH: "ประชุมเครือข่ายประจำเดือน", NameEN: "Monthly network meeting",
		Rule: hub.Recurrence{Nth: 2, Weekday: time.Friday, Skip: []time.Month{time.April}}, Hour: 9, Minute: 30, Length: 180, Hosts: hosts, Quorum: hub.Half, ProposeDays: 11, RemarkDays: 7})
	if err != nil {
		return err
	}
	c.held(series)
	c.called(series)
	return c.err
}

// convening takes one step after the other, until one fails.
type convening struct {
	n             *Network
	ctx           context.Context
	hub           *Server
	first, second clinic.Actor
	err           error
}

func (c *convening) as(s *Server, login string) clinic.Actor {
	who, err := s.As(c.ctx, login)
	c.must(err)
	return who
}

func (c *convening) must(err error) {
	if c.err == nil {
		c.err = err
	}
}

// step does what f says and has everybody hear of it.
func (c *convening) step(f func() error) {
	if c.err != nil {
		return
	}
	c.must(f())
	if c.err == nil {
		c.must(c.n.Settle(c.ctx))
	}
}

func (c *convening) view(id string) hub.View {
	v, err := c.hub.Hub.Meetings.Show(c.ctx, c.first, id)
	c.must(err)
	return v
}

// propose sends an item from a member's node, as its contact does.
func (c *convening) propose(s *Server, id string, f meeting.Form) {
	who := c.as(s, "network")
	c.step(func() error {
		p, err := s.Node.Meetings.Draft(c.ctx, who, id, f)
		if err != nil {
			return err
		}
		v, err := s.Node.Meetings.Preview(c.ctx, who, p)
		if err != nil {
			return err
		}
		return s.Node.Meetings.Send(c.ctx, who, p, v.Proposal.Sum, true)
	})
}

func (c *convening) reply(s *Server, id string, r meeting.Reply) {
	who := c.as(s, "network")
	c.step(func() error { return s.Node.Meetings.Answer(c.ctx, who, id, r) })
}

// call plans a meeting (at a time, or by the rule) and calls it.
func (c *convening) call(series string, at time.Time, place, note string) (id string) {
	m := c.hub.Hub.Meetings
	c.step(func() (err error) {
		if at.IsZero() {
			id, err = m.Plan(c.ctx, c.first, series)
		} else {
			id, err = m.PlanOn(c.ctx, c.first, series, at)
		}
		return err
	})
	c.step(func() error {
		one := c.view(id).Meeting
		deadline := one.Deadline
		if now := c.hub.Hub.Meetings.Clock(); deadline.Before(now) {
			deadline = one.Start // it is short notice
		}
		return m.Edit(c.ctx, c.first, id, one.Version, hub.Form{Number: one.Number, Start: one.Start, Length: one.Length, Deadline: deadline, Host: one.Host, Place: place,
			Link: "https://meet.example/saphan", Note: note, Chair: "ศรีสุดา ใจกลาง"})
	})
	c.step(func() error { return m.Call(c.ctx, c.first, id, 0) })
	return id
}

// held is a meeting that is over: its minutes were sent, and tasks are open.
func (c *convening) held(series string) {
	if c.err != nil {
		return
	}
	m := c.hub.Hub.Meetings
	id := c.call(series, m.Clock().Add(10*time.Minute).Truncate(time.Minute), "ห้องประชุมคลินิกกฎหมายคนไร้สถานะ เชียงราย (สาธิต)", "ขอวาระแบบไม่ระบุตัว: ไม่มีชื่อ ไม่มีหมู่บ้าน ไม่มีวันเดือนปีที่ชัด")
	for _, d := range []hub.Draft{{Section: hub.FromTheChair, Title: "สิ่งที่สมาชิกพบในเดือนแรกของประกาศใหม่", Minutes: 10}, {Section: hub.ForNotice, Title: "ตัวเลขคำขอส่งต่อระหว่างสมาชิก", Minutes: 10},
		{Section: hub.ForDecision, Title: "แบบบันทึกกรณีสำนักทะเบียนไม่รับคำร้อง", Why: "ใช้แบบเดียวกันทุกองค์กร ไม่มีชื่อคนและไม่มีชื่อเจ้าหน้าที่", Wanted: "decide", Minutes: 30},
		{Section: hub.ForDecision, Title: "อบรมล่ามชุมชน", Wanted: "decide", Minutes: 15}} {
		c.step(func() error { return m.Add(c.ctx, c.first, id, d) })
	}
	c.step(func() error { return m.Publish(c.ctx, c.first, id, 0) })
	for k, s := range c.n.Members() {
		c.reply(s, id, meeting.Reply{State: "coming", Mode: []string{"onsite", "online"}[k%2], Who: "ผู้ประสานงานเครือข่าย"})
	}
	c.step(func() error { return m.Open(c.ctx, c.first, "ศรีสุดา ใจกลาง", id, 0) })
	for _, l := range c.view(id).Lines {
		c.step(func() error { return m.Tick(c.ctx, c.first, id, l.ID, true) })
	}
	said := []struct {
		note string
		r    hub.Resolution
	}{{"อำเภอรับและนัด อำเภอรับแต่ไม่ให้ใบรับ และอำเภอขอเอกสารที่ประกาศไม่ได้เขียน", hub.Resolution{Kind: "noted"}},
		{"รายงานเป็นช่วงจำนวน ไม่แยกรายองค์กร", hub.Resolution{Kind: "noted"}},
		{"เสนอให้ใช้แบบเดียวกัน แปดช่อง ขอให้ตัดช่องวันที่เหลือเพียงเดือน เพราะอำเภอเล็กมีคนไปยื่นไม่กี่คน", hub.Resolution{Kind: "agreed", Text: "เห็นชอบหลักการ ใช้เดือนแทนวันที่ มอบเลขานุการทำแบบ"}}}
	for k, i := range c.view(id).Items {
		if k >= len(said) {
			break // the last one was not reached, and comes again
		}
		c.step(func() error {
			if _, _, err := m.SaveNote(c.ctx, c.first, "ศรีสุดา ใจกลาง", id, i.ID, i.Version, said[k].note); err != nil {
				return err
			}
			return m.Decide(c.ctx, c.first, "ศรีสุดา ใจกลาง", id, i.ID, said[k].r)
		})
	}
	day := func(n int) string { return m.Clock().In(hub.Zone).AddDate(0, 0, n).Format(time.DateOnly) }
	for _, p := range []hub.Promise{{What: "ทำแบบบันทึกแปดช่อง", Due: day(14)}, {What: "ทดลองแบบบันทึกกับอำเภอนำร่องสองแห่ง", Owner: c.n.Servers[1].Actor, Due: day(30)},
		{What: "ส่งกล่องจดหมายตามหน้าที่", Owner: hub.Everybody, Due: day(7)}} {
		c.step(func() error { return m.Act(c.ctx, c.first, id, p) })
	}
	c.step(func() error { return m.Close(c.ctx, c.first, id, 0) })
	c.step(func() error { return m.Circulate(c.ctx, c.second, "ปราณี ใจกลาง", id, 0) })
}

// called is the next one: two members have proposed, and replied.
func (c *convening) called(series string) {
	at := time.Time{}
	if c.err != nil {
		return
	}
	if days := (hub.Recurrence{Nth: 2, Weekday: time.Friday, Skip: []time.Month{time.April}}).Days(c.hub.Hub.Meetings.Clock(), 2); len(days) == 2 && days[0].Sub(c.hub.Hub.Meetings.Clock()) < 14*24*time.Hour {
		at = time.Date(days[1].Year(), days[1].Month(), days[1].Day(), 9, 30, 0, 0, hub.Zone) // the first one is too near for proposals
	}
	id := c.call(series, at, "ที่ตั้งของเจ้าภาพ", "เดือนนี้กันเวลาให้คลินิกกรณี ใครจะยกเรื่องไหน ส่งโครงแบบไม่ระบุตัวมาก่อน")
	members := c.n.Members()
	c.propose(members[0], id, meeting.Form{Title: "เกณฑ์กองทุนตรวจสารพันธุกรรมและค่าเดินทางพยาน", Why: "พยานสูงอายุเดินทางลำบาก ควรมีเพดานต่อครอบครัว", Wanted: "decide", Minutes: 25})
	c.reply(members[0], id, meeting.Reply{State: "coming", Mode: "onsite", Who: "ผู้ประสานงานเครือข่าย"})
	if len(members) > 1 {
		c.propose(members[1], id, meeting.Form{Title: "แผ่นพับสี่ภาษา", Why: "ไทย พม่า กะเหรี่ยง ไทใหญ่ ไม่ใส่แผนที่สำนักงาน", Wanted: "advise", Minutes: 10})
		c.reply(members[1], id, meeting.Reply{State: "maybe", Who: "ทนายประจำศูนย์", Needs: "ขอล่ามภาษาพม่า"})
	}
	for _, p := range c.view(id).Proposals[:min(1, len(c.view(id).Proposals))] {
		c.step(func() error {
			return c.hub.Hub.Meetings.Judge(c.ctx, c.first, id, p.ID, p.Version, hub.Verdict{Fate: hub.Accepted, Section: hub.ForDecision, Minutes: p.Minutes})
		})
	}
}
