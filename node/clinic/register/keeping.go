package register

import (
	"context"
	"time"

	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/casework"
)

// State is where an import stands.
type State string

// The states of an import. Ready, Stopped and Failed can be started (again).
const (
	Ready   State = "ready"   // read and shown, nothing taken in
	Running State = "running" // being taken in
	Stopped State = "stopped" // stopped by a person between two cases
	Failed  State = "failed"  // ended by a failure of ours; what was taken in stays
	Done    State = "done"
	Dropped State = "dropped" // thrown away before it was started; its rows are erased
)

// The states of a row.
const (
	Pending   = "pending"   // its turn has not come
	Taken     = "taken"     // in a case file
	Already   = "already"   // was there before
	Waiting   = "waiting"   // in a person's queue
	Decided   = "decided"   // taken in by a person
	Discarded = "discarded" // put aside by a person, with a reason
	Refused   = "refused"   // nothing is kept
)

// File is an uploaded register and how far its import is.
type File struct {
	ID                             string
	SHA256                         string // of the file
	Name                           string // as uploaded; class B, sealed
	Format                         string // xlsx or csv
	State                          State
	Rows, Import, Queue, Refuse    int
	Units, Next                    int // cases in all, and the first that is still to be done
	Created, Already               int // persons' rows taken in, and found to be there
	Stop                           bool
	StartedBy                      string
	Roles                          []string // of who started it, for the audit of its cases
	UploadedAt, StartedAt, EndedAt time.Time
	Version                        int64
}

// Item is one row of an import.
type Item struct {
	ID, ImportID string
	Position     int // in the plan, from 0
	Unit         int // the case within the import, from 0
	Row          int // as counted in the file
	Table        string
	Do           string
	Why          []string
	State        string
	Key, UnitKey int64 // keyed tokens of the row's content and of its case; 0 for none
	CaseID       string
	Reason       string // code, with Discarded
	DecidedBy    string
	DecidedAt    time.Time
	Draft        Draft // empty once it is no longer needed
}

// Filter narrows Items; the zero value lists all.
type Filter struct {
	ImportID string
	Do       string
	State    string
	FromUnit int // with Units: the rows of that many cases from this one on
	Units    int
	Offset   int
	Limit    int // 0 means all
}

// Store keeps imports and their rows. Values are sealed there.
type Store interface {
	// Create stores a new import with all its rows.
	Create(ctx context.Context, f File, items []Item) error
	// Get returns an import, or fault.Missing.
	Get(ctx context.Context, id string) (File, error)
	// Files returns the newest imports.
	Files(ctx context.Context, limit int) ([]File, error)
	// Save stores an import as Version+1; a stale one is a fault.Conflict.
	Save(ctx context.Context, f File) error
	// Items returns rows in the order of their file, and how many there are in all.
	Items(ctx context.Context, f Filter) ([]Item, int, error)
	// Item returns a row, or fault.Missing.
	Item(ctx context.Context, id string) (Item, error)
	// SaveItems stores the changed state of rows; a Draft without values is erased.
	SaveItems(ctx context.Context, items []Item) error
	// Seen tells which of the keys are known from rows of other imports that were
	// started, and for the unit keys the case that came from them.
	Seen(ctx context.Context, importID string, keys, units []int64) (known map[int64]bool, cases map[int64]string, err error)
}

// CaseFiles is the part of casework that makes case files of rows.
type CaseFiles interface {
	FromRegister(ctx context.Context, actor clinic.Actor, in casework.Intake) (caseID string, created bool, err error)
	Join(ctx context.Context, actor clinic.Actor, caseID string, persons []casework.Person) error
}

// Jobs runs work in the background, once for each key.
type Jobs interface {
	Enqueue(ctx context.Context, kind, key string, payload []byte, at time.Time) error
}

// JobKind is the kind under which Start enqueues; its payload is the import's id.
const JobKind = "register.import"
