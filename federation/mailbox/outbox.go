package mailbox

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"gorm.io/gorm/clause"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/policies"
)

// State is where an outgoing activity stands.
type State string

// The states of an outgoing activity. Held means: the other server refused it
// for good, or the gate no longer lets it go. It blocks what comes after it in
// the same thread, and nothing else, until a person retries or drops it.
const (
	Waiting State = "waiting"
	Sending State = "sending"
	Sent    State = "sent"
	Held    State = "held"
	Dropped State = "dropped"
)

// Draft is an activity to be sent: the exact bytes and how to file them.
type Draft struct {
	To         string // IRI of the receiving organisation
	ActivityID string // IRI, ours
	Type       string // federation.Type
	Thread     string // what order must hold in, e.g. the IRI of the referral; "" stands alone
	Sequence   int64  // from NextSequence, and the same as in Body
	Body       []byte // what leaves, to the byte
	Door       string // where it goes instead of the receiver's inbox, on the same server; "" for the inbox
}

// Item is an outgoing activity as it is kept.
type Item struct {
	ActivityID, To, Type, Thread string
	Sequence                     int64
	Body                         []byte
	Door                         string // of Draft
	State                        State
	Attempts                     int
	Next                         time.Time // not before; zero: at once
	Created, Tried, Sent         time.Time
	ErrorKey                     string // message key of the last failure, or the reason of a drop
	Status                       int    // HTTP status of the last failure, 0 if there was no answer
	Receipt                      policies.Receipt
}

// NextSequence returns the number that the next activity to a peer must carry:
// one more than the last enqueued. It does not use the number up; Enqueue does,
// so that a number can never be lost. Until the transaction ends, all others
// that ask for the same peer wait.
func (s *Store) NextSequence(ctx context.Context, to string) (int64, error) {
	l, err := s.lockLine(ctx, to)
	if err != nil {
		return 0, err
	}
	return l.Sequence + 1, nil
}

// Reserve draws the next number for an activity whose bytes people see before
// they are sent. Other activities may overtake it; Enqueue takes the number
// whenever it comes. It is for the caller to use a reserved number some time.
func (s *Store) Reserve(ctx context.Context, to string) (int64, error) {
	l, err := s.lockLine(ctx, to)
	if err != nil {
		return 0, err
	}
	n := l.Sequence + 1
	if err := s.db.Conn(ctx).Create(&reservedRow{Peer: to, Sequence: n}).Error; err != nil {
		return 0, err
	}
	return n, s.setLine(ctx, to, map[string]any{"sequence": n})
}

// Enqueue uses up the clearance and files the draft for sending, in the running
// transaction. The same draft a second time has no effect; another draft under
// a known activity id is a fault.Conflict; a number that is neither the next one
// nor a reserved one is a fault.Internal, because the bytes already carry it.
func (s *Store) Enqueue(ctx context.Context, c policies.Clearance, d Draft) error {
	if d.Door != "" && !federation.SameOrigin(d.Door, d.To) {
		return fault.New(fault.Invalid, "error.peer.origin")
	}
	if d.To == "" || d.ActivityID == "" || len(d.Body) == 0 || len(d.Body) > federation.MaxBody {
		return fmt.Errorf("mailbox: a draft needs a recipient, an id and 1 to %d bytes", federation.MaxBody)
	}
	l, err := s.lockLine(ctx, d.To)
	if err != nil {
		return err
	}
	r, err := c.Consume(d.Body, d.To)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(d.Body)
	if r.Peer != d.To || r.SHA256 != hex.EncodeToString(sum[:]) {
		return fault.New(fault.Denied, "error.clearance.mismatch")
	}
	db := s.db.Conn(ctx)
	row := outRow{
		ActivityID: d.ActivityID, Peer: d.To, Sequence: d.Sequence, Type: d.Type, Thread: d.Thread, Body: d.Body, Door: d.Door,
		State: string(Waiting), CreatedAt: s.nowMillis(),
		Decision: r.Decision, Policy: r.Policy, SHA256: r.SHA256, Seal: notNil(r.Seal),
	}
	res := db.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "activity_id"}}, DoNothing: true}).Create(&row)
	if res.Error != nil {
		return res.Error
	}
	if res.RowsAffected == 0 {
		return s.again(ctx, d)
	}
	if d.Sequence != l.Sequence+1 {
		res := db.Where("peer = ? AND sequence = ?", d.To, d.Sequence).Delete(&reservedRow{})
		if res.Error != nil {
			return res.Error
		}
		if res.RowsAffected != 1 {
			return fmt.Errorf("mailbox: sequence %d to a peer that is at %d", d.Sequence, l.Sequence)
		}
	}
	if err := db.Model(&lineRow{}).Where("peer = ?", d.To).Update("sequence", max(l.Sequence, d.Sequence)).Error; err != nil {
		return err
	}
	s.work(ctx)
	return nil
}

// again is a draft under an id that is known: the same one, or a conflict.
func (s *Store) again(ctx context.Context, d Draft) error {
	var have outRow
	if err := s.db.Conn(ctx).Where("activity_id = ?", d.ActivityID).Take(&have).Error; err != nil {
		return err
	}
	if have.Peer != d.To || have.Sequence != d.Sequence || !bytes.Equal(have.Body, d.Body) {
		return fault.New(fault.Conflict, "error.mailbox.other_bytes")
	}
	return nil
}

// lockLine makes sure that the peer has a line, and holds it to the end of the
// running transaction.
func (s *Store) lockLine(ctx context.Context, peer string) (lineRow, error) {
	if err := s.inTx(ctx); err != nil {
		return lineRow{}, err
	}
	// The update that changes nothing locks the row, on both databases.
	return database.Remember(ctx, s.db, lineRow{}.TableName(), peer, func() (lineRow, error) {
		l := lineRow{Peer: peer}
		err := s.db.Conn(ctx).Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "peer"}}, DoUpdates: clause.AssignmentColumns([]string{"peer"})},
			clause.Returning{}).Create(&l).Error
		return l, err
	})
}

func notNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// ThreadState is the state of the last activity of a thread to a peer, "" if there
// is none.
func (s *Store) ThreadState(ctx context.Context, peer, thread string) (State, error) {
	var rows []outRow
	err := s.db.Reader(ctx).Select("state").Where("peer = ? AND thread = ?", peer, thread).Order("sequence DESC").Limit(1).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return "", err
	}
	return State(rows[0].State), nil
}
