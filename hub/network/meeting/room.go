package meeting

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
)

// written are the states in which notes are taken and mended.
var written = []State{InSession, Held, Circulated}

// Open begins a meeting. Who has said to come is put down, to be ticked at the door.
func (s *Service) Open(ctx context.Context, who clinic.Actor, name, id string, version int64) error {
	return s.change(ctx, who, "open", id, version, []State{Called, Published}, func(ctx context.Context, m *Meeting) error {
		members, err := s.d.Members.Members(ctx)
		if err != nil {
			return err
		}
		replies, err := s.d.Book.Replies(ctx, m.ID)
		if err != nil {
			return err
		}
		if err := s.fill(ctx, *m); err != nil {
			return err
		}
		m.State, m.Opened, m.Scribe, m.ScribeID, m.Members = InSession, s.d.Now(), name, who.UserID, 0
		for _, one := range members {
			l := Line{ID: s.d.NewID(), Meeting: m.ID, Kind: "presence", Org: one.Actor, OrgName: one.Name, Guest: !one.Counts, At: s.d.Now()}
			for _, r := range replies {
				if r.Org == one.Actor {
					l.Name = r.Who
				}
			}
			if one.Counts {
				m.Members++
			}
			if err := s.d.Book.PutLine(ctx, &l); err != nil {
				return err
			}
		}
		return nil
	})
}

// Tick puts down that somebody is there, or is not.
func (s *Service) Tick(ctx context.Context, who clinic.Actor, id, line string, here bool) error {
	return s.onLine(ctx, who, "tick", id, line, func(l *Line) { l.Present = here })
}

// Excuse puts down who a line is about and why they are not there.
func (s *Service) Excuse(ctx context.Context, who clinic.Actor, id, line, name, why string) error {
	w := newWrongs()
	w.line("name", name, false)
	w.line("why", why, false)
	if err := w.err(); err != nil {
		return err
	}
	return s.onLine(ctx, who, "tick", id, line, func(l *Line) { l.Name, l.Text = name, why })
}

func (s *Service) onLine(ctx context.Context, who clinic.Actor, act, id, line string, f func(l *Line)) error {
	return s.change(ctx, who, act, id, 0, written, func(ctx context.Context, m *Meeting) error {
		all, err := s.d.Book.Lines(ctx, m.ID, "presence")
		if err != nil {
			return err
		}
		for _, l := range all {
			if l.ID == line {
				f(&l)
				l.At = s.d.Now()
				return s.d.Book.PutLine(ctx, &l)
			}
		}
		return fault.Missing()
	})
}

// Arrive puts down one more person: a second one of a member, or a guest.
func (s *Service) Arrive(ctx context.Context, who clinic.Actor, id, org, name string) error {
	return s.change(ctx, who, "tick", id, 0, written, func(ctx context.Context, m *Meeting) error {
		w := newWrongs()
		w.line("name", name, true)
		if err := w.err(); err != nil {
			return err
		}
		l := Line{ID: s.d.NewID(), Meeting: m.ID, Kind: "presence", Org: org, Name: name, Present: true, Guest: org == "", At: s.d.Now()}
		var err error
		if org == SecretariatOrg {
			l.Org, l.Guest = "", true
			l.OrgName = SecretariatName
		} else if l.OrgName, err = s.nameOf(ctx, org); err != nil {
			return err
		}
		return s.d.Book.PutLine(ctx, &l)
	})
}

// The secretariat among the organisations of a form.
const (
	SecretariatOrg  = "secretariat"
	SecretariatName = "เลขานุการเครือข่าย"
)

// Count is how many organisations are there, and whether that is enough.
type Count struct {
	Present, Members, Needs int
	Enough                  bool
}

// CountOf counts organisations, not people; guests do not count.
func CountOf(m Meeting, lines []Line) Count {
	there := map[string]bool{}
	for _, l := range lines {
		if l.Kind == "presence" && l.Present && !l.Guest && l.Org != "" {
			there[l.Org] = true
		}
	}
	c := Count{Present: len(there), Members: m.Members, Needs: m.Quorum.Needs(m.Members)}
	c.Enough = c.Present >= c.Needs
	return c
}

