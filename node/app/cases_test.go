package app_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/node/app"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/casework"
	"github.com/saphan-network/saphan/policies/disclose"
)

// office is a node with one user of each role, all signed in.
type office struct {
	*app.App
	tokens map[string]string
	actors map[string]clinic.Actor
}

func newOffice(t *testing.T) *office {
	t.Helper()
	a, err := app.New(t.Context(), app.Config{BaseURL: "http://127.0.0.1", DataDir: t.TempDir(), NameTH: "คลินิกทดสอบ"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	o := &office{App: a, tokens: map[string]string{}, actors: map[string]clinic.Actor{}}
	for login, roles := range map[string][]string{"nok": {"caseworker"}, "dao": {"caseworker"}, "ying": {"supervisor"}, "mek": {"intern"},
		"fah": {"volunteer"}, "chai": {"admin"}, "or": {"auditor"}, "net": {"network"}} {
		if _, err := a.Accounts.Add(t.Context(), "system", login, "คุณ"+login, roles); err != nil {
			t.Fatal(err)
		}
		u, err := a.Accounts.Find(t.Context(), login)
		if err != nil {
			t.Fatal(err)
		}
		if o.tokens[login], err = a.Accounts.Begin(t.Context(), u.ID); err != nil {
			t.Fatal(err)
		}
		o.actors[login] = u.Actor()
	}
	return o
}

func (o *office) do(t *testing.T, who, method, path string, form url.Values) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, "http://127.0.0.1"+path, strings.NewReader(form.Encode()))
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Accept-Language", "th")
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if tok := o.tokens[who]; tok != "" {
		r.AddCookie(&http.Cookie{Name: "saphan-80", Value: tok})
	}
	w := httptest.NewRecorder()
	o.Handler().ServeHTTP(w, r)
	return w
}

func intake(owner string) casework.Intake {
	return casework.Intake{Key: opaque.ID(), OwnerID: owner, OpenedOn: "2026-11-20", ProvinceCode: "57", LocalNumber: "ชร 14/2569",
		Problem: "โรงเรียนไม่รับเข้าเรียน", Persons: []casework.Person{
			{Title: "ด.ญ.", Given: "นาแฮ", Family: "ลาหู่นะ", Birth: "2015-04-23", Sex: "female", Status: "none", Phone: "080-000-1122", Village: "บ้านห้วยหินลาด"},
			{Title: "นาง", Given: "นาซือ", Family: "ลาหู่นะ", IDNumber: "0-0000-89000-00-5", Birth: "1990"}}}
}

// file makes a case that nok and mek have, changed as asked.
func (o *office) file(t *testing.T, change func(*casework.Case)) string {
	t.Helper()
	ctx := t.Context()
	c, err := o.Cases.Create(ctx, o.actors["nok"], intake(""))
	if err != nil {
		t.Fatal(err)
	}
	store := o.Cases.Cases
	if err := store.Assign(ctx, c.ID, []string{o.actors["nok"].UserID, o.actors["mek"].UserID}, c.CreatedAt); err != nil {
		t.Fatal(err)
	}
	full, err := store.Get(ctx, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(&full)
	}
	if err := store.Save(ctx, full); err != nil {
		t.Fatal(err)
	}
	return c.ID
}

// routes are all routes of a case with a form that is valid in itself.
var routes = []struct {
	method, path string
	form         url.Values
}{
	{"GET", "", nil},
	{"GET", "/edit", nil},
	{"GET", "/consents/new", nil},
	{"POST", "/identity", nil},
	{"POST", "/screen", url.Values{"basis": {"explicit_consent"}, "conflict": {"pending"}, "version": {"999"}}},
	{"POST", "/move", url.Values{"to": {"screening"}, "version": {"999"}}},
	{"POST", "/note", url.Values{"note": {"ทดสอบ"}}},
	{"POST", "/assign", url.Values{"user": {"nobody"}}},
	{"POST", "/edit", url.Values{"problem": {"ใหม่"}, "version": {"999"}}},
	{"POST", "/consents", url.Values{"purpose": {"status_work"}}},
	{"POST", "/consents/0123/withdraw", url.Values{"how": {"by_phone"}}},
	{"GET", "/persons/new", nil},
	{"POST", "/persons", url.Values{"person.0.given": {"จะอือ"}, "version": {"999"}}},
	{"POST", "/persons/PERSON/open", nil},
	{"POST", "/persons/PERSON", url.Values{"person.0.given": {"จะอือ"}, "version": {"999"}}},
	{"POST", "/persons/PERSON/remove", url.Values{"version": {"999"}}},
	{"POST", "/reopen", url.Values{"reopen_reason": {"came_back"}, "version": {"999"}}},
}

