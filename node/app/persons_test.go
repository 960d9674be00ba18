package app_test

import (
	"fmt"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/node/clinic/casework"
)

// stored is a case as it is stored.
func (o *office) stored(t *testing.T, id string) casework.Case {
	t.Helper()
	c, err := o.Cases.Cases.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// looked counts how often identities of a case were looked at, by its timeline.
func (o *office) looked(t *testing.T, id string) int {
	t.Helper()
	events, err := o.Cases.Timeline(t.Context(), o.actors["nok"], id)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, e := range events {
		if e.Kind == casework.EventIdentity {
			n++
		}
	}
	return n
}

var (
	control = regexp.MustCompile(`<(?:input|textarea)[^>]* name="([^"]+)"[^>]*>`)
	valued  = regexp.MustCompile(` value="([^"]*)"`)
	choice  = regexp.MustCompile(`(?s)<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>`)
	chosen  = regexp.MustCompile(`<option value="([^"]*)" selected`)
)

// formOn reads the values of all controls of a page's form to an address, as a
// browser would send them.
func formOn(t *testing.T, w *httptest.ResponseRecorder, action string) url.Values {
	t.Helper()
	_, body, ok := strings.Cut(w.Body.String(), `action="`+action+`"`)
	if !ok {
		t.Fatalf("%d: no form to the address that was asked for", w.Code)
	}
	body, _, _ = strings.Cut(body, "</form>")
	v := url.Values{}
	for _, m := range control.FindAllStringSubmatch(body, -1) {
		toggle := strings.Contains(m[0], `type="radio"`) || strings.Contains(m[0], `type="checkbox"`)
		if toggle && !strings.Contains(m[0], " checked") {
			continue
		}
		value := ""
		if got := valued.FindStringSubmatch(m[0]); got != nil {
			value = got[1]
		}
		v.Set(m[1], value)
	}
	for _, m := range choice.FindAllStringSubmatch(body, -1) {
		v.Set(m[1], "")
		if got := chosen.FindStringSubmatch(m[2]); got != nil {
			v.Set(m[1], got[1])
		}
	}
	return v
}

// secretsOfPersons are values of the case of file that only an opened form or a
// revealed page may show.
var secretsOfPersons = []string{"นาซือ", "89000", "080-000-1122", "ห้วยหินลาด"}

func TestNoPersonIsShownWithoutALineAboutIt(t *testing.T) {
	o := newOffice(t)
	id := o.file(t, nil)
	mother := o.stored(t, id).Persons[1].ID
	at := "/cases/" + id + "/persons/" + mother
	for _, path := range []string{at, at + "/open", at + "/edit", at + "/remove"} {
		if w := o.do(t, "nok", "GET", path, nil); w.Code != 404 && w.Code != 405 {
			t.Errorf("GET %s answers %d", strings.TrimPrefix(path, at), w.Code)
		}
	}
	empty := o.do(t, "nok", "GET", "/cases/"+id+"/persons/new", nil)
	wrong := o.do(t, "nok", "POST", at, url.Values{"version": {fmt.Sprint(o.stored(t, id).Version)}})
	if wrong.Code != 422 {
		t.Errorf("a person without any name: %d", wrong.Code)
	}
	late := o.do(t, "nok", "POST", "/cases/"+id+"/persons", url.Values{"person.0.given": {"จะอือ"}, "version": {"99"}})
	if late.Code != 409 || !strings.Contains(late.Body.String(), "จะอือ") {
		t.Errorf("a person for another version: %d", late.Code)
	}
	for what, w := range map[string]*httptest.ResponseRecorder{"the empty form": empty, "a form with errors": wrong, "somebody was quicker": late} {
		for _, s := range secretsOfPersons {
			if strings.Contains(w.Body.String(), s) {
				t.Errorf("%s shows %q", what, s)
			}
		}
	}
	if n := o.looked(t, id); n != 0 {
		t.Fatalf("%d looks are written down, nobody looked", n)
	}
	opened := o.do(t, "nok", "POST", at+"/open", nil)
	if n := o.looked(t, id); opened.Code != 200 || n != 1 {
		t.Fatalf("%d, %d looks are written down", opened.Code, n)
	}
	for _, s := range []string{"นาซือ", "0-0000-89000-00-5", "2533"} {
		if !strings.Contains(opened.Body.String(), s) {
			t.Errorf("the form lacks %q", s)
		}
	}
	for _, s := range []string{"นาแฮ", "080-000-1122", "ห้วยหินลาด"} {
		if strings.Contains(opened.Body.String(), s) {
			t.Errorf("the form of one person shows %q of another", s)
		}
	}
	title := regexp.MustCompile(`<title>[^<]*</title>`).FindString(opened.Body.String())
	if title == "" || strings.Contains(title, "ซือ") || opened.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("title %q, cache %q", title, opened.Header().Get("Cache-Control"))
	}
	clash := o.do(t, "nok", "POST", at, url.Values{"person.0.given": {"นาสือ"}, "version": {"99"}})
	if n := o.looked(t, id); clash.Code != 409 || n != 2 || !strings.Contains(clash.Body.String(), "นาซือ") {
		t.Errorf("the clash: %d, and %d looks are written down", clash.Code, n)
	}
}

