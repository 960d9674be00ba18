package site

import (
	"net/http"
	"net/url"
	"sort"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic/casework"
	"github.com/saphan-network/saphan/node/clinic/register"
	"github.com/saphan-network/saphan/web/nodeui"
	"github.com/saphan-network/saphan/web/ui"
)

func (h *Imports) waiting(c *gin.Context) error {
	page := pageOf(c)
	items, total, err := h.queue.Waiting(c.Request.Context(), h.actor(c), (page-1)*pageSize, pageSize)
	if err != nil {
		return err
	}
	p := nodeui.ImportQueuePage{Pager: pager("/imports/queue", url.Values{}, page, total)}
	for _, it := range items {
		p.Rows = append(p.Rows, line(it))
	}
	return h.app.Show(c, http.StatusOK, "imports.queue.title", p)
}

func (h *Imports) row(c *gin.Context) error {
	it, err := h.queue.Row(c.Request.Context(), h.actor(c), c.Param("row"))
	if err != nil {
		return err
	}
	return h.app.Show(c, http.StatusOK, "imports.queue.title", rowPage(it, it.Draft.Intake, nil, ""))
}

// rowPage shows a row with a form that holds the intake.
func rowPage(it register.Item, in casework.Intake, problems ui.Errors, reason string) nodeui.ImportRowPage {
	p := nodeui.ImportRowPage{ID: it.ID, Row: it.Row, Errors: problems, Decided: it.State != register.Waiting,
		Badge: nodeui.ImportRowState(it.Do, it.State), SameRow: it.Draft.Same, OpenedOn: in.OpenedOn, Number: in.LocalNumber,
		Province: in.ProvinceCode, Reason: reason, Reasons: nodeui.ImportReasons(reason)}
	for _, code := range it.Why {
		p.Why = append(p.Why, nodeui.ImportReason(code))
	}
	fields := make([]string, 0, len(it.Draft.Cells))
	for f := range it.Draft.Cells {
		fields = append(fields, f)
	}
	sort.Slice(fields, func(i, j int) bool { return heldOrder(fields[i]) < heldOrder(fields[j]) })
	for _, f := range fields {
		p.Held = append(p.Held, ui.Fact{Label: nodeui.ImportField(f), Values: []ui.Text{ui.Say(it.Draft.Cells[f])}})
	}
	persons := in.Persons
	if len(persons) == 0 {
		persons = []casework.Person{{}}
	}
	for i, q := range persons {
		p.Persons = append(p.Persons, nodeui.ImportPerson{N: i + 1, Name: "person." + strconv.Itoa(i), Title: q.Title, Given: q.Given,
			Family: q.Family, Other: strings.Join(q.OtherNames, ", "), IDNumber: q.IDNumber, Birth: q.Birth, Sex: q.Sex, Status: q.Status,
			Phone: q.Phone, Village: q.Village})
	}
	return p
}

// heldOrder puts first what people look at first.
func heldOrder(field string) string {
	for i, f := range []string{"case", "date", "name", "latin_name", "given_name", "surname", "nickname", "id", "document", "document_number", "birth", "age", "sex"} {
		if f == field {
			return "0" + string(rune('a'+i))
		}
	}
	return "1" + field
}

func (h *Imports) take(c *gin.Context) error {
	ctx, actor := c.Request.Context(), h.actor(c)
	it, err := h.queue.Row(ctx, actor, c.Param("row"))
	if err != nil {
		return err
	}
	if it.State != register.Waiting {
		return h.app.Show(c, http.StatusConflict, "imports.queue.title", rowPage(it, casework.Intake{}, nil, ""))
	}
	if err := c.Request.ParseForm(); err != nil {
		return fault.Wrap(fault.Invalid, "error.invalid", err)
	}
	var problems ui.Errors
	in := decided(it.Draft.Intake, formOf(c.Request.PostForm), &problems)
	if len(problems) == 0 {
		_, err := h.queue.Decide(ctx, actor, it.ID, register.Decision{Intake: in})
		switch {
		case fault.Is(err, fault.Invalid):
			problems = ui.ErrorsOf(err)
		case err != nil:
			return err
		default:
			return h.app.Redirect(c, "/imports/queue", "imports.flash.taken", nil) // the decider may not be one who reads the file
		}
	}
	return h.app.Show(c, http.StatusUnprocessableEntity, "imports.queue.title", rowPage(it, in, problems, ""))
}

func (h *Imports) aside(c *gin.Context) error {
	ctx, actor := c.Request.Context(), h.actor(c)
	it, err := h.queue.Row(ctx, actor, c.Param("row"))
	if err != nil {
		return err
	}
	reason := c.PostForm("reason")
	if reason == "" && it.State == register.Waiting {
		problems := ui.Errors{{Field: "reason", Text: ui.T("imports.fault.reason")}}
		return h.app.Show(c, http.StatusUnprocessableEntity, "imports.queue.title", rowPage(it, it.Draft.Intake, problems, ""))
	}
	_, err = h.queue.Decide(ctx, actor, it.ID, register.Decision{Discard: reason})
	switch {
	case fault.Is(err, fault.Invalid):
		return h.app.Show(c, http.StatusUnprocessableEntity, "imports.queue.title", rowPage(it, it.Draft.Intake, ui.ErrorsOf(err), reason))
	case fault.Is(err, fault.Conflict):
		return h.app.Show(c, http.StatusConflict, "imports.queue.title", rowPage(it, casework.Intake{}, nil, ""))
	case err != nil:
		return err
	}
	return h.app.Redirect(c, "/imports/queue", "imports.flash.aside", nil)
}

// decided reads the form over what was read of the row.
func decided(base casework.Intake, f caseForm, problems *ui.Errors) casework.Intake {
	in := base
	in.LocalNumber, in.ProvinceCode = f.one("local_number"), f.one("province")
	in.OpenedOn = f.date("opened_on", problems)
	persons := max(1, len(base.Persons))
	in.Persons = make([]casework.Person, 0, persons)
	for i := range persons {
		var p casework.Person
		if i < len(base.Persons) {
			p = base.Persons[i]
		}
		name := "person." + strconv.Itoa(i)
		p.Title, p.Given, p.Family = f.one(name+".title"), f.one(name+".given"), f.one(name+".family")
		p.IDNumber, p.Phone, p.Village = f.one(name+".id_number"), f.one(name+".phone"), f.one(name+".village")
		p.Sex, p.Status = f.one(name+".sex"), f.one(name+".status")
		if birth := f.date(name+".birth", problems); birth != p.Birth {
			p.Birth, p.BirthPrecision = birth, ""
		}
		p.OtherNames = nil
		for _, other := range strings.Split(f.one(name+".other"), ",") {
			if other = strings.TrimSpace(other); other != "" {
				p.OtherNames = append(p.OtherNames, other)
			}
		}
		if p.Given == "" && p.Family == "" && p.IDNumber == "" && persons > 1 {
			continue // taken out of the group
		}
		in.Persons = append(in.Persons, p)
	}
	return in
}
