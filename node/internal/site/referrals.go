package site

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/vocabulary"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/referral"
	"github.com/saphan-network/saphan/web/ginweb"
	"github.com/saphan-network/saphan/web/nodeui"
	"github.com/saphan-network/saphan/web/ui"
)

// ReferralReader is what the pages read of the sender's end.
type ReferralReader interface {
	Show(ctx context.Context, actor clinic.Actor, id string) (referral.View, error)
	Board(ctx context.Context, actor clinic.Actor, caseID string, over bool) ([]referral.View, error)
	Start(ctx context.Context, actor clinic.Actor, caseID string) (referral.Source, error)
	Candidates(ctx context.Context, needs []string, province, region string) ([]referral.Match, error)
	Numbers(ctx context.Context, actor clinic.Actor, since time.Time) ([]referral.Tally, error)
}

// ReferralWriter is what the pages change at the sender's end.
type ReferralWriter interface {
	Draft(ctx context.Context, actor clinic.Actor, caseID string, f referral.Form) (string, error)
	Edit(ctx context.Context, actor clinic.Actor, id string, seen int, f referral.Form) error
	Submit(ctx context.Context, actor clinic.Actor, id string) (referral.State, error)
	Approve(ctx context.Context, actor clinic.Actor, id, sha256 string) error
	Return(ctx context.Context, actor clinic.Actor, id, reason string) error
	Withdraw(ctx context.Context, actor clinic.Actor, id, reason string) error
	Close(ctx context.Context, actor clinic.Actor, id, confirmed string) error
}

// ReferralsConfig is what the pages of referrals stand on.
type ReferralsConfig struct {
	Read  ReferralReader
	Write ReferralWriter
	Staff Colleagues
	Hand  *Handovers
	Now   func() time.Time
}

// Referrals serves the pages of referrals that this member sends.
type Referrals struct {
	app *ginweb.App
	ReferralsConfig
}

// NewReferrals makes the pages of the sender's end.
func NewReferrals(app *ginweb.App, cfg ReferralsConfig) *Referrals {
	return &Referrals{app: app, ReferralsConfig: cfg}
}

// Mount adds the routes. All of them need somebody to be signed in.
func (h *Referrals) Mount(g gin.IRouter) {
	r := g.Group("/referrals", h.app.RequireUser())
	r.GET("", h.app.H(h.board))
	r.GET("/numbers", h.app.H(h.numbers))
	r.GET("/:id", h.app.H(h.show))
	r.GET("/:id/edit", h.app.H(h.editForm))
	r.POST("/:id/edit", h.app.H(h.edit))
	r.POST("/:id/submit", h.app.H(h.submit))
	r.POST("/:id/approve", h.app.H(h.approve))
	r.POST("/:id/return", h.app.H(h.giveBack))
	r.POST("/:id/withdraw", h.app.H(h.withdraw))
	r.POST("/:id/close", h.app.H(h.close))
	c := g.Group("/cases/:id/refer", h.app.RequireUser())
	c.GET("", h.app.H(h.draftForm))
	c.POST("", h.app.H(h.draft))
}

func actorOf(app *ginweb.App, c *gin.Context) clinic.Actor {
	u := app.User(c)
	return clinic.Actor{UserID: u.ID, Roles: u.Roles, Active: u.ID != ""}
}

func (h *Referrals) board(c *gin.Context) error {
	over := c.Query("over") != ""
	views, err := h.Read.Board(c.Request.Context(), actorOf(h.app, c), "", over)
	if err != nil {
		return err
	}
	p := nodeui.ReferralBoardPage{Over: over}
	for _, v := range views {
		card := referralCard(v)
		switch {
		case over:
			p.Done = append(p.Done, card)
		case v.Outlook.Who == "drafter" || v.Outlook.Who == "approver" || v.Outlook.Who == "gone":
			p.Ours = append(p.Ours, card)
		default:
			p.Waiting = append(p.Waiting, card)
		}
	}
	if !over {
		waiting, err := h.Hand.Waiting(c.Request.Context(), actorOf(h.app, c))
		if err != nil {
			return err
		}
		for _, w := range waiting {
			p.Ours = append(p.Ours, sentCard(w))
		}
	}
	return h.app.Show(c, http.StatusOK, "referrals.board.title", p)
}

func (h *Referrals) draftForm(c *gin.Context) error {
	ctx := c.Request.Context()
	src, err := h.Read.Start(ctx, actorOf(h.app, c), c.Param("id"))
	if err != nil {
		return err
	}
	f := referral.Form{Kind: "service", Urgency: "normal", Issues: src.Issues}
	return h.showForm(c, http.StatusOK, src, f, formOn{back: "/cases/" + c.Param("id"), action: "/refer"})
}