// at is a route's address for a case, with the last person of it where one is named.
func (o *office) at(t *testing.T, id, path string) string {
	t.Helper()
	person := opaque.ID()
	if c, err := o.Cases.Cases.Get(t.Context(), id); err == nil {
		person = c.Persons[len(c.Persons)-1].ID
	}
	return "/cases/" + id + strings.Replace(path, "PERSON", person, 1)
}

// TestEveryRouteForEveryRole: the columns are the routes above.
func TestEveryRouteForEveryRole(t *testing.T) {
	o := newOffice(t)
	plain := o.file(t, nil)
	otherTeam := o.file(t, func(c *casework.Case) { c.Team = "team-b" })
	restricted := o.file(t, func(c *casework.Case) { c.Openness = casework.OpennessRestricted })
	compartment := o.file(t, func(c *casework.Case) { c.Compartment, c.Openness = "sealed-1", 0 })
	no := slices.Repeat([]int{404}, len(routes))
	for _, row := range []struct {
		what, who, id string
		want          []int
	}{
		{"nobody", "", plain, []int{303, 303, 303, 401, 401, 401, 401, 401, 401, 401, 401, 303, 401, 401, 401, 401, 401}},
		{"an absent case", "ying", opaque.ID(), no},
		{"another caseworker", "dao", plain, no},
		{"a volunteer who does not have it", "fah", plain, no},
		{"the administrator", "chai", plain, no},
		{"the auditor", "or", plain, no},
		{"the network's contact", "net", plain, no},
		{"a supervisor, other team", "ying", otherTeam, no},
		{"a supervisor, restricted", "ying", restricted, no},
		{"a supervisor, compartment", "ying", compartment, no},
		{"assigned, but not in the compartment", "nok", compartment, no},
		{"an intern, restricted", "mek", restricted, no},
		{"the intern who has it", "mek", plain, []int{200, 403, 403, 403, 403, 403, 303, 403, 403, 403, 403, 403, 403, 403, 403, 403, 403}},
		{"the caseworker who has it", "nok", plain, []int{200, 200, 303, 200, 303, 303, 303, 403, 409, 303, 404, 200, 409, 200, 409, 303, 403}},
		{"the supervisor of the team", "ying", plain, []int{200, 200, 303, 200, 303, 303, 303, 422, 409, 303, 404, 200, 409, 200, 409, 303, 303}},
	} {
		for i, r := range routes {
			w := o.do(t, row.who, r.method, o.at(t, row.id, r.path), r.form)
			if w.Code != row.want[i] {
				t.Errorf("%s: %s %s answers %d, want %d", row.what, r.method, r.path, w.Code, row.want[i])
			}
		}
	}
	for who, want := range map[string][2]int{"": {303, 303}, "nok": {200, 200}, "ying": {200, 200}, "mek": {200, 404}, "fah": {200, 404},
		"chai": {403, 404}, "or": {403, 404}, "net": {403, 404}} {
		if w := o.do(t, who, "GET", "/cases", nil); w.Code != want[0] {
			t.Errorf("%q: the list answers %d, want %d", who, w.Code, want[0])
		}
		if w := o.do(t, who, "GET", "/cases/new", nil); w.Code != want[1] {
			t.Errorf("%q: the intake form answers %d, want %d", who, w.Code, want[1])
		}
	}
}

var changing = regexp.MustCompile(`nonce="[^"]*"|[0-9a-f]{32}|rules(/|%2[Ff])[0-9]+`)

func TestAbsentAndForbiddenLookTheSame(t *testing.T) {
	o := newOffice(t)
	id := o.file(t, nil)
	for _, r := range routes {
		for _, who := range []string{"dao", "chai", "or"} {
			a := o.do(t, who, r.method, o.at(t, opaque.ID(), r.path), r.form)
			b := o.do(t, who, r.method, o.at(t, id, r.path), r.form)
			if a.Code != b.Code || changing.ReplaceAllString(a.Body.String(), "") != changing.ReplaceAllString(b.Body.String(), "") {
				t.Errorf("%s %s for %s: absent %d and forbidden %d differ", r.method, r.path, who, a.Code, b.Code)
			}
		}
	}
}

