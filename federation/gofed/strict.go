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
	if len(body) > federation.MaxBody {
		return nil, fault.New(fault.TooLarge, "error.federation.too_large")
	}
	if !utf8.Valid(body) {
		return nil, malformed("utf8")
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	v, err := value(dec, 0, federation.MaxList)
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

func value(dec *json.Decoder, depth, maxList int) (any, error) {
	if depth > federation.MaxDepth {
		return nil, malformed("depth")
	}
	tok, err := dec.Token()
	if err != nil {
		return nil, malformed("syntax")
	}
	switch t := tok.(type) {
	case json.Delim:
		switch t {
		case '{':
			return object(dec, depth)
		case '[':
			return array(dec, depth, maxList)
		}
		return nil, malformed("syntax")
	case string:
		return text(t)
	case json.Number:
		return number(t.String())
	case bool:
		return t, nil
	}
	return nil, malformed("null")
}

func object(dec *json.Decoder, depth int) (any, error) {
	m := map[string]any{}
	seen := map[string]bool{}
	for dec.More() {
		tok, err := dec.Token()
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
		if m[key], err = value(dec, depth+1, limit); err != nil {
			return nil, err
		}
	}
	if _, err := dec.Token(); err != nil {
		return nil, malformed("syntax")
	}
	return m, nil
}

func array(dec *json.Decoder, depth, maxList int) (any, error) {
	list := []any{}
	for dec.More() {
		if len(list) == maxList {
			return nil, malformed("list")
		}
		v, err := value(dec, depth+1, federation.MaxList)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	if _, err := dec.Token(); err != nil {
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
func text(s string) (any, error) {
	if len(s) > federation.MaxString {
		return nil, malformed("string")
	}
	for _, r := range s {
		switch {
		case r < ' ' && r != '\n', r >= 0x7f && r <= 0x9f, r == utf8.RuneError,
			r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
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
