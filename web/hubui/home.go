package hubui

import (
	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/ui"
)

// HomePage is "my work": what needs the person next.
type HomePage struct {
	Name  string // of the person signed in
	Today string // ISO date
	Cards []ui.Card
}

// Template is home/home.
func (HomePage) Template() string { return "home/home" }

func homePages() []web.Entry { return []web.Entry{web.Of[HomePage]()} }
