package site

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic/casework"
	"github.com/saphan-network/saphan/node/clinic/consent"
	"github.com/saphan-network/saphan/web/nodeui"
	"github.com/saphan-network/saphan/web/ui"
)

// consentText names the text that the consent form shows, in the form of
// consent.Version: it goes out with an offer.
const consentText = "offer-1"

// version is the version that the person saw. A form without one is stale.
func version(c *gin.Context) int64 {
	v, err := strconv.ParseInt(c.PostForm("version"), 10, 64)
	if err != nil || v < 1 {
		return -1
	}
	return v
}

// form reads the posted form.
func (h *Cases) form(c *gin.Context) (caseForm, error) {
	if err := c.Request.ParseForm(); err != nil {
		return caseForm{}, fault.Wrap(fault.Invalid, "error.400.title", err)
	}
	return formOf(c.Request.PostForm), nil
}

// done answers a small form of the case page: back to the page, with a message;
// what is missing is shown on the page; what is stale is said.
func (h *Cases) done(c *gin.Context, err error, flash string, change func(*nodeui.CasePage)) error {
	id := c.Param("id")
	switch fault.KindOf(err) {
	case "":
		return h.app.Redirect(c, "/cases/"+id, flash, nil)
	case fault.Invalid:
		k, errShow := h.Read.Show(c.Request.Context(), h.actor(c), id)
		if errShow != nil {
			return errShow
		}
		return h.render(c, http.StatusUnprocessableEntity, k, false, func(p *nodeui.CasePage) {
			p.Errors = ui.ErrorsOf(err)
			if change != nil {
				change(p)
			}
		})
	case fault.Conflict:
		if _, errShow := h.Read.Show(c.Request.Context(), h.actor(c), id); errShow != nil {
			return errShow
		}
		return h.app.RedirectWrong(c, "/cases/"+id, fault.As(err).Key, nil)
	default:
		return err
	}
}

func (h *Cases) screen(c *gin.Context) error {
	f, err := h.form(c)
	if err != nil {
		return err
	}
	ctx, actor, id := c.Request.Context(), h.actor(c), c.Param("id")
	keep := func(p *nodeui.CasePage) { p.Next.Basis, p.Next.Conflict = f.one("basis"), f.one("conflict") }
	k, err := h.Write.Screen(ctx, actor, id, version(c), f.one("basis"), casework.Conflict(f.one("conflict")))
	if err != nil || f.one("then") != "open" {
		return h.done(c, err, "cases.flash.screened", keep)
	}
	_, err = h.Write.Move(ctx, actor, id, k.Version, casework.Move{To: casework.StatusOpen})
	return h.done(c, err, "cases.flash.moved", keep)
}

func (h *Cases) move(c *gin.Context) error {
	f, err := h.form(c)
	if err != nil {
		return err
	}
	var wrong ui.Errors
	m := casework.Move{To: casework.Status(f.one("to")), HoldReason: f.one("hold_reason"), CloseReason: f.one("close_reason"), WakeOn: f.date("wake_on", &wrong)}
	_, err = h.Write.Move(c.Request.Context(), h.actor(c), c.Param("id"), version(c), m)
	return h.done(c, err, "cases.flash.moved", func(p *nodeui.CasePage) {
		p.Next.HoldReason, p.Next.CloseReason = m.HoldReason, m.CloseReason
		p.Next.WakeOn = f.dateField("wake_on", "cases.field.wake_on", "")
	})
}

func (h *Cases) reopen(c *gin.Context) error {
	reason := c.PostForm("reopen_reason")
	_, err := h.Mend.Reopen(c.Request.Context(), h.actor(c), c.Param("id"), version(c), reason)
	return h.done(c, err, "cases.flash.reopened", func(p *nodeui.CasePage) { p.Next.ReopenReason = reason })
}