func TestPagesShowNoIdentityUnasked(t *testing.T) {
	o := newOffice(t)
	id := o.file(t, nil)
	secrets := []string{"ลาหู่นะ", "นาซือ", "89000", "080-000", "ห้วยหินลาด"}
	for _, who := range []string{"nok", "mek", "ying"} {
		for _, path := range []string{"/cases", "/cases/" + id, "/cases/find"} {
			w := o.do(t, who, map[bool]string{true: "POST", false: "GET"}[path == "/cases/find"], path, url.Values{"q": {"ชร"}})
			for _, s := range secrets {
				if strings.Contains(w.Body.String(), s) {
					t.Errorf("%s sees %q at %s", who, s, path)
				}
			}
			title := regexp.MustCompile(`<title>[^<]*</title>`).FindString(w.Body.String())
			if title == "" || strings.Contains(title, "นาแฮ") || strings.Contains(title, "14/2569") {
				t.Errorf("title %q", title)
			}
			if c := w.Header().Get("Cache-Control"); c != "no-store" {
				t.Errorf("%s may be cached: %q", path, c)
			}
		}
	}
	if w := o.do(t, "nok", "GET", "/cases?q="+url.QueryEscape("ไม่มีชื่อนี้"), nil); !strings.Contains(w.Body.String(), id) {
		t.Error("an address with a name in it searches: names belong in bodies only")
	}
	if w := o.do(t, "nok", "GET", "/cases", nil); strings.Contains(w.Body.String(), `method="get"`) {
		t.Error("a form puts what is typed into the address")
	}
	if w := o.do(t, "mek", "POST", "/cases/find", url.Values{"q": {"นาแฮ"}}); strings.Contains(w.Body.String(), id) {
		t.Error("an intern finds a case by a name that is covered")
	}
	if w := o.do(t, "nok", "POST", "/cases/find", url.Values{"q": {"นาเเฮ"}}); !strings.Contains(w.Body.String(), id) {
		t.Error("the caseworker does not find it by another spelling")
	}
	w := o.do(t, "nok", "POST", "/cases/"+id+"/identity", nil)
	for _, s := range secrets {
		if !strings.Contains(w.Body.String(), s) {
			t.Errorf("asked for, and %q is not shown", s)
		}
	}
}

func TestIntakeForm(t *testing.T) {
	o := newOffice(t)
	form := url.Values{"key": {opaque.ID()}, "persons": {"2"}, "person.1.given": {"นาซือ"}, "person.0.birth.day": {"31"}, "person.0.birth.month": {"2"},
		"person.0.birth.year": {"2558"}, "problem": {"ไม่มีสูติบัตร"}, "issues": {"labour", "document_lost"}, "province": {"57"}}
	w := o.do(t, "nok", "POST", "/cases", form)
	body := w.Body.String()
	if w.Code != 422 || !strings.Contains(body, `href="#f-person.0.birth"`) {
		t.Fatalf("an impossible day: %d", w.Code)
	}
	for _, kept := range []string{"ไม่มีสูติบัตร", `value="2558"`, "นาซือ", `value="57" selected`, form.Get("key")} {
		if !strings.Contains(body, kept) {
			t.Errorf("what was typed is lost: %s", kept)
		}
	}
	form.Set("add", "person")
	if w := o.do(t, "nok", "POST", "/cases", form); w.Code != 200 || !strings.Contains(w.Body.String(), `name="person.2.given"`) {
		t.Errorf("adding a person: %d", w.Code)
	}
	form.Del("add")
	form.Set("draft", "keep")
	if w := o.do(t, "nok", "POST", "/cases", form); w.Code != 303 {
		t.Errorf("keeping a draft: %d", w.Code)
	}
	if w := o.do(t, "dao", "GET", "/cases/new?draft="+form.Get("key"), nil); w.Code != 404 {
		t.Errorf("somebody else's draft: %d", w.Code)
	}
	if w := o.do(t, "nok", "GET", "/cases/new?draft="+form.Get("key"), nil); w.Code != 200 || !strings.Contains(w.Body.String(), "นาซือ") {
		t.Errorf("the draft: %d", w.Code)
	}
	form.Del("draft")
	form.Set("person.0.birth.day", "23")
	form.Set("person.0.birth.month", "4")
	form.Set("person.0.given", "นาแฮ")
	first := o.do(t, "nok", "POST", "/cases", form)
	second := o.do(t, "nok", "POST", "/cases", form)
	if first.Code != 303 || first.Header().Get("Location") != second.Header().Get("Location") {
		t.Fatalf("sent twice: %d %q, %d %q", first.Code, first.Header().Get("Location"), second.Code, second.Header().Get("Location"))
	}
	page, err := o.Cases.List(context.Background(), o.actors["nok"], casework.Filter{})
	if err != nil || page.Total != 1 || len(page.Items[0].Issues) != 2 {
		t.Fatalf("%+v, %v", page, err)
	}
}

