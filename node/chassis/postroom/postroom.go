// Package postroom lets people see and steer what is on its way between this
// server and the others: which line is well, what waits, what was refused. It
// shows states and codes only, never what a message says.
package postroom

import (
	"context"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/node/clinic"
)

// Line is how things stand between us and one other server.
type Line struct {
	Peer, Name, Role string // Role: hub, member, candidate, former
	State            string // ok, delayed, broken, paused, held: what a person should look at first
	Waiting, Held    int
	Oldest           time.Time // when the oldest of those waiting was written; zero if none is
	Next             time.Time // of the next attempt, where one is delayed
	OK, Heard        time.Time // last success; last word from them
	Why              string    // message key of the last failure, "" when all is well
	Status           int       // HTTP status of it, 0 if there was no answer
	Missing          int64     // of their messages, by their own numbers
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

// Desk is the postroom's front door.
type Desk struct {
	mail  Mail
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
			out = append(out, d.line(p, by[p.Actor]))
		}
	}
	return out, nil
}

func (d *Desk) line(p mailbox.Peer, l mailbox.Line) Line {
	out := Line{Peer: p.Actor, Name: p.Name, Role: p.Role, State: "ok", Waiting: l.Waiting, Held: l.Held, Oldest: l.Oldest,
		OK: l.OK, Heard: l.Heard, Why: l.ErrorKey, Status: l.Status, Missing: l.Missing}
	if l.Next.After(d.now()) {
		out.Next = l.Next
	}
	switch {
	case l.Paused:
		out.State = "paused"
	case l.Held > 0:
		out.State = "held"
	case l.Broken:
		out.State = "broken"
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
	return d.do(ctx, who, "retry", activity, func(ctx context.Context) error { return d.mail.Retry(ctx, activity) })
}

// Drop gives a held or waiting message up.
func (d *Desk) Drop(ctx context.Context, who clinic.Actor, activity string) error {
	return d.do(ctx, who, "drop", activity, func(ctx context.Context) error { return d.mail.Drop(ctx, activity, "peers.dropped") })
}

// Pause stops sending to a peer.
func (d *Desk) Pause(ctx context.Context, who clinic.Actor, peer string) error {
	return d.do(ctx, who, "pause", peer, func(ctx context.Context) error { return d.mail.Pause(ctx, peer, "peers.paused") })
}

// Resume ends a pause, and any delay.
func (d *Desk) Resume(ctx context.Context, who clinic.Actor, peer string) error {
	return d.do(ctx, who, "resume", peer, func(ctx context.Context) error { return d.mail.Resume(ctx, peer) })
}

func (d *Desk) do(ctx context.Context, who clinic.Actor, what, id string, f func(ctx context.Context) error) error {
	if err := d.may.May(ctx, who, "manage", object(id)); err != nil {
		return err
	}
	return d.tx.Within(ctx, func(ctx context.Context) error {
		if err := f(ctx); err != nil {
			return err
		}
		return d.audit.Record(ctx, who, "delivery."+what, object(id), "done", nil)
	})
}
