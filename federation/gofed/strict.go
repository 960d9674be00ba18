package gofed

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
)

// maxKeys is the number of properties that one JSON object may have.
const maxKeys = 64

// maxKey is the length in bytes of the longest property name.
const maxKey = 128

// strictParse reads one JSON object under the limits of package federation. It
// returns maps, slices, strings, booleans and float64 (whole numbers exact);
// null is refused, for it means nothing here.
func strictParse(body []byte) (map[string]any, error) {
	return strictParseUpTo(body, federation.MaxString)
}

// strictParseUpTo allows strings of another length: public documents hold texts.
func strictParseUpTo(body []byte, maxString int) (map[string]any, error) {
	return parseAs(body, reader{maxString: maxString})
}

// parseForeign is for what strangers' software says of itself: long texts are
// passed over, and null counts as not said.
func parseForeign(body []byte) (map[string]any, error) {
	return parseAs(body, reader{maxString: federation.MaxContent, nulls: true})
}

func parseAs(body []byte, r reader) (map[string]any, error) {
	if len(body) > federation.MaxBody {
		return nil, fault.New(fault.TooLarge, "error.federation.too_large")
	}
	if !utf8.Valid(body) {
		return nil, malformed("utf8")
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	r.dec = dec
	v, err := r.value(0, federation.MaxList)
	if err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, malformed("trailing")
	}
	m, ok := v.(map[string]any)
	if !ok {
		return nil, malformed("object")
	}
	return m, nil
}

// reader reads the tokens of one document.
type reader struct {
	dec       *json.Decoder
	maxString int
	nulls     bool // null is read as nothing; otherwise it is refused
}

func (r reader) value(depth, maxList int) (any, error) {
	if depth > federation.MaxDepth {
		return nil, malformed("depth")
	}
	tok, err := r.dec.Token()
	if err != nil {
		return nil, malformed("syntax")
	}
	switch t := tok.(type) {
	case json.Delim:
		switch t {
		case '{':
			return r.object(depth)
		case '[':
			return r.array(depth, maxList)
		}
		return nil, malformed("syntax")
	case string:
		return r.text(t)
	case json.Number:
		return number(t.String())
	case bool:
		return t, nil
	}
	if r.nulls {
		return nil, nil
	}
	return nil, malformed("null")
}

func (r reader) object(depth int) (any, error) {
	m := map[string]any{}
	seen := map[string]bool{}
	for r.dec.More() {
		tok, err := r.dec.Token()
		if err != nil {
			return nil, malformed("syntax")
		}
		key, ok := tok.(string)
		if !ok || !isKey(key) {
			return nil, malformed("key")
		}
		folded := strings.ToLower(key)
		if seen[folded] {
			return nil, malformed("duplicate")
		}
		if seen[folded] = true; len(seen) > maxKeys {
			return nil, malformed("keys")
		}
		limit := federation.MaxList
		if key == "orderedItems" {
			limit = federation.MaxMembers
		}
		if m[key], err = r.value(depth+1, limit); err != nil {
			return nil, err
		}
	}
	if _, err := r.dec.Token(); err != nil {
		return nil, malformed("syntax")
	}
	return m, nil
}

func (r reader) array(depth, maxList int) (any, error) {
	list := []any{}
	for r.dec.More() {
		if len(list) == maxList {
			return nil, malformed("list")
		}
		v, err := r.value(depth+1, federation.MaxList)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	if _, err := r.dec.Token(); err != nil {
		return nil, malformed("syntax")
	}
	return list, nil
}

// isKey accepts printable ASCII: property names that look alike are no names.
func isKey(s string) bool {
	if s == "" || len(s) > maxKey {
		return false
	}
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// text refuses control characters (a line feed excepted, which keys have), the
// replacement character that stands for broken escapes, and the marks that turn
// the direction of writing and so change what a reader sees.
func (r reader) text(s string) (any, error) {
	if len(s) > r.maxString {
		return nil, malformed("string")
	}
	for _, c := range s {
		switch {
		case c < ' ' && c != '\n', c >= 0x7f && c <= 0x9f, c == utf8.RuneError,
			c >= 0x202a && c <= 0x202e, c >= 0x2066 && c <= 0x2069:
			return nil, malformed("character")
		}
	}
	return s, nil
}

func number(s string) (any, error) {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return nil, malformed("number")
	}
	if math.Trunc(f) == f && math.Abs(f) > federation.MaxSequence {
		return nil, malformed("number")
	}
	return f, nil
}

// malformed says that a document cannot be read; why is for our own log and for
// a peer whose signature was good.
func malformed(why string) error {
	return fault.New(fault.Invalid, "error.federation.malformed").With("why", why)
}

// misshapen says that a property is not of the form that it must have.
func misshapen(field, why string) error {
	return fault.New(fault.Invalid, "error.federation.invalid").With("field", field).With("why", why)
}
