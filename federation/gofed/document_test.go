package gofed_test

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/gofed"
)

const document = "../../FEDERATION.md"

var block = regexp.MustCompile("(?s)<!-- example: ([a-z]+) -->\n```json\n(.*?)\n```")

// documents is everything that FEDERATION.md shows, as it really is.
func documents(t *testing.T) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	put := func(name string, body []byte, err error) {
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all[name] = body
	}
	for name := range examples() {
		put(name, []byte(encoded(t, name)), nil)
	}
	body, err := gofed.EncodeActor(organisation())
	put("actor", body, err)
	body, err = gofed.EncodeActor(network())
	put("network", body, err)
	for name := range wordExamples() {
		put(name, []byte(worded(t, name)), nil)
	}
	for name := range publications() {
		put(name, []byte(published(t, name)), nil)
	}
	body, err = gofed.EncodePublicActor(publicActor())
	put("public", body, err)
	body, err = gofed.EncodeAnswer(hub+"/ap/public/act/"+id1, federation.Following{ID: "https://social.example/follows/1", Actor: "https://social.example/users/nok",
		Object: hub + "/ap/public"}, time.Date(2026, 11, 25, 6, 20, 0, 0, time.UTC))
	put("answer", body, err)
	body, err = gofed.EncodeMembers(proved(list()))
	put("members", body, err)
	return all
}

// TestDocument compares the examples of FEDERATION.md with real encodings. With
// SAPHAN_UPDATE set it writes them.
func TestDocument(t *testing.T) {
	text, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	want := documents(t)
	if os.Getenv("SAPHAN_UPDATE") != "" {
		text = block.ReplaceAllFunc(text, func(b []byte) []byte {
			name := block.FindSubmatch(b)[1]
			var pretty bytes.Buffer
			if err := json.Indent(&pretty, want[string(name)], "", "  "); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			return []byte("<!-- example: " + string(name) + " -->\n```json\n" + pretty.String() + "\n```")
		})
		if err := os.WriteFile(document, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	shown := block.FindAllSubmatch(text, -1)
	seen := map[string]bool{}
	for _, b := range shown {
		name := string(b[1])
		seen[name] = true
		if want[name] == nil {
			t.Errorf("%s shows %q, which does not exist", document, name)
			continue
		}
		var compact bytes.Buffer
		if err := json.Compact(&compact, b[2]); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(string(want[name]), compact.String()); diff != "" {
			t.Errorf("%s in %s is not what is sent (-sent +shown):\n%s", name, document, diff)
		}
		if a, isActivity := examples()[name]; isActivity {
			got, err := gofed.Decode(compact.Bytes())
			if err != nil {
				t.Errorf("%s: %v", name, err)
			} else if diff := cmp.Diff(a, got); diff != "" {
				t.Errorf("%s, as shown, is read as another:\n%s", name, diff)
			}
		}
	}
	for name := range want {
		if !seen[name] {
			t.Errorf("%s does not show %q", document, name)
		}
	}
}

// TestDocumentLimits compares the limits in FEDERATION.md with the real ones.
func TestDocumentLimits(t *testing.T) {
	text, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int{
		"MaxBody": federation.MaxBody, "MaxDepth": federation.MaxDepth, "MaxList": federation.MaxList, "MaxMembers": federation.MaxMembers,
		"MaxString": federation.MaxString, "MaxIRI": federation.MaxIRI, "MaxCodes": federation.MaxCodes, "MaxName": federation.MaxName,
	}
	for _, row := range regexp.MustCompile("(?m)^\\| `(Max[A-Za-z]+)` \\| ([0-9]+) \\|").FindAllSubmatch(text, -1) {
		name := string(row[1])
		if got, err := strconv.Atoi(string(row[2])); err != nil || got != want[name] {
			t.Errorf("%s says %s is %s, it is %d", document, name, row[2], want[name])
		}
		delete(want, name)
	}
	for name := range want {
		t.Errorf("%s does not tell %s", document, name)
	}
}