// Clash is two texts that were written at once: what stands, and what was put beside it.
type Clash struct {
	Stands, By, Mine string
	Version          int64
}

// SaveNote keeps what was said to an item. If somebody else has changed it since, the
// text is kept beside it and returned with the one that stands: nothing is lost.
func (s *Service) SaveNote(ctx context.Context, who clinic.Actor, name, id, item string, version int64, text string) (saved int64, clash *Clash, err error) {
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	err = s.change(ctx, who, "note", id, 0, written, func(ctx context.Context, m *Meeting) error {
		w := newWrongs()
		w.text("note", text)
		if err := w.err(); err != nil {
			return err
		}
		i, err := s.d.Table.Item(ctx, item)
		if err != nil {
			return err
		}
		if i.Meeting != m.ID {
			return fault.Missing()
		}
		if i.Note == text {
			saved = i.Version
			return nil
		}
		if version != i.Version {
			clash = &Clash{Stands: i.Note, By: i.NoteBy, Mine: text, Version: i.Version}
			return s.keepDraft(ctx, i, name, text)
		}
		i.Note, i.NoteBy, i.Seen = text, name, true
		if err := s.d.Table.PutItem(ctx, &i); err != nil {
			return err
		}
		saved = i.Version
		return nil
	})
	return saved, clash, err
}

// keepDraft keeps a text that could not be put in its place, once.
func (s *Service) keepDraft(ctx context.Context, i Item, name, text string) error {
	all, err := s.d.Book.Lines(ctx, i.Meeting, "draft")
	if err != nil {
		return err
	}
	for _, l := range all {
		if l.Item == i.ID && l.Name == name {
			l.Text, l.At = text, s.d.Now()
			return s.d.Book.PutLine(ctx, &l)
		}
	}
	l := Line{ID: s.d.NewID(), Meeting: i.Meeting, Kind: "draft", Item: i.ID, Name: name, Text: text, At: s.d.Now()}
	return s.d.Book.PutLine(ctx, &l)
}

