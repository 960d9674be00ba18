package nodeui

import (
	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/ui"
)

// ReferralNumbersPage is what became of this organisation's offers, in numbers alone.
type ReferralNumbersPage struct {
	Span    string // months back: 3, 12, all
	All     ReferralTally
	Members []ReferralTally
}

// Template is referrals/numbers.
func (ReferralNumbersPage) Template() string { return "referrals/numbers" }

// ReferralTally is what became of the offers to one member, or to all.
type ReferralTally struct {
	Name                               string
	Gone                               bool // in no network with us any more
	Offered, Declined, Silent          int
	Withdrawn                          int
	InTime, Accepted, Known, Confirmed ui.Text // n of m
}

func numbersPages() []web.Entry { return []web.Entry{web.Of[ReferralNumbersPage]()} }

func numbersFixtures() []web.Fixture {
	of := func(n, m int) ui.Text { return ui.T("numbers.of", "n", n, "of", m) }
	some := ReferralTally{Name: "ศูนย์สิทธิแรงงานข้ามชาติ สมุทรสาคร", Offered: 14, Declined: 2, Silent: 1, Withdrawn: 1, InTime: of(12, 14), Accepted: of(9, 14), Known: of(7, 9), Confirmed: of(6, 7)}
	gone := ReferralTally{Name: "กลุ่มเพื่อนนักปกป้องสิทธิ", Gone: true, Offered: 3, Silent: 3, InTime: of(0, 3), Accepted: of(0, 3), Known: ui.T("numbers.none"), Confirmed: ui.T("numbers.none")}
	all := ReferralTally{Offered: 17, Declined: 2, Silent: 4, Withdrawn: 1, InTime: of(12, 17), Accepted: of(9, 17), Known: of(7, 9), Confirmed: of(6, 7)}
	none := ui.T("numbers.none")
	return []web.Fixture{
		{Name: "referrals/numbers: two members", TitleKey: "numbers.title", Page: ReferralNumbersPage{Span: "12", All: all, Members: []ReferralTally{some, gone}}},
		{Name: "referrals/numbers: empty", TitleKey: "numbers.title", Page: ReferralNumbersPage{Span: "3", All: ReferralTally{InTime: none, Accepted: none, Known: none, Confirmed: none}}},
	}
}
