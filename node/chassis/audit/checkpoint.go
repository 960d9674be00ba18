package audit

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"
)

// fresh is how long the last full check counts. A job makes one every hour; where
// another process of the server has it, this one makes its own when it is needed.
const fresh = 2 * time.Hour

// known is what this process has verified. It is kept in memory only, where
// nobody who can change the table can change it too.
type known struct {
	mu     sync.Mutex
	ends   map[string]Head
	at     time.Time // of the last full check
	broken bool      // it, or a look at what is new, has found a break
}

// VerifyNew is Verify for a page that is looked at often: it reads what was added
// since the last check, and the line that was the last then. A change of an older
// line is found by Verify, which is called here too when the last one is too long
// ago, and for as long as the chain is broken.
func (l *Log) VerifyNew(ctx context.Context) (n int, err error) {
	from, ok := l.known.since(l.now())
	if !ok || l.db.InTx(ctx) {
		return l.Verify(ctx)
	}
	n, ends, err := l.walk(ctx, "SELECT chain FROM audit_heads", from)
	l.known.more(ends, err)
	return n, err
}

// Check is Verify for a timetable.
func (l *Log) Check(ctx context.Context) error {
	_, err := l.Verify(ctx)
	return err
}

// again reads the line at which an earlier check ended.
func (l *Log) again(ctx context.Context, from Head) (row, error) {
	var rows []row
	if err := l.db.Reader(ctx).Where("chain = ? AND seq = ?", from.Chain, from.Seq).Find(&rows).Error; err != nil {
		return row{}, fmt.Errorf("audit: read: %w", err)
	}
	switch {
	case len(rows) == 0:
		return row{}, &Broken{from.Chain, from.Seq, Missing}
	case rows[0].Hash != rows[0].sum():
		return row{}, &Broken{from.Chain, from.Seq, Altered}
	case rows[0].Hash != from.Hash: // the chain fits together, but is not the one that was here
		return row{}, &Broken{from.Chain, from.Seq, HeadGone}
	}
	return rows[0], nil
}

// heads lists the ends that this process has seen.
func (k *known) heads() []Head {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Collect(maps.Values(k.ends))
}

// since returns where to go on, or that everything has to be read.
func (k *known) since(now time.Time) (map[string]Head, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	age := now.Sub(k.at)
	return maps.Clone(k.ends), k.ends != nil && !k.broken && age >= 0 && age < fresh
}

// full notes how a full check has gone; nothing, if it could not be made.
func (k *known) full(began time.Time, ends map[string]Head, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	var b *Broken
	if err != nil {
		k.broken = k.broken || errors.As(err, &b)
		return
	}
	k.at, k.broken, k.ends = began, false, ends
}

// more notes how a look at what is new has gone.
func (k *known) more(ends map[string]Head, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	var b *Broken
	if err != nil {
		k.broken = k.broken || errors.As(err, &b)
		return
	}
	for c, h := range ends {
		if h.Seq > k.ends[c].Seq {
			k.ends[c] = h
		}
	}
}
