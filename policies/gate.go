package policies

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Config is what a Gate needs.
type Config struct {
	Self   string // IRI of this server's actor
	Peers  Peers
	Ledger Ledger
	Now    func() time.Time
	Seal   []byte // secret of at least 32 bytes, the same over restarts, of this server alone

	// Alarm is told once for each snapshot that its two evaluators differ. It
	// may be called within a transaction, and must not wait. Nil: nobody is told.
	Alarm func(Difference)

	// Editions, if not nil, holds the versions of this server's own rows; see Use.
	Editions Editions
}

// Gate decides and clears. It is made by New and shares nothing until Load has
// given it a valid snapshot. It is safe for concurrent use.
type Gate struct {
	self   string
	origin string
	peers  Peers
	ledger Ledger
	now    func() time.Time
	key    []byte
	alarm  func(Difference)
	live   atomic.Pointer[Snapshot]

	editions Editions
	turning  sync.Mutex // held while another version is loaded
	beside   [][]string // rows that stand beside every version
}

// New returns a gate without rules: call Load before anything can leave.
func New(c Config) (*Gate, error) {
	u, err := url.Parse(c.Self)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return nil, fmt.Errorf("policies: own actor is no IRI: %q", c.Self)
	}
	if c.Peers == nil || c.Ledger == nil || c.Now == nil {
		return nil, errors.New("policies: peers, ledger and clock are needed")
	}
	if len(c.Seal) < 32 {
		return nil, errors.New("policies: the seal key is shorter than 32 bytes")
	}
	return &Gate{self: c.Self, origin: u.Scheme + "://" + strings.ToLower(u.Host), peers: c.Peers, ledger: c.Ledger,
		now: c.Now, key: append([]byte(nil), c.Seal...), alarm: c.Alarm, editions: c.Editions}, nil
}

// Load validates the embedded rules together with this server's own rows (deny
// rows only), asks both evaluators a part of all questions, and puts the new
// snapshot in the place of the live one in one step. On an error the live
// snapshot stays as it was; but where the evaluators differ (ErrDiffer) they are
// not to be trusted with the old rules either, and nothing leaves until rules
// are loaded on which they agree.
func (g *Gate) Load(own [][]string) error {
	s, err := Compile(own)
	if err != nil {
		return err
	}
	return g.put(s)
}

// agreed holds the hashes of rows on which both evaluators were found to agree in
// this process: the same program gives the same answers about the same rows.
var agreed sync.Map

func (g *Gate) take(s *Snapshot) error {
	s.twin.alarm = g.alarm
	_, err := s.Compare()
	s.forget() // the comparison asks about everybody; a server speaks with few
	if err != nil && s.Difference() == nil {
		return err
	}
	g.live.Store(s)
	return err
}

// Policy returns the hash of the live snapshot, or "" when there is none and
// nothing can leave.
func (g *Gate) Policy() string {
	if s := g.Snapshot(); s != nil {
		return s.Hash()
	}
	return ""
}

// Snapshot returns the live snapshot, or nil when nothing can leave.
func (g *Gate) Snapshot() *Snapshot {
	s, _ := g.open()
	return s
}

// Stopped tells why nothing leaves since the two evaluators differed, nil if
// they have not.
func (g *Gate) Stopped() *Difference {
	if g == nil {
		return nil
	}
	return g.live.Load().Difference()
}

// open returns the rules that decide at present, or the message key of why there
// are none.
func (g *Gate) open() (s *Snapshot, why string) {
	if g != nil {
		s = g.live.Load()
	}
	switch {
	case s == nil:
		return nil, "policy.why.no_policy"
	case s.Difference() != nil:
		return nil, whyDiffer
	}
	return s, ""
}
