// Package publication is what the network says to everybody: statements and open
// events. One person writes, another releases exactly the bytes that were shown,
// and whoever may do either can take a document back at once.
package publication

import (
	"context"
	"encoding/json"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
)

// State is where a document stands.
type State string

// The states. A document that was published stays so while a new version of it is
// being written and waits.
const (
	Draft     State = "draft"     // somebody writes
	Waiting   State = "waiting"   // the bytes are fixed; a second person reads them
	Published State = "published" // the last version is public
	Withdrawn State = "withdrawn" // taken back, for good
)

// The kinds of documents.
const (
	Statement = "statement"
	Event     = "event"
)

// Words are a text in both languages. EN may be empty.
type Words struct{ TH, EN string }

// Text is all that a document says.
type Text struct {
	Name, Summary, Body Words
	Start, End          time.Time // of an event; End may be zero
	Place               Words     // of an event
	Link                string    // of an event that is met online
	Cancelled           bool      // an event that will not be
}

// Pending is what waits for a second person: the exact activity that would leave.
type Pending struct {
	Activity string // opaque id
	Bytes    []byte
	SHA256   string // hex
	By       string // user who asks
	At       time.Time
}

// Document is one statement or event with what is public of it and what is not yet.
type Document struct {
	ID        string // opaque
	Kind      string
	State     State
	Draft     Text // as it is being written; that of the last version once published
	Live      Text // what is public; zero while nothing is
	Revision  int  // versions published so far
	WrittenBy string
	Released  string    // user who released the last version
	First     time.Time // hour of the first version
	Since     time.Time // hour of the version that is public
	Changed   time.Time // of the last change of state or draft
	Returned  bool      // a second person has sent the draft back
	Pending   Pending
	Version   int64 // of this record
}

// Public reports whether people outside can read it.
func (d Document) Public() bool { return d.Revision > 0 && d.State != Withdrawn }

// Crossing is one field of a document on its way out: what was written, what of it
// leaves, and by which rule.
type Crossing struct {
	Path          string // of the policies' registry
	Holds, Leaves []string
	Rule          string // message key
	Transform     string // message key
	Why           string // message key, where nothing leaves
}

// Store keeps documents.
type Store interface {
	// Get returns fault.Missing for what was never written.
	Get(ctx context.Context, id string) (Document, error)
	// Put saves and raises d.Version; it refuses with fault.Conflict when the version has moved on.
	Put(ctx context.Context, d *Document) error
	All(ctx context.Context) ([]Document, error) // what changed last comes first
}

// Wire is how documents reach the world.
type Wire interface {
	// Look says what of a draft would leave.
	Look(d Document) []Crossing
	// Build makes the bytes of the activity that would publish the draft.
	Build(d Document, at time.Time) (Pending, error)
	// Publish has the gate clear exactly the pending bytes, puts them on the shelf and
	// on their way to the followers, all in the running transaction.
	Publish(ctx context.Context, d Document) error
	// Withdraw does the same with the word that a document is no more.
	Withdraw(ctx context.Context, d Document, at time.Time) error
}

// Deps is what the service stands on; all are needed.
type Deps struct {
	Store     Store
	Wire      Wire
	Authority clinic.Authority
	Tx        clinic.Transactor
	Audit     clinic.Recorder
	Now       clinic.Clock
	NewID     func() string
	Telling   func(text string) []string // pieces of a text that look as if they were about one person
}

// Service is the front door.
type Service struct{ d Deps }

// New returns the service.
func New(d Deps) *Service { return &Service{d: d} }

func object(d Document, who clinic.Actor) clinic.Object {
	return clinic.Object{Type: "publication", ID: d.ID, Open: true, Openness: 2, DraftedByAnother: d.WrittenBy != "" && d.WrittenBy != who.UserID && d.Pending.By != who.UserID}
}

func (s *Service) may(ctx context.Context, who clinic.Actor, act string, d Document) error {
	return s.d.Authority.May(ctx, who, act, object(d, who))
}

// List lists all documents, what changed last first.
func (s *Service) List(ctx context.Context, who clinic.Actor) ([]Document, error) {
	if err := s.may(ctx, who, "read", Document{}); err != nil {
		return nil, err
	}
	return s.d.Store.All(ctx)
}

// View is a document as it is shown to one of the staff.
type View struct {
	Document
	Crossings  []Crossing
	Telling    []string // pieces that a reader should look at twice
	MayWrite   bool
	MayRelease bool // a second person, and it waits
	MayTake    bool // back
}

// Show returns one document with what of it would leave.
func (s *Service) Show(ctx context.Context, who clinic.Actor, id string) (View, error) {
	if err := s.may(ctx, who, "read", Document{}); err != nil {
		return View{}, err
	}
	d, err := s.d.Store.Get(ctx, id)
	if err != nil {
		return View{}, err
	}
	v := View{Document: d, Crossings: s.d.Wire.Look(d)}
	seen := map[string]bool{}
	for _, t := range []string{d.Draft.Name.TH, d.Draft.Name.EN, d.Draft.Summary.TH, d.Draft.Summary.EN, d.Draft.Body.TH, d.Draft.Body.EN} {
		for _, one := range s.d.Telling(t) {
			if !seen[one] {
				seen[one], v.Telling = true, append(v.Telling, one)
			}
		}
	}
	v.MayWrite = d.State != Withdrawn && s.may(ctx, who, "write", d) == nil
	v.MayRelease = d.State == Waiting && s.may(ctx, who, "release", d) == nil
	v.MayTake = d.Public() && s.may(ctx, who, "withdraw", d) == nil
	return v, nil
}

