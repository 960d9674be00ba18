package site

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/hub/network/meeting"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/web/ginweb"
	"github.com/saphan-network/saphan/web/hubui"
	"github.com/saphan-network/saphan/web/ui"
)

// Convening is what the pages ask about series and days.
type Convening interface {
	AllSeries(ctx context.Context, who clinic.Actor) ([]meeting.Series, error)
	PutSeries(ctx context.Context, who clinic.Actor, one meeting.Series) (string, error)
	List(ctx context.Context, who clinic.Actor) ([]meeting.Meeting, error)
	Show(ctx context.Context, who clinic.Actor, id string) (meeting.View, error)
	MayRun(ctx context.Context, who clinic.Actor) error
	Plan(ctx context.Context, who clinic.Actor, series string) (string, error)
	Edit(ctx context.Context, who clinic.Actor, id string, version int64, f meeting.Form) error
}

// Agenda is what the pages do with items.
type Agenda interface {
	Call(ctx context.Context, who clinic.Actor, id string, version int64) error
	Cancel(ctx context.Context, who clinic.Actor, id string, version int64) error
	Publish(ctx context.Context, who clinic.Actor, id string, version int64) error
	Judge(ctx context.Context, who clinic.Actor, id, item string, version int64, v meeting.Verdict) error
	Add(ctx context.Context, who clinic.Actor, id string, d meeting.Draft) error
	Change(ctx context.Context, who clinic.Actor, id, item string, version int64, d meeting.Draft) error
	Remove(ctx context.Context, who clinic.Actor, id, item string) error
	Shift(ctx context.Context, who clinic.Actor, id, item string, up bool) error
}

// MeetingsConfig is what the pages stand on.
type MeetingsConfig struct {
	Convene Convening
	Agenda  Agenda
	Room    Room
	After   Afterwards
	Members func(ctx context.Context) ([]meeting.Member, error)
	Host    string // of the hub's address, for calendars
	Now     clinic.Clock
}

// Meetings serves the secretariat's pages about meetings.
type Meetings struct {
	app *ginweb.App
	MeetingsConfig
}

// NewMeetings makes the pages.
func NewMeetings(app *ginweb.App, cfg MeetingsConfig) *Meetings { return &Meetings{app, cfg} }

// Mount adds the routes.
func (h *Meetings) Mount(g gin.IRouter) {
	in := g.Group("/meetings", h.app.RequireUser())
	in.GET("", h.app.H(h.list))
	in.GET("/series", h.app.H(h.seriesForm))
	in.POST("/series", h.app.H(h.putSeries))
	in.POST("/plan", h.app.H(h.plan))
	in.GET("/actions", h.app.H(func(c *gin.Context) error { return h.actions(c, http.StatusOK, nil) }))
	in.POST("/actions", h.app.H(h.review))
	in.GET("/decisions", h.app.H(h.decisions))
	in.POST("/decisions", h.app.H(h.decisions))
	in.GET("/:id", h.app.H(func(c *gin.Context) error { return h.show(c, http.StatusOK, nil, nil) }))
	in.POST("/:id", h.app.H(h.edit))
	in.GET("/:id/paper", h.app.H(h.paper))
	in.GET("/:id/calendar.ics", h.app.H(h.calendar))
	in.GET("/:id/remarks", h.app.H(func(c *gin.Context) error { return h.remarks(c, http.StatusOK, nil) }))
	for what, do := range map[string]func(c *gin.Context) error{
		"call":    func(c *gin.Context) error { return h.Agenda.Call(ctxOf(c), h.actor(c), c.Param("id"), versionOf(c)) },
		"cancel":  func(c *gin.Context) error { return h.Agenda.Cancel(ctxOf(c), h.actor(c), c.Param("id"), versionOf(c)) },
		"publish": func(c *gin.Context) error { return h.Agenda.Publish(ctxOf(c), h.actor(c), c.Param("id"), versionOf(c)) },
		"order": func(c *gin.Context) error {
			return h.Agenda.Shift(ctxOf(c), h.actor(c), c.Param("id"), ginweb.Value(c, "item"), ginweb.Value(c, "to") == "up")
		},
		"remove": func(c *gin.Context) error {
			return h.Agenda.Remove(ctxOf(c), h.actor(c), c.Param("id"), ginweb.Value(c, "item"))
		},
		"judge": h.judge, "item": h.item,
	} {
		in.POST("/:id/"+what, h.app.H(h.do(what, do)))
	}
	h.mountRoom(in)
}

