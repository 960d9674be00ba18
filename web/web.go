// Package web renders the pages of both servers. A page is a Go struct; its
// template is checked against that struct when the server starts; it is rendered
// into a buffer before the first byte is sent, in Thai or in English.
package web

import (
	"io/fs"

	"github.com/saphan-network/saphan/web/ui"
)

// Page is the content of one page: a struct of strings, dates and booleans.
// Template is its template's path below the server's templates, without ".html":
// "cases/list".
type Page interface{ Template() string }

// NavItem is one entry of the navigation.
type NavItem struct {
	Key     string // message key
	Href    string
	Icon    string
	Count   int // of things that wait; 0 shows none
	Current bool
}

// Flash is the message after an action: a key and its arguments, never free text.
type Flash struct {
	Key  string
	Args map[string]string
	Tone string // "done" when empty, or "danger"
}

// Shell is what surrounds every page.
type Shell struct {
	Lang     string // "th" or "en"
	Org      string // the organisation's name
	Server   string // "node" or "hub"
	UserName string // empty when nobody is signed in
	Nav      []NavItem
	Path     string // of this page, for coming back after a change of language
	TitleKey string
	Nonce    string // of the response's Content-Security-Policy
	Flash    *Flash
	Demo     bool

	// Public is for pages that anybody may read and anything may keep: nobody is signed
	// in on them, no script runs, and the languages are links.
	Public bool
	Title  string      // of a page that is called after what it shows, instead of TitleKey
	Others []Alternate // the same for machines
}

// Alternate is another form of a page.
type Alternate struct{ Type, Href string }

// UI is all pages of one server.
type UI struct {
	Server    string // "node" or "hub"
	Templates []fs.FS
	Pages     []Entry
	Fixtures  []Fixture
}

// With returns the pages of both, for pages that two servers share.
func (u UI) With(more UI) UI {
	u.Templates = append(append([]fs.FS(nil), u.Templates...), more.Templates...)
	u.Pages = append(append([]Entry(nil), u.Pages...), more.Pages...)
	u.Fixtures = append(append([]Fixture(nil), u.Fixtures...), more.Fixtures...)
	return u
}

// Fixture is a page in one of its states, with fictional data, for the storybook
// and for the proofs. Name is unique, "cases/list: empty".
type Fixture struct {
	Name     string
	TitleKey string
	Page     Page
	Status   int  // 200 when zero
	Public   bool // shown without a signed-in user
}

// Frame is what the layout template gets.
type frame struct {
	Shell Shell
	Flash ui.Flash
	Langs []langChoice
	Body  htmlText
}

type langChoice struct {
	Code, Name string
	Current    bool
}