func (h *Referrals) draft(c *gin.Context) error {
	ctx, caseID := c.Request.Context(), c.Param("id")
	src, err := h.Read.Start(ctx, actorOf(h.app, c), caseID)
	if err != nil {
		return err
	}
	f, errs := formOfReferral(c)
	on := formOn{back: "/cases/" + caseID, action: "/refer"}
	if ginweb.Value(c, "do") == "rank" {
		return h.showForm(c, http.StatusOK, src, f, on)
	}
	on.errs = errs
	if len(errs) > 0 {
		return h.showForm(c, http.StatusUnprocessableEntity, src, f, on)
	}
	id, err := h.Write.Draft(ctx, actorOf(h.app, c), caseID, f)
	if fault.Is(err, fault.Invalid) {
		on.errs = ui.ErrorsOf(err)
		return h.showForm(c, http.StatusUnprocessableEntity, src, f, on)
	}
	if err != nil {
		return err
	}
	return h.app.Redirect(c, "/referrals/"+id, "referrals.flash.drafted", nil)
}

func (h *Referrals) editForm(c *gin.Context) error {
	v, src, err := h.editing(c)
	if err != nil {
		return err
	}
	return h.showForm(c, http.StatusOK, src, v.Referral.Form, formOn{back: "/referrals/" + c.Param("id"), action: "/edit", version: v.Referral.Version})
}

func (h *Referrals) edit(c *gin.Context) error {
	v, src, err := h.editing(c)
	if err != nil {
		return err
	}
	f, errs := formOfReferral(c)
	on := formOn{back: "/referrals/" + c.Param("id"), action: "/edit", version: int(version(c)), errs: errs}
	if ginweb.Value(c, "do") == "rank" {
		on.errs = nil
		return h.showForm(c, http.StatusOK, src, f, on)
	}
	if len(errs) > 0 {
		return h.showForm(c, http.StatusUnprocessableEntity, src, f, on)
	}
	err = h.Write.Edit(c.Request.Context(), actorOf(h.app, c), c.Param("id"), on.version, f)
	switch {
	case fault.Is(err, fault.Invalid):
		on.errs = ui.ErrorsOf(err)
		return h.showForm(c, http.StatusUnprocessableEntity, src, f, on)
	case fault.As(err).Key == referral.KeyEdited:
		return h.clashed(c, v.Referral, src, f, on)
	case err != nil:
		return err
	}
	return h.app.Redirect(c, on.back, "referrals.flash.edited", nil)
}

// clashed shows the form again, as it was filled in, below what is stored by now.
// Saved once more it takes the place of that.
func (h *Referrals) clashed(c *gin.Context, theirs referral.Referral, src referral.Source, mine referral.Form, on formOn) error {
	var err error
	on.version = theirs.Version
	if on.clash, err = h.formClash(c.Request.Context(), mine, theirs.Form); err != nil {
		return err
	}
	return h.showForm(c, http.StatusConflict, src, mine, on)
}

func (h *Referrals) editing(c *gin.Context) (referral.View, referral.Source, error) {
	ctx, actor := c.Request.Context(), actorOf(h.app, c)
	v, err := h.Read.Show(ctx, actor, c.Param("id"))
	if err != nil {
		return v, referral.Source{}, err
	}
	src, err := h.Read.Start(ctx, actor, v.Referral.CaseID)
	return v, src, err
}

// formOn is what the form of a draft needs beside its choices.
type formOn struct {
	back, action string
	version      int // of what is changed; 0 for a new draft
	errs         ui.Errors
	clash        []nodeui.CaseClash
}

func (h *Referrals) showForm(c *gin.Context, status int, src referral.Source, f referral.Form, on formOn) error {
	ms, err := h.Read.Candidates(c.Request.Context(), f.Needs, src.Place, vocabulary.Parent("province", src.Place))
	if err != nil {
		return err
	}
	p := nodeui.ReferralDraftPage{Action: on.back + on.action, Back: on.back, Version: on.version, Clash: on.clash, Errors: on.errs, Kind: f.Kind,
		Urgency: f.Urgency, Purpose: f.Purpose, Needs: f.Needs, Issues: f.Issues, Members: memberOptions(ms, f), Feedback: feedbackField(f.FeedbackDue, on.errs)}
	chosen := map[string]referral.Phrase{}
	for _, ph := range f.Phrases {
		chosen[ph.Code] = ph
	}
	for _, code := range vocabulary.Codes("phrase") {
		ph, on := chosen[code]
		slot := referral.PhraseSlot(code)
		p.Phrases = append(p.Phrases, nodeui.ReferralPhrase{Code: code, Checked: on, Slot: slot, Value: ph.Slots[slot]})
	}
	return h.app.Show(c, status, "referrals.draft.title", p)
}

