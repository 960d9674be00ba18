package hubui

import (
	"time"

	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/ui"
)

// PublicPage lists what the network says to everybody.
type PublicPage struct {
	Name      string // of the network
	Handle    string // @public@host, by which other software finds it
	Upcoming  []PublicItem
	Items     []PublicItem
	FeedsHref string
}

// Template is public/list.
func (PublicPage) Template() string { return "public/list" }

// PublicItem is one document in a list.
type PublicItem struct {
	Href, Name, Summary string
	Lang                string // of the words
	At                  time.Time
	Place               string
	Event, Cancelled    bool
}

// PublicDocumentPage is one document.
type PublicDocumentPage struct {
	Name, Summary      string
	Lang               string     // of the words, when it is not that of the page
	Paragraphs         [][]string // lines of each
	Published, Updated time.Time
	Event, Cancelled   bool
	Start, End         time.Time
	Place, Link        string
	Handle             string
}

// Template is public/document.
func (PublicDocumentPage) Template() string { return "public/document" }

// PublicGonePage stands where a document was taken back, or never was.
type PublicGonePage struct{ Withdrawn bool }

// Template is public/gone.
func (PublicGonePage) Template() string { return "public/gone" }

// PublicationsPage is the secretariat's list of documents.
type PublicationsPage struct {
	Rows      []PublicationRow
	Handle    string
	Followers int
}

// Template is publications/list.
func (PublicationsPage) Template() string { return "publications/list" }

// PublicationRow is one document in it.
type PublicationRow struct {
	ID, Name string
	Kind     ui.Text
	State    ui.Badge
	Changed  time.Time
}

// PublicationFormPage is where a document is written.
type PublicationFormPage struct {
	ID      string // "" for a new one
	Kind    string // statement or event
	Version int64
	NameTH, NameEN, SummaryTH, SummaryEN,
	BodyTH, BodyEN, PlaceTH, PlaceEN, Link string
	Day, From, Until string // of an event: ISO date, 09:00, 16:30
	Cancelled        bool
	Live             bool // an earlier version is public
	Errors           ui.Errors
}

// Template is publications/form.
func (PublicationFormPage) Template() string { return "publications/form" }

// Event reports whether the document is an event.
func (p PublicationFormPage) Event() bool { return p.Kind == "event" }

// PublicationPage is one document with what of it would be public.
type PublicationPage struct {
	ID, Name   string
	Kind       ui.Text
	State      ui.State
	Bridge     ui.Bridge
	Telling    []string // pieces to be looked at twice
	Version    int64
	Sum        string // of the bytes that wait, to be sent back
	Print      string // the same in groups
	Bytes      string // exactly what would leave
	Href       string // of the public page, "" while there is none
	Draft      bool
	Waiting    bool
	MayWrite   bool
	MayRelease bool
	MayTake    bool
	Returned   bool
	Errors     ui.Errors
}

// Template is publications/show.
func (PublicationPage) Template() string { return "publications/show" }

func publicPages() []web.Entry {
	return []web.Entry{web.Of[PublicPage](), web.Of[PublicDocumentPage](), web.Of[PublicGonePage](), web.Of[PublicationsPage](), web.Of[PublicationFormPage](),
		web.Of[PublicationPage]()}
}

// PublicationBadge is the badge for the state of a document.
func PublicationBadge(state string) ui.Badge {
	tone := map[string]string{"draft": "neutral", "waiting": "act", "published": "done", "withdrawn": "danger"}[state]
	return ui.Badge{Text: ui.T("public.state." + state), Tone: tone}
}
