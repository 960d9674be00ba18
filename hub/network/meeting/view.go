package meeting

import (
	"context"

	"github.com/saphan-network/saphan/node/clinic"
)

// View is a meeting with all that the secretariat knows of it.
type View struct {
	Paper
	Series    Series
	Proposals []Item // that nobody has looked at, and those that are no items
	Replies   []Reply
	Lines     []Line // presence
	Remarks   []Line
	Drafts    []Line // texts that were written at once with others
	Members   []Member
	Count     Count
	Planned   int // minutes that the items take together
	Telling   []string
	MayRun    bool
	OwnNotes  bool // who looks has taken the notes, and cannot check them
}

// Show returns one meeting.
func (s *Service) Show(ctx context.Context, who clinic.Actor, id string) (View, error) {
	if err := s.may(ctx, who, "read"); err != nil {
		return View{}, err
	}
	m, err := s.d.Calendar.Meeting(ctx, id)
	if err != nil {
		return View{}, err
	}
	v := View{MayRun: s.may(ctx, who, "run") == nil, OwnNotes: m.ScribeID == who.UserID}
	if v.Paper, err = s.paper(ctx, m); err != nil {
		return v, err
	}
	if v.Series, err = s.series(ctx, m.Series); err != nil {
		return v, err
	}
	all, err := s.d.Table.Items(ctx, m.ID)
	if err != nil {
		return v, err
	}
	for _, i := range all {
		if i.Offer != "" && !i.On() {
			v.Proposals = append(v.Proposals, i)
		}
	}
	for _, i := range v.Items {
		v.Planned += i.Minutes
	}
	if v.Replies, err = s.d.Book.Replies(ctx, m.ID); err != nil {
		return v, err
	}
	for kind, into := range map[string]*[]Line{"presence": &v.Lines, "remark": &v.Remarks, "draft": &v.Drafts} {
		if *into, err = s.d.Book.Lines(ctx, m.ID, kind); err != nil {
			return v, err
		}
	}
	if v.Members, err = s.d.Members.Members(ctx); err != nil {
		return v, err
	}
	if !m.State.Upcoming() {
		v.Count = CountOf(m, v.Lines)
	} else {
		v.Count = s.expected(m, v)
	}
	v.Telling = s.telling(v)
	return v, nil
}

// expected is who would be there if all come who have said so.
func (s *Service) expected(m Meeting, v View) Count {
	counts, there := map[string]bool{}, 0
	for _, one := range v.Members {
		counts[one.Actor] = one.Counts
		if one.Counts {
			m.Members++
		}
	}
	for _, r := range v.Replies {
		if r.State == "coming" && counts[r.Org] {
			there++
		}
	}
	c := Count{Present: there, Members: m.Members, Needs: m.Quorum.Needs(m.Members)}
	c.Enough = c.Present >= c.Needs
	return c
}

// telling are the pieces of the texts that a reader should look at twice.
func (s *Service) telling(v View) []string {
	var out []string
	seen := map[string]bool{}
	look := func(text string) {
		for _, one := range s.d.Telling(text) {
			if !seen[one] {
				seen[one] = true
				out = append(out, one)
			}
		}
	}
	for _, i := range v.Items {
		look(i.Title)
		look(i.Why)
		look(i.Note)
		look(i.Decision.Text)
	}
	for _, a := range v.Actions {
		look(a.What)
	}
	return out
}

// List lists all meetings, the latest day first.
func (s *Service) List(ctx context.Context, who clinic.Actor) ([]Meeting, error) {
	if err := s.may(ctx, who, "read"); err != nil {
		return nil, err
	}
	return s.d.Calendar.Meetings(ctx)
}

// Actions lists what organisations have promised: what is open first, by its day.
func (s *Service) Actions(ctx context.Context, who clinic.Actor) ([]Action, error) {
	if err := s.may(ctx, who, "read"); err != nil {
		return nil, err
	}
	return s.d.Table.Actions(ctx)
}

// Resolved is a resolution in the register of all of them.
type Resolved struct {
	Meeting Meeting
	Item    Item
	Number  string
}

// Register lists the resolutions of meetings that are over, the latest first.
func (s *Service) Register(ctx context.Context, who clinic.Actor) ([]Resolved, error) {
	all, err := s.List(ctx, who)
	if err != nil {
		return nil, err
	}
	items, err := s.d.Table.Items(ctx, "")
	if err != nil {
		return nil, err
	}
	by := map[string][]Item{}
	for _, i := range items {
		by[i.Meeting] = append(by[i.Meeting], i)
	}
	var out []Resolved
	for _, m := range all {
		on := OnAgenda(by[m.ID])
		for k, number := range Numbers(on) {
			if on[k].Decision.Kind != "" {
				out = append(out, Resolved{Meeting: m, Item: on[k], Number: number})
			}
		}
	}
	return out, nil
}
