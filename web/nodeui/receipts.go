package nodeui

import (
	"time"

	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/ui"
)

// ReceiptPage is the paper that a client takes home: what left, to whom, why,
// until when, and how to take it back. No name stands on it.
type ReceiptPage struct {
	Handed         ui.Facts // what was handed over, and what became of it; nil for nothing
	ID             string   // of the referral
	Code           string   // in two groups
	Raw            string   // the code as the picture holds it
	NameTH, NameEN string   // our organisation
	To             string
	Sent           time.Time
	Issued         time.Time
	Purpose        ui.Text
	Ground         ui.Text
	Badge          ui.Badge
	Over           ui.Text // why nothing of it holds any more; empty while it does
	OverAt         time.Time
	Leaves         []ReceiptLine
	AnswerBy       time.Time
	Valid          time.Time // when the consent ends; zero: when it is taken back
	Consented      bool      // it left by consent, which can be taken back
}

// Template is receipts/receipt.
func (ReceiptPage) Template() string { return "receipts/receipt" }

// ReceiptLine is one thing that left, in words.
type ReceiptLine struct {
	Label  ui.Text
	Values []ui.Text
	Rule   ui.Text
}

// ReceiptFindPage looks a receipt up by the code on it.
type ReceiptFindPage struct {
	Code    string
	Missing bool
	Old     bool // another one has taken its place
}

// Template is receipts/find.
func (ReceiptFindPage) Template() string { return "receipts/find" }

// SentPage is what went to whom about a case.
type SentPage struct {
	CaseID         string
	NameTH, NameEN string
	Made           time.Time
	Sent           []SentReferral
}

// Template is receipts/sent.
func (SentPage) Template() string { return "receipts/sent" }

// SentReferral is one referral that has left.
type SentReferral struct {
	Href     string
	To       string
	At       time.Time
	Badge    ui.Badge
	Facts    ui.Facts
	Leaves   []ReceiptLine
	Later    []ReceiptNews
	Approver string
}

// ReceiptNews is something that the other organisation was told later.
type ReceiptNews struct {
	At   time.Time
	Text ui.Text
}

func receiptPages() []web.Entry {
	return []web.Entry{web.Of[ReceiptPage](), web.Of[ReceiptFindPage](), web.Of[SentPage]()}
}
