package referral

import (
	"context"
	"crypto/rand"
	"strings"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
)

// Receipt is a paper for the client on one referral that has left. Its code names
// nobody; only who may read the referral can look it up.
type Receipt struct {
	Code     string // eight letters and digits, drawn at random
	Referral string // id of the referral
	SHA256   string // hex, of the bytes that left
	Issued   time.Time
	IssuedBy string    // user id
	Replaced time.Time // when another one took its place; zero while it holds
}

// ReceiptStore keeps receipts.
type ReceiptStore interface {
	// Insert adds a receipt; it takes the place of an earlier one of the same referral.
	Insert(ctx context.Context, r Receipt) error
	// Of returns all receipts of a referral, the newest first.
	Of(ctx context.Context, referralID string) ([]Receipt, error)
	// ByCode returns the receipt of a code, or fault.Missing.
	ByCode(ctx context.Context, code string) (Receipt, error)
}

// Receipts tells what has left: to the client on paper, and to who asks what
// went to whom about a case.
type Receipts struct {
	sender *Sender
	store  ReceiptStore
}

// NewReceipts makes the service beside the sender's end.
func NewReceipts(s *Sender, store ReceiptStore) *Receipts { return &Receipts{s, store} }

// Issued is a receipt with its referral. Ground is what holds now.
type Issued struct {
	View    View
	Receipt Receipt
	Ground  Ground
}

// codeLetters leaves out what is mistaken for another letter when it is read out.
const codeLetters = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"

func newCode() string {
	var b [8]byte
	out := make([]byte, 0, len(b))
	for len(out) < len(b) {
		_, _ = rand.Read(b[:]) // never fails on a supported system
		for _, c := range b {
			if int(c) < 8*len(codeLetters) && len(out) < cap(out) { // every letter is as likely as another
				out = append(out, codeLetters[int(c)%len(codeLetters)])
			}
		}
	}
	return string(out)
}

// tidy takes a code as people write it: in groups, in small letters.
func tidy(code string) string {
	code = strings.ToUpper(strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' {
			return -1
		}
		return r
	}, code))
	if len(code) != 8 || strings.Trim(code, codeLetters) != "" {
		return ""
	}
	return code
}

// Issue makes the receipt of a referral that has left, once; again makes a new
// one, by which the earlier is replaced.
func (s *Receipts) Issue(ctx context.Context, actor clinic.Actor, id string, again bool) error {
	return s.sender.Tx.Within(ctx, func(ctx context.Context) error {
		r, err := s.sender.Store.Get(ctx, id)
		if err != nil {
			return err
		}
		if err := s.sender.may(ctx, actor, "read", r); err != nil {
			return err
		}
		if r.OfferedAt.IsZero() {
			return fault.New(fault.Conflict, "receipts.error.not_sent")
		}
		old, err := s.store.Of(ctx, id)
		if err != nil || len(old) > 0 && !again {
			return err
		}
		what := "receipt_issued"
		if len(old) > 0 {
			what = "receipt_replaced"
		}
		if err := s.store.Insert(ctx, Receipt{Code: newCode(), Referral: id, SHA256: r.Preview.SHA256, Issued: s.sender.Clock(), IssuedBy: actor.UserID}); err != nil {
			return err
		}
		return s.sender.Recorder.Record(ctx, actor, "referral."+what, clinic.Object{Type: "referral", ID: id}, string(r.State), map[string]string{"sha256": r.Preview.SHA256})
	})
}

// Show returns the receipt of a referral that holds now, or fault.Missing.
func (s *Receipts) Show(ctx context.Context, actor clinic.Actor, id string) (Issued, error) {
	v, err := s.view(ctx, actor, id)
	if err != nil {
		return Issued{}, err
	}
	all, err := s.store.Of(ctx, id)
	if err != nil {
		return Issued{}, err
	}
	if len(all) == 0 {
		return Issued{}, fault.Missing()
	}
	out := Issued{View: v, Receipt: all[0]}
	out.Ground, err = s.sender.Cases.Consent(ctx, v.Referral.CaseID, v.Referral.Form.Purpose, v.Referral.Form.Target)
	return out, err
}

// Find returns the receipt of a code that somebody brings, or fault.Missing where
// there is none or the actor may not know of its referral.
func (s *Receipts) Find(ctx context.Context, actor clinic.Actor, code string) (Receipt, error) {
	if code = tidy(code); code == "" {
		return Receipt{}, fault.Missing()
	}
	r, err := s.store.ByCode(ctx, code)
	if err != nil {
		return Receipt{}, err
	}
	_, err = s.view(ctx, actor, r.Referral)
	return r, err
}

// Left lists all referrals of a case that have left, the latest first, each as
// it was decided when it left.
func (s *Receipts) Left(ctx context.Context, actor clinic.Actor, caseID string) ([]View, error) {
	if err := s.sender.may(ctx, actor, "read", Referral{CaseID: caseID}); err != nil {
		return nil, err
	}
	rs, err := s.sender.Store.List(ctx, Filter{CaseID: caseID, Limit: 10_000})
	if err != nil {
		return nil, err
	}
	var out []View
	for _, r := range rs {
		if r.OfferedAt.IsZero() {
			continue
		}
		v, err := s.view(ctx, actor, r.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// view is a referral with what was decided when it left; the file is not read.
func (s *Receipts) view(ctx context.Context, actor clinic.Actor, id string) (View, error) {
	r, err := s.sender.Store.Get(ctx, id)
	if err != nil {
		return View{}, err
	}
	if err := s.sender.may(ctx, actor, "read", r); err != nil {
		return View{}, err
	}
	v := View{Referral: r, Fresh: r.Preview, Outlook: r.outlook(s.sender.Clock())}
	if v.Target, _, err = s.sender.member(ctx, r.Form.Target); err != nil {
		return View{}, err
	}
	v.Events, err = s.sender.Store.Events(ctx, id)
	return v, err
}
