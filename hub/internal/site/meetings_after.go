package site

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/hub/network/meeting"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/web/document"
	"github.com/saphan-network/saphan/web/ginweb"
	"github.com/saphan-network/saphan/web/hubui"
	"github.com/saphan-network/saphan/web/staffui"
	"github.com/saphan-network/saphan/web/ui"
)

// Afterwards is what is done when a meeting is over.
type Afterwards interface {
	Close(ctx context.Context, who clinic.Actor, id string, version int64) error
	Circulate(ctx context.Context, who clinic.Actor, name, id string, version int64) error
	Actions(ctx context.Context, who clinic.Actor) ([]meeting.Action, error)
	Review(ctx context.Context, who clinic.Actor, id string, version int64, state, note, due string) error
	Register(ctx context.Context, who clinic.Actor) ([]meeting.Resolved, error)
}

func actionRow(a meeting.Action, now time.Time) hubui.ActionRow {
	return hubui.ActionRow{ID: a.ID, Code: a.Code, What: a.What, Owner: a.OwnerName, Note: a.Note, Due: a.Due, StateCode: a.State, State: hubui.TaskBadge(a.State), Overdue: a.Overdue(now), Version: a.Version}
}

func (h *Meetings) actions(c *gin.Context, status int, errs ui.Errors) error {
	all, err := h.After.Actions(ctxOf(c), h.actor(c))
	if err != nil {
		return err
	}
	page := hubui.ActionsPage{MayRun: h.Convene.MayRun(ctxOf(c), h.actor(c)) == nil, Errors: errs}
	for _, s := range []string{"open", "started", "done", "stuck", "dropped"} {
		page.States = append(page.States, ui.Option{Value: s, Label: ui.T("meetings.task." + s)})
	}
	closed := func(a meeting.Action) int {
		if a.Open() {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(all, func(a, b meeting.Action) int { return cmp.Compare(closed(a), closed(b)) })
	for _, a := range all {
		row := actionRow(a, h.Now())
		page.Rows = append(page.Rows, row)
		switch {
		case a.State == "done":
			page.Done++
		case a.Open():
			page.Open++
		}
		if row.Overdue {
			page.Overdue++
		}
	}
	return h.app.Show(c, status, "meetings.actions.title", page)
}

func (h *Meetings) review(c *gin.Context) error {
	err := h.After.Review(ctxOf(c), h.actor(c), ginweb.Value(c, "id"), versionOf(c), ginweb.Value(c, "state"), strings.TrimSpace(ginweb.Value(c, "note")), typedDay(ginweb.Value(c, "due")))
	if fault.Is(err, fault.Invalid) {
		return h.actions(c, http.StatusUnprocessableEntity, ui.ErrorsOf(err))
	}
	if err != nil {
		return err
	}
	return h.app.Redirect(c, "/meetings/actions", "meetings.saved", nil)
}

func (h *Meetings) decisions(c *gin.Context) error {
	all, err := h.After.Register(ctxOf(c), h.actor(c))
	if err != nil {
		return err
	}
	page := hubui.DecisionsPage{Query: strings.TrimSpace(c.PostForm("q"))} // of a POST only: words stay out of addresses
	words := strings.Fields(strings.ToLower(page.Query))
	for _, r := range all {
		text := strings.ToLower(r.Item.Title + " " + r.Item.Note + " " + r.Item.Decision.Sentence() + " " + nameOf(r.Meeting))
		if slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) }) {
			continue
		}
		tone := map[string]string{"agreed": "done", "adopted": "done", "rejected": "danger", "deferred": "wait", "noted": "neutral"}[r.Item.Decision.Kind]
		page.Rows = append(page.Rows, hubui.DecisionRow{Meeting: nameOf(r.Meeting), Href: "/meetings/" + r.Meeting.ID + "/paper?of=minutes", Number: r.Number, Title: r.Item.Title,
			Day: r.Meeting.Start, Result: paragraphs(r.Item.Decision.Sentence()), Kind: ui.Badge{Text: ui.T("meetings.decision." + r.Item.Decision.Kind), Tone: tone}})
	}
	return h.app.Show(c, http.StatusOK, "meetings.decisions.title", page)
}

