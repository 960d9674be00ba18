package nodeui

import (
	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/ui"
)

// ImportListPage is where a register is handed in, with those handed in before.
type ImportListPage struct {
	Errors  ui.Errors
	Waiting int // rows that wait for a person
	Files   ui.Table
}

// Template is imports/list.
func (ImportListPage) Template() string { return "imports/list" }

// ImportPage is one import: what was found, how far it is, and each row.
type ImportPage struct {
	ID, Name string
	Lead     ui.Text
	Badge    ui.Badge
	Facts    ui.Facts
	Start    ui.Button // none when its Label is empty
	Stop     bool
	Drop     bool
	Waiting  int
	Progress ui.Progress // shown when Running
	Running  bool
	Tabs     []ImportTab
	Rows     []ImportLine
	Pager    ui.Pager
}

// Template is imports/show.
func (ImportPage) Template() string { return "imports/show" }

// ImportTab narrows the rows.
type ImportTab struct {
	Label   ui.Text
	Count   int
	Href    string
	Current bool
}

// ImportLine is one row of a register with what becomes of it.
type ImportLine struct {
	Row   int
	Sheet string
	Who   ui.Text // names, or why there are none
	Why   []ui.Text
	Badge ui.Badge
	Href  string // where to decide it, or its case file
}

// ImportQueuePage lists the rows that wait for a person.
type ImportQueuePage struct {
	Rows  []ImportLine
	Pager ui.Pager
}

// Template is imports/queue.
func (ImportQueuePage) Template() string { return "imports/queue" }

// ImportRowPage is one waiting row: what its cells held beside the form with
// what was read.
type ImportRowPage struct {
	ID       string
	Row      int
	Errors   ui.Errors
	Decided  bool
	Badge    ui.Badge // when Decided
	Why      []ui.Text
	SameRow  int // 0 when no other row may be the same person
	Held     ui.Facts
	Persons  []ImportPerson
	OpenedOn string // ISO, partial allowed
	Number   string // of the case
	Province string // code
	Reason   string // chosen for leaving the row out
	Reasons  []ui.Option
}

// Template is imports/row.
func (ImportRowPage) Template() string { return "imports/row" }

// ImportPerson is the form of one person of a row. Name is the beginning of
// the names of its fields, e.g. "person.0".
type ImportPerson struct {
	N                                                                int // from 1
	Name                                                             string
	Title, Given, Family, Other, IDNumber, Birth, Sex, Status, Phone string
	Village                                                          string
}

func importPages() []web.Entry {
	return []web.Entry{web.Of[ImportListPage](), web.Of[ImportPage](), web.Of[ImportQueuePage](), web.Of[ImportRowPage]()}
}
