package mailbox

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"time"

	"gorm.io/gorm/clause"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/chassis/database"
)

// The roles of a peer: what we know it as.
const (
	RoleHub       = "hub"       // the network's hub, pinned by this node's operator
	RoleMember    = "member"    // on the members list
	RoleCandidate = "candidate" // pinned by an invitation or an application, not yet a member
	RoleFormer    = "former"    // was a member; kept so that its late messages are known for what they are
)

// StateParted is the state of a candidate that is on its way out: its membership or its
// application has ended, it may be told so, and it may ask again. It may read nothing.
const StateParted = "parted"

// Peer is another server, with the key that we hold it to.
type Peer struct {
	federation.Member
	Role   string
	Paused bool      // we send nothing to it for now
	Pinned time.Time // when its key was last taken down
	Scheme string    // of signatures that it verifies; see LearnScheme, SavePeer does not change it
}

// SavePeer takes a peer down, or changes what we know of it. A key id that
// another peer has is refused, and so are a key or an inbox at another origin.
func (s *Store) SavePeer(ctx context.Context, p Peer) error {
	if p.Role != RoleHub && p.Role != RoleMember && p.Role != RoleCandidate && p.Role != RoleFormer {
		return fault.New(fault.Invalid, "error.peer.role")
	}
	if err := checkMember(p.Member); err != nil {
		return err
	}
	return s.db.Within(ctx, func(ctx context.Context) error {
		row := memberRow(p.Member, p.Role, 0, s.nowMillis())
		return s.putPeer(ctx, row)
	})
}

func (s *Store) putPeer(ctx context.Context, row peerRow) error {
	var n int64
	db := s.db.Conn(ctx)
	ids := []string{row.KeyID}
	for _, id := range []string{row.OldKeyID, row.AssertionID, row.OldAssertionID} {
		if id != "" {
			ids = append(ids, id)
		}
	}
	if err := db.Model(&peerRow{}).Where("("+anyKey+") AND actor <> @actor", sql.Named("id", ids), sql.Named("actor", row.Actor)).Count(&n).Error; err != nil {
		return err
	}
	if n > 0 {
		return fault.New(fault.Conflict, "error.peer.key_taken")
	}
	return db.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "actor"}}, DoUpdates: clause.AssignmentColumns(pinned)}).Create(&row).Error
}

// pinned are the columns that a new pin changes. What was learned of a peer stays.
var pinned = []string{"name", "inbox", "key_id", "public_key", "tier", "state", "services", "regions", "languages", "capacity", "role", "position", "pinned_at",
	"old_key_id", "old_public_key", "old_end", "assertion_id", "assertion_key", "old_assertion_id", "old_assertion_key"}

// anyKey finds the peers that have a key, or had it before, by its id.
const anyKey = "key_id IN @id OR old_key_id IN @id OR assertion_id IN @id OR old_assertion_id IN @id"

// checkMember refuses what would let one host speak for another.
func checkMember(m federation.Member) error {
	if m.PublicKeyPEM == "" || !federation.SameOrigin(m.Actor, m.Inbox) || !federation.SameOrigin(m.Actor, m.KeyID) {
		return fault.New(fault.Invalid, "error.peer.origin")
	}
	for _, id := range []string{m.OldKey.ID, m.Assertion.ID, m.OldKey.Assertion.ID} {
		if id != "" && !federation.SameOrigin(m.Actor, id) {
			return fault.New(fault.Invalid, "error.peer.origin")
		}
	}
	return nil
}

// Peer returns one peer by its actor, or fault.Missing.
func (s *Store) Peer(ctx context.Context, actor string) (Peer, error) {
	return database.Remember(ctx, s.db, peerRow{}.TableName(), actor, func() (Peer, error) { return s.onePeer(ctx, "p.actor = ?", actor) })
}

// PeerByKey returns the peer that a key id is pinned to, or fault.Missing. An old
// key is pinned until it ends.
func (s *Store) PeerByKey(ctx context.Context, keyID string) (Peer, error) {
	if keyID == "" {
		return Peer{}, fault.Missing()
	}
	p, err := s.onePeer(ctx, anyKey, sql.Named("id", []string{keyID}))
	if err == nil && keyID != p.KeyID && keyID != p.Assertion.ID && p.OldKey.Ended(s.now()) {
		return Peer{}, fault.Missing()
	}
	return p, err
}

// Key returns the peer's key of that id, as PEM or, of an Ed25519 key, as multibase,
// "" if it has none.
func (p Peer) Key(id string) string {
	switch id {
	case "":
		return ""
	case p.KeyID:
		return p.PublicKeyPEM
	case p.OldKey.ID:
		return p.OldKey.PEM
	case p.Assertion.ID:
		return p.Assertion.Multibase
	case p.OldKey.Assertion.ID:
		return p.OldKey.Assertion.Multibase
	}
	return ""
}

// Hub returns the peer with the role hub, or fault.Missing.
func (s *Store) Hub(ctx context.Context) (Peer, error) {
	return s.onePeer(ctx, "p.role = ?", RoleHub)
}

func (s *Store) onePeer(ctx context.Context, where string, arg any) (Peer, error) {
	ps, err := s.peers(ctx, "WHERE "+where, arg)
	if err != nil {
		return Peer{}, err
	}
	if len(ps) == 0 {
		return Peer{}, fault.Missing()
	}
	return ps[0], nil
}

