package sign

import (
	"crypto/sha256"
	"sync"
	"time"
)

// maxReplays is the number of signatures remembered. Only those of pinned keys
// get in; beyond this number the oldest is forgotten, whose date is then so near
// to the end of its window that little is lost.
const maxReplays = 1 << 16

// replays remembers the signatures of GETs for as long as they could be used again.
type replays struct {
	mu    sync.Mutex
	when  map[[32]byte]time.Time
	order [][32]byte
	next  int
}

// before reports whether the signature was seen within keep, and remembers it.
func (r *replays) before(signature string, now time.Time, keep time.Duration) bool {
	sum := sha256.Sum256([]byte(signature))
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.when == nil {
		r.when = map[[32]byte]time.Time{}
	}
	if at, ok := r.when[sum]; ok && now.Sub(at) <= keep {
		return true
	}
	r.when[sum] = now
	if len(r.order) < maxReplays {
		r.order = append(r.order, sum)
		return false
	}
	if old := r.order[r.next]; old != sum {
		delete(r.when, old)
	}
	r.order[r.next] = sum
	r.next = (r.next + 1) % maxReplays
	return false
}
