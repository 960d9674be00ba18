package staffui

import (
	"time"

	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/ui"
)

// What a comparison of the ledger with a copy can show.
const (
	CopyGood    = "good"    // this ledger still begins with all that the copy has
	CopyBad     = "bad"     // the copy does not hold by itself
	LedgerBad   = "ledger"  // this ledger was changed since
	CopyForeign = "foreign" // the copy is of another server
)

// CopiesPage hands out copies of the ledger and holds the ledger against one.
type CopiesPage struct {
	Result string // "" while nothing was compared
	Server string
	Made   time.Time
	Lines  int
	Line   string // where it does not hold
	Errors ui.Errors
}

// Template is ledger/copies.
func (CopiesPage) Template() string { return "ledger/copies" }

// Tone is that of the result.
func (p CopiesPage) Tone() string {
	switch p.Result {
	case CopyGood:
		return "done"
	case CopyForeign:
		return "wait"
	}
	return "danger"
}

// Title and Text say the result.
func (p CopiesPage) Title() ui.Text {
	switch p.Result {
	case CopyGood:
		return ui.T("ledger.copy.good")
	case CopyBad:
		return ui.T("ledger.copy.bad")
	case CopyForeign:
		return ui.T("ledger.copy.foreign")
	}
	return ui.T("ledger.copy.changed")
}

// Text says what the result means, and what to do.
func (p CopiesPage) Text() ui.Text {
	switch p.Result {
	case CopyGood:
		return ui.T("ledger.copy.good.text")
	case CopyBad:
		return ui.T("ledger.copy.bad.text")
	case CopyForeign:
		return ui.T("ledger.copy.foreign.text")
	}
	return ui.T("ledger.copy.changed.text")
}

func copyFixtures() []web.Fixture {
	made := time.Date(2026, 10, 30, 9, 15, 0, 0, time.UTC)
	of := func(name, result, line string, status int) web.Fixture {
		return web.Fixture{Name: "ledger/copies: " + name, TitleKey: "ledger.copy.title", Status: status,
			Page: CopiesPage{Result: result, Server: "https://clinic.example", Made: made, Lines: 18240, Line: line}}
	}
	return []web.Fixture{
		{Name: "ledger/copies: fresh", TitleKey: "ledger.copy.title", Page: CopiesPage{}},
		of("it holds", CopyGood, "", 200), of("bad copy", CopyBad, "312", 422), of("ledger changed", LedgerBad, "96", 422), of("of another server", CopyForeign, "", 422),
		{Name: "ledger/copies: no file", TitleKey: "ledger.copy.title", Status: 422, Page: CopiesPage{Errors: ui.Errors{{Field: "file", Text: ui.T("ledger.copy.file")}}}},
	}
}
