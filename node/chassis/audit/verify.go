package audit

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/saphan-network/saphan/node/chassis/database"
)

// What Verify can find.
const (
	Altered  = "altered"   // a line's content does not match its hash
	Missing  = "missing"   // a number is not there, or a line past the head
	Unlinked = "unlinked"  // a line does not continue the one before it
	HeadGone = "head_gone" // the chain's head is missing or is not its last line
)

// Broken says where a chain does not hold.
type Broken struct {
	Chain string
	Seq   int64
	What  string
}

// Error names the chain, the line and what is wrong.
func (b *Broken) Error() string {
	return fmt.Sprintf("audit: chain %s is %s at line %d", b.Chain, b.What, b.Seq)
}

// LogLabel is what a log may say of it: the chain's name is a code.
func (b *Broken) LogLabel() string { return fmt.Sprintf("ledger %s %s %d", b.Chain, b.What, b.Seq) }

const batch = 1000

// Verify walks every chain from its first line to its head and returns how many
// lines hold. A line that was altered, removed, inserted or moved is a *Broken.
// Whoever can rewrite the whole table can still make a new chain: compare Heads
// with a copy that is kept elsewhere (every backup holds one; a running server
// compares with what it has seen itself).
func (l *Log) Verify(ctx context.Context) (n int, err error) {
	began, seen := l.now(), l.known.heads()
	n, ends, err := l.walk(ctx, "SELECT chain FROM audit_heads UNION SELECT chain FROM audit_ledger", nil)
	if err == nil {
		err = l.VerifyHeads(ctx, seen)
	}
	if !l.db.InTx(ctx) { // what is not committed proves nothing
		l.known.full(began, ends, err)
	}
	return n, err
}

// walk verifies the chains that the query names, each from its line in from on.
// It returns how many lines hold, and the last line of each chain.
func (l *Log) walk(ctx context.Context, query string, from map[string]Head) (n int, ends map[string]Head, err error) {
	var chains []string
	if err := l.db.Reader(ctx).Raw(query).Scan(&chains).Error; err != nil {
		return 0, nil, fmt.Errorf("audit: chains: %w", err)
	}
	for c := range from {
		if !slices.Contains(chains, c) {
			chains = append(chains, c)
		}
	}
	slices.Sort(chains)
	ends = make(map[string]Head, len(chains))
	for _, c := range chains {
		end, err := l.verify(ctx, c, from[c])
		n += int(end.Seq)
		if err != nil {
			return n, nil, err
		}
		ends[c] = Head{c, end.Seq, end.Hash}
	}
	return n, ends, nil
}

// verify walks one chain from a line that has been verified, or from its
// beginning, and returns the last line that holds.
func (l *Log) verify(ctx context.Context, chain string, from Head) (last row, err error) {
	first, _, err := l.head(ctx, chain) // lines may be added while we read
	if err != nil {
		return last, err
	}
	if from.Seq > 0 {
		if last, err = l.again(ctx, from); err != nil {
			return row{Seq: from.Seq - 1}, err
		}
	}
	for {
		var rows []row
		err := l.db.Reader(ctx).Where("chain = ? AND seq > ?", chain, last.Seq).Order("seq").Limit(batch).Find(&rows).Error
		if err != nil {
			return last, fmt.Errorf("audit: read: %w", err)
		}
		for _, r := range rows {
			switch {
			case r.Seq != last.Seq+1:
				return last, &Broken{chain, last.Seq + 1, Missing}
			case r.Hash != r.sum():
				return last, &Broken{chain, r.Seq, Altered}
			case r.Prev != last.Hash:
				return last, &Broken{chain, r.Seq, Unlinked}
			case r.Seq == first.Seq && r.Hash != first.Hash:
				return last, &Broken{chain, r.Seq, HeadGone}
			}
			last = r
		}
		if len(rows) < batch {
			break
		}
	}
	if last.Seq < first.Seq {
		return last, &Broken{chain, last.Seq + 1, Missing}
	}
	end, _, err := l.head(ctx, chain)
	if err != nil {
		return last, err
	}
	if end.Seq < last.Seq || end.Seq == last.Seq && end.Hash != last.Hash {
		return last, &Broken{chain, last.Seq, HeadGone}
	}
	return last, nil
}

// VerifyHeads checks that every head of an earlier time is still a line of its
// chain, with the same hash.
func (l *Log) VerifyHeads(ctx context.Context, heads []Head) error {
	for _, h := range heads {
		var hash []string
		err := l.db.Reader(ctx).Raw("SELECT hash FROM audit_ledger WHERE chain = ? AND seq = ?", h.Chain, h.Seq).Scan(&hash).Error
		if err != nil {
			return fmt.Errorf("audit: read: %w", err)
		}
		if len(hash) != 1 || hash[0] != h.Hash {
			return &Broken{h.Chain, h.Seq, HeadGone}
		}
	}
	return nil
}

// Filter selects lines. Empty fields select everything.
type Filter struct {
	Chain      string // "" means all chains
	Actor      string
	Act        string
	Outcome    string
	ObjectType string
	ObjectID   string
	Since      time.Time // inclusive
	Until      time.Time // exclusive
	Offset     int
	Limit      int // 0 means 50; at most 500
}

// Acts lists the codes of all that was ever done here, in the order of the alphabet.
func (l *Log) Acts(ctx context.Context) ([]string, error) {
	var acts []string
	if err := l.db.Reader(ctx).Model(&row{}).Distinct("act").Order("act").Pluck("act", &acts).Error; err != nil {
		return nil, fmt.Errorf("audit: acts: %w", err)
	}
	return acts, nil
}

// List returns the lines that the filter selects, newest first.
func (l *Log) List(ctx context.Context, f Filter) ([]Entry, error) {
	q := l.db.Reader(ctx).Model(&row{})
	for col, v := range map[string]string{"chain": f.Chain, "actor": f.Actor, "act": f.Act, "outcome": f.Outcome,
		"object_type": f.ObjectType, "object_id": f.ObjectID} {
		if v != "" {
			q = q.Where(col+" = ?", v)
		}
	}
	if !f.Since.IsZero() {
		q = q.Where("at >= ?", database.Millis(f.Since))
	}
	if !f.Until.IsZero() {
		q = q.Where("at < ?", database.Millis(f.Until))
	}
	if f.Limit <= 0 {
		f.Limit = 50
	}
	var rows []row
	err := q.Order("at DESC, chain, seq DESC").Offset(max(f.Offset, 0)).Limit(min(f.Limit, 500)).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("audit: list: %w", err)
	}
	out := make([]Entry, len(rows))
	for i, r := range rows {
		out[i] = r.entry()
	}
	return out, nil
}
