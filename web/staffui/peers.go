package staffui

import (
	"time"

	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/ui"
)

// PeersPage lists the other servers and how the lines to them are.
type PeersPage struct {
	Lines  []PeerLine
	Manage bool // the person may steer them
	Own    OwnServer
}

// OwnServer is what others know this server by. People read it out to each other
// before they invite or join.
type OwnServer struct{ Address, Print string }

// Template is peers/list.
func (PeersPage) Template() string { return "peers/list" }

// PeerLine is the line to one server.
type PeerLine struct {
	Peer, Name    string
	Role          ui.Text
	State         ui.Badge
	Waiting, Held int
	Oldest        time.Time // of those waiting
	Next          time.Time // of the next attempt
	OK, Heard     time.Time
	Since         time.Time // nothing was taken from then on; zero while all is well
	Dead          bool      // for so long that it is tried a few times a day only
	Why           ui.Text
	Missing       int64
	Aside         int // that came and could not be carried out
	Paused        bool
}

// PeerPage is one line with what is on it.
type PeerPage struct {
	Line   PeerLine
	Items  []PeerItem
	Asides []PeerAside
	Manage bool
}

// PeerAside is a message that came in and could not be carried out.
type PeerAside struct {
	ID         string
	Type       ui.Text
	Came, Next time.Time
	Attempts   int
	Why        ui.Text
}

// WhyDrop, WhyPause and WhyDiscard are the reasons to choose from.
func (PeerPage) WhyDrop() []ui.Option { return reasons("agreed", "otherwise", "outdated", "mistake") }

// WhyPause lists the reasons for a pause.
func (PeerPage) WhyPause() []ui.Option { return reasons("their_wish", "maintenance", "security") }

// WhyDiscard lists the reasons for giving up what came in.
func (PeerPage) WhyDiscard() []ui.Option { return reasons("agreed", "otherwise", "outdated") }

func reasons(codes ...string) []ui.Option {
	var out []ui.Option
	for _, c := range codes {
		out = append(out, ui.Option{Value: c, Label: ui.T("peers.reason." + c)})
	}
	return out
}

// PeerCheckPage is the examination of the exchange with others.
type PeerCheckPage struct {
	Done     bool
	Wrong    bool // something wants attention
	Findings []PeerFinding
}

// Template is peers/check.
func (PeerCheckPage) Template() string { return "peers/check" }

// PeerFinding is the outcome of one check, with what to do about it.
type PeerFinding struct {
	Title string
	State ui.Badge
	What  string
}

// FindingBadge is the badge for an outcome: ok, warning, failed.
func FindingBadge(state string) ui.Badge {
	tone := map[string]string{"ok": "done", "warning": "act", "failed": "danger"}[state]
	return ui.Badge{Text: ui.T("peers.check." + state), Tone: tone}
}

// Template is peers/peer.
func (PeerPage) Template() string { return "peers/peer" }

// PeerItem is one message.
type PeerItem struct {
	ID       string
	Type     ui.Text
	State    ui.Badge
	Number   int64
	Created  time.Time
	Sent     time.Time
	Next     time.Time
	Attempts int
	Why      ui.Text
	Open     bool // may be sent again or dropped
}

// LineBadge is the badge for a state of a line: ok, delayed, broken, dead, aside, held, paused.
func LineBadge(state string) ui.Badge {
	tone := map[string]string{"ok": "done", "delayed": "wait", "broken": "danger", "dead": "danger", "paused": "neutral", "held": "act", "aside": "act"}[state]
	return ui.Badge{Text: ui.T("peers.state." + state), Tone: tone}
}

// ItemBadge is the badge for a state of a message: waiting, sending, sent, held, dropped.
func ItemBadge(state string) ui.Badge {
	tone := map[string]string{"waiting": "wait", "sending": "wait", "sent": "done", "held": "act", "dropped": "neutral"}[state]
	return ui.Badge{Text: ui.T("peers.item." + state), Tone: tone}
}