// TestAFormSavedAsItIsChangesNothing: opening and saving loses and coarsens
// nothing of what a register brought in.
func TestAFormSavedAsItIsChangesNothing(t *testing.T) {
	o := newOffice(t)
	in := intake("")
	in.Persons[1] = casework.Person{Title: "พระ", Given: "สมมุติ", OtherNames: []string{"Sommut", "ส. ทดลอง"}, IDNumber: "ต่อ 12", Phone: "080-000-9",
		Village: "ห้วย", Address: "9/1", Birth: "1961-03", BirthPrecision: casework.PrecisionCirca, Sex: "male", Nationality: "ไทยลื้อ", Ethnicity: "x", Status: "0-89"}
	c, err := o.Cases.Create(t.Context(), o.actors["nok"], in)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range o.stored(t, c.ID).Persons {
		at := "/cases/" + c.ID + "/persons/" + p.ID
		w := o.do(t, "nok", "POST", at, formOn(t, o.do(t, "nok", "POST", at+"/open", nil), at))
		if w.Code != 303 || w.Header().Get("Location") != "/cases/"+c.ID {
			t.Fatalf("%d to %q", w.Code, w.Header().Get("Location"))
		}
	}
	before, after := c, o.stored(t, c.ID)
	full, err := o.Cases.Reveal(t.Context(), o.actors["nok"], c.ID)
	if err != nil {
		t.Fatal(err)
	}
	events, err := o.Cases.Timeline(t.Context(), o.actors["nok"], c.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if e.Kind == casework.EventPersonEdited {
			t.Errorf("a form saved as it is changed %s", e.Detail["fields"])
		}
	}
	if p := full.Persons[1]; p.Status != "0-89" || p.Nationality != "ไทยลื้อ" || p.Ethnicity != "x" || p.Title != "พระ" || after.Version == before.Version {
		t.Errorf("%+v", p)
	}
}