// Settle puts one text in the place of two that were written at once.
func (s *Service) Settle(ctx context.Context, who clinic.Actor, name, id, item string, version int64, text string) (clash *Clash, err error) {
	if _, clash, err = s.SaveNote(ctx, who, name, id, item, version, text); err != nil || clash != nil {
		return clash, err
	}
	return nil, s.change(ctx, who, "note", id, 0, written, func(ctx context.Context, m *Meeting) error {
		all, err := s.d.Book.Lines(ctx, m.ID, "draft")
		if err != nil {
			return err
		}
		for _, l := range all {
			if l.Item == item && l.Text != "" {
				l.Text = ""
				if err := s.d.Book.PutLine(ctx, &l); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// Resolution is what is written down of a decision.
type Resolution struct {
	Kind, Text, Aside     string
	For, Against, Abstain int
}

// Decide freezes a resolution, with the rule of the quorum and what it came to. One of
// the minutes of a former meeting adopts them.
func (s *Service) Decide(ctx context.Context, who clinic.Actor, name, id, item string, r Resolution) error {
	return s.onItem(ctx, who, "decide", id, item, 0, []State{InSession, Held}, func(ctx context.Context, m *Meeting, i *Item) error {
		if i.Decision.Kind != "" || !i.On() {
			return fault.New(fault.Conflict, "error.meetings.decided")
		}
		w := newWrongs()
		w.add(!slices.Contains(Decisions(), r.Kind) || (r.Kind == "adopted") != (i.Adopts != "") && r.Kind != "deferred", "kind", "error.meetings.needed")
		w.text("text", r.Text)
		w.add(strings.TrimSpace(r.Text) == "" && (r.Kind == "agreed" || r.Kind == "rejected"), "text", "error.meetings.needed")
		w.line("aside", r.Aside, false)
		w.add(min(r.For, r.Against, r.Abstain) < 0 || r.For+r.Against+r.Abstain > 999, "for", "error.meetings.number")
		if err := w.err(); err != nil {
			return err
		}
		lines, err := s.d.Book.Lines(ctx, m.ID, "presence")
		if err != nil {
			return err
		}
		c := CountOf(*m, lines)
		if !c.Enough && r.Kind != "noted" && r.Kind != "deferred" {
			return fault.New(fault.Conflict, "error.meetings.quorum")
		}
		i.Seen = true
		i.Decision = Decision{Kind: r.Kind, Text: strings.TrimSpace(r.Text), Aside: r.Aside, For: r.For, Against: r.Against, Abstain: r.Abstain,
			Present: c.Present, Members: c.Members, Enough: c.Enough, At: s.d.Now(), By: name}
		if i.Adopts == "" || r.Kind != "adopted" {
			return nil
		}
		return s.adopt(ctx, *m, i.Adopts)
	})
}

// Promise is who does what until when.
type Promise struct {
	Item, What, Owner, Due string // Owner: IRI of a member, "" the secretariat, Everybody all members
}

// Everybody is the owner of what every member is to do.
const Everybody = "everybody"

// Act puts down what an organisation has promised; for everybody it is one promise of
// each, under one number.
func (s *Service) Act(ctx context.Context, who clinic.Actor, id string, p Promise) error {
	return s.change(ctx, who, "act", id, 0, []State{InSession, Held, Circulated}, func(ctx context.Context, m *Meeting) error {
		w := newWrongs()
		w.line("what", p.What, true)
		_, err := time.Parse(time.DateOnly, p.Due)
		w.add(p.Due != "" && err != nil, "due", "error.meetings.day")
		if err := w.err(); err != nil {
			return err
		}
		all, err := s.d.Table.Actions(ctx)
		if err != nil {
			return err
		}
		members, err := s.d.Members.Members(ctx)
		if err != nil {
			return err
		}
		owners := []Member{{}}
		switch p.Owner {
		case "":
			owners[0].Name = SecretariatName
		case Everybody:
			owners = members
		default:
			if owners[0], err = s.member(ctx, p.Owner); err != nil {
				return fault.New(fault.Invalid, "error.meetings.owner")
			}
		}
		code := nextCode(*m, all)
		for _, o := range owners {
			a := Action{ID: s.d.NewID(), Meeting: m.ID, Item: p.Item, Code: code, What: strings.TrimSpace(p.What), Owner: o.Actor, OwnerName: o.Name, Due: p.Due, State: "open", Changed: s.d.Now()}
			if m.State == Circulated { // the others are told when the minutes go out
				if err := s.task(ctx, *m, &a); err != nil {
					return err
				}
			}
			if err := s.d.Table.PutAction(ctx, &a); err != nil {
				return err
			}
		}
		return nil
	})
}

func nextCode(m Meeting, all []Action) string {
	n := 0
	for _, a := range all {
		if rest, is := strings.CutPrefix(a.Code, strconv.Itoa(m.Number)+"-"); is && a.Meeting == m.ID {
			if k, err := strconv.Atoi(rest); err == nil {
				n = max(n, k)
			}
		}
	}
	return strconv.Itoa(m.Number) + "-" + strconv.Itoa(n+1)
}

// task tells the owner, once.
func (s *Service) task(ctx context.Context, m Meeting, a *Action) error {
	if a.Owner == "" {
		return nil
	}
	if _, err := s.member(ctx, a.Owner); err != nil {
		return nil // it is no member any more; the action stays open here
	}
	a.Sent = true
	return s.d.Wire.Task(ctx, m, *a)
}

// Close ends the meeting.
func (s *Service) Close(ctx context.Context, who clinic.Actor, id string, version int64) error {
	return s.change(ctx, who, "close", id, version, []State{InSession}, func(_ context.Context, m *Meeting) error {
		m.State, m.Closed = Held, s.d.Now()
		return nil
	})
}