// Peers lists all peers of all roles, by name.
func (s *Store) Peers(ctx context.Context) ([]Peer, error) { return s.peers(ctx, "") }

func (s *Store) peers(ctx context.Context, where string, args ...any) ([]Peer, error) {
	var rows []struct {
		Row    peerRow `gorm:"embedded"`
		Paused bool
	}
	err := s.db.Reader(ctx).Raw(`SELECT p.*, coalesce(l.paused, false) AS paused FROM mailbox_peers p
  LEFT JOIN mailbox_lines l ON l.peer = p.actor `+where+` ORDER BY p.position, p.name, p.actor`, args...).Scan(&rows).Error
	if err != nil {
		return nil, err
	}
	out := make([]Peer, 0, len(rows))
	for _, r := range rows {
		out = append(out, Peer{Member: r.Row.member(), Role: r.Row.Role, Paused: r.Paused, Pinned: database.Time(r.Row.PinnedAt), Scheme: r.Row.Scheme})
	}
	return out, nil
}

// SaveMembers takes over a members list: the peers on it become the members,
// with the keys that it pins, and those who are no longer on it become former.
// A version that is not higher than the one we have is a fault.Conflict, except
// for the very same list, which has no effect. A list of another network than
// the one we are in, or one in which a host would speak for another, is refused.
func (s *Store) SaveMembers(ctx context.Context, m federation.Members) error {
	if err := federation.CheckMembers(m); err != nil {
		return err
	}
	for _, it := range m.Items {
		if it.Actor == m.Network {
			return fault.New(fault.Invalid, "error.members.network")
		}
	}
	sum, err := digest(m)
	if err != nil {
		return err
	}
	return s.db.Within(ctx, func(ctx context.Context) error {
		if err := s.db.Exclusive(ctx, "members"); err != nil {
			return err
		}
		db := s.db.Conn(ctx)
		var have []listRow
		if err := db.Find(&have).Error; err != nil {
			return err
		}
		for _, l := range have {
			switch {
			case l.Network != m.Network:
				return fault.New(fault.Forbidden, "error.members.other_network")
			case l.Version == m.Version && l.SHA256 == sum:
				return nil
			case l.Version >= m.Version:
				return fault.New(fault.Conflict, "error.members.old")
			}
		}
		return s.replaceMembers(ctx, m, sum)
	})
}

func (s *Store) replaceMembers(ctx context.Context, m federation.Members, sum string) error {
	db, now := s.db.Conn(ctx), s.nowMillis()
	if err := s.partMembers(ctx); err != nil {
		return err
	}
	for i, it := range m.Items {
		if err := s.putPeer(ctx, memberRow(it, RoleMember, int64(i+1), now)); err != nil {
			return err
		}
	}
	row := listRow{Network: m.Network, ListID: m.ID, Version: m.Version, Updated: m.Updated, SHA256: sum, TakenAt: now}
	// What waited only because its peer was no active member may go now.
	if err := s.release(ctx); err != nil {
		return err
	}
	s.work(ctx)
	return db.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error
}

func digest(m federation.Members) (string, error) {
	b, err := json.Marshal(m)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}

// Members returns the members list as it was last taken over, with the version
// 0 and no items if there was none yet.
func (s *Store) Members(ctx context.Context) (federation.Members, error) {
	m, _, err := s.MembersTaken(ctx)
	return m, err
}

// MembersTaken returns the members list and when it was taken over.
func (s *Store) MembersTaken(ctx context.Context) (federation.Members, time.Time, error) {
	var rows []listRow
	if err := s.db.Reader(ctx).Find(&rows).Error; err != nil || len(rows) == 0 {
		return federation.Members{}, time.Time{}, err
	}
	l := rows[0]
	m := federation.Members{ID: l.ListID, Network: l.Network, Version: l.Version, Updated: l.Updated}
	ps, err := s.peers(ctx, "WHERE p.role = ?", RoleMember)
	for _, p := range ps {
		m.Items = append(m.Items, p.Member)
	}
	return m, database.Time(l.TakenAt), err
}

// Part makes all members former: for a node that is in its network no more.
// The list's number stays, so that only a later list makes them members again.
func (s *Store) Part(ctx context.Context) error {
	return s.db.Within(ctx, func(ctx context.Context) error {
		if err := s.db.Exclusive(ctx, "members"); err != nil {
			return err
		}
		return s.partMembers(ctx)
	})
}

func (s *Store) partMembers(ctx context.Context) error {
	return s.db.Conn(ctx).Model(&peerRow{}).Where("role = ?", RoleMember).Updates(map[string]any{"role": RoleFormer, "state": "left"}).Error
}

// Forget removes the members list and all peers but those with something still
// to be sent: for a node that leaves its network for another.
func (s *Store) Forget(ctx context.Context) error {
	return s.db.Within(ctx, func(ctx context.Context) error {
		if err := s.db.Exclusive(ctx, "members"); err != nil {
			return err
		}
		db := s.db.Conn(ctx)
		if err := db.Where("1 = 1").Delete(&listRow{}).Error; err != nil {
			return err
		}
		return db.Model(&peerRow{}).Where("1 = 1").Updates(map[string]any{"role": RoleFormer, "state": "left"}).Error
	})
}
