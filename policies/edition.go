package policies

import (
	"context"
	"errors"
	"fmt"
)

// Editions is where a server keeps the versions of its own rows, for all of its
// processes.
type Editions interface {
	// Current tells which version is in force, as the running transaction sees it
	// if there is one; 0: none. It is asked before every decision, and must be cheap.
	Current(ctx context.Context) (int64, error)
	// Rows returns the rows of a version.
	Rows(ctx context.Context, version int64) ([][]string, error)
}

// whyEdition is the message key of every refusal while the version in force
// cannot be loaded.
const whyEdition = "policy.why.edition"

// Use gives the gate the rows that stand beside every version of Config.Editions,
// and loads the version in force (see Refresh). Rows that are no rules are an
// error; a version that cannot be loaded is one too, but the gate then stays
// usable and lets nothing out until it can.
func (g *Gate) Use(ctx context.Context, own [][]string) error {
	if g.editions == nil {
		return g.Load(own)
	}
	if _, err := Compile(own); err != nil {
		return err
	}
	g.turning.Lock()
	g.beside = own
	g.turning.Unlock()
	if err := g.Refresh(ctx); err != nil {
		return fmt.Errorf("%w: %w", ErrEdition, err)
	}
	return nil
}

// ErrEdition says that the version in force cannot be loaded: nothing leaves.
var ErrEdition = errors.New("policies: the version of the rules that is in force cannot be loaded")

// Refresh loads the version that is in force where it is another than the live
// one. Every decision does so by itself.
func (g *Gate) Refresh(ctx context.Context) error {
	if g == nil || g.editions == nil {
		return nil
	}
	n, err := g.editions.Current(ctx)
	if err != nil {
		return err
	}
	return g.turn(ctx, n)
}

// Edition is the number of the version that decides at present, 0 where that is
// none or where nothing decides.
func (g *Gate) Edition() int64 {
	if s := g.Snapshot(); s != nil {
		return s.edition
	}
	return 0
}

// current returns the rules that are in force as the running transaction sees
// it, or the message key of why there are none. It never decides by rules that
// are not in force any more.
func (g *Gate) current(ctx context.Context) (*Snapshot, string) {
	if g == nil || g.editions == nil {
		return g.open()
	}
	if err := g.Refresh(ctx); err != nil && !errors.Is(err, ErrDiffer) {
		return nil, whyEdition
	}
	return g.open()
}

// turn puts a version in the place of the live one, in one step.
func (g *Gate) turn(ctx context.Context, n int64) error {
	if s := g.live.Load(); s != nil && s.edition == n {
		return nil
	}
	g.turning.Lock()
	defer g.turning.Unlock()
	if s := g.live.Load(); s != nil && s.edition == n {
		return nil
	}
	rows := g.beside
	if n != 0 {
		own, err := g.editions.Rows(ctx, n)
		if err != nil {
			return err
		}
		rows = append(append([][]string(nil), rows...), own...)
	}
	s, err := Compile(rows)
	if err != nil {
		return err
	}
	s.edition = n
	return g.put(s)
}

// put makes a snapshot the live one after both evaluators were asked about it.
func (g *Gate) put(s *Snapshot) error {
	if _, done := agreed.Load(s.Hash()); done {
		s.twin.alarm = g.alarm
		g.live.Store(s)
		return nil
	}
	if err := g.take(s); err != nil {
		return err
	}
	agreed.Store(s.Hash(), true)
	return nil
}

// Try compiles rows as a version beside those that stand there anyway and asks
// both evaluators about them, without putting them into force. Once it has
// succeeded, this process can turn to these rows in a moment.
func (g *Gate) Try(own [][]string) (*Snapshot, error) {
	mine, err := makeRows(own, "own")
	if err != nil {
		return nil, err
	}
	rows, err := Embedded()
	if err != nil {
		return nil, err
	}
	g.turning.Lock()
	beside := g.beside
	g.turning.Unlock()
	file, err := makeRows(beside, "own")
	if err != nil {
		return nil, err
	}
	for i, r := range mine {
		for _, other := range append(append(append([]Row(nil), rows...), file...), mine[:i]...) {
			if other.ID == r.ID {
				return nil, &RowError{Layer: "own", Row: i + 1, Column: "name", Err: errors.New("another rule has this name")}
			}
		}
	}
	s, err := compileRows(append(append(rows, file...), mine...))
	if err != nil {
		return nil, err
	}
	if _, done := agreed.Load(s.Hash()); done {
		return s, nil
	}
	_, err = s.Compare()
	s.forget()
	if err == nil {
		agreed.Store(s.Hash(), true)
	}
	return s, err
}

// Stays reports whether rules would keep in what a receipt was cleared for. It
// asks as Recheck does at send time, and clears nothing.
func (g *Gate) Stays(ctx context.Context, s *Snapshot, r Receipt) (bool, error) {
	p, err := g.promised(r)
	if err != nil {
		return true, nil //nolint:nilerr // what bears no mark of ours never leaves
	}
	sub, why, err := g.subjectOf(ctx, r.Peer, p.Purpose)
	if err != nil || why != "" {
		return true, err
	}
	return p.stands(s, sub) != nil, nil
}
