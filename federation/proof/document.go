package proof

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gowebpki/jcs"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
)

// Bounds of a document, beside federation.MaxBody and federation.MaxDepth.
const (
	maxNames  = 256 // of one object: the library sorts them in quadratic time
	maxNumber = 32  // letters of one number
)

// member is one property of a document, with its value as it was written.
type member struct {
	name  string
	value json.RawMessage
}

// members reads a document strictly and takes it apart.
func members(doc []byte) ([]member, error) {
	if len(doc) > federation.MaxBody {
		return nil, fault.New(fault.TooLarge, "error.federation.too_large")
	}
	if !utf8.Valid(doc) || !json.Valid(doc) {
		return nil, malformed("syntax")
	}
	dec := json.NewDecoder(bytes.NewReader(doc))
	dec.UseNumber()
	if err := strict(dec, 0); err != nil {
		return nil, err
	}
	dec = json.NewDecoder(bytes.NewReader(doc))
	if tok, err := dec.Token(); err != nil || tok != json.Delim('{') {
		return nil, malformed("object")
	}
	var out []member
	for dec.More() {
		tok, err := dec.Token()
		name, ok := tok.(string)
		if err != nil || !ok {
			return nil, malformed("syntax")
		}
		m := member{name: name}
		if err := dec.Decode(&m.value); err != nil {
			return nil, malformed("syntax")
		}
		out = append(out, m)
	}
	return out, nil
}

// strict walks over one value and refuses what two readers could read differently.
func strict(dec *json.Decoder, depth int) error {
	if depth > federation.MaxDepth {
		return malformed("depth")
	}
	tok, err := dec.Token()
	if err != nil {
		return malformed("syntax")
	}
	switch t := tok.(type) {
	case json.Delim:
		return inside(dec, t, depth)
	case string:
		return text(t)
	case json.Number:
		return number(t.String())
	}
	return nil
}

func inside(dec *json.Decoder, open json.Delim, depth int) error {
	seen := map[string]bool{}
	for dec.More() {
		if open == '{' {
			tok, err := dec.Token()
			name, ok := tok.(string)
			if err != nil || !ok {
				return malformed("syntax")
			}
			if seen[name] {
				return malformed("duplicate")
			}
			if seen[name] = true; len(seen) > maxNames {
				return malformed("keys")
			}
			if err := text(name); err != nil {
				return err
			}
		}
		if err := strict(dec, depth+1); err != nil {
			return err
		}
	}
	if _, err := dec.Token(); err != nil && !errors.Is(err, io.EOF) {
		return malformed("syntax")
	}
	return nil
}

// text refuses the sign into which the decoder turns half a surrogate pair.
func text(s string) error {
	if strings.ContainsRune(s, utf8.RuneError) {
		return malformed("character")
	}
	return nil
}

// number refuses what no double holds as it is written: all that is written beyond
// that could be changed without the proof showing it (RFC 8785 §3.1).
func number(s string) error {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsInf(f, 0) || len(s) > maxNumber {
		return malformed("number")
	}
	if f == 0 {
		if mantissa, _, _ := strings.Cut(strings.ToLower(s), "e"); strings.ContainsAny(mantissa, "123456789") {
			return malformed("number")
		}
		return nil
	}
	written, ok := new(big.Rat).SetString(s)
	shown, ok2 := new(big.Rat).SetString(strconv.FormatFloat(f, 'g', -1, 64))
	if !ok || !ok2 || written.Cmp(shown) != 0 {
		return malformed("number")
	}
	return nil
}

// canonical is the canonical form (RFC 8785) of a document with these members.
func canonical(list []member) ([]byte, error) {
	out, err := jcs.Transform(join(list))
	if err != nil {
		return nil, malformed("canonical")
	}
	return out, nil
}

func join(list []member) []byte {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range list {
		if i > 0 {
			b.WriteByte(',')
		}
		name, _ := json.Marshal(m.name) // a string always marshals
		b.Write(name)
		b.WriteByte(':')
		b.Write(m.value)
	}
	b.WriteByte('}')
	return b.Bytes()
}

// Property returns the value of one property of a document as it was written: the
// object of an activity, whose proof is over those bytes. It is nil if there is none.
func Property(doc []byte, name string) ([]byte, error) {
	list, err := members(doc)
	if err != nil {
		return nil, err
	}
	for _, m := range list {
		if m.name == name {
			return m.value, nil
		}
	}
	return nil, nil
}

func malformed(why string) error {
	return fault.New(fault.Invalid, "error.federation.malformed").With("why", why)
}
