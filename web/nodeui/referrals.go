package nodeui

import (
	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/ui"
)

// ReferralBoardPage is all referrals that the person may know of, by who acts next.
type ReferralBoardPage struct {
	Over    bool // shows those that are over
	Ours    []ui.Card
	Waiting []ui.Card
	Done    []ui.Card
}

// Template is referrals/board.
func (ReferralBoardPage) Template() string { return "referrals/board" }

// ReferralDraftPage is the form with which a case is referred: codes only.
type ReferralDraftPage struct {
	Action, Back           string
	Version                int         // of the draft that is changed; 0 for a new one
	Clash                  []CaseClash // somebody else was quicker: what is stored by now beside what was chosen
	Errors                 ui.Errors
	Kind, Urgency, Purpose string
	Needs, Issues          []string
	Phrases                []ReferralPhrase
	Members                []ui.Option
	Feedback               ui.Field
}

// Template is referrals/draft.
func (ReferralDraftPage) Template() string { return "referrals/draft" }

// ReferralPhrase is one controlled sentence to tick, perhaps with a code to fill in.
type ReferralPhrase struct {
	Code    string
	Checked bool
	Slot    string // vocabulary of the code, "" for none
	Value   string
}

// ReferralPage is one referral: the panel of what leaves, and the next step.
type ReferralPage struct {
	ID, CaseHref string
	To           string // name of the member
	Errors       ui.Errors
	Notices      []ui.Notice
	State        ui.State
	Steps        ui.Steps
	Bridge       ui.Bridge
	Hash         string // first digits, for comparing by eye
	FullHash     string
	Body         string // the exact bytes that leave or have left, "" while there are none
	Left         bool   // the offer has left
	Delivery     ui.Facts
	Outcome      ui.Facts
	Handover     ui.Card // stage 2; without an address while nobody has asked
	Timeline     ui.Timeline

	CanSubmit, CanEdit, CanApprove, CanWithdraw, CanClose bool
	ReturnReasons                                         []ui.Option
	WithdrawReasons                                       []ui.Option
}

// Template is referrals/show.
func (ReferralPage) Template() string { return "referrals/show" }

// OfferInboxPage is what other members ask of us.
type OfferInboxPage struct {
	Over    bool
	New     []ui.Card // not answered
	Working []ui.Card // taken, or under consideration
	Done    []ui.Card
}

// Template is offers/inbox.
func (OfferInboxPage) Template() string { return "offers/inbox" }

// OfferPage is one offer of another member: what we know, and our answer.
type OfferPage struct {
	ID         string
	From       string
	Errors     ui.Errors
	State      ui.State
	Asked      ui.Facts // needs, urgency, …
	Subject    ui.Facts // the person in generalised terms
	Phrases    []ui.Text
	Disclosure ui.Facts // under which rules it left
	Engagement ui.Facts // how our work stands
	Handover   ui.Card  // stage 2; without an address before the offer is taken
	Timeline   ui.Timeline

	CanAnswer, CanServe bool
	Serving             bool // the service has begun
	Considered          bool
	Months              []ui.Option // of an expected answer
	PastMonths          []ui.Option // of the last service
	Members             []ui.Option // whom one may suggest
	Reasons             []ui.Option // of a decline
	Step                string
	Outcomes            []string
	Next                ui.Field // date of the next report
	HoldUntil           ui.Field
}

// Template is offers/show.
func (OfferPage) Template() string { return "offers/show" }

func referralPages() []web.Entry {
	return []web.Entry{web.Of[ReferralBoardPage](), web.Of[ReferralDraftPage](), web.Of[ReferralPage](), web.Of[OfferInboxPage](), web.Of[OfferPage]()}
}
