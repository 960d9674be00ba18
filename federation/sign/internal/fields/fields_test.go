package fields_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/saphan-network/saphan/federation/sign/internal/fields"
)

func TestDictionaryRefuses(t *testing.T) {
	for name, s := range map[string]string{
		"a comma at the end": `a=1,`, "a comma before": `,a=1`, "two commas": `a=1,,b=2`, "no comma": `a=1 b=2`,
		"name in capitals": `Rating=1`, "name with a digit first": `1a=1`, "nothing behind =": `a=`, "space behind =": `a= 1`,
		"the same name twice": `a=1,a=1`, "the same parameter twice": `a;b=1;b=1`,
		"decimal": `rating=1.5`, "16 digits": `a=1234567890123456`, "minus alone": `a=-`, "two minus": `a=--1`,
		"open string": `a="x`, "escape of a letter": `a="\x"`, "open escape": `a="\`, "control in a string": "a=\"\x01\"", "Thai in a string": `a="ก"`,
		"open bytes": `a=:AAAA`, "bytes without padding": `a=:AA:`, "bytes with loose bits": `a=:AB==:`, "bytes with a line end": "a=:AA\nAA:", "bytes with a space": `a=:AA AA:`,
		"boolean 2": `a=?2`, "open boolean": `a=?`, "open list": `a=("x"`, "list without spaces": `a=("x""y")`, "list with a tab": "a=(\"x\"\t\"y\")",
		"list with a comma": `a=("x","y")`, "list in a list": `a=(("x"))`, "semicolon alone": `a;`, "space before a parameter": `a ;b`, "date": `a=@1659578233`,
	} {
		if got, err := fields.Dictionary(s); err == nil {
			t.Errorf("%s: %q is read as %+v", name, s, got)
		} else if strings.Contains(err.Error(), s) {
			t.Errorf("%s: the error quotes it", name)
		}
	}
}

// TestDictionaryRFC8941 reads the examples of RFC 8941 §3.1.2 to §3.3.6 that are
// in the part that is implemented.
func TestDictionaryRFC8941(t *testing.T) {
	item := func(name string, v any, p ...fields.Param) fields.Member {
		m := fields.Member{Name: name, Value: v}
		if len(p) > 0 {
			m.Params = p
		}
		return m
	}
	for s, want := range map[string][]fields.Member{
		``: nil, `   `: nil,
		`en="Applepie", da=:w4ZibGV0w6ZydGU=:`: {item("en", "Applepie"), item("da", []byte("Æbletærte"))},
		`a=?0, b, c; foo=bar`:                  {item("a", false), item("b", true), item("c", true, fields.Param{Name: "foo", Value: fields.Token("bar")})},
		`feelings=(joy sadness)`:               {{Name: "feelings", Inner: true, Items: []fields.Item{{Value: fields.Token("joy")}, {Value: fields.Token("sadness")}}}},
		`a=(1 2), b=3, c=4;aa=bb, d=(5 6);valid`: {
			{Name: "a", Inner: true, Items: []fields.Item{{Value: int64(1)}, {Value: int64(2)}}}, item("b", int64(3)),
			item("c", int64(4), fields.Param{Name: "aa", Value: fields.Token("bb")}),
			{Name: "d", Inner: true, Items: []fields.Item{{Value: int64(5)}, {Value: int64(6)}}, Params: fields.Params{{Name: "valid", Value: true}}},
		},
		`a=("foo"; a=1;b=2);lvl=5, e=()`: {
			{Name: "a", Inner: true, Params: fields.Params{{Name: "lvl", Value: int64(5)}},
				Items: []fields.Item{{Value: "foo", Params: fields.Params{{Name: "a", Value: int64(1)}, {Name: "b", Value: int64(2)}}}}},
			{Name: "e", Inner: true, Items: []fields.Item{}},
		},
		"a=1 \t,\t b=\"hello \\\"world\\\\\"":                         {item("a", int64(1)), item("b", `hello "world\`)},
		`a=999999999999999,b=-999999999999999,c=-0,d=007`:             {item("a", int64(999999999999999)), item("b", int64(-999999999999999)), item("c", int64(0)), item("d", int64(7))},
		`t=foo123/456, *x_-.*=*a:b`:                                   {item("t", fields.Token("foo123/456")), item("*x_-.*", fields.Token("*a:b"))},
		`bin=:cHJldGVuZCB0aGlzIGlzIGJpbmFyeSBjb250ZW50Lg==:, none=::`: {item("bin", []byte("pretend this is binary content.")), item("none", []byte{})},
	} {
		got, err := fields.Dictionary(s)
		if err != nil {
			t.Errorf("%s: %v", s, err)
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", s, diff)
		}
	}
}

// TestText: what is written has one form (RFC 8941 §4.1), whatever was read.
func TestText(t *testing.T) {
	for s, want := range map[string]string{
		`a=(  "x"  "y" ) ; b`: "", `a=(  "x"  "y" );  b=007;c=?1;d=?0`: `("x" "y");b=7;c;d=?0`, `a=()`: `()`,
		`a="\"\\"`: `"\"\\"`, `a=:AAAA:;x=tok/en`: `:AAAA:;x=tok/en`, `a`: `?1`,
	} {
		got, err := fields.Dictionary(s)
		switch {
		case want == "" && err == nil:
			t.Errorf("%s was read", s)
		case want != "" && (err != nil || got[0].Text() != want):
			t.Errorf("%s: %v, %v", s, got, err)
		}
	}
}

// FuzzDictionary: nothing panics, and what is read can be written and read again.
func FuzzDictionary(f *testing.F) {
	for _, s := range []string{
		`sig1=("@method" "@target-uri" "content-digest");created=1618884473;keyid="https://north.example/ap/org#main-key";alg="ed25519"`,
		`sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:, sha-512=:AA==:`, `a=?0, b;c=-1, d=("x";sf "y"), *=*`, `a="\\\""`, "a=(", "\xff",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		one, err := fields.Dictionary(s)
		if err != nil {
			return
		}
		var text []string
		for _, m := range one {
			text = append(text, m.Name+"="+m.Text())
		}
		two, err := fields.Dictionary(strings.Join(text, ", "))
		if err != nil {
			t.Fatalf("%q is read, and as %q it is not", s, text)
		}
		if diff := cmp.Diff(one, two); diff != "" {
			t.Fatal(diff)
		}
	})
}
