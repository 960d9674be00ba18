package exchange_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/node/internal/exchange"
)

// A copy of the list that is not the hub's is mended by asking for it, not at once,
// once, and after a failure each time later; only the hub's own list mends it.
func TestMend(t *testing.T) {
	eachMember(t, func(t *testing.T, m *member) {
		ctx := context.Background()
		m.ok(m.service.Join(ctx, contact, m.hub))
		first, other := newKeyOf(m, m.hub+"#main-key"), newKeyOf(m, m.hub+"#main-key")
		m.pins(first, true)
		m.ok(m.update(first, func(l *federation.Members) { l.Key = shown(first) }))
		var answer []byte
		var asked []string
		mend := exchange.Membership{Directory: m.service, Mail: m.mail, Tx: m.db, Now: func() time.Time { return m.clock },
			Fetch: func(_ context.Context, iri string) ([]byte, error) {
				asked = append(asked, iri)
				if answer == nil {
					return nil, errors.New("away")
				}
				return answer, nil
			}}
		drift := func() string {
			t.Helper()
			notes, err := m.mail.Notes(ctx, mailbox.NoteDrift)
			m.ok(err)
			if len(notes) == 0 {
				return ""
			}
			return notes[0].Detail
		}
		step := func(after time.Duration, want int, detail string) {
			t.Helper()
			asked = nil
			m.clock = m.clock.Add(after)
			_ = mend.Mend(ctx) // what could not be done is tried again
			if len(asked) != want || drift() != detail {
				t.Errorf("asked %d times, the note says %q, want %d and %q", len(asked), drift(), want, detail)
			}
		}
		list := func(by func(doc []byte, at time.Time) ([]byte, error), change func(l *federation.Members)) {
			t.Helper()
			l := m.list(5, "http://127.0.0.1:2")
			l.Key = shown(first)
			change(l)
			doc, err := gofed.EncodeMembers(*l)
			m.ok(err)
			answer, err = by(doc, m.clock)
			m.ok(err)
		}
		same := func(*federation.Members) {}
		step(time.Hour, 0, "")
		m.ok(m.mail.Note(ctx, m.hub, mailbox.NoteDrift, "0"))
		step(time.Second, 0, "0") // the list may be on its way
		step(time.Minute, 1, "1")
		step(time.Minute, 0, "1")
		step(time.Minute, 1, "2") // two minutes after the first time
		list(other.Assertion().Prove, same)
		step(4*time.Minute, 1, "3")
		list(first.Assertion().Prove, func(l *federation.Members) { l.ID += "2" })
		step(8*time.Minute, 1, "4")
		answer = []byte("{}")
		step(16*time.Minute, 1, "5")
		if m.version() != 1 {
			t.Fatalf("version %d", m.version())
		}
		list(first.Assertion().Prove, same)
		step(32*time.Minute, 1, "")
		if m.version() != 5 || asked[0] != m.list(1).ID {
			t.Errorf("version %d, asked %v", m.version(), asked)
		}
		step(24*time.Hour, 0, "")
	})
}

// A hub that has been silent for a day is asked whether its list is still the one that
// we have, every six hours while it does not answer; its answer makes the list young,
// one of another key does not.
func TestRenew(t *testing.T) {
	eachMember(t, func(t *testing.T, m *member) {
		ctx := context.Background()
		m.ok(m.service.Join(ctx, contact, m.hub))
		first, other := newKeyOf(m, m.hub+"#main-key"), newKeyOf(m, m.hub+"#main-key")
		m.pins(first, true)
		m.ok(m.update(first, func(l *federation.Members) { l.Key = shown(first) }))
		taken := m.clock
		var answer []byte
		asked := 0
		renew := exchange.Membership{Directory: m.service, Mail: m.mail, Tx: m.db, Now: func() time.Time { return m.clock },
			Fetch: func(context.Context, string) ([]byte, error) {
				asked++
				if answer == nil {
					return nil, errors.New("away")
				}
				return answer, nil
			}}
		step := func(after time.Duration, want int, seen time.Time) {
			t.Helper()
			asked = 0
			m.clock = m.clock.Add(after)
			_ = renew.Renew(ctx) // what could not be done is tried again
			got, err := m.mail.ListSeen(ctx)
			m.ok(err)
			if asked != want || !got.Equal(seen) {
				t.Errorf("asked %d times, seen %v, want %d and %v", asked, got, want, seen)
			}
		}
		list := func(version int64, by func(doc []byte, at time.Time) ([]byte, error)) {
			t.Helper()
			l := m.list(version, "http://127.0.0.1:2")
			l.Key = shown(first)
			doc, err := gofed.EncodeMembers(*l)
			m.ok(err)
			answer, err = by(doc, m.clock)
			m.ok(err)
		}
		step(23*time.Hour, 0, taken)
		step(time.Hour, 1, taken)
		step(5*time.Hour, 0, taken)
		step(time.Hour, 1, taken)
		list(7, other.Assertion().Prove)
		step(6*time.Hour, 1, taken)
		list(7, first.Assertion().Prove)
		m.clock = m.clock.Add(6 * time.Hour)
		step(0, 1, m.clock)
		young := m.clock
		step(25*time.Hour, 1, m.clock.Add(25*time.Hour)) // the same list again
		if m.version() != 7 || !young.Before(m.clock) {
			t.Errorf("version %d", m.version())
		}
	})
}
