package site

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/vocabulary"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/directory"
	"github.com/saphan-network/saphan/web/ginweb"
	"github.com/saphan-network/saphan/web/nodeui"
	"github.com/saphan-network/saphan/web/ui"
)

// ApplyService is what the pages need to apply to a network that has not invited us.
type ApplyService interface {
	MayApply(ctx context.Context, who clinic.Actor) error
	Draft(ctx context.Context, who clinic.Actor, hub string, w directory.Words) error
	Drafted(ctx context.Context, who clinic.Actor) (directory.Application, error)
	Apply(ctx context.Context, who clinic.Actor, sum, fingerprint string) error
	Letter(ctx context.Context) (directory.Letter, error)
	Withdraw(ctx context.Context, who clinic.Actor) error
	Telling(w directory.Words) []string
}

// mountApply adds the routes of an application.
func (n *Network) mountApply(in gin.IRouter) {
	in.GET("/apply", n.app.H(n.applyForm))
	in.POST("/apply", n.app.H(n.applyDraft))
	in.GET("/apply/look", n.app.H(func(c *gin.Context) error { return n.applyLook(c, http.StatusOK, nil) }))
	in.POST("/apply/send", n.app.H(n.applySend))
	in.POST("/withdraw", n.app.H(n.withdraw))
}

// applying tells how our application stands.
func (n *Network) applying(c *gin.Context, st directory.Standing, manage bool) (nodeui.Applying, error) {
	var a nodeui.Applying
	switch st.State {
	case directory.Alone, directory.LeftIt:
		a.May = true
	case directory.Withdrawn:
		a.May, a.Title, a.Text, a.Tone = true, "apply.now.withdrawn", "apply.now.withdrawn.text", "info"
	case directory.Ended:
		if st.Declined() {
			a.Title, a.Text, a.Tone, a.Again = "apply.now.declined", "apply.now.declined.text", "info", st.Again()
			a.May = true // to another network at once
		}
	case directory.Considered:
		a.Steps, a.Withdraw = nodeui.ApplySteps("considered"), true
		a.Title, a.Text, a.Tone = "apply.now.considered", "apply.now.considered.text", "wait"
	case directory.Asked:
		l, err := n.apply.Letter(c.Request.Context())
		if err != nil {
			return a, err
		}
		a.Steps, a.Withdraw = nodeui.ApplySteps("sent"), true
		a.Title, a.Text, a.Tone = letterWords(l)
		if l.There() {
			a.Steps = nodeui.ApplySteps("arrived")
		} else if l.Why != "" && a.Title == "apply.now.sent" {
			a.Error = ui.T(l.Why)
		}
	}
	if manage && a.Withdraw {
		d, err := n.apply.Drafted(c.Request.Context(), n.actor(c))
		if err != nil && !fault.Is(err, fault.NotFound) {
			return a, err
		}
		if d.Hub.Actor == st.Hub.Actor {
			a.Said = lineUp(d.Words.AboutTH + "\n" + d.Words.AboutEN)
		}
	}
	return a, nil
}

// letterWords says in plain words where an application is on its way.
func letterWords(l directory.Letter) (title, text, tone string) {
	switch {
	case l.There():
		return "apply.now.arrived", "apply.now.arrived.text", "wait"
	case l.Code == http.StatusForbidden:
		return "apply.now.refused", "apply.now.refused.text", "danger"
	case l.Code == http.StatusNotFound, l.Code == http.StatusUnauthorized:
		return "apply.now.unknown", "apply.now.unknown.text", "danger"
	case l.Code == http.StatusTooManyRequests:
		return "apply.now.full", "apply.now.full.text", "wait"
	case l.State == "held" || l.State == "dropped":
		return "apply.now.held", "apply.now.held.text", "danger"
	}
	return "apply.now.sent", "apply.now.sent.text", "wait"
}

func areaOptions() []ui.Option {
	var out []ui.Option
	for _, list := range []string{"region", "province"} {
		for _, code := range vocabulary.Codes(list) {
			out = append(out, ui.Option{Value: code, Label: ui.Label(list, code)})
		}
	}
	return out
}

func (n *Network) applyForm(c *gin.Context) error {
	ctx, who := c.Request.Context(), n.actor(c)
	err := n.apply.MayApply(ctx, who)
	if fault.Is(err, fault.Conflict) {
		return n.app.Show(c, http.StatusConflict, "apply.title", nodeui.ApplyPage{Closed: ui.T(fault.As(err).Key)})
	}
	if err != nil {
		return err
	}
	page := nodeui.ApplyPage{Areas: areaOptions()}
	d, err := n.apply.Drafted(ctx, who)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	page.Address, page.AboutTH, page.AboutEN, page.Contact = strings.TrimSuffix(d.Hub.Actor, "/ap/network"), d.Words.AboutTH, d.Words.AboutEN, d.Words.Contact
	page.Services, page.Regions, page.Languages = d.Words.Services, d.Words.Regions, d.Words.Languages
	return n.app.Show(c, http.StatusOK, "apply.title", page)
}

