package policies

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
)

// mark is the gate's own mark over a text of one kind.
func (g *Gate) mark(kind string, text []byte) []byte {
	m := hmac.New(sha256.New, g.key)
	m.Write([]byte(kind + "\n"))
	m.Write(text)
	return m.Sum(nil)
}

func (g *Gate) bears(kind string, text, mark []byte) bool {
	return hmac.Equal(g.mark(kind, text), mark)
}

// sealed is what a decision is marked over: everything but the words for people.
func (d Decision) sealed() []byte {
	type field struct {
		Path, Form, Transform string
		Values                []string
	}
	v := struct {
		ID, Peer, Purpose, Policy string
		At                        int64
		Allowed, Adult            bool
		Reviewed                  bool `json:",omitempty"`
		K, Consent, Openness      int
		Fields                    []field
	}{d.ID, d.Peer, d.Purpose, d.Policy, d.At.UnixNano(), d.Allowed, d.Adult, d.Reviewed, d.K, d.Consent, d.Openness, nil}
	for _, f := range d.Fields {
		v.Fields = append(v.Fields, field{f.Path, string(f.Form), f.Transform, f.Values})
	}
	text, err := json.Marshal(v)
	if err != nil {
		return nil // strings and numbers always marshal
	}
	return text
}
