package nodeui

import (
	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/ui"
)

// HandoverPage is stage 2 of a referral that this member sends: what is asked, what the
// person agrees to, what is sealed, and what became of it.
type HandoverPage struct {
	ID      string // of the referral
	To      string // name of the member that asks
	Errors  ui.Errors
	State   ui.State
	Steps   ui.Steps
	Notices []ui.Notice
	Asked   ui.Facts
	Bridge  ui.Bridge
	Hash    string // first digits
	Full    string
	Sent    ui.Facts
	Receipt ui.Facts
	Proof   string // the statement with its proof, "" while there is none

	// The consent to hand over.
	CanAgree bool
	Agreed   ui.Facts
	Asking   []ui.Option // fields to tick
	Chosen   []string
	Minor    bool
	Text     string // name of the text that is read out
	Until    ui.Field
	Medium   string
	Language string

	// What is handed over.
	CanPrepare bool
	Fields     []ui.Option
	Picked     []string
	Written    []ui.Field

	CanApprove, CanRefuse, CanRecall, CanReturn bool
	Refusals, Returns, Recalls                  []ui.Option
	Timeline                                    ui.Timeline
}

// Template is handovers/out.
func (HandoverPage) Template() string { return "handovers/out" }

// HandinPage is stage 2 of an offer that this member has taken.
type HandinPage struct {
	ID      string // of the offer
	From    string
	Errors  ui.Errors
	State   ui.State
	Notices []ui.Notice
	Asked   ui.Facts
	Package ui.Facts
	Receipt ui.Facts
	Proof   string
	Case    string // address of the case that it became, "" before

	CanAsk, CanAgain, CanName, CanOpen, CanErase bool
	Fields                                       []ui.Option
	Picked                                       []string
	People                                       []ui.Option
	Named                                        []string
	Reasons                                      []ui.Option
	Timeline                                     ui.Timeline
}

// Template is handovers/in.
func (HandinPage) Template() string { return "handovers/in" }

func handoverPages() []web.Entry {
	return []web.Entry{web.Of[HandoverPage](), web.Of[HandinPage]()}
}