func (n *Network) applyDraft(c *gin.Context) error {
	page := nodeui.ApplyPage{Address: ginweb.Value(c, "address"), AboutTH: ginweb.Value(c, "about_th"), AboutEN: ginweb.Value(c, "about_en"), Contact: ginweb.Value(c, "contact"),
		Services: c.PostFormArray("services"), Regions: c.PostFormArray("regions"), Languages: c.PostFormArray("languages"), Areas: areaOptions()}
	words := directory.Words{AboutTH: page.AboutTH, AboutEN: page.AboutEN, Services: page.Services, Regions: page.Regions, Languages: page.Languages, Contact: page.Contact}
	err := n.apply.Draft(c.Request.Context(), n.actor(c), hubAddress(page.Address), words)
	f := fault.As(err)
	switch {
	case err == nil:
		return n.app.Redirect(c, "/network/apply/look", "", nil)
	case f.Kind == fault.Forbidden, f.Kind == fault.NotFound, f.Kind == fault.Internal:
		return err
	case len(f.Fields) > 0:
		page.Errors, page.Telling = ui.ErrorsOf(err), n.apply.Telling(words)
	default: // of the hub
		page.Errors = ui.ErrorsOf(err)
		page.Errors[0].Field = "address"
	}
	status := http.StatusUnprocessableEntity
	if f.Kind == fault.Conflict {
		status = http.StatusConflict
	}
	return n.app.Show(c, status, "apply.title", page)
}

func (n *Network) applyLook(c *gin.Context, status int, errs ui.Errors) error {
	d, err := n.apply.Drafted(c.Request.Context(), n.actor(c))
	if err != nil {
		return err
	}
	if err := n.apply.MayApply(c.Request.Context(), n.actor(c)); fault.Is(err, fault.Conflict) { // it was sent
		return n.app.Redirect(c, "/network", "", nil)
	} else if err != nil {
		return err
	}
	page := nodeui.ApplyLookPage{Hub: d.Hub.Name, Actor: d.Hub.Actor, Print: d.Hub.Fingerprint(), Sum: d.Sum, Fours: fours(d.Sum), Bytes: string(d.Body),
		Redrawn: c.Query("again") != "", Errors: errs}
	page.Bridge.To = ui.Say(d.Hub.Name)
	add := func(path, transform string, values ...ui.Text) {
		if len(values) > 0 {
			page.Bridge.Rows = append(page.Bridge.Rows, ui.Crossing{Label: ui.T("policy.field.application." + path), Class: "E", Holds: values, Leaves: values,
				Rule: ui.T("policy.rule.membership_network"), Transform: ui.T("policy.transform." + transform)})
		}
	}
	var about []ui.Text
	for _, l := range lineUp(d.Words.AboutTH + "\n" + d.Words.AboutEN) {
		about = append(about, ui.Say(l))
	}
	add("about", "unnamed", about...)
	add("services", "code", ui.Labels("service_type", d.Words.Services...)...)
	add("regions", "code", areas(d.Words.Regions)...)
	add("languages", "code", ui.Labels("language", d.Words.Languages...)...)
	add("contact", "mailbox", ui.Say(d.Words.Contact))
	return n.app.Show(c, status, "apply.look.title", page)
}

func (n *Network) applySend(c *gin.Context) error {
	err := n.apply.Apply(c.Request.Context(), n.actor(c), ginweb.Value(c, "sum"), ginweb.Value(c, "print"))
	switch {
	case err == nil:
		return n.app.Redirect(c, "/network", "network.flash.join", nil)
	case errors.Is(err, directory.ErrRedrawn):
		return n.app.Redirect(c, "/network/apply/look?again=1", "", nil)
	case fault.Is(err, fault.Conflict), fault.Is(err, fault.Denied), fault.Is(err, fault.Unavailable):
		return n.applyLook(c, http.StatusConflict, ui.ErrorsOf(err))
	}
	return err
}

func (n *Network) withdraw(c *gin.Context) error {
	if err := n.apply.Withdraw(c.Request.Context(), n.actor(c)); err != nil {
		return err
	}
	return n.app.Redirect(c, "/network", "apply.flash.withdraw", nil)
}
