package staffui

import (
	"time"

	"github.com/saphan-network/saphan/web/ui"
)

// LoginPage asks who one is.
type LoginPage struct {
	Login  string
	To     string // path to go to afterwards
	Errors ui.Errors
}

// Template is account/login.
func (LoginPage) Template() string { return "account/login" }

// WelcomePage is where a one-time link leads: the person chooses a password.
type WelcomePage struct {
	Token  string
	Name   string
	Login  string
	Dead   bool // the link is unknown, used or too old
	Errors ui.Errors
}

// Template is account/welcome.
func (WelcomePage) Template() string { return "account/welcome" }

// AccountPage is a person's own account.
type AccountPage struct {
	Name, Login string
	Roles       []string
	Lang        string
	Programs    bool // tokens for programs can be had
	Errors      ui.Errors
}

// Template is account/account.
func (AccountPage) Template() string { return "account/account" }

// PeoplePage lists who works here.
type PeoplePage struct {
	People []Person
}

// Template is people/list.
func (PeoplePage) Template() string { return "people/list" }

// Person is one account in a list.
type Person struct {
	ID, Name, Login string
	Roles           []string
	Active, Self    bool
}

// NewPersonPage adds somebody.
type NewPersonPage struct {
	Login, Name string
	Roles       []string
	Choices     []ui.Option
	Errors      ui.Errors
}

// Template is people/new.
func (NewPersonPage) Template() string { return "people/new" }

// PersonPage changes somebody's roles, or closes the account.
type PersonPage struct {
	Person  Person
	Choices []ui.Option
	Errors  ui.Errors
}

// Template is people/person.
func (PersonPage) Template() string { return "people/person" }

// LinkPage shows a one-time link, once.
type LinkPage struct {
	Name   string
	Secret ui.Secret
	Reset  bool // for a new password, not for a new account
}

// Template is people/link.
func (LinkPage) Template() string { return "people/link" }

// LedgerPage shows what was decided and done, and whether the chain holds.
type LedgerPage struct {
	Whole   bool // the chain holds
	Checked int  // lines that hold
	Act     string
	Acts    []ui.Option // what was ever done here
	Outcome string
	Lines   []Line
	Newer   string
	Older   string
}

// Template is ledger/list.
func (LedgerPage) Template() string { return "ledger/list" }

// Line is one line of the ledger: codes and opaque ids only.
type Line struct {
	Seq     int64
	At      time.Time
	Actor   string // a name for our own people, else what the ledger holds
	Act     string
	Object  string
	Outcome string // ok, denied, failed
	Detail  []string
	Hash    string // its first digits
}

// LicencesPage names the works of others that the server contains.
type LicencesPage struct {
	Parts []Part
}

// Template is account/licences.
func (LicencesPage) Template() string { return "account/licences" }

// Part is one vendored work.
type Part struct {
	Name, Version, Licence, Source, TextURL string
}
