// Package audit keeps the ledger of a server: who did what to which object, and
// how every egress decision fell, in an append-only table in which each line
// holds the hash of the line before it. Lines carry codes and opaque ids only.
package audit

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/clinic"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Main is the chain of everything that names no other.
const Main = "main"

// Outcomes of an act.
const (
	OK     = "ok"     // it was done
	Denied = "denied" // a rule or a right said no
	Failed = "failed" // it was tried and could not be done
)

// ErrUnfit says that an entry holds something that has no place in the ledger:
// free text, a long number, an over-long value.
var ErrUnfit = errors.New("audit: only codes and opaque ids may be recorded")

// Entry is one line of the ledger. Append fills Seq, Prev and Hash, and At and
// Chain where they are empty.
type Entry struct {
	Chain      string // "" means Main
	Seq        int64  // 1, 2, 3 … within the chain
	At         time.Time
	Actor      string // a user id, "system", or the IRI of a peer
	Act        string
	ObjectType string
	ObjectID   string
	Outcome    string
	Detail     map[string]string // codes and opaque ids
	Prev, Hash string            // 64 hexadecimal digits; Prev of the first line is empty
	Altered    bool              // read back, the line does not match its hash
}

// Head is the end of a chain; kept elsewhere it proves later that nothing of
// the chain up to it has been rewritten.
type Head struct {
	Chain string `json:"chain"`
	Seq   int64  `json:"seq"`
	Hash  string `json:"hash"`
}

// Log appends to and reads the ledger.
type Log struct {
	db    *database.DB
	now   func() time.Time
	known known
}

// New returns the ledger kept in db.
func New(db *database.DB, now func() time.Time) *Log { return &Log{db: db, now: now} }

// Migrations returns the tables of the ledger and the triggers that keep them
// append-only.
func Migrations() database.Set { return database.Embedded("audit", migrations) }

// Record implements clinic.Recorder on the main chain.
func (l *Log) Record(ctx context.Context, actor clinic.Actor, act string, obj clinic.Object, outcome string, detail map[string]string) error {
	return l.Append(ctx, Entry{Actor: actor.UserID, Act: act, ObjectType: obj.Type, ObjectID: obj.ID, Outcome: outcome, Detail: detail})
}

// Append adds a line. In a running transaction the line is written as its last
// act, just before it commits, so that the chain's head is locked for a moment
// only; a line that cannot be written takes the transaction down with it.
// Outside of one the line is on disk when Append returns. ErrUnfit is told at once.
func (l *Log) Append(ctx context.Context, e Entry) error {
	if e.Chain == "" {
		e.Chain = Main
	}
	if e.At.IsZero() {
		e.At = l.now()
	}
	if err := fit(e); err != nil {
		return err
	}
	detail, err := json.Marshal(e.Detail) // keys come out sorted
	if err != nil {
		return fmt.Errorf("audit: detail: %w", err)
	}
	if len(e.Detail) == 0 {
		detail = []byte("{}")
	}
	r := row{Chain: e.Chain, At: database.Millis(e.At), Actor: e.Actor, Act: e.Act, ObjectType: e.ObjectType,
		ObjectID: e.ObjectID, Outcome: e.Outcome, Detail: string(detail)}
	return l.db.Gather(ctx, l, r, l.write)
}

// write links rows, all that one transaction has to say, to the heads of their chains
// and moves the heads.
func (l *Log) write(ctx context.Context, items []any) error {
	var chains []string
	rows := map[string][]row{}
	for _, it := range items {
		r, ok := it.(row)
		if !ok {
			return errors.New("audit: something that is no line was gathered")
		}
		if rows[r.Chain] == nil {
			chains = append(chains, r.Chain)
		}
		rows[r.Chain] = append(rows[r.Chain], r)
	}
	slices.Sort(chains) // whoever locks several does so in one order
	for _, chain := range chains {
		if err := l.link(ctx, chain, rows[chain]); err != nil {
			return err
		}
	}
	return nil
}

func (l *Log) link(ctx context.Context, chain string, rows []row) error {
	if err := l.db.Exclusive(ctx, "audit:"+chain); err != nil {
		return fmt.Errorf("audit: lock: %w", err)
	}
	head, found, err := l.head(ctx, chain)
	if err != nil {
		return err
	}
	for i := range rows {
		r := &rows[i]
		r.Seq, r.Prev = head.Seq+1, head.Hash
		r.Hash = r.sum()
		head.Seq, head.Hash = r.Seq, r.Hash
	}
	tx := l.db.Conn(ctx)
	if err := tx.CreateInBatches(&rows, linesAtOnce).Error; err != nil {
		return fmt.Errorf("audit: append: %w", err)
	}
	if !found {
		err = tx.Exec("INSERT INTO audit_heads (chain, seq, hash) VALUES (?, ?, ?)", chain, head.Seq, head.Hash).Error
	} else {
		err = tx.Exec("UPDATE audit_heads SET seq = ?, hash = ? WHERE chain = ?", head.Seq, head.Hash, chain).Error
	}
	if err != nil {
		return fmt.Errorf("audit: head: %w", err)
	}
	return nil
}

// linesAtOnce is how many lines one statement writes.
const linesAtOnce = 50

// Heads returns the end of every chain, in order of their names.
func (l *Log) Heads(ctx context.Context) ([]Head, error) {
	var out []Head
	err := l.db.Reader(ctx).Raw("SELECT chain, seq, hash FROM audit_heads ORDER BY chain").Scan(&out).Error
	if err != nil {
		return nil, fmt.Errorf("audit: heads: %w", err)
	}
	return out, nil
}

func (l *Log) head(ctx context.Context, chain string) (h Head, found bool, err error) {
	var hs []Head
	err = l.db.Reader(ctx).Raw("SELECT chain, seq, hash FROM audit_heads WHERE chain = ?", chain).Scan(&hs).Error
	if err != nil {
		return Head{}, false, fmt.Errorf("audit: head: %w", err)
	}
	if len(hs) == 0 {
		return Head{Chain: chain}, false, nil
	}
	return hs[0], true, nil
}

// fit refuses what could carry a person's name, number or words: anything but
// printable ASCII without spaces, values of nine digits or more, long values.
func fit(e Entry) error {
	if e.Act == "" || e.Actor == "" || e.Outcome == "" {
		return fmt.Errorf("%w: actor, act and outcome are required", ErrUnfit)
	}
	for name, v := range map[string]string{"chain": e.Chain, "actor": e.Actor, "act": e.Act,
		"object type": e.ObjectType, "object id": e.ObjectID, "outcome": e.Outcome} {
		if !plain(v) {
			return fmt.Errorf("%w: the %s", ErrUnfit, name)
		}
	}
	for k, v := range e.Detail {
		if !plain(k) || k == "" || !plain(v) {
			return fmt.Errorf("%w: a detail", ErrUnfit)
		}
	}
	return nil
}

func plain(s string) bool {
	if len(s) > 400 {
		return false
	}
	digits := 0
	for i := range len(s) {
		c := s[i]
		if c <= ' ' || c > '~' {
			return false
		}
		if c >= '0' && c <= '9' || c == '-' {
			digits++
		}
	}
	return digits < len(s) || digits < 9 || isoDate(s)
}

func isoDate(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}
