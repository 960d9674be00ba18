// Package postroom lets people see and steer what is on its way between this
// server and the others: which line is well, what waits, what was refused. It
// shows states and codes only, never what a message says.
package postroom

import (
	"context"
	"slices"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/node/clinic"
)

// Line is how things stand between us and one other server.
type Line struct {
	Peer, Name, Role string // Role: hub, member, candidate, former
	State            string // ok, delayed, broken, dead, aside, held, paused: what a person should look at first
	Waiting, Held    int
	Oldest           time.Time // when the oldest of those waiting was written; zero if none is
	Next             time.Time // of the next attempt, where one is delayed
	OK, Heard        time.Time // last success; last word from them
	Since            time.Time // of a line that is broken or dead: nothing was taken from then on
	Why              string    // message key of the last failure, "" when all is well
	Status           int       // HTTP status of it, 0 if there was no answer
	Missing          int64     // of their messages, by their own numbers
	Aside            int       // of their messages that came and could not be carried out
}

// Item is one message on its way.
type Item struct {
	ID, Type, State string // State: waiting, sending, held, sent, dropped
	Sequence        int64
	Created, Sent   time.Time
	Next            time.Time
	Attempts        int
	Why             string // message key
	Status          int
}

// Aside is a message that came in and could not be carried out for a reason of ours.
type Aside struct {
	ID, Type   string
	Came, Next time.Time
	Attempts   int
	Why        string // message key
}

// Mail is what the postroom needs of the mailbox.
type Mail interface {
	Lines(ctx context.Context) ([]mailbox.Line, error)
	Peers(ctx context.Context) ([]mailbox.Peer, error)
	History(ctx context.Context, peer string, limit int) ([]mailbox.Item, error)
	Item(ctx context.Context, activityID string) (mailbox.Item, error)
	Retry(ctx context.Context, activityID string) error
	Drop(ctx context.Context, activityID, reason string) error
	Pause(ctx context.Context, peer, reason string) error
	Resume(ctx context.Context, peer string) error
}

// Incoming keeps what could not be carried out; *mailbox.Store is one.
type Incoming interface {
	Quarantined(ctx context.Context) ([]mailbox.Quarantined, error)
	DiscardQuarantined(ctx context.Context, activityID string) error
}

// Desk is the postroom's front door.
type Desk struct {
	mail  Mail
	in    Incoming
	retry func(ctx context.Context) error
	self  string
	may   clinic.Authority
	tx    clinic.Transactor
	audit clinic.Recorder
	now   clinic.Clock
}

// New returns the desk of the server with the actor self.
func New(mail Mail, self string, may clinic.Authority, tx clinic.Transactor, audit clinic.Recorder, now clinic.Clock) *Desk {
	return &Desk{mail: mail, self: self, may: may, tx: tx, audit: audit, now: now}
}

// Receiving tells the desk of a server that runs where what came in waits, and how all
// of it is tried again.
func (d *Desk) Receiving(in Incoming, retry func(ctx context.Context) error) *Desk {
	d.in, d.retry = in, retry
	return d
}

func object(id string) clinic.Object {
	return clinic.Object{Type: "network", ID: id, Open: true, Openness: 2}
}

// Lines lists the lines to all peers, the hub first.
func (d *Desk) Lines(ctx context.Context, who clinic.Actor) ([]Line, error) {
	if err := d.may.May(ctx, who, "read", object("")); err != nil {
		return nil, err
	}
	peers, err := d.mail.Peers(ctx)
	if err != nil {
		return nil, err
	}
	lines, err := d.mail.Lines(ctx)
	if err != nil {
		return nil, err
	}
	aside, err := d.aside(ctx)
	if err != nil {
		return nil, err
	}
	by := map[string]mailbox.Line{}
	for _, l := range lines {
		by[l.Peer] = l
	}
	var out []Line
	for _, hub := range []bool{true, false} {
		for _, p := range peers {
			if (p.Role == mailbox.RoleHub) != hub || p.Actor == d.self {
				continue
			}
			out = append(out, d.line(p, by[p.Actor], len(aside[p.Actor])))
		}
	}
	return out, nil
}

func (d *Desk) line(p mailbox.Peer, l mailbox.Line, aside int) Line {
	out := Line{Peer: p.Actor, Name: p.Name, Role: p.Role, State: "ok", Waiting: l.Waiting, Held: l.Held, Oldest: l.Oldest,
		OK: l.OK, Heard: l.Heard, Why: l.ErrorKey, Status: l.Status, Missing: l.Missing, Aside: aside}
	if l.Next.After(d.now()) {
		out.Next = l.Next
	}
	switch {
	case l.Paused:
		out.State = "paused"
	case l.Held > 0:
		out.State = "held"
	case aside > 0:
		out.State = "aside"
	case l.Dead:
		out.State, out.Since = "dead", l.Since
	case l.Broken:
		out.State, out.Since = "broken", l.Since
	case l.Failures > 0:
		out.State = "delayed"
	}
	return out
}

