package site

import (
	"strconv"
	"strings"

	"github.com/saphan-network/saphan/node/clinic/casework"
	"github.com/saphan-network/saphan/web/nodeui"
	"github.com/saphan-network/saphan/web/ui"
)

// maxPersons is how many persons one intake form takes.
const maxPersons = 12

// caseForm is the values of a form by name.
type caseForm struct{ values map[string][]string }

func formOf(values map[string][]string) caseForm { return caseForm{values} }

func (f caseForm) one(name string) string {
	if v := f.values[name]; len(v) > 0 {
		return strings.TrimSpace(v[0])
	}
	return ""
}

func (f caseForm) all(name string) []string { return f.values[name] }

// persons is how many persons the form has room for, at least one.
func (f caseForm) persons() int {
	n, err := strconv.Atoi(f.one("persons"))
	if err != nil || n < 1 {
		return 1
	}
	return min(n, maxPersons)
}

// date reads a date of three controls; what is wrong is added to errs.
func (f caseForm) date(name string, errs *ui.Errors) string {
	iso, key := ui.ReadDate(f.one, name)
	if key != "" {
		*errs = append(*errs, ui.Problem{Field: name, Text: ui.T(key)})
	}
	return iso
}

// dateField shows a date as it was typed, also when it is none.
func (f caseForm) dateField(name, label, iso string) ui.Field {
	d := ui.Dated(name, label, iso)
	for i, p := range d.Parts {
		v := f.one(p.Name)
		if v == "" {
			continue
		}
		d.Parts[i].Value = v
		for j := range p.Options {
			p.Options[j].Selected = p.Options[j].Value == v
		}
	}
	return d
}

// intake reads the form. Persons after the first that were left empty are left out.
func (f caseForm) intake() (casework.Intake, ui.Errors) {
	var errs ui.Errors
	in := casework.Intake{
		Key: f.one("key"), OpenedOn: f.date("opened_on", &errs), ProvinceCode: f.one("province"), AmphoeName: f.one("amphoe"),
		Issues: f.all("issues"), Problem: f.one("problem"), Interpreter: f.one("interpreter"), GuardianPresent: f.one("guardian"),
		LocalNumber: f.one("local_number"), Channel: "form",
	}
	for i := range f.persons() {
		p := f.person(i, &errs)
		p.Role = "" // the first is the client
		if i > 0 && p.Given+p.Family+p.IDNumber+p.Phone+p.Village+p.Address+p.Birth+p.Sex+p.Nationality+p.Status == "" && len(p.OtherNames) == 0 {
			continue
		}
		in.Persons = append(in.Persons, p)
	}
	return in, errs
}

// person reads the person at a place of the form.
func (f caseForm) person(i int, errs *ui.Errors) casework.Person {
	at := "person." + strconv.Itoa(i) + "."
	p := casework.Person{
		Title: f.one(at + "title"), Given: f.one(at + "given"), Family: f.one(at + "family"), IDNumber: f.one(at + "id_number"),
		Phone: f.one(at + "phone"), Village: f.one(at + "village"), Address: f.one(at + "address"), Birth: f.date(at+"birth", errs),
		Sex: f.one(at + "sex"), Nationality: f.one(at + "nationality"), Status: f.one(at + "status"), Role: f.one(at + "role"),
	}
	if p.Birth != "" && f.one(at+"circa") == "yes" {
		p.BirthPrecision = casework.PrecisionCirca
	}
	for _, o := range strings.Split(f.one(at+"other"), ",") {
		if o = strings.TrimSpace(o); o != "" {
			p.OtherNames = append(p.OtherNames, o)
		}
	}
	return p
}

// personForm is the part of a form about the person at a place, as it was typed.
func (f caseForm) personForm(i int) nodeui.CasePersonForm {
	at := "person." + strconv.Itoa(i) + "."
	return nodeui.CasePersonForm{
		N: i, Title: f.one(at + "title"), Given: f.one(at + "given"), Family: f.one(at + "family"), Other: f.one(at + "other"),
		Sex: f.one(at + "sex"), Nationality: f.one(at + "nationality"), Status: f.one(at + "status"), IDNumber: f.one(at + "id_number"),
		Phone: f.one(at + "phone"), Village: f.one(at + "village"), Address: f.one(at + "address"),
		Birth: f.dateField(at+"birth", "cases.person.birth", ""), Circa: f.one(at+"circa") == "yes",
	}
}

