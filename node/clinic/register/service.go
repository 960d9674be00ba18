package register

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/node/clinic"
)

// Config holds what a Service stands on; all of it is needed.
type Config struct {
	Store     Store
	Cases     CaseFiles
	Jobs      Jobs
	Authority clinic.Authority
	Recorder  clinic.Recorder
	Tx        clinic.Transactor
	Lock      func(ctx context.Context, name string) error // makes other transactions that ask for the name wait
	Blind     func(term string) int64                      // keyed tokens, see clinic.Vault
	Clock     clinic.Clock
	Decode    func(io.Reader) (Book, []byte, error) // reads the file formats
	Chunk     int                                   // cases in one transaction; 0 means 25
}

// Service takes registers in.
type Service struct{ Config }

// New makes a service.
func New(cfg Config) *Service {
	if cfg.Chunk <= 0 {
		cfg.Chunk = 25
	}
	return &Service{cfg}
}

func object(id string) clinic.Object { return clinic.Object{Type: "register", ID: id} }

// thailand is where the organisation's days begin and end.
var thailand = time.FixedZone("ICT", 7*60*60)

// Dry reads a file and says what would be done with each row. Nothing is kept.
func (s *Service) Dry(ctx context.Context, actor clinic.Actor, r io.Reader) (Plan, error) {
	if err := s.Authority.May(ctx, actor, "import", object("")); err != nil {
		return Plan{}, err
	}
	p, _, err := s.read(r)
	return p, err
}

func (s *Service) read(r io.Reader) (Plan, []byte, error) {
	book, raw, err := s.Decode(r)
	if err != nil {
		return Plan{}, nil, err
	}
	p, err := Read(book, Options{Today: s.Clock()})
	return p, raw, err
}

// Upload reads a file and keeps it, sealed, as an import that can be looked at
// and started. The same file again, while the first is not finished, is the
// same import.
func (s *Service) Upload(ctx context.Context, actor clinic.Actor, name string, r io.Reader) (File, error) {
	if err := s.Authority.May(ctx, actor, "import", object("")); err != nil {
		return File{}, err
	}
	p, raw, err := s.read(r)
	if err != nil {
		return File{}, err
	}
	sum := sha256.Sum256(raw)
	f := File{ID: opaque.ID(), SHA256: hex.EncodeToString(sum[:]), Name: shortName(name), Format: p.Format.Kind, State: Ready,
		Rows: p.Rows, Import: p.Import, Queue: p.Queue, Refuse: p.Refuse, StartedBy: actor.UserID, UploadedAt: s.Clock(), Version: 1}
	items := s.items(p, &f)
	err = s.Tx.Within(ctx, func(ctx context.Context) error {
		recent, err := s.Store.Files(ctx, 50)
		if err != nil {
			return err
		}
		for _, old := range recent {
			if old.SHA256 == f.SHA256 && old.State != Done && old.State != Dropped {
				f = old
				return nil
			}
		}
		if err := s.Store.Create(ctx, f, items); err != nil {
			return err
		}
		return s.Recorder.Record(ctx, actor, "upload", object(f.ID), "ok", counts(f))
	})
	return f, err
}