func (h *Referrals) show(c *gin.Context) error { return h.page(c, http.StatusOK, nil) }

// page shows a referral, perhaps with what was wrong with a form on it.
func (h *Referrals) page(c *gin.Context, status int, errs ui.Errors) error {
	ctx := c.Request.Context()
	v, err := h.Read.Show(ctx, actorOf(h.app, c), c.Param("id"))
	if err != nil {
		return err
	}
	names, err := namesOf(ctx, h.Staff)
	if err != nil {
		return err
	}
	p := referralPage(v, names)
	p.Errors = errs
	if p.Handover, err = h.Hand.SentCard(ctx, actorOf(h.app, c), c.Param("id")); err != nil {
		return err
	}
	return h.app.Show(c, status, "referrals.show.page", p)
}

// after answers an action on a referral: to its page with a message, or the page
// again with what was wrong. A conflict shows the referral as it is now.
func (h *Referrals) after(c *gin.Context, err error, flash string) error {
	switch {
	case err == nil:
		return h.app.Redirect(c, "/referrals/"+c.Param("id"), flash, nil)
	case fault.Is(err, fault.Invalid):
		return h.page(c, http.StatusUnprocessableEntity, ui.ErrorsOf(err))
	case fault.Is(err, fault.Conflict):
		return h.page(c, http.StatusConflict, ui.ErrorsOf(err))
	}
	return err
}

func (h *Referrals) submit(c *gin.Context) error {
	st, err := h.Write.Submit(c.Request.Context(), actorOf(h.app, c), c.Param("id"))
	if st == referral.StateBlocked {
		return h.after(c, err, "referrals.flash.blocked")
	}
	return h.after(c, err, "referrals.flash.submitted")
}

func (h *Referrals) approve(c *gin.Context) error {
	return h.after(c, h.Write.Approve(c.Request.Context(), actorOf(h.app, c), c.Param("id"), ginweb.Value(c, "sha256")), "referrals.flash.sent")
}

func (h *Referrals) giveBack(c *gin.Context) error {
	return h.after(c, ofForm("return", h.Write.Return(c.Request.Context(), actorOf(h.app, c), c.Param("id"), ginweb.Value(c, "reason"))), "referrals.flash.returned")
}

func (h *Referrals) withdraw(c *gin.Context) error {
	return h.after(c, ofForm("withdraw", h.Write.Withdraw(c.Request.Context(), actorOf(h.app, c), c.Param("id"), ginweb.Value(c, "reason"))), "referrals.flash.withdrawn")
}

func (h *Referrals) close(c *gin.Context) error {
	return h.after(c, h.Write.Close(c.Request.Context(), actorOf(h.app, c), c.Param("id"), ginweb.Value(c, "confirmed")), "referrals.flash.closed")
}

// CaseReferrals implements site.CaseReferrals: the referrals of one case.
func (h *Referrals) CaseReferrals(ctx context.Context, actor clinic.Actor, caseID string) ([]nodeui.CaseReferral, error) {
	views, err := h.Read.Board(ctx, actor, caseID, false)
	if err != nil {
		return nil, err
	}
	out := make([]nodeui.CaseReferral, 0, len(views))
	for _, v := range views {
		out = append(out, nodeui.CaseReferral{Href: "/referrals/" + v.Referral.ID, Title: ui.Say(v.Target.Name),
			Badge: stateBadge("referrals", v.Referral.State), At: v.Referral.Changed})
	}
	return out, nil
}

// MayRefer implements site.CaseReferrals: whether the actor may refer the case.
func (h *Referrals) MayRefer(ctx context.Context, actor clinic.Actor, caseID string) (bool, error) {
	_, err := h.Read.Start(ctx, actor, caseID)
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Forbidden) {
		return false, nil
	}
	return err == nil, err
}

func namesOf(ctx context.Context, staff Colleagues) (map[string]string, error) {
	all, err := staff.Colleagues(ctx)
	if err != nil {
		return nil, err
	}
	names := make(map[string]string, len(all))
	for _, u := range all {
		names[u.ID] = u.Name
	}
	return names, nil
}
