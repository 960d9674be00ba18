// Package lesson is how a member writes down what it has learned: one writes, the
// anonymiser shows what may tell who somebody is, two others read, one of them from
// outside, and only then the bytes that were shown leave for the network. It is plain
// Go; the rows live in node/internal/store/lessonstore.
package lesson

import (
	"slices"
	"time"

	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/library"
)

// State is where a lesson stands here.
type State string

// The states. A lesson that was shared stays so in the network while a new version of
// it is written and read.
const (
	Draft     State = "draft"     // somebody writes
	Waiting   State = "review"    // nobody has read it yet
	Once      State = "once"      // one other person has
	Twice     State = "twice"     // two have, one of them from outside; the bytes can be looked at
	Shared    State = "shared"    // the last version is with the network
	Retracted State = "retracted" // taken back, for good
)

// Reading is one person's yes.
type Reading struct {
	By      string // user id
	Outside bool   // has not worked on what the lesson is about
	At      time.Time
}

// Lesson is one lesson with what of it is with the network and what is not yet.
type Lesson struct {
	ID       string // opaque
	State    State
	Draft    library.Text // class A until it was read
	Live     library.Text // what the network has; zero while it has nothing
	Revision int          // versions shared so far
	FromCase bool         // it was begun at a closed case; which one is not kept
	Writers  []string     // user ids; the last one wrote last
	Insiders []string     // user ids of who had the case that it was begun at
	Readings []Reading
	Kept     []string // keys of findings that a writer has looked at and left
	Returned bool     // a reader has sent it back
	Activity string   // opaque id of the next word about it
	Reason   string   // of the retraction, a code
	Begun    time.Time
	Changed  time.Time
	Since    time.Time // hour of the version that is with the network
	Version  int64     // of this record
}

// With reports whether the network has a version of it.
func (l Lesson) With() bool { return l.Revision > 0 && l.State != Retracted }

// Open reports whether a version is being written or read that the network has not.
func (l Lesson) Open() bool { return l.State != Shared && l.State != Retracted }

func (l Lesson) object(who clinic.Actor) clinic.Object {
	return clinic.Object{Type: "lesson", ID: l.ID, Open: true, Openness: 2, DraftedByAnother: len(l.Writers) > 0 && !slices.Contains(l.Writers, who.UserID)}
}

// outsider reports whether somebody can read for those who have not worked on it.
func (l Lesson) outsider(userID string) bool {
	return !slices.Contains(l.Insiders, userID) && !slices.Contains(l.Writers, userID)
}

// Seed is all that a closed case gives to a lesson: codes, never a word of it.
type Seed struct {
	Issue, Status, Region string
	Insiders              []string // user ids
}

// Text makes the beginning of a lesson of it.
func (s Seed) Text() library.Text {
	return library.Text{Issue: s.Issue, Status: s.Status, Region: s.Region}
}

// Typing is what somebody has typed and not saved. It is theirs alone.
type Typing struct {
	Lesson, UserID string
	Base           int64               // version of the lesson that it began from
	Form           map[string][]string // class A
	At             time.Time
}

// Crossing is one field on its way out: what was written, what of it leaves, and by
// which rule.
type Crossing struct {
	Path          string // of the policies' registry
	Holds, Leaves []string
	Rule          string // message key
	Transform     string // message key
	Why           string // message key, where nothing leaves
}

// Preview is exactly what would leave now.
type Preview struct {
	Allowed     bool
	Why, Remedy string // message keys, when nothing may leave
	To          string // IRI of the hub, "" while there is none
	Fields      []Crossing
	Body        []byte
	SHA256      string // hex
}

// Remark is what somebody here says about a lesson of the library. It waits for
// another person, as all text does that leaves.
type Remark struct {
	ID       string // opaque
	Lesson   string // IRI
	About    string // IRI of the lesson, or of the remark that is answered
	Kind     string // library.Trial or library.Reply
	Result   string // of a trial
	Text     library.Words
	By       string
	At       time.Time
	Activity string // opaque id of the word that would say it
	Kept     []string
}

func (r Remark) object(who clinic.Actor) clinic.Object {
	return clinic.Object{Type: "library", ID: r.ID, Open: true, Openness: 2, DraftedByAnother: r.By != "" && r.By != who.UserID}
}
