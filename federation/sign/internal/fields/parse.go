package fields

import (
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
)

var errForm = errors.New("fields: not a structured field value")

// maxDigits is the number of digits of the largest integer (RFC 8941 §3.3.1).
const maxDigits = 15

// Dictionary reads a dictionary (RFC 8941 §4.2.2). The error quotes nothing.
func Dictionary(s string) ([]Member, error) {
	p := &parser{s: strings.Trim(s, " ")}
	var out []Member
	seen := map[string]bool{}
	for p.more() {
		m, err := p.member()
		if err != nil || seen[m.Name] {
			return nil, errForm
		}
		seen[m.Name] = true
		out = append(out, m)
		p.skip(" \t")
		if !p.more() {
			break
		}
		if !p.take(',') {
			return nil, errForm
		}
		p.skip(" \t")
		if !p.more() { // a comma with nothing behind it
			return nil, errForm
		}
	}
	return out, nil
}

type parser struct {
	s string
	i int
}

func (p *parser) more() bool { return p.i < len(p.s) }

// next returns the next byte without taking it, 0 at the end.
func (p *parser) next() byte {
	if p.more() {
		return p.s[p.i]
	}
	return 0
}

func (p *parser) take(c byte) bool {
	if p.next() != c || !p.more() {
		return false
	}
	p.i++
	return true
}

func (p *parser) skip(set string) {
	for p.more() && strings.IndexByte(set, p.s[p.i]) >= 0 {
		p.i++
	}
}

// while takes the bytes that ok accepts.
func (p *parser) while(ok func(c byte) bool) string {
	from := p.i
	for p.more() && ok(p.s[p.i]) {
		p.i++
	}
	return p.s[from:p.i]
}

func (p *parser) member() (m Member, err error) {
	if m.Name, err = p.key(); err != nil {
		return m, err
	}
	switch {
	case !p.take('='):
		m.Value = true
	case p.next() == '(':
		m.Inner = true
		m.Items, err = p.inner()
	default:
		m.Value, err = p.bare()
	}
	if err != nil {
		return m, err
	}
	m.Params, err = p.params()
	return m, err
}

func (p *parser) inner() ([]Item, error) {
	p.take('(')
	items := []Item{}
	for {
		p.skip(" ")
		if p.take(')') {
			return items, nil
		}
		value, err := p.bare()
		if err != nil {
			return nil, err
		}
		params, err := p.params()
		if err != nil {
			return nil, err
		}
		items = append(items, Item{value, params})
		if c := p.next(); c != ' ' && c != ')' {
			return nil, errForm
		}
	}
}

func (p *parser) params() (Params, error) {
	var out Params
	for p.take(';') {
		p.skip(" ")
		name, err := p.key()
		if err != nil || out.Get(name) != nil {
			return nil, errForm
		}
		var value any = true
		if p.take('=') {
			if value, err = p.bare(); err != nil {
				return nil, err
			}
		}
		out = append(out, Param{name, value})
	}
	return out, nil
}

func (p *parser) key() (string, error) {
	if c := p.next(); c != '*' && !lower(c) {
		return "", errForm
	}
	return p.while(func(c byte) bool { return lower(c) || digit(c) || strings.IndexByte("_-.*", c) >= 0 }), nil
}

func (p *parser) bare() (any, error) {
	switch c := p.next(); {
	case c == '-' || digit(c):
		return p.integer()
	case c == '"':
		return p.text()
	case c == ':':
		return p.bytes()
	case c == '?':
		p.i++
		if p.take('1') {
			return true, nil
		}
		if p.take('0') {
			return false, nil
		}
	case c == '*' || letter(c):
		return Token(p.while(func(c byte) bool { return letter(c) || digit(c) || strings.IndexByte("!#$%&'*+-.^_`|~:/", c) >= 0 })), nil
	}
	return nil, errForm
}

func (p *parser) integer() (any, error) {
	negative := p.take('-')
	digits := p.while(digit)
	if digits == "" || len(digits) > maxDigits || p.next() == '.' {
		return nil, errForm
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if negative {
		n = -n
	}
	return n, err
}

func (p *parser) text() (any, error) {
	p.take('"')
	var out strings.Builder
	for p.more() {
		c := p.s[p.i]
		p.i++
		switch {
		case c == '"':
			return out.String(), nil
		case c == '\\':
			if c = p.next(); c != '"' && c != '\\' {
				return nil, errForm
			}
			p.i++
		case c < ' ' || c > '~':
			return nil, errForm
		}
		out.WriteByte(c)
	}
	return nil, errForm
}

func (p *parser) bytes() (any, error) {
	p.take(':')
	text := p.while(func(c byte) bool { return c != ':' && c > ' ' })
	if !p.take(':') {
		return nil, errForm
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil {
		return nil, errForm
	}
	return raw, nil
}

func lower(c byte) bool  { return c >= 'a' && c <= 'z' }
func letter(c byte) bool { return lower(c | 0x20) }
func digit(c byte) bool  { return c >= '0' && c <= '9' }
