package site

import (
	"context"
	"encoding/hex"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/meeting"
	"github.com/saphan-network/saphan/web/document"
	"github.com/saphan-network/saphan/web/ginweb"
	"github.com/saphan-network/saphan/web/nodeui"
	"github.com/saphan-network/saphan/web/ui"
)

// MeetingService is what the pages ask about meetings.
type MeetingService interface {
	List(ctx context.Context, who clinic.Actor) ([]meeting.Meeting, error)
	Show(ctx context.Context, who clinic.Actor, id string) (meeting.View, error)
	Answer(ctx context.Context, who clinic.Actor, id string, r meeting.Reply) error
	Remark(ctx context.Context, who clinic.Actor, id, text string) error
	MayPropose(ctx context.Context, who clinic.Actor) error
	Draft(ctx context.Context, who clinic.Actor, id string, f meeting.Form) (string, error)
	Preview(ctx context.Context, who clinic.Actor, id string) (meeting.Preview, error)
	Send(ctx context.Context, who clinic.Actor, id, sha256 string, looked bool) error
}

// TaskService is what the pages ask about what was promised.
type TaskService interface {
	Tasks(ctx context.Context, who clinic.Actor) ([]meeting.Task, error)
	MayWork(ctx context.Context, who clinic.Actor) error
	Report(ctx context.Context, who clinic.Actor, id string, version int64, state, note string) error
}

// MeetingsConfig is what the pages stand on.
type MeetingsConfig struct {
	Service MeetingService
	Tasks   TaskService
	Self    string                                               // IRI of the organisation
	Names   func(ctx context.Context) (map[string]string, error) // of members, by IRI
	Host    string                                               // of the node's address, for calendars
	Now     clinic.Clock
}

// Meetings serves the pages about the network's meetings.
type Meetings struct {
	app *ginweb.App
	MeetingsConfig
}

// NewMeetings makes the pages.
func NewMeetings(app *ginweb.App, cfg MeetingsConfig) *Meetings { return &Meetings{app, cfg} }

// Mount adds the routes.
func (h *Meetings) Mount(g gin.IRouter) {
	in := h.app.RequireUser()
	m := g.Group("/meetings", in)
	m.GET("", h.app.H(h.list))
	m.GET("/:id", h.app.H(func(c *gin.Context) error { return h.show(c, http.StatusOK, nil, nil, "") }))
	m.GET("/:id/propose", h.app.H(h.form))
	m.POST("/:id/propose", h.app.H(h.draft))
	m.POST("/:id/reply", h.app.H(h.reply))
	m.POST("/:id/remark", h.app.H(h.remark))
	m.GET("/:id/paper", h.app.H(h.paper))
	m.GET("/:id/calendar.ics", h.app.H(h.calendar))
	m.GET("/proposals/:id", h.app.H(func(c *gin.Context) error { return h.preview(c, http.StatusOK, nil, c.Query("again") != "") }))
	m.POST("/proposals/:id", h.app.H(h.send))
	g.GET("/tasks", in, h.app.H(func(c *gin.Context) error { return h.tasks(c, http.StatusOK, nil) }))
	g.POST("/tasks/:id", in, h.app.H(h.report))
}

func (h *Meetings) who(c *gin.Context) clinic.Actor { return actorOf(h.app, c) }

// standingOf is where a meeting stands for a member.
func standingOf(m meeting.Meeting, now time.Time) string {
	switch {
	case m.Cancelled:
		return "cancelled"
	case m.Minutes.Adopted:
		return "adopted"
	case m.Minutes.IRI != "":
		return "circulated"
	case !now.Before(m.End) && !m.End.IsZero():
		return "held"
	case len(m.Items) > 0:
		return "published"
	}
	return "called"
}

func (h *Meetings) list(c *gin.Context) error {
	all, err := h.Service.List(c.Request.Context(), h.who(c))
	if err != nil {
		return err
	}
	page, now := nodeui.MeetingsPage{}, h.Now()
	for _, m := range all {
		row := nodeui.MeetingRow{ID: m.ID, Name: m.NameTH, Start: m.Start, Deadline: m.Deadline, State: nodeui.MeetingBadge(standingOf(m, now)), Reply: nodeui.ComesBadge(m.Reply.State),
			CanPropose: !m.Cancelled && now.Before(m.Deadline)}
		if m.NameTH == "" {
			continue // its agenda came before its call
		}
		if now.Before(m.End) && !m.Cancelled && m.Minutes.IRI == "" {
			page.Coming = append([]nodeui.MeetingRow{row}, page.Coming...)
		} else {
			page.Past = append(page.Past, row)
		}
	}
	tasks, err := h.Tasks.Tasks(c.Request.Context(), h.who(c))
	if err != nil {
		return err
	}
	for _, t := range tasks {
		if t.Open() {
			page.Open++
		}
		if t.Overdue(now) {
			page.Late++
		}
	}
	return h.app.Show(c, http.StatusOK, "meetings.title", page)
}