// intakePage is the form with what was typed.
func intakePage(f caseForm, today string) nodeui.CaseNewPage {
	opened := today
	if f.values != nil {
		opened = ""
	}
	page := nodeui.CaseNewPage{
		Key: f.one("key"), Province: f.one("province"), Amphoe: f.one("amphoe"), Issues: f.all("issues"), Problem: f.one("problem"),
		Interpreter: f.one("interpreter"), GuardianPresent: f.one("guardian"), LocalNumber: f.one("local_number"),
		OpenedOn: f.dateField("opened_on", "cases.field.opened_on", opened), CanAdd: f.persons() < maxPersons,
	}
	for i := range f.persons() {
		page.Persons = append(page.Persons, f.personForm(i))
	}
	return page
}

// details reads the form of a case's facts.
func (f caseForm) details() (casework.Details, ui.Errors) {
	var errs ui.Errors
	d := casework.Details{
		OpenedOn: f.date("opened_on", &errs), LocalNumber: f.one("local_number"), ProvinceCode: f.one("province"), AmphoeName: f.one("amphoe"),
		Issues: f.all("issues"), Problem: f.one("problem"), Interpreter: f.one("interpreter"), GuardianPresent: f.one("guardian"),
	}
	switch f.one("openness") {
	case "1":
		d.Openness = casework.OpennessRestricted
	case "2":
		d.Openness = casework.OpennessNormal
	}
	return d, errs
}

// editPage is the form of a case's facts with the given values.
func editPage(f caseForm, id, number string, version int64, d casework.Details) nodeui.CaseEditPage {
	page := nodeui.CaseEditPage{
		ID: id, Number: number, Version: version, LocalNumber: d.LocalNumber, Province: d.ProvinceCode, Amphoe: d.AmphoeName, Issues: d.Issues,
		Problem: d.Problem, Interpreter: d.Interpreter, GuardianPresent: d.GuardianPresent,
		OpenedOn: f.dateField("opened_on", "cases.field.opened_on", d.OpenedOn),
	}
	if d.Openness > 0 {
		page.Openness = strconv.Itoa(d.Openness)
	}
	return page
}

// clash compares what was typed with what is stored now, fact by fact.
func clash(mine, theirs casework.Details) []nodeui.CaseClash {
	var rows []nodeui.CaseClash
	add := func(label string, a, b []ui.Text) {
		rows = append(rows, nodeui.CaseClash{Label: ui.T(label), Mine: a, Theirs: b, Differs: !sameTexts(a, b)})
	}
	plain := func(v string) []ui.Text { return some(ui.Say(v)) }
	coded := func(list, v string) []ui.Text {
		if v == "" {
			return nil
		}
		return ui.Labels(list, v)
	}
	add("cases.field.problem", plain(mine.Problem), plain(theirs.Problem))
	add("cases.field.issues", ui.Labels("issue", mine.Issues...), ui.Labels("issue", theirs.Issues...))
	add("cases.field.province", coded("province", mine.ProvinceCode), coded("province", theirs.ProvinceCode))
	add("cases.field.amphoe", plain(mine.AmphoeName), plain(theirs.AmphoeName))
	add("cases.field.interpreter", yesNoText(mine.Interpreter), yesNoText(theirs.Interpreter))
	add("cases.field.guardian", yesNoText(mine.GuardianPresent), yesNoText(theirs.GuardianPresent))
	add("cases.field.opened_on", some(ui.On(mine.OpenedOn)), some(ui.On(theirs.OpenedOn)))
	add("cases.field.local_number", plain(mine.LocalNumber), plain(theirs.LocalNumber))
	if mine.Openness > 0 {
		add("cases.field.openness", some(opennessText(mine.Openness)), some(opennessText(theirs.Openness)))
	}
	return rows
}

func some(t ui.Text) []ui.Text {
	if !t.Some() {
		return nil
	}
	return []ui.Text{t}
}

func sameTexts(a, b []ui.Text) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Key != b[i].Key || a[i].Plain != b[i].Plain || a[i].Day != b[i].Day {
			return false
		}
	}
	return true
}

func yesNoText(v string) []ui.Text {
	switch v {
	case "yes":
		return some(ui.T("cases.yes"))
	case "no":
		return some(ui.T("cases.no"))
	}
	return nil
}

func opennessText(n int) ui.Text {
	switch n {
	case casework.OpennessNormal:
		return ui.T("cases.openness.normal")
	case casework.OpennessRestricted:
		return ui.T("cases.openness.restricted")
	}
	return ui.T("cases.openness.sealed")
}
