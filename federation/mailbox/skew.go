package mailbox

import (
	"context"
	"slices"
	"strconv"
	"time"
)

// Skew is by how much a peer's clock was ahead of ours when it was last seen to be
// wrong by half a minute or more.
type Skew struct {
	Peer  string
	Ahead time.Duration
	At    time.Time
}

// NoteSkew takes down by how much a peer's clock is ahead of ours.
func (s *Store) NoteSkew(ctx context.Context, peer string, ahead time.Duration) error {
	return s.Note(ctx, peer, NoteSkew, strconv.FormatInt(int64(ahead/time.Second), 10))
}

// Skews lists the peers whose clocks differ from ours, and tells by how much our own
// seems to be ahead: the middle of what all peers say, those that agree included.
// asked is how many that are.
func (s *Store) Skews(ctx context.Context) (own time.Duration, asked int, peers []Skew, err error) {
	notes, err := s.Notes(ctx, NoteSkew)
	if err != nil {
		return 0, 0, nil, err
	}
	for _, n := range notes {
		sec, err := strconv.ParseInt(n.Detail, 10, 64)
		if err != nil {
			return 0, 0, nil, err
		}
		peers = append(peers, Skew{Peer: n.Peer, Ahead: time.Duration(sec) * time.Second, At: n.At})
	}
	lines, err := s.Lines(ctx)
	if err != nil {
		return 0, 0, nil, err
	}
	all := make([]time.Duration, 0, len(lines))
	for _, l := range lines {
		if l.OK.IsZero() {
			continue // it has never answered
		}
		i := slices.IndexFunc(peers, func(p Skew) bool { return p.Peer == l.Peer })
		if i < 0 {
			all = append(all, 0)
		} else {
			all = append(all, peers[i].Ahead)
		}
	}
	if len(all) == 0 {
		return 0, 0, peers, nil
	}
	slices.Sort(all)
	return -all[len(all)/2], len(all), peers, nil
}
