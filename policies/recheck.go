package policies

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"

	"github.com/saphan-network/saphan/federation/fault"
)

// promise is what a receipt remembers of a decision: for what it was made and
// which fields went out in which form. It holds no value.
type promise struct {
	Purpose  string      `json:"purpose"`
	Consent  int         `json:"consent"`
	Openness int         `json:"openness"`
	K        int         `json:"k"`
	Adult    bool        `json:"adult,omitempty"`
	Reviewed bool        `json:"reviewed,omitempty"`
	Fields   [][2]string `json:"fields"` // path, form
}

func promiseOf(d Decision) promise {
	p := promise{Purpose: d.Purpose, Consent: d.Consent, Openness: d.Openness, K: d.K, Adult: d.Adult, Reviewed: d.Reviewed,
		Fields: [][2]string{{messagePath(d.Purpose), string(Full)}}}
	for _, f := range d.Fields {
		if f.Form != Withheld {
			p.Fields = append(p.Fields, [2]string{f.Path, string(f.Form)})
		}
	}
	return p
}

// stands reports whether rules still release to a peer what the promise says.
func (p promise) stands(s *Snapshot, sub subject) error {
	at := Situation{Consent: p.Consent, Openness: p.Openness, K: p.K, Adult: p.Adult, Reviewed: p.Reviewed}
	if len(p.Fields) == 0 {
		return fault.New(fault.Denied, "policy.recheck.rules")
	}
	for _, f := range p.Fields {
		if s.field(f[0]).Class == ClassC && f[1] != string(Generalised) {
			return fault.New(fault.Denied, "policy.recheck.rules")
		}
		v, err := s.ask(sub, p.Purpose, f[0], f[1], at)
		if err != nil {
			return denied("", err)
		}
		if !v.allowed {
			return fault.New(fault.Denied, "policy.recheck.rules").With("field", f[0])
		}
	}
	return nil
}

// Recheck makes a fresh clearance at send time: the receipt must bear this
// gate's mark for these bytes, the peer must still be active, and the live
// rules must still release every field that the body carries.
func (g *Gate) Recheck(ctx context.Context, r Receipt, body []byte) (Clearance, error) {
	s, why := g.current(ctx)
	if s == nil {
		return Clearance{}, fault.New(fault.Denied, why)
	}
	p, err := g.promised(r)
	if err != nil {
		return Clearance{}, err
	}
	if r.SHA256 != hashOf(body) {
		return Clearance{}, fault.New(fault.Denied, "policy.clearance.body")
	}
	sub, why, err := g.subjectOf(ctx, r.Peer, p.Purpose)
	if err != nil || why != "" {
		return Clearance{}, denied(why, err)
	}
	if err := p.stands(s, sub); err != nil {
		return Clearance{}, err
	}
	return newClearance(body, r), nil
}

// promised reads what a receipt bears this gate's mark for.
func (g *Gate) promised(r Receipt) (p promise, err error) {
	if len(r.Seal) <= sha256.Size {
		return p, fault.New(fault.Denied, "policy.recheck.seal")
	}
	cut := len(r.Seal) - sha256.Size
	text, mark := r.Seal[:cut], r.Seal[cut:]
	if !g.bears("receipt", r.marked(text), mark) {
		return p, fault.New(fault.Denied, "policy.recheck.seal")
	}
	if err := json.Unmarshal(text, &p); err != nil {
		return p, fault.Wrap(fault.Denied, "policy.recheck.seal", err)
	}
	return p, nil
}

// marked is what the mark of a receipt covers.
func (r Receipt) marked(promise []byte) []byte {
	return []byte(strings.Join([]string{r.Decision, r.Policy, r.Peer, r.SHA256, string(promise)}, "\n"))
}

func hashOf(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}
