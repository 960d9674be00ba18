package flood

import "time"

// bucket holds what somebody may still do. The zero bucket is full.
type bucket struct {
	spent float64 // of the burst, at the time at
	at    time.Time
}

// settle gives back what time has earned. A clock that goes back earns nothing.
func (b *bucket) settle(now time.Time, rate float64) {
	if d := now.Sub(b.at).Seconds(); d > 0 {
		b.spent = max(0, b.spent-d*rate)
	}
	b.at = now
}

// take spends one, or tells how long until there is one again.
func (b *bucket) take(now time.Time, rate, burst float64) (wait time.Duration, ok bool) {
	b.settle(now, rate)
	if over := b.spent + 1 - burst; over > 0 {
		return time.Duration(over / rate * float64(time.Second)), false
	}
	b.spent++
	return 0, true
}

// empty tells whether nothing is left, without taking any.
func (b *bucket) empty(now time.Time, rate, burst float64) bool {
	b.settle(now, rate)
	return b.spent+1 > burst
}