func (h *Meetings) show(c *gin.Context, status int, errs ui.Errors, typed *meeting.Reply, remark string) error {
	v, err := h.Service.Show(c.Request.Context(), h.who(c), c.Param("id"))
	if err != nil {
		return err
	}
	names, err := h.Names(c.Request.Context())
	if err != nil {
		return err
	}
	state := standingOf(v.Meeting, h.Now())
	page := nodeui.MeetingPage{ID: v.ID, Name: v.NameTH, Place: v.Place, Link: v.Link, Note: lineUp(v.Note), Start: v.Start, End: v.End, Deadline: v.Deadline,
		State: ui.State{Badge: nodeui.MeetingBadge(state), Next: ui.T("meetings.member." + state)}, Moved: v.Reply.Old, MayReply: v.MayReply, MayPropose: v.MayPropose, CanPropose: v.CanPropose, CanReply: v.CanReply,
		Late: v.Late, MayRemark: v.MayRemark, AgendaAt: v.AgendaAt, HasMinutes: v.Minutes.IRI != "", Adopted: v.Minutes.Adopted, MinutesAt: v.Minutes.At, Remark: remark, Errors: errs}
	r := v.Reply
	if typed != nil {
		r.State, r.Mode, r.Who, r.Needs = typed.State, typed.Mode, typed.Who, typed.Needs
	}
	page.Reply = nodeui.MeetingReply{State: r.State, Mode: r.Mode, Who: r.Who, Needs: r.Needs, At: v.Reply.At, Old: v.Reply.Old, Badge: nodeui.ComesBadge(v.Reply.State)}
	for _, s := range []string{"coming", "maybe", "absent"} {
		page.States = append(page.States, ui.Option{Value: s, Label: ui.T("meetings.comes." + s)})
	}
	for _, s := range []string{"onsite", "online"} {
		page.Modes = append(page.Modes, ui.Option{Value: s, Label: ui.T("meetings.mode." + s)})
	}
	for _, n := range []string{"1", "2", "3", "4", "5", "6"} {
		one := nodeui.MeetingSection{Number: n, Title: ui.T("meetings.section." + n)}
		for _, i := range v.Items {
			if i.Section != n {
				continue
			}
			row := nodeui.MeetingItem{Number: i.Number, Title: i.Title, From: names[i.Proposer], Why: lineUp(i.Why), Minutes: i.Minutes, Ours: i.Proposer == h.Self}
			if i.Wanted != "" {
				row.Wanted = ui.T("meetings.wanted." + i.Wanted)
			}
			page.Planned += i.Minutes
			one.Items = append(one.Items, row)
		}
		page.Sections = append(page.Sections, one)
	}
	for _, p := range v.Proposals {
		page.Proposals = append(page.Proposals, nodeui.MeetingProposal{ID: p.ID, Title: p.Title, Reason: p.Reason, State: nodeui.ProposalBadge(p.State()), Draft: p.Offer == ""})
	}
	return h.app.Show(c, status, "meetings.one.title", page)
}

