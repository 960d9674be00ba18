package staffui

import (
	"time"

	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/ui"
)

func choices() []ui.Option {
	return Roles("caseworker", "lawyer", "supervisor", "intern", "volunteer", "network", "auditor", "admin")
}

// Roles makes the choices of a role field.
func Roles(codes ...string) []ui.Option {
	var out []ui.Option
	for _, r := range codes {
		out = append(out, ui.Option{Value: r, Label: ui.T("people.role." + r), Hint: ui.T("people.role." + r + ".hint")})
	}
	return out
}

func fixtures() []web.Fixture {
	people := []Person{
		{ID: "u1", Name: "อรทัย ใจดี", Login: "orathai", Roles: []string{"caseworker"}, Active: true},
		{ID: "u2", Name: "ธนา พงไพร", Login: "thana", Roles: []string{"lawyer", "supervisor"}, Active: true},
		{ID: "u3", Name: "ปรีดา มั่นคง", Login: "preeda", Roles: []string{"admin", "network"}, Active: true, Self: true},
		{ID: "u4", Name: "มะลิ รุ่งเรือง", Login: "mali", Roles: []string{"intern"}},
	}
	at := time.Date(2026, 11, 25, 6, 42, 0, 0, time.UTC)
	lines := []Line{
		{Seq: 214, At: at, Actor: "ธนา พงไพร", Act: "referral.approve", Object: "referral k3v9x0q2", Outcome: "offered", Detail: []string{"policy 4", "fields 9"}, Hash: "9c41f0b27a18"},
		{Seq: 213, At: at.Add(-time.Minute), Actor: "system", Act: "gate.decide", Object: "decision 7hq2m0", Outcome: "denied", Detail: []string{"rule floor_small"}, Hash: "03be5d10c9f4"},
		{Seq: 212, At: at.Add(-time.Hour), Actor: "system", Act: "deliver", Object: "activity p8s1", Outcome: "failed", Hash: "b87a2201de63"},
	}
	return []web.Fixture{
		{Name: "account/login: fresh", TitleKey: "account.login.title", Public: true, Page: LoginPage{To: "/"}},
		{Name: "account/login: wrong password", TitleKey: "account.login.title", Public: true, Status: 401, Page: LoginPage{Login: "orathai", To: "/", Errors: ui.Errors{{Text: ui.T("account.signin.wrong")}}}},
		{Name: "account/login: slowed down", TitleKey: "account.login.title", Public: true, Status: 429, Page: LoginPage{Login: "orathai", To: "/", Errors: ui.Errors{{Text: ui.T("account.signin.slow")}}}},
		{Name: "account/welcome: first password", TitleKey: "account.welcome.title", Public: true, Page: WelcomePage{Token: "t", Name: "อรทัย ใจดี", Login: "orathai"}},
		{Name: "account/welcome: too short", TitleKey: "account.welcome.title", Public: true, Status: 422, Page: WelcomePage{Token: "t", Name: "อรทัย ใจดี", Login: "orathai", Errors: ui.Errors{{Field: "password", Text: ui.T("account.password.short")}}}},
		{Name: "account/welcome: dead link", TitleKey: "account.welcome.title", Public: true, Status: 422, Page: WelcomePage{Dead: true}},
		{Name: "account/account: own", TitleKey: "account.title", Page: AccountPage{Name: "อรทัย ใจดี", Login: "orathai", Roles: []string{"caseworker"}, Lang: "th", Programs: true}},
		{Name: "account/account: old password wrong", TitleKey: "account.title", Status: 422, Page: AccountPage{Name: "อรทัย ใจดี", Login: "orathai", Roles: []string{"caseworker"}, Lang: "th", Errors: ui.Errors{{Field: "old", Text: ui.T("account.password.old_wrong")}}}},
		{Name: "people/list: four", TitleKey: "people.title", Page: PeoplePage{People: people}},
		{Name: "people/list: alone", TitleKey: "people.title", Page: PeoplePage{People: people[2:3]}},
		{Name: "people/new: fresh", TitleKey: "people.new.title", Page: NewPersonPage{Choices: choices()}},
		{Name: "people/new: incomplete", TitleKey: "people.new.title", Status: 422, Page: NewPersonPage{Login: "ora thai", Choices: choices(), Errors: ui.Errors{{Field: "login", Text: ui.T("account.login.invalid")}, {Field: "name", Text: ui.T("account.name.invalid")}, {Field: "roles", Text: ui.T("account.roles.invalid")}}}},
		{Name: "people/person: active", TitleKey: "people.person.title", Page: PersonPage{Person: people[1], Choices: choices()}},
		{Name: "people/person: no role left", TitleKey: "people.person.title", Status: 422, Page: PersonPage{Person: Person{ID: "u2", Name: "ธนา พงไพร", Login: "thana", Active: true}, Choices: choices(), Errors: ui.Errors{{Field: "roles", Text: ui.T("account.roles.invalid")}}}},
		{Name: "people/person: closed", TitleKey: "people.person.title", Page: PersonPage{Person: people[3], Choices: choices()}},
		{Name: "people/link: new account", TitleKey: "people.link.title", Page: LinkPage{Name: "อรทัย ใจดี", Secret: ui.Secret{Label: ui.T("people.link.label"), Value: "https://clinic.example/welcome/6f2a9c01d47be853", Hint: ui.T("people.link.hint")}}},
		{Name: "people/link: new password", TitleKey: "people.link.title", Page: LinkPage{Name: "อรทัย ใจดี", Reset: true, Secret: ui.Secret{Label: ui.T("people.link.label"), Value: "https://clinic.example/welcome/6f2a9c01d47be853", Hint: ui.T("people.link.hint")}}},
		{Name: "ledger/list: whole", TitleKey: "ledger.title", Page: LedgerPage{Whole: true, Checked: 214, Acts: Choices([]string{"gate.decide", "referral.close", "user.sign_in"}), Lines: lines, Older: "?page=2"}},
		{Name: "ledger/list: broken", TitleKey: "ledger.title", Page: LedgerPage{Checked: 120, Lines: lines}},
		{Name: "ledger/list: nothing found", TitleKey: "ledger.title", Page: LedgerPage{Whole: true, Checked: 214, Act: "referral.close", Acts: Choices([]string{"gate.decide", "referral.close", "user.sign_in"}), Outcome: "failed"}},
		{Name: "ledger/list: empty", TitleKey: "ledger.title", Page: LedgerPage{Whole: true}},
		{Name: "account/licences: all", TitleKey: "account.licences.title", Public: true, Page: LicencesPage{Parts: []Part{{Name: "htmx.org", Version: "4.0.1", Licence: "0BSD", Source: "npm:htmx.org@4.0.1", TextURL: "/assets/x"}}}},
		{Name: "ui/error-page: 404", TitleKey: "error.page.title", Status: 404, Page: web.ErrorPage{Status: 404, TitleKey: "error.404.title", NextKey: "error.404.next", SignedIn: true}},
		{Name: "ui/error-page: 403", TitleKey: "error.page.title", Status: 403, Page: web.ErrorPage{Status: 403, TitleKey: "error.403.title", NextKey: "error.403.next", SignedIn: true}},
		{Name: "ui/error-page: 413", TitleKey: "error.page.title", Status: 413, Page: web.ErrorPage{Status: 413, TitleKey: "error.413.title", NextKey: "error.413.next", SignedIn: true}},
		{Name: "ui/error-page: 503", TitleKey: "error.page.title", Status: 503, Page: web.ErrorPage{Status: 503, TitleKey: "error.503.title", NextKey: "error.503.next", SignedIn: true}},
		{Name: "ui/error-page: 409", TitleKey: "error.page.title", Status: 409, Page: web.ErrorPage{Status: 409, TitleKey: "error.409.title", NextKey: "error.409.next", SignedIn: true}},
		{Name: "ui/error-page: 500", TitleKey: "error.page.title", Status: 500, Page: web.ErrorPage{Status: 500, TitleKey: "error.500.title", NextKey: "error.500.next", Ref: "k3v9x0q2m1", SignedIn: true}},
		{Name: "ui/error-page: signed out", TitleKey: "error.page.title", Status: 403, Public: true, Page: web.ErrorPage{Status: 403, TitleKey: "error.403.title", NextKey: "error.403.next"}},
	}
}