func (h *Cases) note(c *gin.Context) error {
	text := c.PostForm("note")
	err := h.Write.Note(c.Request.Context(), h.actor(c), c.Param("id"), text)
	return h.done(c, err, "cases.flash.noted", func(p *nodeui.CasePage) { p.Note = text })
}

func (h *Cases) assign(c *gin.Context) error {
	ctx, actor, id := c.Request.Context(), h.actor(c), c.Param("id")
	_, err := h.Write.Assign(ctx, actor, id, c.PostForm("user"), c.PostForm("only") == "yes")
	if err == nil {
		if _, errShow := h.Read.Show(ctx, actor, id); fault.Is(errShow, fault.NotFound) {
			return h.app.Redirect(c, "/cases", "cases.flash.assigned", nil) // given away
		}
	}
	return h.done(c, err, "cases.flash.assigned", nil)
}

func (h *Cases) editForm(c *gin.Context) error {
	k, err := h.editable(c)
	if err != nil {
		return err
	}
	return h.app.Show(c, http.StatusOK, "cases.edit.title", editPage(formOf(nil), k.ID, k.LocalNumber, k.Version, detailsFor(k)))
}

// editable returns the case if the actor may change it.
func (h *Cases) editable(c *gin.Context) (casework.Case, error) {
	ctx, actor, id := c.Request.Context(), h.actor(c), c.Param("id")
	k, err := h.Read.Show(ctx, actor, id)
	if err != nil {
		return k, err
	}
	can, err := h.Read.Can(ctx, actor, id, "update")
	if err == nil && !can["update"] {
		err = fault.New(fault.Forbidden, "cases.fault.forbidden")
	}
	return k, err
}

// detailsFor leaves the openness out where it cannot be chosen.
func detailsFor(k casework.Case) casework.Details {
	d := k.DetailsOf()
	if k.Compartment != "" {
		d.Openness = 0
	}
	return d
}

func (h *Cases) edit(c *gin.Context) error {
	f, err := h.form(c)
	if err != nil {
		return err
	}
	k, err := h.editable(c)
	if err != nil {
		return err
	}
	d, wrong := f.details()
	if len(wrong) == 0 {
		_, err := h.Write.Edit(c.Request.Context(), h.actor(c), k.ID, version(c), d)
		switch fault.KindOf(err) {
		case "":
			return h.app.Redirect(c, "/cases/"+k.ID, "cases.flash.edited", nil)
		case fault.Conflict:
			return h.clashed(c, f, d)
		case fault.Invalid:
			wrong = ui.ErrorsOf(err)
		default:
			return err
		}
	}
	page := editPage(f, k.ID, k.LocalNumber, max(version(c), 1), d)
	page.Errors = wrong
	return h.app.Show(c, http.StatusUnprocessableEntity, "cases.edit.title", page)
}

// clashed shows both versions; nothing that was typed is lost.
func (h *Cases) clashed(c *gin.Context, f caseForm, mine casework.Details) error {
	k, err := h.editable(c)
	if err != nil {
		return err
	}
	page := nodeui.CaseClashPage{ID: k.ID, Action: "edit", Number: k.LocalNumber, Version: k.Version, Rows: clash(mine, detailsFor(k))}
	for _, name := range []string{"problem", "issues", "province", "amphoe", "interpreter", "guardian", "opened_on.day", "opened_on.month",
		"opened_on.year", "local_number", "openness"} {
		for _, v := range f.all(name) {
			page.Hidden = append(page.Hidden, nodeui.CaseHidden{Name: name, Value: v})
		}
	}
	return h.app.Show(c, http.StatusConflict, "cases.clash.title", page)
}

func (h *Cases) consentForm(c *gin.Context) error {
	k, err := h.mayConsent(c)
	if err != nil {
		return err
	}
	if k.LegalBasis == "" {
		return h.app.RedirectWrong(c, "/cases/"+k.ID, "cases.fault.basis_first", nil)
	}
	f := formOf(map[string][]string{"basis": {k.LegalBasis}, "recipient": {c.Query("recipient")}})
	page, err := h.consentPage(c, k, f, h.today())
	if err != nil {
		return err
	}
	return h.app.Show(c, http.StatusOK, "consent.new.title", page)
}

