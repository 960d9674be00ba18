package proof

import (
	"bytes"
	"encoding/json"

	"github.com/saphan-network/saphan/federation"
)

// Attach puts a proof that was kept apart from its document into it again, for
// Verify. It says nothing of whether the proof holds.
func Attach(doc []byte, p federation.Proof) ([]byte, error) {
	list, err := members(doc)
	if err != nil {
		return nil, err
	}
	o := options{Type: Type, Suite: Suite, Method: p.Method, Purpose: Purpose, Value: p.Value, Created: p.Created}
	for _, m := range list {
		switch m.name {
		case "proof":
			return nil, malformed("proof")
		case "@context":
			o.Context = json.RawMessage(m.value)
		}
	}
	value, err := marshal(o)
	if err != nil {
		return nil, err
	}
	doc = bytes.TrimRight(doc, " \t\r\n")
	out := append(make([]byte, 0, len(doc)+len(value)+10), doc[:len(doc)-1]...) // without the last brace
	if len(list) > 0 {
		out = append(out, ',')
	}
	return append(append(append(out, `"proof":`...), value...), '}'), nil
}

// Detach returns the proof of a document that has one.
func Detach(proved []byte) (federation.Proof, error) {
	p, err := Of(proved)
	if err != nil {
		return federation.Proof{}, err
	}
	return federation.Proof{Method: p.Method, Created: p.Created.Format("2006-01-02T15:04:05Z"), Value: p.Value}, nil
}