// MayWrite answers nil for who may write documents.
func (s *Service) MayWrite(ctx context.Context, who clinic.Actor) error {
	return s.may(ctx, who, "write", Document{})
}

// Write begins a document and returns its id.
func (s *Service) Write(ctx context.Context, who clinic.Actor, kind string, t Text) (string, error) {
	d := Document{ID: s.d.NewID(), Kind: kind, State: Draft, Draft: t, WrittenBy: who.UserID, Changed: s.d.Now()}
	if err := s.may(ctx, who, "write", d); err != nil {
		return "", err
	}
	if err := check(kind, t); err != nil {
		return "", err
	}
	err := s.d.Tx.Within(ctx, func(ctx context.Context) error {
		if err := s.d.Store.Put(ctx, &d); err != nil {
			return err
		}
		return s.record(ctx, who, "write", d)
	})
	return d.ID, err
}

// Edit changes the text. What waited for release no longer does.
func (s *Service) Edit(ctx context.Context, who clinic.Actor, id string, version int64, t Text) error {
	return s.change(ctx, who, "write", id, version, func(_ context.Context, d *Document) error {
		if d.State == Withdrawn {
			return illegal()
		}
		if err := check(d.Kind, t); err != nil {
			return err
		}
		d.State, d.Draft, d.Pending, d.Returned, d.WrittenBy = Draft, t, Pending{}, false, who.UserID
		return nil
	})
}

// Submit fixes the bytes and asks a second person to read them.
func (s *Service) Submit(ctx context.Context, who clinic.Actor, id string, version int64) error {
	return s.change(ctx, who, "write", id, version, func(_ context.Context, d *Document) error {
		if d.State != Draft {
			return illegal()
		}
		p, err := s.d.Wire.Build(*d, s.d.Now())
		if err != nil {
			return err
		}
		p.By = who.UserID
		d.State, d.Pending, d.Returned = Waiting, p, false
		return nil
	})
}

// Return sends a draft back to who wrote it.
func (s *Service) Return(ctx context.Context, who clinic.Actor, id string, version int64) error {
	return s.change(ctx, who, "release", id, version, func(_ context.Context, d *Document) error {
		if d.State != Waiting {
			return illegal()
		}
		d.State, d.Pending, d.Returned = Draft, Pending{}, true
		return nil
	})
}

// Release publishes exactly the bytes with the hash that the second person was
// shown.
func (s *Service) Release(ctx context.Context, who clinic.Actor, id, sha256 string) error {
	return s.change(ctx, who, "release", id, 0, func(ctx context.Context, d *Document) error {
		if d.State != Waiting {
			return illegal()
		}
		if sha256 == "" || sha256 != d.Pending.SHA256 {
			return fault.New(fault.Conflict, "error.public.other_bytes")
		}
		if d.Revision == 0 {
			d.First = d.Pending.At
		}
		d.State, d.Live, d.Released, d.Since = Published, d.Draft, who.UserID, d.Pending.At
		if err := s.d.Wire.Publish(ctx, *d); err != nil {
			return err
		}
		d.Revision++
		d.Pending = Pending{}
		return nil
	})
}

// Withdraw takes a document back. Its page says so from then on, and all who follow
// are told.
func (s *Service) Withdraw(ctx context.Context, who clinic.Actor, id string) error {
	return s.change(ctx, who, "withdraw", id, 0, func(ctx context.Context, d *Document) error {
		if !d.Public() {
			return illegal()
		}
		if err := s.d.Wire.Withdraw(ctx, *d, s.d.Now()); err != nil {
			return err
		}
		d.State, d.Draft, d.Live, d.Pending = Withdrawn, Text{Name: d.Live.Name}, Text{}, Pending{}
		return nil
	})
}

func (s *Service) change(ctx context.Context, who clinic.Actor, act, id string, version int64, f func(ctx context.Context, d *Document) error) error {
	// Who may do it to no document at all learns nothing of this one.
	if err := s.d.Authority.May(ctx, who, act, clinic.Object{Type: "publication", Open: true, Openness: 2, DraftedByAnother: true}); err != nil {
		return err
	}
	return s.d.Tx.Within(ctx, func(ctx context.Context) error {
		d, err := s.d.Store.Get(ctx, id)
		if err != nil {
			return err
		}
		if err := s.may(ctx, who, act, d); err != nil {
			return err
		}
		if version != 0 && version != d.Version {
			return fault.New(fault.Conflict, "error.stale")
		}
		before := d.State
		if err := f(ctx, &d); err != nil {
			return err
		}
		d.Changed = s.d.Now()
		if err := s.d.Store.Put(ctx, &d); err != nil {
			return err
		}
		if before != d.State {
			act = string(d.State)
		}
		return s.record(ctx, who, act, d)
	})
}

func (s *Service) record(ctx context.Context, who clinic.Actor, act string, d Document) error {
	return s.d.Audit.Record(ctx, who, "publication."+act, object(d, who), "done", map[string]string{"kind": d.Kind})
}

func illegal() error { return fault.New(fault.Conflict, "error.public.state") }

// Marshal and Unmarshal are how stores keep a text.
func (t Text) Marshal() (string, error) {
	b, err := json.Marshal(t)
	return string(b), err
}

// Unmarshal reads what Marshal wrote.
func (t *Text) Unmarshal(s string) error { return json.Unmarshal([]byte(s), t) }
