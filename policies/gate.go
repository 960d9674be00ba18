package policies

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
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
	live   atomic.Pointer[Snapshot]
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
		now: c.Now, key: append([]byte(nil), c.Seal...)}, nil
}

// Load validates the embedded rules together with this server's own rows (deny
// rows only), and puts the new snapshot in the place of the live one in one
// step. On an error the live snapshot stays as it was.
func (g *Gate) Load(own [][]string) error {
	s, err := Compile(own)
	if err != nil {
		return err
	}
	g.live.Store(s)
	return nil
}

// Policy returns the hash of the live snapshot, or "" when there is none and
// nothing can leave.
func (g *Gate) Policy() string {
	if s := g.snapshot(); s != nil {
		return s.Hash()
	}
	return ""
}

// Snapshot returns the live snapshot, or nil.
func (g *Gate) Snapshot() *Snapshot { return g.snapshot() }

func (g *Gate) snapshot() *Snapshot {
	if g == nil {
		return nil
	}
	return g.live.Load()
}
