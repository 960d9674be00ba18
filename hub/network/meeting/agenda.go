package meeting

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
)

// open are the states in which an agenda is made.
var open = []State{Planned, Called, Published}

// Proposed takes a member's proposal for the meeting whose agenda is named. One that
// comes too late waits for the next meeting, and who proposed it is told so at once.
func (s *Service) Proposed(ctx context.Context, agenda string, i Item) error {
	all, err := s.d.Calendar.Meetings(ctx)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(all, func(m Meeting) bool { return m.Agenda == agenda && m.State.Told() })
	from, err := s.member(ctx, i.Proposer)
	if err != nil || at < 0 {
		return fault.Missing()
	}
	m := all[at]
	i.ID, i.Meeting, i.ProposerName, i.Offered, i.Fate = s.d.NewID(), m.ID, from.Name, s.d.Now(), Fresh
	if i.Section = ForDecision; i.Wanted == "note" {
		i.Section = ForNotice
	}
	i.Late = s.d.Now().After(m.Deadline) || !m.State.Upcoming()
	if i.Late {
		i.Fate, i.Reason = Deferred, LateReason
	}
	if err := s.d.Table.PutItem(ctx, &i); err != nil || !i.Late {
		return err
	}
	return s.d.Wire.Fate(ctx, m, i)
}

// LateReason is what a member is told whose proposal came after the deadline.
const LateReason = "มาถึงหลังปิดรับวาระ จะนำเข้าการประชุมครั้งถัดไป"

// Verdict is what the secretariat makes of a proposal.
type Verdict struct {
	Fate    Fate
	Section string
	Minutes int
	Reason  string
	Into    string // of a merged one: the item of which it becomes a part
}

// Judge decides on a proposal and tells who made it. A verdict can be changed until
// the meeting begins.
func (s *Service) Judge(ctx context.Context, who clinic.Actor, id, item string, version int64, v Verdict) error {
	return s.onItem(ctx, who, "judge", id, item, version, open, func(ctx context.Context, m *Meeting, i *Item) error {
		if i.Offer == "" {
			return illegal()
		}
		w := newWrongs()
		w.line("reason", v.Reason, v.Fate == Deferred || v.Fate == Returned)
		w.add(v.Fate == Accepted && !slices.Contains(Sections(), v.Section), "section", "error.meetings.needed")
		w.add(v.Fate == Accepted && (v.Minutes < 1 || v.Minutes > 240), "minutes", "error.meetings.minutes")
		w.add(!slices.Contains([]Fate{Accepted, Merged, Deferred, Returned}, v.Fate), "fate", "error.meetings.needed")
		if v.Fate == Merged {
			into, err := s.d.Table.Item(ctx, v.Into)
			w.add(err != nil || into.Meeting != m.ID || !into.On() || into.ID == i.ID, "into", "error.meetings.into")
		}
		if err := w.err(); err != nil {
			return err
		}
		i.Fate, i.Reason, i.Into, i.Position = v.Fate, v.Reason, v.Into, 0
		if v.Fate == Accepted {
			i.Section, i.Minutes, i.Into = v.Section, v.Minutes, ""
			if err := s.last(ctx, m.ID, i); err != nil {
				return err
			}
		}
		return s.d.Wire.Fate(ctx, *m, *i)
	})
}

// last puts an item behind all others of its section.
func (s *Service) last(ctx context.Context, meeting string, i *Item) error {
	all, err := s.d.Table.Items(ctx, meeting)
	if err != nil {
		return err
	}
	i.Position = 1
	for _, other := range all {
		if other.Section == i.Section && other.ID != i.ID {
			i.Position = max(i.Position, other.Position+1)
		}
	}
	return nil
}

// onItem changes one item of a meeting. The agenda that members have is no longer
// the one that stands here.
func (s *Service) onItem(ctx context.Context, who clinic.Actor, act, id, item string, version int64, in []State, f func(ctx context.Context, m *Meeting, i *Item) error) error {
	return s.change(ctx, who, act, id, 0, in, func(ctx context.Context, m *Meeting) error {
		i, err := s.d.Table.Item(ctx, item)
		if err != nil {
			return err
		}
		if i.Meeting != m.ID {
			return fault.Missing()
		}
		if version != 0 && version != i.Version {
			return stale()
		}
		if err := f(ctx, m, &i); err != nil {
			return err
		}
		m.AgendaStale = m.AgendaStale || m.State == Published
		return s.d.Table.PutItem(ctx, &i)
	})
}