func TestClashShowsBothVersions(t *testing.T) {
	o := newOffice(t)
	id := o.file(t, nil)
	c, err := o.Cases.Show(t.Context(), o.actors["nok"], id)
	if err != nil {
		t.Fatal(err)
	}
	form := func(problem string, version int64) url.Values {
		return url.Values{"problem": {problem}, "version": {fmt.Sprint(version)}, "province": {"57"}, "local_number": {"ชร 14/2569"}}
	}
	if w := o.do(t, "ying", "POST", "/cases/"+id+"/edit", form("ฉบับของหญิง", c.Version)); w.Code != 303 {
		t.Fatalf("the first: %d", w.Code)
	}
	w := o.do(t, "nok", "POST", "/cases/"+id+"/edit", form("ฉบับของนก", c.Version))
	if w.Code != 409 || !strings.Contains(w.Body.String(), "ฉบับของหญิง") || !strings.Contains(w.Body.String(), "ฉบับของนก") {
		t.Fatalf("the second: %d", w.Code)
	}
	if !strings.Contains(w.Body.String(), fmt.Sprintf(`name="version" value="%d"`, c.Version+1)) {
		t.Error("the clash page does not carry the version that was compared")
	}
	if w := o.do(t, "nok", "POST", "/cases/"+id+"/edit", form("ฉบับของนก", c.Version+1)); w.Code != 303 {
		t.Errorf("again, knowing the other: %d", w.Code)
	}
}

func TestFromIntakeToConsent(t *testing.T) {
	o := newOffice(t)
	id := o.file(t, nil)
	post := func(path string, want int, form url.Values) string {
		t.Helper()
		c, err := o.Cases.Show(t.Context(), o.actors["nok"], id)
		if err != nil {
			t.Fatal(err)
		}
		form.Set("version", fmt.Sprint(c.Version))
		w := o.do(t, "nok", "POST", "/cases/"+id+path, form)
		if w.Code != want {
			t.Fatalf("%s: %d, want %d", path, w.Code, want)
		}
		return w.Body.String()
	}
	post("/move", 303, url.Values{"to": {"screening"}})
	post("/screen", 422, url.Values{"basis": {"explicit_consent"}, "conflict": {"pending"}, "then": {"open"}})
	post("/screen", 303, url.Values{"basis": {"explicit_consent"}, "conflict": {"clear"}, "then": {"open"}})
	// What the page names as its text must be able to leave with an offer.
	shown := regexp.MustCompile(`name="text_version" value="([^"]*)"`).FindStringSubmatch(o.do(t, "nok", "GET", "/cases/"+id+"/consents/new", nil).Body.String())
	if shown == nil {
		t.Fatal("the page names no text")
	}
	if _, err := disclose.Apply("version/1", shown[1:], disclose.Setting{}); err != nil {
		t.Fatalf("no offer could leave with the text %q: %v", shown[1], err)
	}
	consent := url.Values{"purpose": {"status_work"}, "recipient": {"network"}, "basis": {"explicit_consent"}, "medium": {"thumbprint"},
		"language": {"lhu"}, "text_version": shown[1:], "given_on.day": {"20"}, "given_on.month": {"11"}, "given_on.year": {"2568"}}
	if body := post("/consents", 422, consent); !strings.Contains(body, `href="#f-guardian"`) {
		t.Error("a child's consent without guardian is not refused at the guardian")
	}
	consent.Set("guardian", "นาซือ")
	post("/consents", 303, consent)
	all, err := o.Cases.Consents(t.Context(), o.actors["nok"], id)
	if err != nil || len(all) != 1 {
		t.Fatalf("%v, %v", all, err)
	}
	post("/consents/"+all[0].ID+"/withdraw", 303, url.Values{"how": {"in_person"}})
	post("/move", 422, url.Values{"to": {"on_hold"}, "hold_reason": {"รอ"}})
	if w := o.do(t, "nok", "GET", "/cases/"+id, nil); !strings.Contains(w.Body.String(), "/cases/"+id+"/refer") {
		t.Error("an open case offers no referral")
	}
}
