package site

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic/ruleset"
	"github.com/saphan-network/saphan/web/ginweb"
	"github.com/saphan-network/saphan/web/nodeui"
	"github.com/saphan-network/saphan/web/ui"
)

// form asks for a new rule, or for a change of one.
func (r *Rulemaking) form(c *gin.Context) error {
	n, err := ruleNumber(c)
	if err != nil {
		return err
	}
	v, err := r.desk.Show(c.Request.Context(), r.actor(c), n)
	switch {
	case err != nil:
		return err
	case !v.MayDraft:
		return fault.New(fault.Forbidden, "error.forbidden")
	}
	page := nodeui.RuleFormPage{Number: n, Revision: v.Revision, Name: c.Query("name"), Purpose: "referral", Form: "*"}
	if page.Name != "" {
		i := slices.IndexFunc(v.Rows, func(row ruleset.Row) bool { return row.Name == page.Name })
		if i < 0 {
			return fault.Missing()
		}
		row := v.Rows[i]
		choice, ok := ruleset.ChoiceOf(row.When)
		if !ok { // the form would lose a part of the condition
			return r.show(c, http.StatusConflict, "", ui.Errors{{Text: ui.T("rules.error.foreign")}})
		}
		page.Who, page.Field, page.Purpose, page.Form, page.Reason, page.Age = row.Who, row.Field, row.Purpose, row.Form, row.Reason, choice.Age
		page.Consent, page.Openness, page.K = below(choice.Consent), below(choice.Openness), below(choice.K)
	}
	return r.ask(c, http.StatusOK, page)
}

