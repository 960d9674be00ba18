package site

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/ruleset"
	"github.com/saphan-network/saphan/web/ginweb"
	"github.com/saphan-network/saphan/web/nodeui"
	"github.com/saphan-network/saphan/web/ui"
)

// RuleDesk is what the pages ask of the service behind our own rules.
type RuleDesk interface {
	List(ctx context.Context, who clinic.Actor) (ruleset.Shelf, error)
	Show(ctx context.Context, who clinic.Actor, number int64) (ruleset.View, error)
	Begin(ctx context.Context, who clinic.Actor, note string, from int64) (int64, error)
	Look(ctx context.Context, who clinic.Actor, number int64, row ruleset.Row) (ruleset.Row, ruleset.Judgement, error)
	Put(ctx context.Context, who clinic.Actor, number, revision int64, row ruleset.Row) error
	Drop(ctx context.Context, who clinic.Actor, number, revision int64, name string) error
	RuleDecisions
}

// RuleDecisions move a version on.
type RuleDecisions interface {
	Propose(ctx context.Context, who clinic.Actor, number, revision int64, hash string) error
	Activate(ctx context.Context, who clinic.Actor, number, revision, over int64, hash string) error
	Return(ctx context.Context, who clinic.Actor, number, revision int64, note string) error
	Reject(ctx context.Context, who clinic.Actor, number, revision int64, note string) error
}

// Rulemaking serves the pages on our own rules.
type Rulemaking struct {
	app    *ginweb.App
	desk   RuleDesk
	people Colleagues
	peers  Recipients
	fields []string
}

// NewRulemaking makes the pages. fields are the paths that a rule of ours can speak of.
func NewRulemaking(app *ginweb.App, desk RuleDesk, people Colleagues, peers Recipients, fields []string) *Rulemaking {
	return &Rulemaking{app: app, desk: desk, people: people, peers: peers, fields: fields}
}

// Mount adds the routes.
func (r *Rulemaking) Mount(g gin.IRouter) {
	in := g.Group("/policy/rules", r.app.RequireUser())
	in.GET("", r.app.H(func(c *gin.Context) error { return r.list(c, http.StatusOK, "", nil) }))
	in.POST("", r.app.H(r.begin))
	in.GET("/:n", r.app.H(func(c *gin.Context) error { return r.show(c, http.StatusOK, "", nil) }))
	in.GET("/:n/file", r.app.H(r.file))
	in.GET("/:n/rule", r.app.H(r.form))
	in.POST("/:n/rule", r.app.H(r.put))
	in.POST("/:n/drop", r.app.H(r.do("dropped", func(c *gin.Context, who clinic.Actor, n, rev int64) error {
		return r.desk.Drop(c.Request.Context(), who, n, rev, ginweb.Value(c, "name"))
	})))
	in.POST("/:n/propose", r.app.H(r.do("proposed", func(c *gin.Context, who clinic.Actor, n, rev int64) error {
		return r.desk.Propose(c.Request.Context(), who, n, rev, ginweb.Value(c, "hash"))
	})))
	in.POST("/:n/activate", r.app.H(r.do("activated", func(c *gin.Context, who clinic.Actor, n, rev int64) error {
		return r.desk.Activate(c.Request.Context(), who, n, rev, numberOf(ginweb.Value(c, "over")), ginweb.Value(c, "hash"))
	})))
	in.POST("/:n/answer", r.app.H(r.answer))
}

func (r *Rulemaking) actor(c *gin.Context) clinic.Actor {
	u := r.app.User(c)
	return clinic.Actor{UserID: u.ID, Roles: u.Roles, Active: u.ID != ""}
}

// numberOf reads a number of a form; what is none is as old as can be.
func numberOf(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return -1
	}
	return n
}

// ruleNumber is the number in the address.
func ruleNumber(c *gin.Context) (int64, error) {
	n := numberOf(c.Param("n"))
	if n < 1 || strconv.FormatInt(n, 10) != c.Param("n") {
		return 0, fault.Missing()
	}
	return n, nil
}

// names tells who a user is.
func (r *Rulemaking) names(c *gin.Context) (func(id string) string, error) {
	all, err := r.people.Colleagues(c.Request.Context())
	if err != nil {
		return nil, err
	}
	return func(id string) string {
		for _, one := range all {
			if one.ID == id {
				return one.Name
			}
		}
		return id
	}, nil
}

func (r *Rulemaking) list(c *gin.Context, status int, note string, errs ui.Errors) error {
	shelf, err := r.desk.List(c.Request.Context(), r.actor(c))
	if err != nil {
		return err
	}
	name, err := r.names(c)
	if err != nil {
		return err
	}
	page := nodeui.RulesPage{MayDraft: shelf.MayDraft, Note: note, Errors: errs}
	for _, v := range shelf.Versions {
		card := nodeui.RuleCard{Number: v.Number, State: nodeui.RuleBadge(string(v.State)), Note: v.Note, Rules: len(v.Rows), By: name(v.DraftedBy), Since: ruleSince(v)}
		if v.DecidedBy != "" {
			card.Decided = name(v.DecidedBy)
		}
		switch v.State {
		case ruleset.Active:
			page.Live = append(page.Live, card)
		case ruleset.Draft, ruleset.Proposed:
			page.Waiting = append(page.Waiting, card)
		default:
			page.Earlier = append(page.Earlier, card)
		}
	}
	return r.app.Show(c, status, "rules.title", page)
}

