package nodeui

import (
	"time"

	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/ui"
)

// RecordPage is the record of processing: what this organisation does with
// personal data, for the officer who answers for it.
type RecordPage struct {
	NameTH, NameEN string // the organisation, which is the controller
	Made           time.Time
	Places         int // how many columns and fields are classified
	Activities     []RecordActivity
	Keep           ui.Table
}

// Template is record/record.
func (RecordPage) Template() string { return "record/record" }

// RecordActivity is one thing that is done with personal data.
type RecordActivity struct {
	ID       string
	Title    ui.Text
	Purpose  ui.Text
	Facts    ui.Facts
	Outgoing []ui.Text // fields of which something may leave
}

func recordPages() []web.Entry { return []web.Entry{web.Of[RecordPage]()} }