func shortName(name string) string {
	name = flat(name[strings.LastIndexAny(name, `/\`)+1:])
	if r := []rune(name); len(r) > 100 {
		name = string(r[:100])
	}
	return name
}

func counts(f File) map[string]string {
	return map[string]string{"rows": strconv.Itoa(f.Rows), "import": strconv.Itoa(f.Import), "queue": strconv.Itoa(f.Queue), "refuse": strconv.Itoa(f.Refuse)}
}

// items turns a plan into rows to keep, with a token for each content so that
// the same row is known in a later file.
func (s *Service) items(p Plan, f *File) []Item {
	items := make([]Item, len(p.Records))
	times := make(map[int64]int)
	for u, unit := range p.Units() {
		unitKey := int64(0)
		if unit.Case != "" {
			unitKey = s.Blind("register case " + unit.Case)
		}
		for _, i := range unit.Records {
			rec := p.Records[i]
			it := Item{ID: opaque.ID(), ImportID: f.ID, Position: i, Unit: u, Row: rec.Row, Table: rec.Table, Do: rec.Do, Why: rec.Why,
				State: Pending, UnitKey: unitKey, Draft: rec.Draft()}
			if rec.Do != Refuse {
				it.Key = s.Blind("register row " + rec.Content())
				if times[it.Key]++; times[it.Key] > 1 { // a second row of the same content is told apart by its count
					it.Key = s.Blind("register row " + rec.Content() + "\x1f" + strconv.Itoa(times[it.Key]))
				}
			}
			if rec.Known() {
				it.State = Already
			}
			items[i] = it
		}
		f.Units = u + 1
	}
	return items
}

// Start begins to take an import in, or goes on with one that was stopped: a
// job of JobKind does the work.
func (s *Service) Start(ctx context.Context, actor clinic.Actor, id string) error {
	return s.move(ctx, actor, "start", id, func(ctx context.Context, f *File) error {
		if err := s.begin(actor, f); err != nil {
			return err
		}
		return s.enqueue(ctx, *f)
	})
}

// StartHere is Start for a caller who then calls Run itself: the command line.
func (s *Service) StartHere(ctx context.Context, actor clinic.Actor, id string) error {
	return s.move(ctx, actor, "start", id, func(_ context.Context, f *File) error { return s.begin(actor, f) })
}

func (s *Service) begin(actor clinic.Actor, f *File) error {
	if f.State == Done || f.State == Dropped {
		return fault.New(fault.Conflict, "imports.fault.finished")
	}
	if f.State != Running {
		f.State, f.Stop, f.StartedBy, f.Roles = Running, false, actor.UserID, actor.Roles
	}
	if f.StartedAt.IsZero() {
		f.StartedAt = s.Clock()
	}
	return nil
}

func (s *Service) enqueue(ctx context.Context, f File) error {
	return s.Jobs.Enqueue(ctx, JobKind, f.ID+"/"+strconv.FormatInt(f.Version, 10), []byte(f.ID), s.Clock())
}

// Resume enqueues every import that was running when the server went down.
// Call it once when the server starts.
func (s *Service) Resume(ctx context.Context) error {
	return s.Tx.Within(ctx, func(ctx context.Context) error {
		files, err := s.Store.Files(ctx, 50)
		if err != nil {
			return err
		}
		for _, f := range files {
			if f.State == Running {
				if err := s.enqueue(ctx, f); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// Cancel asks a running import to stop after the cases that are just being
// taken in. What is in stays in; Start goes on from there.
func (s *Service) Cancel(ctx context.Context, actor clinic.Actor, id string) error {
	return s.move(ctx, actor, "stop", id, func(_ context.Context, f *File) error {
		if f.State == Running {
			f.Stop = true
		}
		return nil
	})
}

// Drop throws away an import that was not started and erases its rows.
func (s *Service) Drop(ctx context.Context, actor clinic.Actor, id string) error {
	return s.move(ctx, actor, "drop", id, func(ctx context.Context, f *File) error {
		if f.State == Dropped {
			return nil
		}
		if f.State != Ready {
			return fault.New(fault.Conflict, "imports.fault.started")
		}
		items, _, err := s.Store.Items(ctx, Filter{ImportID: id})
		if err != nil {
			return err
		}
		for i := range items {
			items[i].State, items[i].Draft = Refused, Draft{}
		}
		f.State, f.EndedAt = Dropped, s.Clock()
		return s.Store.SaveItems(ctx, items)
	})
}

// move changes an import in a transaction. A running import saves itself after
// each chunk, so a change that came in between is tried again.
func (s *Service) move(ctx context.Context, actor clinic.Actor, act, id string, change func(ctx context.Context, f *File) error) error {
	if err := s.Authority.May(ctx, actor, "import", object(id)); err != nil {
		return err
	}
	var err error
	for range 5 {
		err = s.Tx.Within(ctx, func(ctx context.Context) error {
			f, err := s.Store.Get(ctx, id)
			if err != nil {
				return err
			}
			if err := change(ctx, &f); err != nil {
				return err
			}
			if err := s.Store.Save(ctx, f); err != nil {
				return err
			}
			return s.Recorder.Record(ctx, actor, act, object(id), "ok", nil)
		})
		if f := fault.As(err); err == nil || f.Kind != fault.Conflict || f.Key != stale {
			return err
		}
	}
	return err
}

// stale is the key of the conflict between two changes of one import.
const stale = "imports.fault.stale"

// Show returns an import with its rows, narrowed by what is to be done with
// them or by their state.
func (s *Service) Show(ctx context.Context, actor clinic.Actor, id string, f Filter) (File, []Item, int, error) {
	if err := s.Authority.May(ctx, actor, "import", object(id)); err != nil {
		return File{}, nil, 0, err
	}
	file, err := s.Store.Get(ctx, id)
	if err != nil {
		return File{}, nil, 0, err
	}
	f.ImportID = id
	items, total, err := s.Store.Items(ctx, f)
	return file, items, total, err
}

// Files returns the newest imports, and how many rows wait for a person.
func (s *Service) Files(ctx context.Context, actor clinic.Actor) ([]File, int, error) {
	if err := s.Authority.May(ctx, actor, "import", object("")); err != nil {
		return nil, 0, err
	}
	files, err := s.Store.Files(ctx, 50)
	if err != nil {
		return nil, 0, err
	}
	_, waiting, err := s.Store.Items(ctx, Filter{State: Waiting, Limit: 1})
	return files, waiting, err
}