func (r *Rulemaking) begin(c *gin.Context) error {
	note, from := ginweb.Value(c, "note"), numberOf(ginweb.Value(c, "from"))
	n, err := r.desk.Begin(c.Request.Context(), r.actor(c), note, max(from, 0))
	switch {
	case fault.Is(err, fault.Invalid):
		return r.list(c, http.StatusUnprocessableEntity, note, ui.ErrorsOf(err))
	case err != nil:
		return err
	}
	return r.app.Redirect(c, "/policy/rules/"+strconv.FormatInt(n, 10), "rules.flash.begun", nil)
}

func (r *Rulemaking) show(c *gin.Context, status int, answer string, errs ui.Errors) error {
	n, err := ruleNumber(c)
	if err != nil {
		return err
	}
	v, err := r.desk.Show(c.Request.Context(), r.actor(c), n)
	if err != nil {
		return err
	}
	name, err := r.names(c)
	if err != nil {
		return err
	}
	say, err := r.speaker(c)
	if err != nil {
		return err
	}
	page := nodeui.RuleVersionPage{Number: v.Number, Revision: v.Revision, Note: v.Note, By: name(v.DraftedBy), Answer: v.Answer, From: v.From, Hash: v.Judgement.Hash, Print: spaced(v.Judgement.Hash),
		Draft: v.State == ruleset.Draft, Proposed: v.State == ruleset.Proposed, MayDraft: v.MayDraft, MayDecide: v.MayDecide, MayRefuse: v.MayRefuse, MayAgain: v.MayAgain,
		Errors: errs, AnswerText: answer,
		State: ui.State{Badge: nodeui.RuleBadge(string(v.State)), Holder: ui.Say(name(v.EditedLast)), Since: ui.At(ruleSince(v.Version)), Next: ui.T("rules.next." + string(v.State))}}
	if v.DecidedBy != "" {
		page.AnswerBy = name(v.DecidedBy)
		page.State.Holder = ui.T("rules.decided", "name", page.AnswerBy)
	}
	switch v.State {
	case ruleset.Proposed:
		page.State.Holder = ui.T("rules.holder.second")
	case ruleset.Draft:
		page.State.Holder = ui.Say(name(v.EditedLast))
	}
	if v.State == ruleset.Draft || v.State == ruleset.Proposed || v.State == ruleset.Superseded {
		page.Judged, page.Impact = true, say.impact(v.Judgement, v.Live.Number)
	}
	for _, row := range v.Rows {
		page.Rows = append(page.Rows, say.sentence(row, v.Judgement.Findings))
	}
	return r.app.Show(c, status, "rules.title", page)
}

// ruleSince is when the state began.
func ruleSince(v ruleset.Version) time.Time {
	switch v.State {
	case ruleset.Draft:
		return v.Edited
	case ruleset.Proposed:
		return v.Proposed
	case ruleset.Superseded:
		return v.Until
	}
	return v.Decided
}

// do carries out one step; what has moved on meanwhile is shown as it is now.
func (r *Rulemaking) do(what string, f func(c *gin.Context, who clinic.Actor, n, revision int64) error) func(c *gin.Context) error {
	return func(c *gin.Context) error {
		n, err := ruleNumber(c)
		if err != nil {
			return err
		}
		err = f(c, r.actor(c), n, numberOf(ginweb.Value(c, "revision")))
		switch {
		case fault.Is(err, fault.Conflict), fault.Is(err, fault.Invalid):
			return r.show(c, formStatus(err), "", ui.ErrorsOf(err))
		case err != nil:
			return err
		}
		return r.app.Redirect(c, "/policy/rules/"+c.Param("n"), "rules.flash."+what, nil)
	}
}

// formStatus is that of a form which is shown again.
func formStatus(err error) int {
	if fault.Is(err, fault.Conflict) {
		return http.StatusConflict
	}
	return http.StatusUnprocessableEntity
}

func (r *Rulemaking) answer(c *gin.Context) error {
	n, err := ruleNumber(c)
	if err != nil {
		return err
	}
	what, note, revision := "return", ginweb.Value(c, "answer"), numberOf(ginweb.Value(c, "revision"))
	if ginweb.Value(c, "do") == "reject" {
		what = "reject"
		err = r.desk.Reject(c.Request.Context(), r.actor(c), n, revision, note)
	} else {
		err = r.desk.Return(c.Request.Context(), r.actor(c), n, revision, note)
	}
	if fault.Is(err, fault.Conflict) || fault.Is(err, fault.Invalid) {
		return r.show(c, formStatus(err), note, ui.ErrorsOf(err))
	}
	if err != nil {
		return err
	}
	return r.app.Redirect(c, "/policy/rules/"+c.Param("n"), "rules.flash."+what, nil)
}

// file gives a version away as a file, for who keeps rules in files.
func (r *Rulemaking) file(c *gin.Context) error {
	n, err := ruleNumber(c)
	if err != nil {
		return err
	}
	v, err := r.desk.Show(c.Request.Context(), r.actor(c), n)
	if err != nil {
		return err
	}
	c.Header("Content-Type", "text/csv; charset=utf-8")
	c.Header("Content-Disposition", `attachment; filename="saphan-rules-`+strconv.FormatInt(n, 10)+`.csv"`)
	return ruleset.Write(c.Writer, v.Version)
}
