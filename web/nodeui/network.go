package nodeui

import (
	"time"

	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/ui"
)

// NetworkPage is how this organisation stands with its network, and who else is
// in it.
type NetworkPage struct {
	State   string   // "", invited, asked, considered, active, inactive, ended, left, withdrawn
	Badge   ui.Badge // of State
	Hub     string   // the network's name
	Actor   string   // the hub's address
	Print   string   // fingerprint of the hub's key
	Tier    string   // vocabulary member_tier
	Reason  string   // vocabulary membership_decline_reason
	Since   time.Time
	Number  int64     // of our copy of the list
	Taken   time.Time // when we got it
	Age     ListAge
	Members []NetworkMember
	Apply   Applying
	Manage  bool
}

// Template is network/network.
func (NetworkPage) Template() string { return "network/network" }

// ListAge says how long the hub has not confirmed the members list, if that is long.
type ListAge struct {
	Stage string // "" for nothing to say; aging, old, stale
	Seen  time.Time
	Until time.Time
}

// Tone is that of the notice.
func (a ListAge) Tone() string {
	return map[string]string{"aging": "info", "old": "wait", "stale": "danger"}[a.Stage]
}

// Title and Text say it.
func (a ListAge) Title() string {
	return map[string]string{"aging": "network.age.aging", "old": "network.age.old", "stale": "network.age.stale"}[a.Stage]
}

// Text says what goes on meanwhile, and what to do.
func (a ListAge) Text() string {
	return map[string]string{"aging": "network.age.aging.text", "old": "network.age.old.text", "stale": "network.age.stale.text"}[a.Stage]
}

// NetworkMember is one other organisation.
type NetworkMember struct {
	Name                         string
	Tier, Capacity               string // vocabulary member_tier, capacity_status
	Services, Regions, Languages []ui.Text
	Suspended                    bool
}

// JoinPage asks for a hub's address, then shows whose it is.
type JoinPage struct {
	Address string
	Found   bool
	Name    string
	Actor   string
	Print   string
	Door    bool // it takes applications of who was not invited
	Errors  ui.Errors
}

// Template is network/join.
func (JoinPage) Template() string { return "network/join" }

// StandingBadge is the badge for this node's own standing.
func StandingBadge(state string) ui.Badge {
	if state == "" {
		state = "alone"
	}
	tone := map[string]string{"active": "done", "asked": "wait", "considered": "wait", "invited": "act", "inactive": "danger", "ended": "danger", "declined": "danger"}[state]
	return ui.Badge{Text: ui.T("network.state." + state), Tone: tone}
}

func networkPages() []web.Entry { return []web.Entry{web.Of[NetworkPage](), web.Of[JoinPage]()} }
