// Package exchange is where a node's domain meets the wire: it builds what the
// node sends, and carries out what comes in.
package exchange

import (
	"context"

	"github.com/saphan-network/saphan/federation"
)

// Effect carries out one authenticated activity, in the transaction that also
// holds the inbox row. raw is what came, to the byte. mine is false when the
// activity is about something that this effect does not know: then the next one
// registered for the type is asked.
type Effect func(ctx context.Context, a federation.Activity, raw []byte) (mine bool, err error)

// WordEffect is an Effect of a word about common work.
type WordEffect func(ctx context.Context, w federation.Word, raw []byte) (mine bool, err error)

// Effects carries out what comes in, by the type of the activity. The zero value
// has no effects.
type Effects struct {
	by    map[federation.Type][]Effect
	words []WordEffect
}

// Handle registers an effect for a type, after those that are there. All are
// registered before the first activity comes.
func (e *Effects) Handle(t federation.Type, f Effect) {
	if e.by == nil {
		e.by = map[federation.Type][]Effect{}
	}
	e.by[t] = append(e.by[t], f)
}

// Apply carries an activity out by the first effect that knows it. What none
// knows has no effect.
func (e *Effects) Apply(ctx context.Context, a federation.Activity, raw []byte) error {
	for _, f := range e.by[a.Type] {
		if mine, err := f(ctx, a, raw); mine || err != nil {
			return err
		}
	}
	return nil
}

// HandleWord registers an effect of words, after those that are there.
func (e *Effects) HandleWord(f WordEffect) { e.words = append(e.words, f) }

// ApplyWord carries a word out by the first effect that knows it. It implements
// inbox.Words.
func (e *Effects) ApplyWord(ctx context.Context, w federation.Word, raw []byte) (bool, error) {
	for _, f := range e.words {
		if mine, err := f(ctx, w, raw); mine || err != nil {
			return mine, err
		}
	}
	return false, nil
}
