package mailbox

import (
	"encoding/json"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/policies"
)

type lineRow struct {
	Peer         string `gorm:"primaryKey"`
	Sequence     int64
	Failures     int64
	NextAt       int64
	FirmAt       int64
	TriedAt      int64
	OkAt         int64
	ErrorKey     string
	ErrorStatus  int64
	Paused       bool
	PausedReason string
	Lease        string
	LeaseAt      int64
}

func (lineRow) TableName() string { return "mailbox_lines" }

type reservedRow struct {
	Peer     string `gorm:"primaryKey"`
	Sequence int64  `gorm:"primaryKey;autoIncrement:false"`
}

func (reservedRow) TableName() string { return "mailbox_reserved" }

type outRow struct {
	ActivityID  string `gorm:"primaryKey"`
	Peer        string
	Sequence    int64
	Type        string
	Thread      string
	Body        []byte
	State       string
	Attempts    int64
	NextAt      int64
	CreatedAt   int64 `gorm:"autoCreateTime:false"`
	TriedAt     int64
	SentAt      int64
	ErrorKey    string
	ErrorStatus int64
	Decision    string
	Policy      string
	SHA256      string `gorm:"column:sha256"`
	Seal        []byte
	Door        string
}

func (outRow) TableName() string { return "mailbox_outbox" }

func (r outRow) item() Item {
	return Item{
		ActivityID: r.ActivityID, To: r.Peer, Sequence: r.Sequence, Type: r.Type, Thread: r.Thread, Body: r.Body, Door: r.Door,
		State: State(r.State), Attempts: int(r.Attempts), Next: database.Time(r.NextAt), Created: database.Time(r.CreatedAt),
		Tried: database.Time(r.TriedAt), Sent: database.Time(r.SentAt), ErrorKey: r.ErrorKey, Status: int(r.ErrorStatus),
		Receipt: policies.Receipt{Decision: r.Decision, Policy: r.Policy, Peer: r.Peer, SHA256: r.SHA256, Seal: r.Seal},
	}
}

type inRow struct {
	ActivityID string `gorm:"primaryKey"`
	Actor      string
	Type       string
	SHA256     string `gorm:"column:sha256"`
	Sequence   int64
	Raw        []byte
	State      string
	Reason     string
	Attempts   int64
	NextAt     int64
	ReceivedAt int64
	AppliedAt  int64
}

func (inRow) TableName() string { return "mailbox_inbox" }

func (r inRow) received() Received {
	return Received{ActivityID: r.ActivityID, Actor: r.Actor, Type: r.Type, SHA256: r.SHA256, Sequence: r.Sequence, Raw: r.Raw}
}

type peerRow struct {
	Actor     string `gorm:"primaryKey"`
	Name      string
	Inbox     string
	KeyID     string
	PublicKey string
	Tier      string
	State     string
	Services  string
	Regions   string
	Languages string
	Capacity  string
	Role      string
	Position  int64
	PinnedAt  int64
	Scheme    string

	OldKeyID     string
	OldPublicKey string
	OldEnd       string

	AssertionID     string
	AssertionKey    string
	OldAssertionID  string
	OldAssertionKey string
}

func (peerRow) TableName() string { return "mailbox_peers" }

func (r peerRow) member() federation.Member {
	return federation.Member{
		Actor: r.Actor, Name: r.Name, Inbox: r.Inbox, KeyID: r.KeyID, PublicKeyPEM: r.PublicKey, Tier: r.Tier, State: r.State,
		Services: list(r.Services), Regions: list(r.Regions), Languages: list(r.Languages), Capacity: r.Capacity,
		Assertion: federation.Multikey{ID: r.AssertionID, Multibase: r.AssertionKey},
		OldKey: federation.PublicKey{ID: r.OldKeyID, PEM: r.OldPublicKey, End: r.OldEnd,
			Assertion: federation.Multikey{ID: r.OldAssertionID, Multibase: r.OldAssertionKey}},
	}
}

func memberRow(m federation.Member, role string, position, pinned int64) peerRow {
	return peerRow{
		Actor: m.Actor, Name: m.Name, Inbox: m.Inbox, KeyID: m.KeyID, PublicKey: m.PublicKeyPEM, Tier: m.Tier, State: m.State,
		Services: joined(m.Services), Regions: joined(m.Regions), Languages: joined(m.Languages), Capacity: m.Capacity,
		Role: role, Position: position, PinnedAt: pinned, Scheme: SchemeUnknown,
		OldKeyID: m.OldKey.ID, OldPublicKey: m.OldKey.PEM, OldEnd: m.OldKey.End,
		AssertionID: m.Assertion.ID, AssertionKey: m.Assertion.Multibase,
		OldAssertionID: m.OldKey.Assertion.ID, OldAssertionKey: m.OldKey.Assertion.Multibase,
	}
}

type listRow struct {
	Network     string `gorm:"primaryKey"`
	ListID      string
	Version     int64
	Updated     string
	SHA256      string `gorm:"column:sha256"`
	TakenAt     int64
	ConfirmedAt int64
}

func (listRow) TableName() string { return "mailbox_lists" }

// joined and list keep a list of codes as a JSON array in one column.
func joined(codes []string) string {
	if len(codes) == 0 {
		return "[]"
	}
	b, err := json.Marshal(codes)
	if err != nil {
		return "[]" // a []string always marshals
	}
	return string(b)
}

func list(s string) []string {
	var out []string
	if err := json.Unmarshal([]byte(s), &out); err != nil || len(out) == 0 {
		return nil
	}
	return out
}