func ctxOf(c *gin.Context) context.Context { return c.Request.Context() }

func (h *Meetings) actor(c *gin.Context) clinic.Actor { return actorOf(h.app, c) }

// do runs one step and goes back to where it was taken.
func (h *Meetings) do(what string, f func(c *gin.Context) error) func(c *gin.Context) error {
	return func(c *gin.Context) error {
		err := f(c)
		if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) && fault.As(err).Key != "error.stale" {
			status := http.StatusUnprocessableEntity
			if fault.Is(err, fault.Conflict) {
				status = http.StatusConflict
			}
			return h.show(c, status, ui.ErrorsOf(err), nil)
		}
		if err != nil {
			return err
		}
		to := "/meetings/" + c.Param("id")
		if ginweb.Value(c, "back") == "room" {
			to += "/room"
		}
		if item := ginweb.Value(c, "item"); what == "order" && isOpaque(item) {
			to += "#item-" + item
		}
		return h.app.Redirect(c, to, "meetings.flash."+what, nil)
	}
}

// isOpaque accepts what may stand in an address of ours.
func isOpaque(s string) bool {
	return len(s) == 32 && strings.Trim(s, "0123456789abcdef") == ""
}

func (h *Meetings) list(c *gin.Context) error {
	who := h.actor(c)
	all, err := h.Convene.List(ctxOf(c), who)
	if err != nil {
		return err
	}
	series, err := h.Convene.AllSeries(ctxOf(c), who)
	if err != nil {
		return err
	}
	page := hubui.MeetingsPage{MayRun: h.Convene.MayRun(ctxOf(c), who) == nil}
	for _, s := range series {
		row := hubui.SeriesRow{ID: s.ID, Name: s.NameTH, Rule: ruleText(s), Next: s.Rule.Days(h.Now().In(meeting.Zone), 3)}
		for _, m := range s.Rule.Skip {
			row.Skip = append(row.Skip, ui.T("shell.month."+strconv.Itoa(int(m))))
		}
		page.Series = append(page.Series, row)
	}
	for _, m := range all {
		page.Rows = append(page.Rows, hubui.MeetingRow{ID: m.ID, Name: nameOf(m), Host: m.HostName, Start: m.Start, State: hubui.MeetingBadge(string(m.State))})
	}
	actions, err := h.After.Actions(ctxOf(c), who)
	if err != nil {
		return err
	}
	for _, a := range actions {
		if a.Open() {
			page.Open++
		}
		if a.Overdue(h.Now()) {
			page.Overdue++
		}
	}
	return h.app.Show(c, http.StatusOK, "meetings.title", page)
}

// nameOf is a meeting's name with its number, as its members are told it.
func nameOf(m meeting.Meeting) string { return m.NameTH + " ครั้งที่ " + m.Label() }

func ruleText(s meeting.Series) ui.Text {
	nth := strconv.Itoa(s.Rule.Nth)
	if s.Rule.Nth < 0 {
		nth = "last"
	}
	return ui.T("meetings.rule", "nth", ui.T("meetings.nth."+nth), "day", ui.T("meetings.weekday."+strconv.Itoa(int(s.Rule.Weekday))), "at", clockOf(s.Hour, s.Minute))
}

func clockOf(hour, minute int) string {
	return time.Date(2000, 1, 1, hour, minute, 0, 0, time.UTC).Format("15.04")
}

