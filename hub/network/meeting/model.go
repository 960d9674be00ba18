// Package meeting is the network's monthly meeting as the secretariat keeps it: a
// series with its days and its hosts, the call, what members propose and what became
// of it, the agenda in the official sections, who comes, what was resolved, who does
// what until when, and the minutes up to their adoption at the next meeting.
// Nothing of a case has a place here.
package meeting

import (
	"strconv"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
)

// State is where a meeting stands.
type State string

// The states, in their order.
const (
	Planned    State = "planned"    // it has a day and a number; nobody was told
	Called     State = "called"     // members were told, and propose items
	Published  State = "published"  // members have the agenda
	InSession  State = "in_session" // people sit together
	Held       State = "held"       // it is over; the minutes are being written
	Circulated State = "circulated" // members have the minutes
	Adopted    State = "adopted"    // the next meeting has adopted them; nothing changes any more
	Cancelled  State = "cancelled"  // it was called off
)

// Upcoming reports whether people can still come.
func (s State) Upcoming() bool { return s == Planned || s == Called || s == Published }

// Told reports whether the members know of the meeting.
func (s State) Told() bool { return s != Planned && s != "" }

// Series is a row of meetings.
type Series struct {
	ID             string
	NameTH, NameEN string
	Rule           Recurrence
	Hour, Minute   int      // of the day at which it begins
	Length         int      // minutes
	Hosts          []string // IRIs of members in the order in which they are hosts; "" is the secretariat
	Quorum         Quorum
	ProposeDays    int // so many days before the meeting, proposals end
	RemarkDays     int // so many days after the minutes went out, remarks end
	Version        int64
}

// Meeting is one of a series.
type Meeting struct {
	ID, Series      string // opaque
	Agenda, Paper   string // opaque ids of its agenda and its minutes
	NameTH, NameEN  string // of the series
	Number, Year    int    // ครั้งที่ Number/Year, of the Buddhist era
	State           State
	Start           time.Time
	Length          int // minutes
	Deadline        time.Time
	Host            string // IRI of a member, "" for the secretariat
	HostName        string
	Place, Link     string
	Note            string    // what the call says
	Moved           time.Time // when the day was last changed after the call
	Opened, Closed  time.Time
	Chair           string
	Scribe          string // name of who takes the notes
	ScribeID        string // user
	Checker         string // name of who has checked the minutes
	AgendaRevision  int    // times that the agenda was published
	MinutesRevision int    // times that the minutes were sent
	AgendaStale     bool   // something has changed since it was published
	RemarksUntil    time.Time
	Quorum          Quorum
	Members         int    // organisations that counted when it was opened
	Digest          string // of the minutes that were adopted
	AdoptedAt       string // id of the meeting that adopted them
	Version         int64
}

// Label is the number as people say it: 7/2568.
func (m Meeting) Label() string { return strconv.Itoa(m.Number) + "/" + strconv.Itoa(m.Year) }

// End is when the meeting is over if it takes as long as planned.
func (m Meeting) End() time.Time { return m.Start.Add(time.Duration(m.Length) * time.Minute) }

// The official sections of an agenda.
const (
	FromTheChair = "1" // เรื่องที่ประธานแจ้งให้ที่ประชุมทราบ
	LastMinutes  = "2" // เรื่องรับรองรายงานการประชุม
	Arising      = "3" // เรื่องสืบเนื่อง
	ForNotice    = "4" // เรื่องเสนอเพื่อทราบ
	ForDecision  = "5" // เรื่องเสนอเพื่อพิจารณา
	AnythingElse = "6" // เรื่องอื่น ๆ
)

// Sections lists them.
func Sections() []string {
	return []string{FromTheChair, LastMinutes, Arising, ForNotice, ForDecision, AnythingElse}
}

// Fate is what became of a proposal; "" of what the secretariat has put down itself.
type Fate string

// The fates.
const (
	Fresh    Fate = "new"      // nobody has looked at it
	Accepted Fate = "accepted" // it is an item
	Merged   Fate = "merged"   // it is part of another item
	Deferred Fate = "deferred" // it waits for a later meeting
	Returned Fate = "returned" // it went back to who proposed it
)

// Item is a proposal or an item of an agenda.
type Item struct {
	ID, Meeting  string
	Section      string
	Position     int // within its section, from 1; 0 while it is no item
	Title, Why   string
	Wanted       string // note, advise or decide
	Minutes      int
	Proposer     string // IRI of a member, "" for the secretariat
	ProposerName string
	Offer        string // IRI of the activity by which it was proposed
	Offered      time.Time
	Late         bool // it came after the deadline
	Fate         Fate
	Reason       string
	Into         string // item of which it became a part
	Closed       bool   // what is said is not written down
	Action       string // id of the action item that it follows up
	Adopts       string // id of the meeting whose minutes it adopts
	Carried      string // id of the item of a former meeting that it goes on with
	Seen         bool   // it was spoken of
	Note         string // what was said
	NoteBy       string // name of who wrote it last
	Decision     Decision
	Version      int64
}

// On reports whether it stands on the agenda.
func (i Item) On() bool { return i.Position > 0 && (i.Fate == "" || i.Fate == Accepted) }

// Decision is a resolution; frozen once it is made.
type Decision struct {
	Kind                  string // noted, agreed, rejected, deferred, adopted; "" for none
	Text                  string
	For, Against, Abstain int    // of a vote; all 0 for consent
	Aside                 string // who stood aside or objected, and why
	Present, Members      int    // organisations, when it was made
	Enough                bool   // by the rule of the quorum
	At                    time.Time
	By                    string // name of who wrote it down
}

// Decisions lists the kinds of resolutions.
func Decisions() []string { return []string{"noted", "agreed", "rejected", "deferred", "adopted"} }

// Action is what an organisation has promised.
type Action struct {
	ID, Meeting, Item string
	Code              string // 7-2: the second of the seventh meeting
	What              string
	Owner             string // IRI of a member, "" for the secretariat
	OwnerName         string
	Due               string // ISO date, "" for none
	State             string // open, started, done, stuck, dropped
	Note              string // what the owner says of it
	Changed           time.Time
	Sequence          int64 // of the owner's last report
	Sent              bool  // its owner was told
	Version           int64
}

// Open reports whether something is still to be done.
func (a Action) Open() bool { return a.State == "open" || a.State == "started" || a.State == "stuck" }

// Overdue reports whether it is open after its day.
func (a Action) Overdue(now time.Time) bool {
	return a.Open() && a.Due != "" && a.Due < now.In(Zone).Format(time.DateOnly)
}

// Reply is whether an organisation comes.
type Reply struct {
	Meeting, Org string
	OrgName      string
	State        string // coming, maybe, absent
	Mode         string // onsite, online
	Who, Needs   string
	At           time.Time
	Sequence     int64
}

// Line is one of the short lists of a meeting: who is present, remarks on the minutes,
// notes that two people wrote at once.
type Line struct {
	ID, Meeting  string
	Kind         string // presence, remark, draft
	Org, OrgName string
	Name         string // of a person or a role; of a draft: who wrote it
	Text         string // of a remark or a draft; why somebody is absent
	Item         string // of a draft
	Present      bool
	Guest        bool // attends, and does not count
	At           time.Time
	Version      int64
}

// Member is an organisation that is called.
type Member struct {
	Actor, Name string
	Counts      bool // towards the quorum
}

func illegal() error { return fault.New(fault.Conflict, "error.meetings.state") }

func stale() error { return fault.New(fault.Conflict, "error.stale") }
