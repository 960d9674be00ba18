// Package meeting is what a member keeps of the network's meetings: the call, whether
// it comes, what it has proposed and what became of that, the agenda, the minutes, and
// what it has promised to do. Nothing of a case has a place here.
package meeting

import (
	"time"

	"github.com/saphan-network/saphan/federation/fault"
)

// Zone is the time of day that meetings are told in.
var Zone = time.FixedZone("ICT", 7*60*60)

// Meeting is one that the organisation was called to.
type Meeting struct {
	ID             string // opaque: the last part of its address at the hub
	IRI            string
	NameTH, NameEN string // with its number
	Number         string // 7/2568
	Note           string // what the call says
	Start, End     time.Time
	Deadline       time.Time
	Place, Link    string // only after the organisation has said that it comes
	Cancelled      bool
	Agenda         string    // IRI of the collection that items are offered to
	Sequence       int64     // of the word by which this was told
	Moved          time.Time // when another day was told
	Items          []Item
	AgendaSequence int64     // of the word by which the agenda was told
	AgendaAt       time.Time // when it came
	Reply          Reply
	Minutes        Minutes
	Version        int64
}

// Item is an item of an agenda.
type Item struct {
	ID, Section, Number string
	Title, Why, Wanted  string
	Minutes             int
	Proposer            string // IRI
	Result              string // of minutes: what was resolved
}

// Minutes are the minutes as they were sent last.
type Minutes struct {
	IRI      string
	Text     string
	Items    []Item // those without a section are lists
	Adopted  bool
	Digest   string
	At       time.Time
	Sequence int64
}

// Reply is what the organisation has said.
type Reply struct {
	State string // coming, maybe, absent; "" for nothing yet
	Mode  string // onsite, online
	Who   string // a role or a name
	Needs string
	At    time.Time
	By    string // user
	Thing string // opaque id of what was sent
	Old   bool   // it was given before the meeting was moved
}

// Proposal is an item that the organisation has proposed.
type Proposal struct {
	ID, Meeting string // opaque
	Title, Why  string
	Wanted      string // note, advise, decide
	Minutes     int
	By          string // user
	Offer       string // IRI of the activity, "" before it is sent
	Bytes       []byte // that would leave, or have left
	Sum         string // their SHA-256, hex
	Sent        time.Time
	Fate        string // "" before an answer: accepted, merged, deferred, returned
	Reason      string
	Sequence    int64 // of the answer
	Version     int64
}

// State is where a proposal stands, for its badge.
func (p Proposal) State() string {
	switch {
	case p.Offer == "":
		return "draft"
	case p.Fate == "":
		return "sent"
	}
	return p.Fate
}

// Task is what the organisation has promised at a meeting.
type Task struct {
	ID, IRI  string
	Meeting  string // IRI
	Code     string // 7-2
	What     string
	Due      time.Time
	State    string // open, started, done, stuck, dropped
	Note     string
	By       string // user who reported last
	Changed  time.Time
	Sequence int64 // of the word by which the secretariat told it
	Version  int64
}

// Open reports whether something is still to be done.
func (t Task) Open() bool { return t.State != "done" && t.State != "dropped" }

// Overdue reports whether it is open after its day.
func (t Task) Overdue(now time.Time) bool { return t.Open() && !t.Due.IsZero() && now.After(t.Due) }

func illegal() error { return fault.New(fault.Conflict, "error.meetings.state") }
