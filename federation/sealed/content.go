package sealed

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/vocabulary"
)

// ContentSchema is the one schema of what stands inside a package.
const ContentSchema = "handover/1"

// Content is what stands inside a package, and nowhere else on the wire: the words that
// the person has agreed to hand over.
type Content struct {
	Schema   string              `json:"schema"` // ContentSchema
	Referral string              `json:"referral"`
	Fields   map[string][]string `json:"fields"` // vocabulary disclosure_field -> words; full_name: title, given, family
}

// Bounds of a content.
const (
	MaxWords   = 12
	MaxWordLen = 4096 // bytes
)

// Encode writes the content; the same value always gives the same bytes.
func (c Content) Encode() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(c); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// DecodeContent reads what Encode writes, to the byte, and nothing else. The error, a
// fault of kind Invalid, quotes nothing of it.
func DecodeContent(content []byte) (Content, error) {
	no := func(why string) (Content, error) {
		return Content{}, fault.New(fault.Invalid, "error.federation.invalid").With("field", "content").With("why", why)
	}
	var c Content
	if err := json.Unmarshal(content, &c); err != nil || c.Schema != ContentSchema || federation.CheckIRI(c.Referral) != nil || len(c.Fields) == 0 {
		return no("form")
	}
	for code, words := range c.Fields {
		if !vocabulary.Has("disclosure_field", code) || len(words) == 0 || len(words) > MaxWords {
			return no("fields")
		}
		for _, w := range words {
			if len(w) > MaxWordLen || !utf8.ValidString(w) || strings.ContainsFunc(w, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' }) {
				return no("words")
			}
		}
	}
	if again, err := c.Encode(); err != nil || !bytes.Equal(again, content) {
		return no("bytes")
	}
	return c, nil
}