func (h *Cases) mayConsent(c *gin.Context) (casework.Case, error) {
	ctx, actor, id := c.Request.Context(), h.actor(c), c.Param("id")
	k, err := h.Read.Show(ctx, actor, id)
	if err != nil {
		return k, err
	}
	can, err := h.Read.Can(ctx, actor, id, "consent")
	if err == nil && !can["consent"] {
		err = fault.New(fault.Forbidden, "cases.fault.forbidden")
	}
	return k, err
}

func (h *Cases) consentPage(c *gin.Context, k casework.Case, f caseForm, givenOn string) (nodeui.CaseConsentPage, error) {
	page := nodeui.CaseConsentPage{
		ID: k.ID, Number: k.LocalNumber, Minor: k.AnyMinor(h.today()), Recipient: f.one("recipient"), Purpose: f.one("purpose"),
		Special: f.one("special") == "yes", Basis: f.one("basis"), Language: f.one("language"), Medium: f.one("medium"),
		Interpreter: f.one("interpreter"), Witness: f.one("witness"), Guardian: f.one("guardian"), Assent: f.one("assent") == "yes",
		GivenOn:     f.dateField("given_on", "consent.field.given_on", givenOn),
		ValidUntil:  f.dateField("valid_until", "consent.field.valid_until", ""),
		TextVersion: consentText,
		Recipients:  []ui.Option{{Value: consent.Network, Label: ui.T("consent.recipient.network")}},
	}
	if h.Recipients != nil {
		all, err := h.Recipients.Recipients(c.Request.Context())
		if err != nil {
			return page, err
		}
		for _, r := range all {
			page.Recipients = append(page.Recipients, ui.Option{Value: r.Actor, Label: ui.Say(r.Name)})
		}
	}
	page.Recipients = append(page.Recipients, ui.Option{Value: consent.Inside, Label: ui.T("consent.recipient.inside")})
	return page, nil
}

func (h *Cases) recordConsent(c *gin.Context) error {
	f, err := h.form(c)
	if err != nil {
		return err
	}
	k, err := h.mayConsent(c)
	if err != nil {
		return err
	}
	var wrong ui.Errors
	r := consent.Record{
		Purpose: f.one("purpose"), Recipient: f.one("recipient"), Scope: consent.ScopeAnonymousOffer, Special: f.one("special") == "yes",
		Basis: f.one("basis"), TextVersion: f.one("text_version"), Language: f.one("language"), Medium: f.one("medium"),
		Interpreter: f.one("interpreter"), Witness: f.one("witness"), Guardian: f.one("guardian"), Assent: f.one("assent") == "yes",
		GivenOn: f.date("given_on", &wrong), ValidUntil: f.date("valid_until", &wrong),
	}
	if len(wrong) == 0 {
		_, err := h.Write.RecordConsent(c.Request.Context(), h.actor(c), k.ID, r)
		switch fault.KindOf(err) {
		case "":
			return h.app.Redirect(c, "/cases/"+k.ID, "consent.flash.recorded", nil)
		case fault.Conflict:
			return h.app.RedirectWrong(c, "/cases/"+k.ID, fault.As(err).Key, nil)
		case fault.Invalid:
			wrong = ui.ErrorsOf(err)
		default:
			return err
		}
	}
	page, err := h.consentPage(c, k, f, "")
	if err != nil {
		return err
	}
	page.Errors = wrong
	return h.app.Show(c, http.StatusUnprocessableEntity, "consent.new.title", page)
}

func (h *Cases) withdraw(c *gin.Context) error {
	err := h.Write.WithdrawConsent(c.Request.Context(), h.actor(c), c.Param("id"), c.Param("consent"), c.PostForm("how"))
	return h.done(c, err, "consent.flash.withdrawn", nil)
}