// lineUp are the lines of a text that say something.
func lineUp(text string) []string {
	var out []string
	for _, l := range strings.Split(text, "\n") {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

func (h *Meetings) reply(c *gin.Context) error {
	r := meeting.Reply{State: ginweb.Value(c, "state"), Mode: ginweb.Value(c, "mode"), Who: ginweb.Value(c, "who"), Needs: ginweb.Value(c, "needs")}
	err := h.Service.Answer(c.Request.Context(), h.who(c), c.Param("id"), r)
	if fault.Is(err, fault.Invalid) {
		return h.show(c, http.StatusUnprocessableEntity, ui.ErrorsOf(err), &r, "")
	}
	if fault.Is(err, fault.Conflict) && fault.As(err).Key != "error.stale" {
		return h.show(c, http.StatusConflict, ui.ErrorsOf(err), &r, "")
	}
	if err != nil {
		return err
	}
	return h.app.Redirect(c, "/meetings/"+c.Param("id"), "meetings.flash.reply", nil)
}

func (h *Meetings) remark(c *gin.Context) error {
	text := ginweb.Value(c, "text")
	err := h.Service.Remark(c.Request.Context(), h.who(c), c.Param("id"), text)
	if fault.Is(err, fault.Invalid) {
		return h.show(c, http.StatusUnprocessableEntity, ui.ErrorsOf(err), nil, text)
	}
	if err != nil {
		return err
	}
	return h.app.Redirect(c, "/meetings/"+c.Param("id"), "meetings.flash.remark", nil)
}

func wantedOptions() []ui.Option {
	var out []ui.Option
	for _, w := range []string{"note", "advise", "decide"} {
		out = append(out, ui.Option{Value: w, Label: ui.T("meetings.wanted." + w)})
	}
	return out
}

func (h *Meetings) form(c *gin.Context) error {
	if err := h.Service.MayPropose(c.Request.Context(), h.who(c)); err != nil {
		return err
	}
	return h.ask(c, http.StatusOK, nodeui.MeetingProposePage{Wanted: "decide", Minutes: "15"}, nil)
}

// ask shows the form, or why nothing can be proposed any more.
func (h *Meetings) ask(c *gin.Context, status int, page nodeui.MeetingProposePage, closed error) error {
	v, err := h.Service.Show(c.Request.Context(), h.who(c), c.Param("id"))
	if err != nil {
		return err
	}
	page.ID, page.Name, page.Deadline, page.WantedOptions = v.ID, v.NameTH, v.Deadline, wantedOptions()
	switch {
	case closed != nil:
		page.Closed = ui.T(fault.As(closed).Key)
	case !v.CanReply:
		page.Closed = ui.T("error.meetings.over")
	case !v.CanPropose:
		page.Closed = ui.T("error.meetings.late")
	}
	return h.app.Show(c, status, "meetings.propose", page)
}

func (h *Meetings) draft(c *gin.Context) error {
	page := nodeui.MeetingProposePage{Title: ginweb.Value(c, "title"), Why: ginweb.Value(c, "why"), Wanted: ginweb.Value(c, "wanted"), Minutes: ginweb.Value(c, "minutes")}
	n, err := strconv.Atoi(strings.TrimSpace(page.Minutes))
	if err != nil {
		n = 0
	}
	id, err := h.Service.Draft(c.Request.Context(), h.who(c), c.Param("id"), meeting.Form{Title: page.Title, Why: page.Why, Wanted: page.Wanted, Minutes: n})
	switch {
	case fault.Is(err, fault.Invalid):
		page.Errors = ui.ErrorsOf(err)
		return h.ask(c, http.StatusUnprocessableEntity, page, nil)
	case fault.Is(err, fault.Conflict):
		return h.ask(c, http.StatusConflict, page, err)
	case err != nil:
		return err
	}
	return h.app.Redirect(c, "/meetings/proposals/"+id, "", nil)
}

func (h *Meetings) preview(c *gin.Context, status int, errs ui.Errors, redrawn bool) error {
	v, err := h.Service.Preview(c.Request.Context(), h.who(c), c.Param("id"))
	if err != nil {
		return err
	}
	p := v.Proposal
	page := nodeui.MeetingPreviewPage{ID: p.ID, Meeting: v.Meeting.ID, Name: v.Meeting.NameTH, Title: p.Title, Why: lineUp(p.Why), Wanted: ui.T("meetings.wanted." + p.Wanted), Minutes: p.Minutes,
		Sum: p.Sum, Print: fours(p.Sum), Bytes: string(p.Bytes), Sent: p.Offer != "", Redrawn: redrawn && p.Offer == "", State: nodeui.ProposalBadge(p.State()), Reason: p.Reason, Errors: errs}
	for _, f := range v.Findings {
		page.Findings = append(page.Findings, nodeui.MeetingFinding{Text: f.Text, Kind: ui.T("meetings.finding." + f.Kind)})
	}
	return h.app.Show(c, status, "meetings.preview", page)
}

// fours is a hash in groups of four, to be compared by eye.
func fours(sum string) string {
	if _, err := hex.DecodeString(sum); err != nil {
		return ""
	}
	var out []string
	for i := 0; i+4 <= len(sum); i += 4 {
		out = append(out, sum[i:i+4])
	}
	return strings.Join(out, " ")
}

func (h *Meetings) send(c *gin.Context) error {
	id := c.Param("id")
	v, err := h.Service.Preview(c.Request.Context(), h.who(c), id)
	if err != nil {
		return err
	}
	err = h.Service.Send(c.Request.Context(), h.who(c), id, ginweb.Value(c, "sum"), ginweb.Value(c, "looked") == "yes")
	switch {
	case errors.Is(err, meeting.ErrRedrawn):
		return h.app.Redirect(c, "/meetings/proposals/"+id+"?again=1", "", nil)
	case fault.Is(err, fault.Invalid):
		return h.preview(c, http.StatusUnprocessableEntity, ui.ErrorsOf(err), false)
	case fault.Is(err, fault.Conflict) && fault.As(err).Key != "error.stale":
		return h.preview(c, http.StatusConflict, ui.ErrorsOf(err), false)
	case err != nil:
		return err
	}
	return h.app.Redirect(c, "/meetings/"+v.Meeting.ID, "meetings.flash.propose", nil)
}

// calendar is the meeting as a file for calendars.
func (h *Meetings) calendar(c *gin.Context) error {
	v, err := h.Service.Show(c.Request.Context(), h.who(c), c.Param("id"))
	if err != nil {
		return err
	}
	c.Header("Content-Disposition", `attachment; filename="meeting.ics"`)
	c.Data(http.StatusOK, document.CalendarType, document.Calendar(document.Event{UID: v.ID + "@" + h.Host, Name: v.NameTH, Place: v.Place, Link: v.Link, Start: v.Start, End: v.End,
		Stamp: h.Now(), Revision: int(v.Sequence), Cancelled: v.Cancelled}))
	return nil
}
