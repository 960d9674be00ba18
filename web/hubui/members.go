package hubui

import (
	"time"

	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/ui"
)

// MembersPage is the register, those first for whom somebody must do something.
type MembersPage struct {
	Rows    []MemberRow
	Version int64     // of the members list
	Updated time.Time // of the members list
	Door    Doorway
}

// Template is members/list.
func (MembersPage) Template() string { return "members/list" }

// MemberRow is one organisation in a list.
type MemberRow struct {
	Actor, Name string
	State       ui.Badge
	Tier        string // vocabulary member_tier
	Since       time.Time
	Uninvited   bool // it has applied by the door
}

// InvitePage asks for an organisation's address, then shows whom it is about.
type InvitePage struct {
	Address string
	Found   bool
	Name    string
	Actor   string
	Print   string // fingerprint of the key
	Errors  ui.Errors
}

// Template is members/invite.
func (InvitePage) Template() string { return "members/invite" }

// MemberPage is one organisation with what can be done.
type MemberPage struct {
	MemberRow
	Said                         Said
	Print                        string
	OldPrint                     string    // of the key before, "" if there is none that holds
	OldEnd                       time.Time // when that ends
	Reason                       string    // vocabulary membership_decline_reason
	Services, Regions, Languages []string
	Capacity                     string
	Tiers, Reasons, Areas        []ui.Option
	CanDecide                    bool // an application waits
	CanConsider                  bool
	CanSuspend                   bool
	CanReactivate                bool
	CanInvite                    bool // again
	Trial                        Trial
	Second                       Second
	History                      ui.Timeline
	Errors                       ui.Errors
}

// Template is members/member.
func (MemberPage) Template() string { return "members/member" }

// StateBadge is the badge for a state of membership.
func StateBadge(state string) ui.Badge {
	tone := map[string]string{"applied": "act", "tentative": "wait", "invited": "wait", "active": "done", "suspended": "danger"}[state]
	return ui.Badge{Text: ui.T("members.state." + state), Tone: tone}
}

func memberPages() []web.Entry {
	return []web.Entry{web.Of[MembersPage](), web.Of[InvitePage](), web.Of[MemberPage]()}
}