// Draft is what the secretariat writes of an item.
type Draft struct {
	Section, Title, Why, Wanted string
	Minutes                     int
	Closed                      bool
}

func (d Draft) check() error {
	w := newWrongs()
	w.line("title", d.Title, true)
	w.text("why", d.Why)
	w.add(!slices.Contains(Sections(), d.Section), "section", "error.meetings.needed")
	w.add(d.Minutes < 1 || d.Minutes > 240, "minutes", "error.meetings.minutes")
	return w.err()
}

// Add puts an item of the secretariat's own on the agenda.
func (s *Service) Add(ctx context.Context, who clinic.Actor, id string, d Draft) error {
	return s.change(ctx, who, "add", id, 0, append(slices.Clone(open), InSession), func(ctx context.Context, m *Meeting) error {
		if err := d.check(); err != nil {
			return err
		}
		i := Item{ID: s.d.NewID(), Meeting: m.ID, Section: d.Section, Title: d.Title, Why: d.Why, Wanted: d.Wanted, Minutes: d.Minutes, Closed: d.Closed}
		if err := s.last(ctx, m.ID, &i); err != nil {
			return err
		}
		m.AgendaStale = m.AgendaStale || m.State == Published
		return s.d.Table.PutItem(ctx, &i)
	})
}

// Change rewrites an item.
func (s *Service) Change(ctx context.Context, who clinic.Actor, id, item string, version int64, d Draft) error {
	return s.onItem(ctx, who, "change", id, item, version, open, func(ctx context.Context, m *Meeting, i *Item) error {
		if err := d.check(); err != nil {
			return err
		}
		moved := i.Section != d.Section
		i.Section, i.Title, i.Why, i.Wanted, i.Minutes, i.Closed = d.Section, d.Title, d.Why, d.Wanted, d.Minutes, d.Closed
		if moved && i.On() {
			return s.last(ctx, m.ID, i)
		}
		return nil
	})
}

// Remove takes an item of the secretariat's own off the agenda. What follows up an
// action, or was carried over, cannot be lost in this way.
func (s *Service) Remove(ctx context.Context, who clinic.Actor, id, item string) error {
	return s.onItem(ctx, who, "remove", id, item, 0, open, func(_ context.Context, _ *Meeting, i *Item) error {
		if i.Offer != "" || i.Action != "" || i.Adopts != "" || i.Carried != "" {
			return fault.New(fault.Conflict, "error.meetings.kept")
		}
		i.Position = 0
		i.Fate = Returned
		return nil
	})
}

// Shift moves an item one place up or down within its section.
func (s *Service) Shift(ctx context.Context, who clinic.Actor, id, item string, up bool) error {
	return s.onItem(ctx, who, "order", id, item, 0, open, func(ctx context.Context, m *Meeting, i *Item) error {
		all, err := s.d.Table.Items(ctx, m.ID)
		if err != nil {
			return err
		}
		all = slices.DeleteFunc(all, func(o Item) bool { return !o.On() || o.Section != i.Section })
		at := slices.IndexFunc(all, func(o Item) bool { return o.ID == i.ID })
		to := at + 1
		if up {
			to = at - 1
		}
		if at < 0 || to < 0 || to >= len(all) {
			return nil // it stands at the end already
		}
		other := all[to]
		other.Position, i.Position = i.Position, other.Position
		return s.d.Table.PutItem(ctx, &other)
	})
}

// Publish sends the agenda to all members.
func (s *Service) Publish(ctx context.Context, who clinic.Actor, id string, version int64) error {
	return s.change(ctx, who, "publish", id, version, []State{Called, Published}, func(ctx context.Context, m *Meeting) error {
		if err := s.fill(ctx, *m); err != nil {
			return err
		}
		items, err := s.d.Table.Items(ctx, m.ID)
		if err != nil {
			return err
		}
		items = OnAgenda(items)
		if len(items) == 0 {
			return fault.New(fault.Invalid, "error.meetings.empty")
		}
		members, err := s.d.Members.Members(ctx)
		if err != nil {
			return err
		}
		m.State, m.AgendaStale = Published, false
		m.AgendaRevision++
		return s.d.Wire.Publish(ctx, *m, items, members)
	})
}