func below(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// put shows what a rule would change, and saves it when that was asked for.
func (r *Rulemaking) put(c *gin.Context) error {
	n, err := ruleNumber(c)
	if err != nil {
		return err
	}
	get := func(name string) string { return ginweb.Value(c, name) }
	page := nodeui.RuleFormPage{Number: n, Revision: numberOf(get("revision")), Name: get("name"), Who: get("who"), Field: get("field"), Purpose: get("purpose"), Form: get("form"),
		Age: get("age"), Consent: get("consent"), Openness: get("openness"), K: get("k"), Reason: get("reason")}
	row := ruleset.Row{Name: page.Name, Who: page.Who, Field: page.Field, Purpose: page.Purpose, Form: page.Form, Reason: page.Reason,
		When: ruleset.Choice{Age: page.Age, Consent: levelOf(page.Consent), Openness: levelOf(page.Openness), K: levelOf(page.K)}.When()}
	ctx, who := c.Request.Context(), r.actor(c)
	if get("do") == "save" {
		err = r.desk.Put(ctx, who, n, page.Revision, row)
		if err == nil {
			return r.app.Redirect(c, "/policy/rules/"+c.Param("n"), "rules.flash.saved", nil)
		}
	}
	return r.looked(c, page, row, err)
}

func levelOf(text string) int { return int(max(numberOf(text), 0)) }

// looked shows the form again with what the rule would change; cause is why it
// was not saved.
func (r *Rulemaking) looked(c *gin.Context, page nodeui.RuleFormPage, row ruleset.Row, cause error) error {
	status := http.StatusOK
	moved := fault.Is(cause, fault.Conflict) && fault.As(cause).Key == "rules.error.moved"
	switch {
	case moved:
		status = http.StatusConflict
		v, err := r.desk.Show(c.Request.Context(), r.actor(c), page.Number)
		if err != nil {
			return err
		}
		name, err := r.names(c)
		if err != nil {
			return err
		}
		page.Moved, page.MovedBy, page.Revision = true, name(v.EditedLast), v.Revision
	case fault.Is(cause, fault.Conflict), fault.Is(cause, fault.Invalid):
		status, page.Errors = formStatus(cause), ruleErrors(cause)
	case cause != nil:
		return cause
	}
	row, j, err := r.desk.Look(c.Request.Context(), r.actor(c), page.Number, row)
	switch {
	case fault.Is(err, fault.Invalid), fault.Is(err, fault.Conflict):
		if cause == nil {
			status, page.Errors = formStatus(err), ruleErrors(err)
		}
		return r.ask(c, status, page)
	case err != nil:
		return err
	}
	say, err := r.speaker(c)
	if err != nil {
		return err
	}
	if len(j.Problems) > 0 {
		for _, p := range j.Problems {
			page.Errors = append(page.Errors, ui.Problem{Field: fieldOf(p.Column), Text: ui.T("rules.problem." + p.Column)})
		}
		return r.ask(c, http.StatusUnprocessableEntity, page)
	}
	live, err := r.desk.List(c.Request.Context(), r.actor(c))
	if err != nil {
		return err
	}
	page.Looked, page.Impact = []nodeui.RuleSentence{say.sentence(row, j.Findings)}, say.impact(j, live.Live().Number)
	return r.ask(c, status, page)
}

// fieldOf is the control that a column of a row is chosen with.
func fieldOf(column string) string {
	return map[string]string{"who": "who", "purpose": "purpose", "field": "field", "form": "form", "condition": "k"}[column]
}

func ruleErrors(err error) ui.Errors {
	all := ui.ErrorsOf(err)
	for i := range all {
		if all[i].Field != "reason" {
			all[i].Field = fieldOf(all[i].Field)
		}
	}
	return all
}

// ask shows the form with its closed lists.
func (r *Rulemaking) ask(c *gin.Context, status int, page nodeui.RuleFormPage) error {
	say, err := r.speaker(c)
	if err != nil {
		return err
	}
	for _, sub := range []string{"*", "role:full", "role:provisional", "role:member", "role:affiliate", "role:observer", "role:network", "role:secretariat", "role:candidate"} {
		page.Whom = append(page.Whom, ui.Option{Value: sub, Label: say.who(sub)})
	}
	for _, p := range say.peers {
		page.Whom = append(page.Whom, ui.Option{Value: "org:" + p.Actor, Label: ui.Say(p.Name)})
	}
	for _, f := range r.fields {
		page.Fields = append(page.Fields, ui.Option{Value: f, Label: what(f)})
	}
	page.Purposes = append(page.Purposes, ui.Option{Value: "*", Label: ui.T("rules.any.purpose")})
	for _, p := range []string{"referral", "handover", "feedback", "meeting", "lesson", "protocol", "membership"} {
		page.Purposes = append(page.Purposes, ui.Option{Value: p, Label: ui.T("policy.purpose." + p)})
	}
	page.Forms = []ui.Option{{Value: "*", Label: ui.T("rules.any.form")}, {Value: "full", Label: ui.T("rules.any.full")}}
	page.Ages = []ui.Option{{Label: ui.T("rules.any.age")}, {Value: "child", Label: ui.T("rules.any.age.child")}, {Value: "adult", Label: ui.T("rules.any.age.adult")}}
	page.Consents = []ui.Option{{Label: ui.T("rules.any.consent")}, {Value: "3", Label: ui.T("rules.when.consent.under.3")}}
	page.Levels = []ui.Option{{Label: ui.T("rules.any.openness")}, {Value: "2", Label: ui.T("rules.when.openness.under.2")}, {Value: "3", Label: ui.T("rules.when.openness.under.3")}}
	page.Few = []ui.Option{{Label: ui.T("rules.any.k")}}
	for _, n := range []int{10, 20, 30, 50, 100} {
		page.Few = append(page.Few, ui.Option{Value: strconv.Itoa(n), Label: ui.T("rules.when.k.under", "n", n)})
	}
	for _, one := range []struct {
		list  *[]ui.Option
		value string
	}{{&page.Whom, page.Who}, {&page.Fields, page.Field}, {&page.Purposes, page.Purpose}, {&page.Forms, page.Form}, {&page.Ages, page.Age},
		{&page.Consents, page.Consent}, {&page.Levels, page.Openness}, {&page.Few, page.K}} {
		pick(one.list, one.value)
	}
	title := "rules.form.add"
	if page.Name != "" {
		title = "rules.form.change"
	}
	return r.app.Show(c, status, title, page)
}

// pick chooses a value; what an engineer has written and no list offers stays to
// be chosen as it is.
func pick(list *[]ui.Option, value string) {
	i := slices.IndexFunc(*list, func(o ui.Option) bool { return o.Value == value })
	if i < 0 && value != "" {
		i = len(*list)
		*list = append(*list, ui.Option{Value: value, Label: ui.Say(value)})
	}
	if i >= 0 {
		(*list)[i].Selected = true
	}
}