func (h *Meetings) seriesForm(c *gin.Context) error {
	if err := h.Convene.MayRun(ctxOf(c), h.actor(c)); err != nil {
		return err
	}
	page := hubui.SeriesFormPage{Nth: "2", Weekday: "5", At: "09.30", Length: "180", Quorum: string(meeting.Half), ProposeDays: "11", RemarkDays: "7", Skip: []string{"4"}}
	if id := c.Query("id"); id != "" {
		all, err := h.Convene.AllSeries(ctxOf(c), h.actor(c))
		if err != nil {
			return err
		}
		at := slices.IndexFunc(all, func(s meeting.Series) bool { return s.ID == id })
		if at < 0 {
			return fault.Missing()
		}
		s := all[at]
		page = hubui.SeriesFormPage{ID: s.ID, NameTH: s.NameTH, NameEN: s.NameEN, Nth: strconv.Itoa(s.Rule.Nth), Weekday: strconv.Itoa(int(s.Rule.Weekday)), At: clockOf(s.Hour, s.Minute),
			Length: strconv.Itoa(s.Length), Quorum: string(s.Quorum), ProposeDays: strconv.Itoa(s.ProposeDays), RemarkDays: strconv.Itoa(s.RemarkDays), Hosts: s.Hosts, Version: s.Version}
		for _, m := range s.Rule.Skip {
			page.Skip = append(page.Skip, strconv.Itoa(int(m)))
		}
	}
	return h.askSeries(c, http.StatusOK, page)
}

func (h *Meetings) askSeries(c *gin.Context, status int, page hubui.SeriesFormPage) error {
	members, err := h.Members(ctxOf(c))
	if err != nil {
		return err
	}
	for _, m := range members {
		page.Members = append(page.Members, ui.Option{Value: m.Actor, Label: ui.Say(m.Name)})
	}
	for _, n := range []string{"1", "2", "3", "4", "-1"} {
		page.Nths = append(page.Nths, ui.Option{Value: n, Label: ui.T("meetings.nth." + strings.Replace(n, "-1", "last", 1))})
	}
	for d := range 7 {
		n := strconv.Itoa((d + 1) % 7) // Monday first
		page.Weekdays = append(page.Weekdays, ui.Option{Value: n, Label: ui.T("meetings.weekday." + n)})
	}
	for m := 1; m <= 12; m++ {
		page.Months = append(page.Months, ui.Option{Value: strconv.Itoa(m), Label: ui.T("shell.month." + strconv.Itoa(m))})
	}
	for _, q := range meeting.Quorums() {
		page.Quorums = append(page.Quorums, ui.Option{Value: string(q), Label: ui.T("meetings.quorum." + string(q))})
	}
	return h.app.Show(c, status, "meetings.series.form", page)
}

func number(c *gin.Context, name string) int {
	n, err := strconv.Atoi(strings.TrimSpace(ginweb.Value(c, name)))
	if err != nil {
		return 0
	}
	return n
}

// several are the values of a field of many boxes.
func several(c *gin.Context, name string) []string { return c.PostFormArray(name) }

func (h *Meetings) putSeries(c *gin.Context) error {
	if err := h.Convene.MayRun(ctxOf(c), h.actor(c)); err != nil {
		return err
	}
	get := func(name string) string { return strings.TrimSpace(ginweb.Value(c, name)) }
	page := hubui.SeriesFormPage{ID: get("id"), NameTH: get("name_th"), NameEN: get("name_en"), Nth: get("nth"), Weekday: get("weekday"), At: get("at"), Length: get("length"), Quorum: get("quorum"),
		ProposeDays: get("propose_days"), RemarkDays: get("remark_days"), Skip: several(c, "skip"), Hosts: several(c, "hosts")}
	page.Version, _ = strconv.ParseInt(get("version"), 10, 64)
	s := meeting.Series{ID: page.ID, NameTH: page.NameTH, NameEN: page.NameEN, Hour: -1, Length: number(c, "length"), Hosts: page.Hosts, Quorum: meeting.Quorum(page.Quorum),
		ProposeDays: number(c, "propose_days"), RemarkDays: number(c, "remark_days"), Version: page.Version,
		Rule: meeting.Recurrence{Nth: number(c, "nth"), Weekday: time.Weekday(number(c, "weekday") % 7)}}
	if t, err := time.Parse("15:04", strings.ReplaceAll(page.At, ".", ":")); err == nil {
		s.Hour, s.Minute = t.Hour(), t.Minute()
	}
	for _, m := range page.Skip {
		if n, err := strconv.Atoi(m); err == nil && n >= 1 && n <= 12 {
			s.Rule.Skip = append(s.Rule.Skip, time.Month(n))
		}
	}
	members, err := h.Members(ctxOf(c))
	if err != nil {
		return err
	}
	s.Hosts = slices.DeleteFunc(s.Hosts, func(a string) bool {
		return !slices.ContainsFunc(members, func(m meeting.Member) bool { return m.Actor == a })
	})
	if _, err := h.Convene.PutSeries(ctxOf(c), h.actor(c), s); err != nil {
		if page.Errors = ui.ErrorsOf(err); fault.Is(err, fault.Invalid) {
			return h.askSeries(c, http.StatusUnprocessableEntity, page)
		}
		return err
	}
	return h.app.Redirect(c, "/meetings", "meetings.flash.series", nil)
}