// OnAgenda are the items that stand on the agenda, in its order.
func OnAgenda(all []Item) []Item {
	var out []Item
	for _, i := range all {
		if i.On() {
			out = append(out, i)
		}
	}
	slices.SortStableFunc(out, func(a, b Item) int {
		return cmp.Or(cmp.Compare(a.Section, b.Section), cmp.Compare(a.Position, b.Position))
	})
	return out
}

// Numbers are the numbers of an agenda's items: 5.1 is the first of the fifth section.
func Numbers(on []Item) []string {
	out, nth, section := make([]string, len(on)), 0, ""
	for k, i := range on {
		if i.Section != section {
			nth, section = 0, i.Section
		}
		nth++
		out[k] = i.Section + "." + strconv.Itoa(nth)
	}
	return out
}

// fill puts on the agenda what must not be forgotten: the minutes that are not adopted
// yet, every open action, and every topic that was deferred or not reached. Each only
// once.
func (s *Service) fill(ctx context.Context, m Meeting) error {
	all, err := s.d.Calendar.Meetings(ctx)
	if err != nil {
		return err
	}
	items, err := s.d.Table.Items(ctx, "")
	if err != nil {
		return err
	}
	dead := map[string]bool{} // meetings that were called off: what they had on is not dealt with
	before := map[string]Meeting{}
	for _, one := range all {
		dead[one.ID] = one.State == Cancelled
		if one.Series == m.Series && one.ID != m.ID && one.Start.Before(m.Start) {
			before[one.ID] = one
		}
	}
	here, carried := map[string]bool{}, map[string]bool{}
	for _, i := range items {
		if i.Meeting == m.ID {
			here[i.Adopts], here[i.Action] = true, true
		}
		carried[i.Carried] = carried[i.Carried] || !dead[i.Meeting]
	}
	var add []Item
	for _, one := range slices.Backward(all) { // the earliest first
		if _, is := before[one.ID]; is && (one.State == Held || one.State == Circulated) && !here[one.ID] {
			add = append(add, Item{Section: LastMinutes, Title: "รายงานการประชุม ครั้งที่ " + one.Label(), Minutes: 5, Adopts: one.ID})
		}
	}
	actions, err := s.d.Table.Actions(ctx)
	if err != nil {
		return err
	}
	for _, a := range actions {
		if _, is := before[a.Meeting]; is && a.Open() && !here[a.ID] {
			add = append(add, Item{Section: Arising, Title: a.Code + " " + short(a.What), Minutes: 3, Action: a.ID})
		}
	}
	for _, i := range items {
		if from, is := before[i.Meeting]; is && !carried[i.ID] && i.lost(from) {
			next := Item{Section: i.Section, Title: i.Title, Why: i.Why, Wanted: i.Wanted, Minutes: i.Minutes, Closed: i.Closed, Carried: i.ID,
				Proposer: i.Proposer, ProposerName: i.ProposerName, Offer: i.Offer, Offered: i.Offered}
			if next.Fate = Accepted; i.Offer != "" && i.Fate != Accepted {
				next.Fate = Fresh // it is looked at again
			}
			if i.Offer == "" {
				next.Fate = ""
			}
			if next.Minutes < 1 {
				next.Minutes = 10
			}
			add = append(add, next)
		}
	}
	for _, i := range add {
		i.ID, i.Meeting = s.d.NewID(), m.ID
		if i.Fate != Fresh {
			if err := s.last(ctx, m.ID, &i); err != nil {
				return err
			}
		}
		if err := s.d.Table.PutItem(ctx, &i); err != nil {
			return err
		}
	}
	return nil
}

// lost reports whether an item of a former meeting was not dealt with there.
func (i Item) lost(from Meeting) bool {
	if i.Adopts != "" || i.Action != "" {
		return false // these come again by themselves
	}
	if i.Fate == Deferred || i.Fate == Fresh {
		return !from.State.Upcoming()
	}
	if !i.On() {
		return false
	}
	return from.State == Cancelled || from.State != InSession && !from.State.Upcoming() && (i.Decision.Kind == "deferred" || !i.Seen && i.Decision.Kind == "")
}

func short(s string) string {
	r := []rune(strings.Join(strings.Fields(s), " "))
	if len(r) > 120 {
		return string(r[:119]) + "…"
	}
	return string(r)
}
