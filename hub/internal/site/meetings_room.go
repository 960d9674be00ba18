package site

import (
	"context"
	"net/http"
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

// Room is what is done while people sit together.
type Room interface {
	Open(ctx context.Context, who clinic.Actor, name, id string, version int64) error
	Tick(ctx context.Context, who clinic.Actor, id, line string, here bool) error
	Excuse(ctx context.Context, who clinic.Actor, id, line, name, why string) error
	Arrive(ctx context.Context, who clinic.Actor, id, org, name string) error
	SaveNote(ctx context.Context, who clinic.Actor, name, id, item string, version int64, text string) (int64, *meeting.Clash, error)
	Settle(ctx context.Context, who clinic.Actor, name, id, item string, version int64, text string) (*meeting.Clash, error)
	Decide(ctx context.Context, who clinic.Actor, name, id, item string, r meeting.Resolution) error
	Act(ctx context.Context, who clinic.Actor, id string, p meeting.Promise) error
}

func (h *Meetings) mountRoom(in gin.IRouter) {
	in.GET("/:id/room", h.app.H(func(c *gin.Context) error { return h.room(c, http.StatusOK, nil) }))
	in.POST("/:id/open", h.app.H(h.do("open", func(c *gin.Context) error {
		return h.Room.Open(ctxOf(c), h.actor(c), h.app.User(c).Name, c.Param("id"), versionOf(c))
	})))
	in.POST("/:id/close", h.app.H(h.do("close", func(c *gin.Context) error {
		return h.After.Close(ctxOf(c), h.actor(c), c.Param("id"), versionOf(c))
	})))
	in.POST("/:id/circulate", h.app.H(h.circulate))
	in.POST("/:id/note", h.app.H(h.note))
	for what, do := range map[string]func(c *gin.Context) error{"tick": h.tick, "decide": h.decide, "act": h.act,
		"arrive": func(c *gin.Context) error {
			return h.Room.Arrive(ctxOf(c), h.actor(c), c.Param("id"), ginweb.Value(c, "org"), strings.TrimSpace(ginweb.Value(c, "name")))
		}} {
		in.POST("/:id/"+what, h.app.H(h.inRoom(do)))
	}
}

// inRoom runs one step of the note-taker and goes back to the screen, to the item that
// it was about.
func (h *Meetings) inRoom(f func(c *gin.Context) error) func(c *gin.Context) error {
	return func(c *gin.Context) error {
		err := f(c)
		if fault.Is(err, fault.Invalid) {
			return h.room(c, http.StatusUnprocessableEntity, ui.ErrorsOf(err))
		}
		if fault.Is(err, fault.Conflict) {
			return h.room(c, http.StatusConflict, ui.ErrorsOf(err))
		}
		if err != nil {
			return err
		}
		return h.app.Redirect(c, roomOf(c), "meetings.saved", nil)
	}
}

func roomOf(c *gin.Context) string {
	to := "/meetings/" + c.Param("id") + "/room"
	if item := ginweb.Value(c, "item"); isOpaque(item) {
		to += "#item-" + item
	}
	return to
}

func (h *Meetings) tick(c *gin.Context) error {
	id, line := c.Param("id"), ginweb.Value(c, "line")
	if ginweb.Value(c, "excuse") == "yes" {
		return h.Room.Excuse(ctxOf(c), h.actor(c), id, line, strings.TrimSpace(ginweb.Value(c, "name")), strings.TrimSpace(ginweb.Value(c, "why")))
	}
	return h.Room.Tick(ctxOf(c), h.actor(c), id, line, ginweb.Value(c, "here") == "yes")
}

func (h *Meetings) decide(c *gin.Context) error {
	return h.Room.Decide(ctxOf(c), h.actor(c), h.app.User(c).Name, c.Param("id"), ginweb.Value(c, "item"), meeting.Resolution{Kind: ginweb.Value(c, "kind"),
		Text: lines(ginweb.Value(c, "text")), Aside: strings.TrimSpace(ginweb.Value(c, "aside")), For: number(c, "for"), Against: number(c, "against"), Abstain: number(c, "abstain")})
}

func (h *Meetings) act(c *gin.Context) error {
	return h.Room.Act(ctxOf(c), h.actor(c), c.Param("id"), meeting.Promise{Item: ginweb.Value(c, "item"), What: strings.TrimSpace(ginweb.Value(c, "what")), Owner: ginweb.Value(c, "owner"),
		Due: typedDay(ginweb.Value(c, "due"))})
}

// typedDay reads a day as people write it in one line, 18/7/2568 or 2025-07-18, and
// leaves what it cannot read as it is, to be refused.
func typedDay(s string) string {
	s = strings.TrimSpace(s)
	if _, err := time.Parse(time.DateOnly, s); err == nil || s == "" {
		return s
	}
	parts := strings.FieldsFunc(s, func(r rune) bool { return r == '/' || r == '-' || r == '.' || r == ' ' })
	if len(parts) != 3 {
		return s
	}
	iso, key := ui.ReadDate(func(name string) string {
		return map[string]string{"d.day": parts[0], "d.month": parts[1], "d.year": parts[2]}[name]
	}, "d")
	if key != "" {
		return s
	}
	return iso
}

// note saves what was said. A script gets the new version, or the text that stands; a
// form without one gets the page again with both texts.
func (h *Meetings) note(c *gin.Context) error {
	script := strings.Contains(c.GetHeader("Accept"), "application/json")
	name, id, item, text := h.app.User(c).Name, c.Param("id"), ginweb.Value(c, "item"), ginweb.Value(c, "text")
	var clash *meeting.Clash
	var saved int64
	var err error
	if ginweb.Value(c, "settle") == "yes" {
		clash, err = h.Room.Settle(ctxOf(c), h.actor(c), name, id, item, versionOf(c), text)
	} else {
		saved, clash, err = h.Room.SaveNote(ctxOf(c), h.actor(c), name, id, item, versionOf(c), text)
	}
	if fault.Is(err, fault.Invalid) && !script {
		return h.room(c, http.StatusUnprocessableEntity, ui.ErrorsOf(err))
	}
	if err != nil {
		return err
	}
	switch {
	case script && clash != nil:
		c.JSON(http.StatusConflict, gin.H{"version": clash.Version, "stands": clash.Stands, "by": clash.By})
		return nil
	case script:
		c.JSON(http.StatusOK, gin.H{"version": saved})
		return nil
	case clash != nil:
		return h.room(c, http.StatusConflict, ui.Errors{{Text: ui.T("meetings.clash.text")}})
	}
	return h.app.Redirect(c, roomOf(c), "meetings.saved", nil)
}

func (h *Meetings) room(c *gin.Context, status int, errs ui.Errors) error {
	if err := h.Convene.MayRun(ctxOf(c), h.actor(c)); err != nil {
		return err
	}
	v, err := h.Convene.Show(ctxOf(c), h.actor(c), c.Param("id"))
	if err != nil {
		return err
	}
	m := v.Meeting
	if m.State.Upcoming() || m.State == meeting.Cancelled || m.State == meeting.Adopted {
		return fault.New(fault.Conflict, "error.meetings.state")
	}
	page := hubui.RoomPage{ID: m.ID, Name: nameOf(m), Version: m.Version, Quorum: quorumText(m, v.Count), Enough: v.Count.Enough, Open: m.State == meeting.InSession, Errors: errs}
	for _, l := range v.Lines {
		page.Here = append(page.Here, hubui.PresenceRow{ID: l.ID, Name: l.Name, Org: l.OrgName, Why: l.Text, Here: l.Present, Guest: l.Guest})
	}
	secretariat := ui.Option{Value: meeting.SecretariatOrg, Label: ui.T("meetings.secretariat")}
	page.Orgs, page.Owners = []ui.Option{secretariat}, []ui.Option{{Value: meeting.Everybody, Label: ui.T("meetings.everybody")}}
	for _, one := range v.Members {
		o := ui.Option{Value: one.Actor, Label: ui.Say(one.Name)}
		page.Orgs, page.Owners = append(page.Orgs, o), append(page.Owners, o)
	}
	section := ""
	for k, number := range meeting.Numbers(v.Items) {
		i := roomItem(v, v.Items[k], number)
		if s := v.Items[k].Section; s != section {
			section, i.Section = s, ui.T("meetings.section.option", "n", s, "name", ui.T("meetings.section."+s))
		}
		page.Items = append(page.Items, i)
	}
	return h.app.Show(c, status, "meetings.room.title", page)
}

func roomItem(v meeting.View, i meeting.Item, number string) hubui.RoomItem {
	out := hubui.RoomItem{ID: i.ID, Number: number, Title: i.Title, From: i.ProposerName, Note: i.Note, By: i.NoteBy, Why: paragraphs(i.Why), Minutes: i.Minutes, Version: i.Version,
		Closed: i.Closed, Adopts: i.Adopts != "", Decided: i.Decision.Kind != ""}
	if out.Decided {
		out.Resolution = paragraphs(i.Decision.Sentence())
		out.Rule = ui.T("meetings.resolved.by", "present", i.Decision.Present, "members", i.Decision.Members, "rule", ui.T("meetings.quorum."+string(v.Meeting.Quorum)))
	}
	for _, kind := range meeting.Decisions() {
		if kind == "deferred" || (kind == "adopted") == out.Adopts {
			out.Kinds = append(out.Kinds, ui.Option{Value: kind, Label: ui.T("meetings.decision." + kind)})
		}
	}
	for _, a := range v.Actions {
		if a.Item == i.ID {
			out.Actions = append(out.Actions, actionRow(a, time.Time{}))
		}
	}
	for _, d := range v.Drafts {
		if d.Item == i.ID && d.Text != "" {
			out.Drafts = append(out.Drafts, hubui.DraftRow{By: d.Name, Text: d.Text})
		}
	}
	return out
}
