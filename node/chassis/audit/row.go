package audit

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"

	"github.com/saphan-network/saphan/node/chassis/database"
)

// row is a line as it is stored.
type row struct {
	Chain      string `gorm:"primaryKey"`
	Seq        int64  `gorm:"primaryKey;autoIncrement:false"`
	At         int64
	Actor      string
	Act        string
	ObjectType string
	ObjectID   string
	Outcome    string
	Detail     string
	Prev       string
	Hash       string
}

// TableName names the table for gorm.
func (row) TableName() string { return "audit_ledger" }

// sum is the SHA-256 of every other column, each with its length before it, so
// that no two different lines have the same bytes.
func (r row) sum() string {
	h := sha256.New()
	put := func(b []byte) {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(b)))
		_, _ = h.Write(n[:])
		_, _ = h.Write(b)
	}
	number := func(v int64) {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(v))
		put(n[:])
	}
	put([]byte("saphan ledger 1"))
	put([]byte(r.Chain))
	number(r.Seq)
	number(r.At)
	for _, s := range []string{r.Actor, r.Act, r.ObjectType, r.ObjectID, r.Outcome, r.Detail, r.Prev} {
		put([]byte(s))
	}
	return hex.EncodeToString(h.Sum(nil))
}

func (r row) entry() Entry {
	e := Entry{Chain: r.Chain, Seq: r.Seq, At: database.Time(r.At), Actor: r.Actor, Act: r.Act, ObjectType: r.ObjectType,
		ObjectID: r.ObjectID, Outcome: r.Outcome, Prev: r.Prev, Hash: r.Hash, Altered: r.Hash != r.sum(),
		Detail: map[string]string{}}
	_ = json.Unmarshal([]byte(r.Detail), &e.Detail) // the list shows a tampered line too, and that it is one
	return e
}
