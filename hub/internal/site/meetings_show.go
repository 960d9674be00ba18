package site

import (
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/hub/network/meeting"
	"github.com/saphan-network/saphan/web/hubui"
	"github.com/saphan-network/saphan/web/ui"
)

func (h *Meetings) show(c *gin.Context, status int, errs ui.Errors, typed *hubui.MeetingForm) error {
	v, err := h.Convene.Show(ctxOf(c), h.actor(c), c.Param("id"))
	if err != nil {
		return err
	}
	m, upcoming := v.Meeting, v.Meeting.State.Upcoming()
	page := hubui.MeetingPage{ID: m.ID, Name: nameOf(m), Host: m.HostName, Place: m.Place, Link: m.Link, Note: m.Note, Chair: m.Chair, Start: m.Start, End: m.End(), Deadline: m.Deadline, Moved: m.Moved,
		State:   ui.State{Badge: hubui.MeetingBadge(string(m.State)), Next: ui.T("meetings.next." + string(m.State))},
		Version: m.Version, Planned: v.Planned, Length: m.Length, Quorum: quorumText(m, v.Count), Enough: v.Count.Enough, Telling: v.Telling, MayRun: v.MayRun, CanEdit: upcoming,
		CanCall: v.MayRun && m.State == meeting.Planned, CanPublish: v.MayRun && (m.State == meeting.Called || m.State == meeting.Published),
		CanOpen: v.MayRun && (m.State == meeting.Called || m.State == meeting.Published), CanCancel: v.MayRun && upcoming,
		InRoom: v.MayRun && m.State == meeting.InSession, HasMinutes: !upcoming && m.State != meeting.Cancelled, AgendaStale: m.AgendaStale, OnPaper: m.AgendaRevision > 0, Errors: errs}
	page.Form = formOf(m)
	if typed != nil {
		page.Form = *typed
	}
	for _, one := range v.Members {
		page.Form.Hosts = append(page.Form.Hosts, ui.Option{Value: one.Actor, Label: ui.Say(one.Name)})
	}
	for _, s := range meeting.Sections() {
		page.SectionOptions = append(page.SectionOptions, ui.Option{Value: s, Label: ui.T("meetings.section.option", "n", s, "name", ui.T("meetings.section."+s))})
	}
	for _, w := range []string{"note", "advise", "decide"} {
		page.WantedOptions = append(page.WantedOptions, ui.Option{Value: w, Label: ui.T("meetings.wanted." + w)})
	}
	page.Sections = sections(v.Items)
	for _, i := range v.Items {
		page.IntoOptions = append(page.IntoOptions, ui.Option{Value: i.ID, Label: ui.Say(i.Title)})
	}
	for _, p := range v.Proposals {
		page.Proposals = append(page.Proposals, proposalRow(p))
	}
	replies(&page, v)
	return h.app.Show(c, status, "meetings.one.title", page)
}

func formOf(m meeting.Meeting) hubui.MeetingForm {
	return hubui.MeetingForm{Number: strconv.Itoa(m.Number), Day: m.Start.In(meeting.Zone).Format(time.DateOnly), From: m.Start.In(meeting.Zone).Format("15.04"), Length: strconv.Itoa(m.Length),
		DeadlineDay: m.Deadline.In(meeting.Zone).Format(time.DateOnly), Host: m.Host, Place: m.Place, Link: m.Link, Note: m.Note, Chair: m.Chair}
}

// quorumText says the rule in words, with what it comes to.
func quorumText(m meeting.Meeting, c meeting.Count) ui.Text {
	return ui.T("meetings.quorum.says", "rule", ui.T("meetings.quorum."+string(m.Quorum)), "needs", c.Needs, "members", c.Members, "present", c.Present)
}

func proposalRow(p meeting.Item) hubui.ProposalRow {
	row := hubui.ProposalRow{ID: p.ID, Title: p.Title, From: p.ProposerName, Reason: p.Reason, Why: paragraphs(p.Why), Minutes: p.Minutes, Late: p.Late, Fresh: p.Fate == meeting.Fresh,
		Fate: hubui.FateBadge(string(p.Fate)), Section: p.Section, Version: p.Version}
	if p.Wanted != "" {
		row.Wanted = ui.T("meetings.wanted." + p.Wanted)
	}
	return row
}

// paragraphs are the lines of a text that say something.
func paragraphs(text string) []string {
	var out []string
	for _, l := range strings.Split(text, "\n") {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

func sections(items []meeting.Item) []hubui.AgendaSection {
	var out []hubui.AgendaSection
	numbers := meeting.Numbers(items)
	for _, s := range meeting.Sections() {
		one := hubui.AgendaSection{Number: s, Title: ui.T("meetings.section." + s)}
		for k, i := range items {
			if i.Section != s {
				continue
			}
			row := hubui.AgendaRow{ID: i.ID, Number: numbers[k], Title: i.Title, From: i.ProposerName, Why: i.Why, Section: s, Wanted: i.Wanted, Minutes: i.Minutes, Version: i.Version,
				Closed: i.Closed, First: len(one.Items) == 0, Last: k+1 == len(items) || items[k+1].Section != s, Own: i.Offer == "" && i.Action == "" && i.Adopts == "" && i.Carried == ""}
			if i.Wanted != "" {
				row.WantedText = ui.T("meetings.wanted." + i.Wanted)
			}
			one.Items = append(one.Items, row)
		}
		out = append(out, one)
	}
	return out
}

func replies(page *hubui.MeetingPage, v meeting.View) {
	said := map[string]bool{}
	for _, r := range v.Replies {
		said[r.Org] = true
		row := hubui.ReplyRow{Org: r.OrgName, Who: r.Who, Needs: r.Needs, State: hubui.ComesBadge(r.State), At: r.At, Old: !v.Meeting.Moved.IsZero() && r.At.Before(v.Meeting.Moved)}
		if r.Mode != "" {
			row.Mode = ui.T("meetings.mode." + r.Mode)
		}
		page.Replies = append(page.Replies, row)
	}
	for _, m := range v.Members {
		if !said[m.Actor] && v.Meeting.State.Told() {
			page.Missing = append(page.Missing, m.Name)
		}
	}
}
