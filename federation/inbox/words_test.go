package inbox_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/federation/inbox"
	"github.com/saphan-network/saphan/federation/opaque"
)

// speaking are effects that know words about meetings.
type speaking struct {
	*effects
	words []federation.Word
}

func (s *speaking) ApplyWord(ctx context.Context, w federation.Word, _ []byte) (bool, error) {
	if w.Thing == nil || w.Thing.Kind != federation.Remark {
		return false, nil
	}
	if err := s.Apply(ctx, federation.Activity{ID: w.ID}, nil); err != nil {
		return true, err
	}
	s.words = append(s.words, w)
	return true, nil
}

// TestWordsHaveTheirEffectOnce: a word that is known here has its effect, in the
// transaction that keeps it, once; it waits when the effect fails for a reason of ours.
func TestWordsHaveTheirEffectOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		s := &speaking{effects: w.effects}
		w.cfg.Effects = s
		in, err := inbox.New(w.cfg)
		if err != nil {
			t.Fatal(err)
		}
		*w.inbox = *in
		word := federation.Word{ID: north + "/ap/act/" + opaque.ID(), Type: federation.Create, Actor: north + "/ap/org", To: w.self, Published: now.Truncate(time.Hour), Sequence: 1,
			Thing: &federation.Thing{Kind: federation.Remark, ID: north + "/ap/thing/" + opaque.ID(), Author: north + "/ap/org", InReplyTo: hub + "/ap/thing/" + opaque.ID(),
				Content: federation.Words{TH: "<p>แก้คำ</p>"}}}
		say := func(sequence int64) {
			t.Helper()
			word.Sequence = sequence
			body, err := gofed.EncodeWord(word)
			if err != nil {
				t.Fatal(err)
			}
			if status, answer := w.post(w.key, body); status != http.StatusAccepted {
				t.Fatalf("%d %s", status, answer)
			}
		}
		say(1)
		say(1)
		if len(s.words) != 1 || w.audit.last().Outcome != "received" {
			t.Errorf("%d effects, %+v", len(s.words), w.audit.last())
		}
		w.effects.set(errOurs, false)
		word.ID = north + "/ap/act/" + opaque.ID()
		say(2)
		if len(s.words) != 1 || w.waiting() != 1 {
			t.Errorf("an effect that fails: %d effects, %d wait", len(s.words), w.waiting())
		}
		w.effects.set(nil, false)
		word.ID = north + "/ap/act/" + opaque.ID()
		say(3)
		if len(s.words) != 1 || w.waiting() != 2 {
			t.Errorf("what comes after waits behind it: %d effects, %d wait", len(s.words), w.waiting())
		}
		if n, err := w.inbox.Retry(t.Context(), true); err != nil || n != 2 || len(s.words) != 3 || s.words[1].Sequence != 2 {
			t.Errorf("tried again: %d, %d effects, %v", n, len(s.words), err)
		}
		word.ID, word.Thing.Kind = north+"/ap/act/"+opaque.ID(), federation.Reply
		say(4)
		if len(s.words) != 3 || w.audit.last().Outcome != "ignored" {
			t.Errorf("a word without effect: %d effects, %+v", len(s.words), w.audit.last())
		}
	})
}
