package site

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/vocabulary"
	"github.com/saphan-network/saphan/node/clinic/casework"
	"github.com/saphan-network/saphan/web/nodeui"
	"github.com/saphan-network/saphan/web/ui"
)

// changeable returns the case, masked, if the actor may change its persons:
// who may not read identities may not write them either.
func (h *Cases) changeable(c *gin.Context) (casework.Case, error) {
	ctx, actor, id := c.Request.Context(), h.actor(c), c.Param("id")
	k, err := h.Read.Show(ctx, actor, id)
	if err != nil {
		return k, err
	}
	can, err := h.Read.Can(ctx, actor, id, "update", "read-identity")
	if err == nil && !(can["update"] && can["read-identity"]) {
		err = fault.New(fault.Forbidden, "cases.fault.forbidden")
	}
	return k, err
}

func (h *Cases) newPerson(c *gin.Context) error {
	k, err := h.changeable(c)
	if err != nil {
		return err
	}
	return h.app.Show(c, http.StatusOK, "cases.person.new.title", personPage(formOf(nil), k, "", k.Version))
}

// openPerson shows the form with all that is known of a person. It is a post:
// looking is an act that is written down.
func (h *Cases) openPerson(c *gin.Context) error {
	k, p, err := h.Mend.RevealPerson(c.Request.Context(), h.actor(c), c.Param("id"), c.Param("person"))
	if err != nil {
		return err
	}
	return h.app.Show(c, http.StatusOK, "cases.person.edit.title", personPage(formOf(typed(p)), k, p.ID, k.Version))
}

func (h *Cases) addPerson(c *gin.Context) error {
	f, err := h.form(c)
	if err != nil {
		return err
	}
	k, err := h.changeable(c)
	if err != nil {
		return err
	}
	page := personPage(f, k, "", max(version(c), 1))
	p := f.person(0, &page.Errors)
	if len(page.Errors) == 0 {
		_, err := h.Mend.AddPerson(c.Request.Context(), h.actor(c), k.ID, version(c), p)
		switch fault.KindOf(err) {
		case "":
			return h.app.Redirect(c, "/cases/"+k.ID, "cases.flash.person_added", nil)
		case fault.Conflict:
			return h.meanwhile(c, f)
		case fault.Invalid:
			page.Errors = personErrors(err)
		default:
			return err
		}
	}
	return h.app.Show(c, http.StatusUnprocessableEntity, "cases.person.new.title", page)
}

// meanwhile shows the form of a new person again, with who is in the case now.
func (h *Cases) meanwhile(c *gin.Context, f caseForm) error {
	k, err := h.changeable(c)
	if err != nil {
		return err
	}
	page := personPage(f, k, "", k.Version)
	for _, p := range k.Persons {
		page.Now = append(page.Now, personOf(p, false))
	}
	return h.app.Show(c, http.StatusConflict, "cases.person.new.title", page)
}

func (h *Cases) editPerson(c *gin.Context) error {
	f, err := h.form(c)
	if err != nil {
		return err
	}
	k, err := h.changeable(c)
	if err != nil {
		return err
	}
	who := c.Param("person")
	if !has(k, who) {
		return h.personClashed(c, f)
	}
	page := personPage(f, k, who, max(version(c), 1))
	p := f.person(0, &page.Errors)
	p.ID = who
	if len(page.Errors) == 0 {
		after, err := h.Mend.EditPerson(c.Request.Context(), h.actor(c), k.ID, version(c), p)
		switch fault.KindOf(err) {
		case "":
			said := "cases.flash.person_edited"
			if !has(after, who) {
				said = "cases.flash.person_replaced"
			}
			return h.app.Redirect(c, "/cases/"+k.ID, said, nil)
		case fault.Conflict:
			return h.personClashed(c, f)
		case fault.Invalid:
			page.Errors = personErrors(err)
		default:
			return err
		}
	}
	return h.app.Show(c, http.StatusUnprocessableEntity, "cases.person.edit.title", page)
}

func has(k casework.Case, person string) bool {
	return slices.ContainsFunc(k.Persons, func(p casework.Person) bool { return p.ID == person })
}

// personClashed shows what was typed beside what is stored now. That shows a
// person, so it is written down like every such look. Somebody who was taken out
// meanwhile can be added again with what was typed.
func (h *Cases) personClashed(c *gin.Context, f caseForm) error {
	var ignored ui.Errors // what is wrong with a date is told when it is sent again
	mine := f.person(0, &ignored)
	k, theirs, err := h.Mend.RevealPerson(c.Request.Context(), h.actor(c), c.Param("id"), c.Param("person"))
	page := nodeui.CaseClashPage{Action: "persons/" + theirs.ID}
	if fault.Is(err, fault.NotFound) {
		if k, err = h.changeable(c); err == nil {
			page.Action, page.Gone = "persons", true
		}
	}
	if err != nil {
		return err
	}
	if mine.Role == "" {
		mine.Role = theirs.Role
	}
	page.ID, page.Number, page.Version, page.Rows = k.ID, k.LocalNumber, k.Version, personClash(mine, theirs)
	for _, name := range personFields {
		for _, v := range f.all("person.0." + name) {
			page.Hidden = append(page.Hidden, nodeui.CaseHidden{Name: "person.0." + name, Value: v})
		}
	}
	return h.app.Show(c, http.StatusConflict, "cases.clash.title", page)
}

