package site

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic/meeting"
	"github.com/saphan-network/saphan/web/ginweb"
	"github.com/saphan-network/saphan/web/nodeui"
	"github.com/saphan-network/saphan/web/staffui"
	"github.com/saphan-network/saphan/web/ui"
)

// paper is the agenda or the minutes in the official form.
func (h *Meetings) paper(c *gin.Context) error {
	v, err := h.Service.Show(c.Request.Context(), h.who(c), c.Param("id"))
	if err != nil {
		return err
	}
	names, err := h.Names(c.Request.Context())
	if err != nil {
		return err
	}
	page := staffui.MeetingPaperPage{Back: "/meetings/" + v.ID, Minutes: c.Query("of") == "minutes", Name: v.NameTH, Start: v.Start, Place: v.Place, State: nodeui.MeetingBadge(standingOf(v.Meeting, h.Now()))}
	items, title := v.Items, "meetings.agenda.title"
	if page.Minutes {
		if v.Minutes.IRI == "" {
			return fault.Missing()
		}
		items, title, page.Lines, page.Digest = v.Minutes.Items, "meetings.minutes.title", lineUp(v.Minutes.Text), v.Minutes.Digest
	}
	for _, i := range items {
		if i.Section == "" {
			page.Lists = append(page.Lists, staffui.PaperList{Title: i.Title, Lines: lineUp(i.Why)})
		}
	}
	for _, n := range []string{"1", "2", "3", "4", "5", "6"} {
		one := staffui.PaperSection{Number: n, Title: ui.T("meetings.section." + n)}
		for _, i := range items {
			if i.Section != n {
				continue
			}
			item := staffui.PaperItem{Number: i.Number, Title: i.Title, Minutes: i.Minutes, From: names[i.Proposer], Text: lineUp(i.Why), Result: lineUp(i.Result)}
			if i.Wanted != "" {
				item.Wanted = ui.T("meetings.wanted." + i.Wanted)
			}
			if !page.Minutes {
				page.Hours += i.Minutes
			}
			one.Items = append(one.Items, item)
		}
		page.Sections = append(page.Sections, one)
	}
	return h.app.Show(c, http.StatusOK, title, page)
}

func (h *Meetings) tasks(c *gin.Context, status int, errs ui.Errors) error {
	all, err := h.Tasks.Tasks(c.Request.Context(), h.who(c))
	if err != nil {
		return err
	}
	page := nodeui.TasksPage{MayWork: h.Tasks.MayWork(c.Request.Context(), h.who(c)) == nil, Errors: errs}
	for _, s := range []string{"open", "started", "done", "stuck"} {
		page.States = append(page.States, ui.Option{Value: s, Label: ui.T("meetings.task." + s)})
	}
	done := func(t meeting.Task) int {
		if t.Open() {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(all, func(a, b meeting.Task) int { return cmp.Compare(done(a), done(b)) })
	for _, t := range all {
		row := nodeui.TaskRow{ID: t.ID, Code: t.Code, What: t.What, Note: t.Note, StateCode: t.State, Due: t.Due, Changed: t.Changed, State: nodeui.TaskBadge(t.State), Late: t.Overdue(h.Now()),
			Dropped: t.State == "dropped", Version: t.Version}
		if t.Open() {
			page.Open++
		}
		if row.Late {
			page.Late++
		}
		page.Rows = append(page.Rows, row)
	}
	return h.app.Show(c, status, "meetings.tasks.title", page)
}

func (h *Meetings) report(c *gin.Context) error {
	version, err := strconv.ParseInt(ginweb.Value(c, "version"), 10, 64)
	if err != nil {
		version = -1
	}
	err = h.Tasks.Report(c.Request.Context(), h.who(c), c.Param("id"), version, ginweb.Value(c, "state"), ginweb.Value(c, "note"))
	if fault.Is(err, fault.Invalid) {
		return h.tasks(c, http.StatusUnprocessableEntity, ui.ErrorsOf(err))
	}
	if err != nil {
		return err
	}
	return h.app.Redirect(c, "/tasks", "meetings.flash.report", nil)
}