func (h *Meetings) plan(c *gin.Context) error {
	id, err := h.Convene.Plan(ctxOf(c), h.actor(c), ginweb.Value(c, "series"))
	if err != nil {
		return err
	}
	return h.app.Redirect(c, "/meetings/"+id, "meetings.flash.plan", nil)
}

func (h *Meetings) edit(c *gin.Context) error {
	if err := h.Convene.MayRun(ctxOf(c), h.actor(c)); err != nil {
		return err
	}
	get := func(name string) string { return strings.TrimSpace(ginweb.Value(c, name)) }
	typed := hubui.MeetingForm{Number: get("number"), From: get("from"), Length: get("length"), Host: get("host"), Place: get("place"), Link: get("link"), Note: get("note"), Chair: get("chair")}
	f := meeting.Form{Number: number(c, "number"), Length: number(c, "length"), Host: typed.Host, Place: typed.Place, Link: typed.Link, Note: lines(typed.Note), Chair: typed.Chair}
	field := func(name string) string { return ginweb.Value(c, name) }
	if day, key := ui.ReadDate(field, "day"); key == "" {
		typed.Day = day
		if start, err := at(day, typed.From); err == nil {
			f.Start = start
		}
	}
	if day, key := ui.ReadDate(field, "deadline"); key == "" {
		typed.DeadlineDay = day
		if end, err := at(day, "23:59"); err == nil {
			f.Deadline = end
		}
	}
	if err := h.Convene.Edit(ctxOf(c), h.actor(c), c.Param("id"), versionOf(c), f); err != nil {
		if fault.Is(err, fault.Invalid) {
			return h.show(c, http.StatusUnprocessableEntity, ui.ErrorsOf(err), &typed)
		}
		return err
	}
	return h.app.Redirect(c, "/meetings/"+c.Param("id"), "meetings.flash.edit", nil)
}

func (h *Meetings) judge(c *gin.Context) error {
	return h.Agenda.Judge(ctxOf(c), h.actor(c), c.Param("id"), ginweb.Value(c, "item"), versionOf(c), meeting.Verdict{Fate: meeting.Fate(ginweb.Value(c, "fate")),
		Section: ginweb.Value(c, "section"), Minutes: number(c, "minutes"), Reason: strings.TrimSpace(ginweb.Value(c, "reason")), Into: ginweb.Value(c, "into")})
}

// item writes a new item, or changes one.
func (h *Meetings) item(c *gin.Context) error {
	d := meeting.Draft{Section: ginweb.Value(c, "section"), Title: strings.TrimSpace(ginweb.Value(c, "title")), Why: strings.TrimSpace(lines(ginweb.Value(c, "why"))), Wanted: ginweb.Value(c, "wanted"),
		Minutes: number(c, "minutes"), Closed: ginweb.Value(c, "closed") == "yes"}
	if item := ginweb.Value(c, "item"); item != "" {
		return h.Agenda.Change(ctxOf(c), h.actor(c), c.Param("id"), item, versionOf(c), d)
	}
	return h.Agenda.Add(ctxOf(c), h.actor(c), c.Param("id"), d)
}