func (h *Meetings) remarks(c *gin.Context, status int, errs ui.Errors) error {
	v, err := h.Convene.Show(ctxOf(c), h.actor(c), c.Param("id"))
	if err != nil {
		return err
	}
	m := v.Meeting
	if m.State.Upcoming() || m.State == meeting.Cancelled {
		return fault.Missing()
	}
	page := hubui.RemarksPage{ID: m.ID, Name: nameOf(m), Version: m.Version, Until: m.RemarksUntil, Revision: m.MinutesRevision, Scribe: m.Scribe, OwnNotes: v.OwnNotes,
		CanSend: v.MayRun && (m.State == meeting.Held || m.State == meeting.Circulated), Telling: v.Telling, Digest: m.Digest, Errors: errs,
		State: ui.State{Badge: hubui.MeetingBadge(string(m.State)), Next: ui.T("meetings.next." + string(m.State))}}
	for _, r := range v.Remarks {
		page.Rows = append(page.Rows, hubui.RemarkRow{Org: r.OrgName, Text: paragraphs(r.Text), At: r.At, Late: r.Guest})
	}
	return h.app.Show(c, status, "meetings.remarks.title", page)
}

func (h *Meetings) circulate(c *gin.Context) error {
	err := h.After.Circulate(ctxOf(c), h.actor(c), h.app.User(c).Name, c.Param("id"), versionOf(c))
	if fault.Is(err, fault.Conflict) && fault.As(err).Key == "error.meetings.own_notes" {
		return h.remarks(c, http.StatusConflict, ui.ErrorsOf(err))
	}
	if err != nil {
		return err
	}
	return h.app.Redirect(c, "/meetings/"+c.Param("id")+"/remarks", "meetings.flash.circulate", nil)
}

// paper is the agenda or the minutes in the official form.
func (h *Meetings) paper(c *gin.Context) error {
	v, err := h.Convene.Show(ctxOf(c), h.actor(c), c.Param("id"))
	if err != nil {
		return err
	}
	m := v.Meeting
	page := staffui.MeetingPaperPage{Back: "/meetings/" + m.ID, Minutes: c.Query("of") == "minutes", Name: nameOf(m), Start: m.Start, Place: m.Place, State: hubui.MeetingBadge(string(m.State)), Hours: v.Planned}
	title := "meetings.agenda.title"
	if page.Minutes {
		title, page.Hours, page.Digest = "meetings.minutes.title", 0, m.Digest
		page.Lines = paragraphs(v.Paper.Text())
		for _, l := range v.Paper.Lists() {
			page.Lists = append(page.Lists, staffui.PaperList{Title: l.Title, Lines: paragraphs(l.Text)})
		}
	}
	numbers := meeting.Numbers(v.Items)
	for _, s := range meeting.Sections() {
		one := staffui.PaperSection{Number: s, Title: ui.T("meetings.section." + s)}
		for k, i := range v.Items {
			if i.Section != s {
				continue
			}
			item := staffui.PaperItem{Number: numbers[k], Title: i.Title, Minutes: i.Minutes, From: i.ProposerName, Text: paragraphs(i.Why)}
			if i.Wanted != "" {
				item.Wanted = ui.T("meetings.wanted." + i.Wanted)
			}
			if page.Minutes {
				item.Text, item.Result = paragraphs(i.Note), paragraphs(i.Decision.Sentence())
			}
			if i.Closed {
				item.Text = nil
			}
			one.Items = append(one.Items, item)
		}
		page.Sections = append(page.Sections, one)
	}
	return h.app.Show(c, http.StatusOK, title, page)
}

// calendar is the meeting as a file for calendars.
func (h *Meetings) calendar(c *gin.Context) error {
	v, err := h.Convene.Show(ctxOf(c), h.actor(c), c.Param("id"))
	if err != nil {
		return err
	}
	m := v.Meeting
	e := document.Event{UID: m.ID + "@" + h.Host, Name: nameOf(m), Place: m.Place, Link: m.Link, Start: m.Start, End: m.End(), Stamp: h.Now(), Revision: int(m.Version),
		Cancelled: m.State == meeting.Cancelled}
	c.Header("Content-Disposition", `attachment; filename="meeting.ics"`)
	c.Data(http.StatusOK, document.CalendarType, document.Calendar(e))
	return nil
}