// Line returns one line with the last hundred messages on it, newest first.
func (d *Desk) Line(ctx context.Context, who clinic.Actor, peer string) (Line, []Item, error) {
	all, err := d.Lines(ctx, who)
	if err != nil {
		return Line{}, nil, err
	}
	for _, l := range all {
		if l.Peer != peer {
			continue
		}
		items, err := d.mail.History(ctx, peer, 100)
		if err != nil {
			return Line{}, nil, err
		}
		var out []Item
		for _, it := range items {
			out = append(out, Item{ID: it.ActivityID, Type: it.Type, State: string(it.State), Sequence: it.Sequence, Created: it.Created, Sent: it.Sent,
				Next: it.Next, Attempts: it.Attempts, Why: it.ErrorKey, Status: it.Status})
		}
		return l, out, nil
	}
	return Line{}, nil, fault.Missing()
}

// Retry sends a held or waiting message again as soon as its order allows.
func (d *Desk) Retry(ctx context.Context, who clinic.Actor, activity string) error {
	return d.do(ctx, who, "retry", activity, "", func(ctx context.Context) error { return d.mail.Retry(ctx, activity) })
}

// Reasons for which people give a message up, pause a line, or discard what came in.
// They are codes: what was agreed on the telephone does not belong here.
const (
	Agreed      = "agreed"      // with the other organisation
	Outdated    = "outdated"    // it has become of no use
	Otherwise   = "otherwise"   // it was said in another way
	Mistake     = "mistake"     // it should not have been sent
	TheirWish   = "their_wish"  // they asked us to wait
	Maintenance = "maintenance" // work on one of the servers
	Security    = "security"    // something may be wrong with their server
)

// Reasons lists what can be chosen from for an act: drop, pause or discard.
func Reasons(act string) []string {
	switch act {
	case "drop":
		return []string{Agreed, Otherwise, Outdated, Mistake}
	case "pause":
		return []string{TheirWish, Maintenance, Security}
	case "discard":
		return []string{Agreed, Otherwise, Outdated}
	}
	return nil
}

// KeyReason is the message key of an act without a reason from Reasons.
const KeyReason = "peers.error.reason"

func reasoned(act, reason string) error {
	if !slices.Contains(Reasons(act), reason) {
		f := fault.New(fault.Invalid, KeyReason)
		f.Fields = []fault.Field{{Name: "reason", Key: KeyReason}}
		return f
	}
	return nil
}

// Drop gives a held or waiting message up.
func (d *Desk) Drop(ctx context.Context, who clinic.Actor, activity, reason string) error {
	return d.do(ctx, who, "drop", activity, reason, func(ctx context.Context) error {
		return d.mail.Drop(ctx, activity, "peers.reason."+reason)
	})
}

// Pause stops sending to a peer.
func (d *Desk) Pause(ctx context.Context, who clinic.Actor, peer, reason string) error {
	return d.do(ctx, who, "pause", peer, reason, func(ctx context.Context) error {
		return d.mail.Pause(ctx, peer, "peers.reason."+reason)
	})
}

// Asides lists what came from a peer and could not be carried out, the oldest first.
func (d *Desk) Asides(ctx context.Context, who clinic.Actor, peer string) ([]Aside, error) {
	if err := d.may.May(ctx, who, "read", object("")); err != nil {
		return nil, err
	}
	all, err := d.aside(ctx)
	return all[peer], err
}

func (d *Desk) aside(ctx context.Context) (map[string][]Aside, error) {
	if d.in == nil {
		return nil, nil
	}
	waiting, err := d.in.Quarantined(ctx)
	if err != nil {
		return nil, err
	}
	out := map[string][]Aside{}
	for _, q := range waiting {
		out[q.Actor] = append(out[q.Actor], Aside{ID: q.ActivityID, Type: q.Type, Came: q.At, Next: q.Next, Attempts: q.Attempts, Why: q.Reason})
	}
	return out, nil
}

// Again tries everything that waits in quarantine at once, each sender's in order. What
// fails again stays there.
func (d *Desk) Again(ctx context.Context, who clinic.Actor) error {
	if err := d.may.May(ctx, who, "manage", object("")); err != nil {
		return err
	}
	if d.retry == nil {
		return fault.New(fault.Unavailable, "error.unavailable")
	}
	if err := d.record(ctx, who, "again", "", nil); err != nil {
		return err
	}
	return d.retry(ctx)
}

// Discard gives up a message that came in: it is kept, and will never have an effect.
func (d *Desk) Discard(ctx context.Context, who clinic.Actor, activity, reason string) error {
	return d.do(ctx, who, "discard", activity, reason, func(ctx context.Context) error { return d.in.DiscardQuarantined(ctx, activity) })
}

// Resume ends a pause, and any delay.
func (d *Desk) Resume(ctx context.Context, who clinic.Actor, peer string) error {
	return d.do(ctx, who, "resume", peer, "", func(ctx context.Context) error { return d.mail.Resume(ctx, peer) })
}

func (d *Desk) do(ctx context.Context, who clinic.Actor, what, id, reason string, f func(ctx context.Context) error) error {
	if err := d.may.May(ctx, who, "manage", object(id)); err != nil {
		return err
	}
	var detail map[string]string
	if Reasons(what) != nil {
		if err := reasoned(what, reason); err != nil {
			return err
		}
		detail = map[string]string{"reason": reason}
	}
	return d.tx.Within(ctx, func(ctx context.Context) error {
		if err := f(ctx); err != nil {
			return err
		}
		return d.record(ctx, who, what, id, detail)
	})
}

func (d *Desk) record(ctx context.Context, who clinic.Actor, what, id string, detail map[string]string) error {
	return d.audit.Record(ctx, who, "delivery."+what, object(id), "done", detail)
}