func (h *Cases) removePerson(c *gin.Context) error {
	_, err := h.Mend.RemovePerson(c.Request.Context(), h.actor(c), c.Param("id"), version(c), c.Param("person"))
	return h.done(c, err, "cases.flash.person_removed", nil)
}

// personFields are the names of the form's fields about one person.
var personFields = [...]string{"title", "given", "family", "other", "birth.day", "birth.month", "birth.year", "circa", "sex", "nationality",
	"status", "id_number", "phone", "village", "address", "role"}

// typed is a stored person as somebody would have typed them into the form.
func typed(p casework.Person) url.Values {
	v := url.Values{}
	for name, value := range map[string]string{"title": p.Title, "given": p.Given, "family": p.Family, "other": strings.Join(p.OtherNames, ", "),
		"sex": p.Sex, "nationality": p.Nationality, "status": p.Status, "id_number": p.IDNumber, "phone": p.Phone, "village": p.Village,
		"address": p.Address, "role": p.Role} {
		v.Set("person.0."+name, value)
	}
	for _, part := range ui.Dated("person.0.birth", "", p.Birth).Parts {
		v.Set(part.Name, part.Value)
		for _, o := range part.Options {
			if o.Selected {
				v.Set(part.Name, o.Value)
			}
		}
	}
	if p.BirthPrecision == casework.PrecisionCirca {
		v.Set("person.0.circa", "yes")
	}
	return v
}

// personPage is the form of one person with what was typed; no id is a new one.
func personPage(f caseForm, k casework.Case, id string, version int64) nodeui.CasePersonPage {
	page := nodeui.CasePersonPage{ID: k.ID, Number: k.LocalNumber, Version: version, PersonID: id, Person: f.personForm(0),
		Role: f.one("person.0.role"), Client: id != "" && k.Client().ID == id}
	if page.Role == "" {
		page.Role = casework.RoleMember
	}
	return page
}

// personErrors names the fields as the form does.
func personErrors(err error) ui.Errors {
	out := ui.ErrorsOf(err)
	for i := range out {
		if out[i].Field != "" {
			out[i].Field = "person.0." + out[i].Field
		}
	}
	return out
}

// personClash compares what was typed with what is stored now, field by field.
func personClash(mine, theirs casework.Person) []nodeui.CaseClash {
	var rows []nodeui.CaseClash
	add := func(name string, a, b []ui.Text) {
		rows = append(rows, nodeui.CaseClash{Label: ui.T("cases.person." + name), Mine: a, Theirs: b, Differs: !sameTexts(a, b)})
	}
	plain := func(name, a, b string) { add(name, some(ui.Say(a)), some(ui.Say(b))) }
	plain("title", mine.Title, theirs.Title)
	plain("given", mine.Given, theirs.Given)
	plain("family", mine.Family, theirs.Family)
	add("birth", birthTexts(mine), birthTexts(theirs))
	add("sex", codeTexts("sex", mine.Sex), codeTexts("sex", theirs.Sex))
	add("status", statusTexts(mine.Status), statusTexts(theirs.Status))
	plain("id_number", mine.IDNumber, theirs.IDNumber)
	plain("other", strings.Join(mine.OtherNames, ", "), strings.Join(theirs.OtherNames, ", "))
	add("nationality", nationTexts(mine.Nationality), nationTexts(theirs.Nationality))
	plain("phone", mine.Phone, theirs.Phone)
	plain("village", mine.Village, theirs.Village)
	plain("address", mine.Address, theirs.Address)
	add("role", roleTexts(mine.Role), roleTexts(theirs.Role))
	return rows
}

func codeTexts(list, code string) []ui.Text {
	if code == "" {
		return nil
	}
	return ui.Labels(list, code)
}

func statusTexts(code string) []ui.Text {
	if vocabulary.Has("status_family", code) {
		return codeTexts("status_family", code)
	}
	return codeTexts("status", code)
}

// nationTexts says a nationality, also one that a register wrote in its own words.
func nationTexts(code string) []ui.Text {
	if vocabulary.Has("nationality", code) {
		return ui.Labels("nationality", code)
	}
	return some(ui.Say(code))
}

func roleTexts(role string) []ui.Text {
	if role == "" {
		return nil
	}
	return []ui.Text{ui.T("cases.role." + role)}
}

func birthTexts(p casework.Person) []ui.Text {
	out := some(ui.On(p.Birth))
	if len(out) > 0 && p.BirthPrecision == casework.PrecisionCirca {
		out = append(out, ui.T("cases.person.circa"))
	}
	return out
}