func TestPersonForms(t *testing.T) {
	o := newOffice(t)
	id := o.file(t, nil)
	base := "/cases/" + id
	child, mother := o.stored(t, id).Persons[0].ID, o.stored(t, id).Persons[1].ID
	at := base + "/persons/" + mother

	form := formOn(t, o.do(t, "nok", "POST", at+"/open", nil), at)
	form.Set("person.0.given", "นาสือ")
	form.Set("person.0.birth.day", "31")
	form.Set("person.0.birth.month", "2")
	w := o.do(t, "nok", "POST", at, form)
	if w.Code != 422 || !strings.Contains(w.Body.String(), `href="#f-person.0.birth"`) || !strings.Contains(w.Body.String(), "นาสือ") {
		t.Fatalf("an impossible day: %d", w.Code)
	}
	form.Set("person.0.birth.day", "")
	form.Set("person.0.role", "boss")
	if w := o.do(t, "nok", "POST", at, form); w.Code != 422 || !strings.Contains(w.Body.String(), `href="#f-person.0.role"`) {
		t.Errorf("an invented role: %d", w.Code)
	}
	form.Set("person.0.role", "member")
	if w := o.do(t, "nok", "POST", at, form); w.Code != 303 {
		t.Fatalf("a good form: %d", w.Code)
	}
	if p := o.stored(t, id).Persons[1]; p.Given != "นาสือ" || p.Birth != "1990-02" || p.IDNumber != "0-0000-89000-00-5" {
		t.Errorf("%q %q", p.Birth, p.BirthPrecision)
	}
	clash := o.do(t, "nok", "POST", at, form)
	again := formOn(t, clash, at)
	again.Set("person.0.phone", "080-000-3344")
	if w := o.do(t, "nok", "POST", at, again); clash.Code != 409 || w.Code != 303 || o.stored(t, id).Persons[1].Phone != "080-000-3344" {
		t.Errorf("a clash, and again: %d, %d", clash.Code, w.Code)
	}

	add := formOn(t, o.do(t, "ying", "GET", base+"/persons/new", nil), base+"/persons")
	add.Set("person.0.given", "จะอือ")
	add.Set("person.0.circa", "yes")
	add.Set("person.0.birth.year", "2504")
	first := o.do(t, "ying", "POST", base+"/persons", add)
	twice := o.do(t, "ying", "POST", base+"/persons", add) // sent twice over a bad line
	late := formOn(t, twice, base+"/persons")
	if third := o.do(t, "ying", "POST", base+"/persons", late); first.Code != 303 || twice.Code != 409 || third.Code != 422 {
		t.Errorf("the same person three times: %d %d %d", first.Code, twice.Code, third.Code)
	}
	if c := o.stored(t, id); len(c.Persons) != 3 || c.Persons[2].Birth != "1961" || c.Persons[2].BirthPrecision != casework.PrecisionCirca {
		t.Errorf("%d persons", len(c.Persons))
	}

	stale := formOn(t, o.do(t, "nok", "POST", at+"/open", nil), at)
	remove := formOn(t, o.do(t, "nok", "POST", at+"/open", nil), at+"/remove")
	if w := o.do(t, "nok", "POST", at+"/remove", remove); w.Code != 303 || len(o.stored(t, id).Persons) != 2 {
		t.Fatalf("taking out: %d", w.Code)
	}
	gone := o.do(t, "nok", "POST", at, stale)
	if back := formOn(t, gone, base+"/persons"); gone.Code != 409 || o.do(t, "nok", "POST", base+"/persons", back).Code != 303 {
		t.Errorf("saving who was taken out meanwhile: %d", gone.Code)
	}
	if c := o.stored(t, id); len(c.Persons) != 3 || c.Persons[2].Given != "นาสือ" || c.Persons[2].Phone != "080-000-3344" {
		t.Error("what was typed was lost")
	}

	if strings.Contains(o.do(t, "nok", "POST", base+"/persons/"+child+"/open", nil).Body.String(), "/remove") {
		t.Error("the form of the client offers to take them out")
	}
	v := url.Values{"version": {fmt.Sprint(o.stored(t, id).Version)}}
	if w := o.do(t, "nok", "POST", base+"/persons/"+child+"/remove", v); w.Code != 303 || len(o.stored(t, id).Persons) != 3 {
		t.Errorf("taking out the client: %d", w.Code)
	}
	if w := o.do(t, "nok", "POST", base+"/persons/"+opaque.ID()+"/remove", v); w.Code != 404 {
		t.Errorf("taking out nobody: %d", w.Code)
	}
	page := o.do(t, "nok", "GET", base, nil).Body.String()
	for _, s := range []string{"จะอือ", "นาสือ", "080-000"} {
		if strings.Contains(page, s) {
			t.Errorf("the page of the case shows %q unasked", s)
		}
	}
}

func TestReopenForm(t *testing.T) {
	o := newOffice(t)
	id := o.file(t, func(c *casework.Case) {
		c.AdminStatus, c.CloseReason, c.LegalBasis, c.Conflict = casework.StatusClosed, "moved", "explicit_consent", casework.ConflictClear
	})
	base := "/cases/" + id
	if w := o.do(t, "nok", "GET", base, nil); w.Code != 200 || strings.Contains(w.Body.String(), base+"/reopen") || strings.Contains(w.Body.String(), base+"/persons") {
		t.Errorf("a caseworker's page of a closed case offers what they may not do: %d", w.Code)
	}
	person := o.stored(t, id).Persons[1].ID
	for _, r := range []struct{ method, path string }{{"GET", "/persons/new"}, {"POST", "/persons"}, {"POST", "/persons/" + person},
		{"POST", "/persons/" + person + "/open"}, {"POST", "/persons/" + person + "/remove"}, {"GET", "/edit"}} {
		for _, who := range []string{"nok", "ying"} {
			if w := o.do(t, who, r.method, base+r.path, url.Values{"version": {"1"}}); w.Code != 403 {
				t.Errorf("%s changes a closed case: %s %d", who, r.path, w.Code)
			}
		}
	}
	form := formOn(t, o.do(t, "ying", "GET", base, nil), base+"/reopen")
	if w := o.do(t, "ying", "POST", base+"/reopen", form); w.Code != 422 || !strings.Contains(w.Body.String(), `href="#f-reopen_reason"`) {
		t.Errorf("without a reason: %d", w.Code)
	}
	form.Set("reopen_reason", "new_facts")
	if w := o.do(t, "ying", "POST", base+"/reopen", form); w.Code != 303 {
		t.Errorf("with a reason: %d", w.Code)
	}
	if w := o.do(t, "ying", "POST", base+"/reopen", form); w.Code != 303 {
		t.Errorf("twice: %d", w.Code)
	}
	if c := o.stored(t, id); c.AdminStatus != casework.StatusScreening || c.Conflict != casework.ConflictPending {
		t.Errorf("%s %s", c.AdminStatus, c.Conflict)
	}
	if w := o.do(t, "nok", "GET", base, nil); !strings.Contains(w.Body.String(), base+"/screen") {
		t.Error("a case that was opened again is not screened")
	}
}