func peerFixtures() []web.Fixture {
	at := time.Date(2026, 11, 25, 2, 10, 0, 0, time.UTC)
	ok := PeerLine{Peer: "https://hub.example/ap/network", Name: "เครือข่ายคลินิกกฎหมาย", Role: ui.T("peers.role.hub"), State: LineBadge("ok"), OK: at, Heard: at}
	away := PeerLine{Peer: "https://labour.example/ap/org", Name: "ศูนย์แรงงานมหาชัย", Role: ui.T("peers.role.member"), State: LineBadge("broken"), Waiting: 3, Since: at.Add(-27 * time.Hour),
		Oldest: at.Add(-26 * time.Hour), Next: at.Add(4 * time.Hour), OK: at.Add(-27 * time.Hour), Heard: at.Add(-28 * time.Hour), Why: ui.T("delivery.error.unreachable"), Missing: 1}
	held := PeerLine{Peer: "https://defend.example/ap/org", Name: "มูลนิธิทนายเพื่อผู้ปกป้องสิทธิ", Role: ui.T("peers.role.member"), State: LineBadge("held"), Held: 1, OK: at, Heard: at}
	still := away
	still.State, still.Paused = LineBadge("paused"), true
	gone := away
	gone.State, gone.Dead, gone.Since = LineBadge("dead"), true, at.AddDate(0, 0, -9)
	items := []PeerItem{
		{ID: "https://clinic.example/ap/act/2", Type: ui.T("peers.type.Undo"), State: ItemBadge("waiting"), Number: 8, Created: at, Next: at.Add(4 * time.Hour), Attempts: 6, Why: ui.T("delivery.error.unreachable"), Open: true},
		{ID: "https://clinic.example/ap/act/1", Type: ui.T("peers.type.Offer"), State: ItemBadge("held"), Number: 7, Created: at, Attempts: 1, Why: ui.T("delivery.error.rejected"), Open: true},
		{ID: "https://clinic.example/ap/act/0", Type: ui.T("peers.type.Read"), State: ItemBadge("sent"), Number: 6, Created: at, Sent: at, Attempts: 1},
	}
	stuck := held
	stuck.State, stuck.Held, stuck.Aside = LineBadge("aside"), 0, 2
	asides := []PeerAside{{ID: "https://defend.example/ap/act/9", Type: ui.T("peers.type.Offer"), Came: at.Add(-2 * time.Hour), Next: at.Add(time.Hour), Attempts: 4, Why: ui.T("error.internal")},
		{ID: "https://defend.example/ap/act/10", Type: ui.T("peers.type.Undo"), Came: at.Add(-time.Hour), Next: at.Add(time.Hour), Attempts: 1, Why: ui.T("error.federation.behind")}}
	own := OwnServer{Address: "https://clinic.example", Print: "2f1a 9c04 77de 0b18 5a3e c6d2 91f0 4b7c 8e25 d31f 60a9 be47 f2c8 135d a07b 49e6"}
	findings := []PeerFinding{{Title: "ที่อยู่ของเซิร์ฟเวอร์เรา", State: FindingBadge("ok")}, {Title: "นาฬิกาของเครื่อง", State: FindingBadge("ok")},
		{Title: "ลายเซ็นของเราที่เครือข่าย", State: FindingBadge("failed"), What: "เครือข่ายไม่รับลายเซ็นของเรา ตรวจนาฬิกาของเครื่อง และโทรหาเลขานุการเพื่อเทียบลายนิ้วมือของกุญแจ"},
		{Title: "รายชื่อองค์กรสมาชิก", State: FindingBadge("warning"), What: "รายชื่อเก่ากว่า 14 วัน"}}
	return []web.Fixture{
		{Name: "peers/list: three", TitleKey: "peers.title", Page: PeersPage{Lines: []PeerLine{ok, away, held}, Manage: true, Own: own}},
		{Name: "peers/list: alone", TitleKey: "peers.title", Page: PeersPage{Own: own}},
		{Name: "peers/peer: away", TitleKey: "peers.title", Page: PeerPage{Line: away, Items: items, Manage: true}},
		{Name: "peers/peer: silent for a week", TitleKey: "peers.title", Page: PeerPage{Line: gone, Items: items[:1], Manage: true}},
		{Name: "peers/peer: paused", TitleKey: "peers.title", Page: PeerPage{Line: still, Items: items, Manage: true}},
		{Name: "peers/peer: aside", TitleKey: "peers.title", Page: PeerPage{Line: stuck, Items: items[2:], Asides: asides, Manage: true}},
		{Name: "peers/check: before", TitleKey: "peers.check.title", Page: PeerCheckPage{}},
		{Name: "peers/check: well", TitleKey: "peers.check.title", Page: PeerCheckPage{Done: true, Findings: findings[:2]}},
		{Name: "peers/check: not well", TitleKey: "peers.check.title", Page: PeerCheckPage{Done: true, Wrong: true, Findings: findings}},
		{Name: "peers/peer: reader, quiet", TitleKey: "peers.title", Page: PeerPage{Line: ok}},
	}
}
