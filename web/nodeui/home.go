package nodeui

import (
	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/ui"
)

// HomePage is "my work": what needs the person next.
type HomePage struct {
	Name  string // of the person signed in
	Today string // ISO date
	Cards []ui.Card
	Age   ListAge // told when it is a week and more
}

// Template is home/home.
func (HomePage) Template() string { return "home/home" }

func homePages() []web.Entry { return []web.Entry{web.Of[HomePage]()} }
